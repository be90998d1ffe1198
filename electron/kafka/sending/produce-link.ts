import { SeeklineError } from '#shared/errors.ts'
import { initProducerId } from '../producer-id.ts'
import type { KafkaCluster } from '../cluster.ts'
import { kafkaError } from '../protocol/error-codes.ts'
import { leaderless } from '../leaderless.ts'
import { listOffsets } from '../list-offsets.ts'
import { commonVersion } from '../protocol/api.ts'
import { PRODUCE_BY_ID, produceApi } from '../protocol/produce.ts'
import type { LogReader } from '../log-reader.ts'
import { lookBehind } from './find-own-batches.ts'
import type { ProduceLink } from './idempotent-sender.ts'

const REQUEST_MS = 30_000
/** A broker that has just started, or just learnt of the topic, may briefly not know it. */
const UNKNOWN_FOR_MS = 10_000

export interface ProduceSink {
  cluster: KafkaCluster
  /** Reads the target's log if an answer was lost. */
  reader: Pick<LogReader, 'rawBatches'>
}

export interface LinkOptions {
  requestMs?: number
}

/**
 * Writing to one topic of a cluster, by its id: once another topic has the name, nothing more is written. Brokers before Kafka
 * 4.1 accept names only; there the id is compared at every refresh, which notices within seconds. Does not retry; the sender
 * does, because it knows the order.
 */
export function produceLink(
  { cluster, reader }: ProduceSink,
  topic: string,
  topicId: string | null,
  { requestMs = REQUEST_MS }: LinkOptions = {},
): ProduceLink {
  let unknownSince: number | null = null
  const takesIds = (): boolean => (commonVersion(produceApi, cluster.ranges() ?? new Map(), null) ?? 0) >= PRODUCE_BY_ID
  return {
    async produce(partition, records) {
      const leader = cluster.leaderOf(topic, partition)
      if (leader === null) throw leaderless(cluster, { topic, partition }, { sent: false })
      // The broker's time limit is shorter, so that its answer, not our timeout, ends the wait.
      const answer = await cluster.call(
        leader.nodeId,
        produceApi,
        {
          timeoutMs: Math.max(requestMs - 5_000, 1_000),
          topics: [{ topic, topicId, partitions: [{ partition, records }] }],
        },
        { channel: 'produce', timeoutMs: requestMs },
      )
      const found = answer.topics[0]?.partitions[0]
      if (found === undefined) {
        throw new SeeklineError('internal', `${topic}[${partition}]: the broker left it out of its answer.`, {
          retryable: true,
          details: { sent: true },
        })
      }
      return { ...found, throttleTimeMs: answer.throttleTimeMs }
    },

    async refresh() {
      await cluster.refresh({ topics: [topic] })
      const found = cluster.topic(topic)
      if (found === undefined) {
        unknownSince ??= Date.now()
        const error = kafkaError(3, `Topic ${topic}`, { details: { topic } })
        if (Date.now() - unknownSince < UNKNOWN_FOR_MS) throw error
        throw new SeeklineError(error.code, error.message, {
          retryable: false,
          hint: error.hint ?? '',
          details: { topic },
        })
      }
      unknownSince = null
      if (found.topicId !== topicId && topicId !== null) {
        throw new SeeklineError('kafka.topic-recreated', `${topic} was deleted and created again during the replay.`, {
          hint: takesIds()
            ? 'What had been copied is gone with the old topic, and nothing was written to the new one. Plan the replay again.'
            : 'What had been copied is gone with the old topic. This broker takes records by the topic’s name only, so what was sent in the last seconds may stand in the new one: look at it, then plan again.',
          details: { topic },
        })
      }
    },

    newProducer: () => initProducerId(cluster, { channel: 'produce', topic }),

    async end(partition) {
      const [answer] = await listOffsets(cluster, [{ topic, partition, at: 'latest' }])
      if (answer?.outcome.ok !== true) throw answer?.outcome.error ?? leaderless(cluster, { topic, partition })
      return answer.outcome.value.offset ?? 0n
    },

    look: (partition, from, producers, options) =>
      lookBehind({ cluster, reader, topic, topicId, partition }, from, producers, options),
  }
}
