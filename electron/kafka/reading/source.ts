import type { SeeklineError } from '#shared/errors.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { type LogBounds } from '#shared/model/log-bounds.ts'
import type { KafkaCluster } from '../cluster.ts'
import { leaderless } from '../leaderless.ts'
import { logBounds } from '../log-bounds.ts'
import { listOffsets } from '../list-offsets.ts'
import { fetch, type FetchRequest, type FetchResponse } from '../protocol/fetch.ts'

/** Which of a broker's connections carries a read: the long polls of a tail must not delay a page. */
export type ReadChannel = 'browse' | 'tail'

export interface SourceTopic {
  /** null: the brokers have no topic ids (before 2.8). */
  topicId: string | null
  partitions: ReadonlyMap<number, SourceLeader>
}

export interface SourceLeader {
  /** −1: none at the moment. */
  leader: number
  leaderEpoch: number
  /** Why it has no leader. */
  leaderless?: SeeklineError
}

/** What reading needs of a cluster; tests of the fetch loop have their own. */
export interface LogSource {
  /** Throws `kafka.topic-unknown` or `kafka.unauthorised`. With `fresh` the brokers are asked again. */
  topic(name: string, fresh: boolean, signal?: AbortSignal): Promise<SourceTopic>
  fetch(node: number, channel: ReadChannel, request: FetchRequest, signal?: AbortSignal): Promise<FetchResponse>
  /** The three bounds of each partition's log, or why they are not known. */
  bounds(
    topic: string,
    partitions: readonly number[],
    signal?: AbortSignal,
  ): Promise<Map<number, LogBounds | SeeklineError>>
  /**
   * The first offset on the leader's local disks: earlier ones are in remote storage. null: the broker has no remote storage.
   */
  localStart(
    topic: string,
    partitions: readonly number[],
    signal?: AbortSignal,
  ): Promise<Map<number, bigint | null | SeeklineError>>
}

export function clusterSource(cluster: KafkaCluster): LogSource {
  /** Long polls in flight, by the node they wait at. */
  const polls = new Map<number, number>()
  return {
    async topic(name, fresh, signal) {
      if (fresh) await cluster.refresh({ topics: [name], signal })
      const topic = await cluster.requireTopic(name, signal)
      const partitions = new Map(
        topic.partitions.map(({ partition, leader, leaderEpoch }): [number, SourceLeader] => [
          partition,
          leader === null
            ? { leader: -1, leaderEpoch, leaderless: leaderless(cluster, { topic: name, partition }) }
            : { leader, leaderEpoch },
        ]),
      )
      return { topicId: topic.topicId, partitions }
    },
    fetch: async (node, channel, request, signal) => {
      const timeoutMs = request.maxWaitMs + 30_000
      if (channel !== 'tail') return await cluster.call(node, fetch, request, { channel, signal, timeoutMs })
      // A broker answers the requests of a socket in order, so each tail waits while others wait for news: they share the
      // waiting time of one.
      const before = polls.get(node) ?? 0
      polls.set(node, before + 1)
      try {
        const shared = { ...request, maxWaitMs: Math.ceil(request.maxWaitMs / (before + 1)) }
        return await cluster.call(node, fetch, shared, { channel, signal, timeoutMs })
      } finally {
        polls.set(node, polls.get(node)! - 1) // set before the try
      }
    },
    async bounds(topic, partitions, signal) {
      const of = partitions.map((partition) => ({ topic, partition }))
      const found = await logBounds(cluster, of, { signal, channel: 'browse' })
      return new Map(
        of.map((at): [number, LogBounds | SeeklineError] => {
          const outcome = found.get(keyOf(at))! // logBounds answers for every partition it is given
          return [at.partition, outcome.ok ? outcome.value : outcome.error]
        }),
      )
    },
    async localStart(topic, partitions, signal) {
      const questions = partitions.map((partition) => ({ topic, partition, at: 'local-start' as const }))
      const answers = await listOffsets(cluster, questions, { signal, channel: 'browse' })
      return new Map(
        answers.map(({ question, outcome }): [number, bigint | null | SeeklineError] => {
          if (outcome.ok) return [question.partition, outcome.value.offset]
          return [question.partition, outcome.error.code === 'kafka.unsupported' ? null : outcome.error]
        }),
      )
    },
  }
}
