import type { TopicPartition } from '#shared/model/topic-partition.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { KafkaCluster } from './cluster.ts'
import { DEBUGGER, EARLIEST, EARLIEST_LOCAL, LATEST, listOffsetsApi, MAX_TIMESTAMP } from './protocol/list-offsets.ts'
import { type Answer, askLeaders, type Located, type Outcome, partitionName, type RouteOptions } from './routing.ts'

/**
 * Which offset: log start, the first one on the broker's local disks (`local-start`; unknown to brokers before 3.4), high
 * watermark (`latest`), last stable offset (`lso`), the record with the largest timestamp, or the first record whose timestamp
 * (milliseconds since 1970) is not earlier than the given one.
 */
export type OffsetAt = keyof typeof TIMESTAMPS | bigint

const TIMESTAMPS = {
  earliest: EARLIEST,
  'local-start': EARLIEST_LOCAL,
  latest: LATEST,
  lso: LATEST,
  'max-timestamp': MAX_TIMESTAMP,
} as const

export interface OffsetQuestion extends TopicPartition {
  at: OffsetAt
}

export interface FoundOffset {
  /** null: no record has such a timestamp (only for timestamps). */
  offset: bigint | null
  /** The timestamp of the record found; null for the bounds of the log. */
  timestamp: bigint | null
  leaderEpoch: number
}

/**
 * Offsets of many partitions of many topics, with one request per leader and isolation level. One entry per question, in order.
 */
export async function listOffsets(
  cluster: KafkaCluster,
  questions: readonly OffsetQuestion[],
  options: RouteOptions = {},
): Promise<{ question: OffsetQuestion; outcome: Outcome<FoundOffset> }[]> {
  const negative = questions.find((q) => typeof q.at === 'bigint' && q.at < 0n)
  if (negative !== undefined) {
    throw new SeeklineError('call.invalid', `${partitionName(negative)}: a timestamp cannot be negative.`)
  }
  // A request may name a partition only once: further questions about the same partition go into further rounds.
  const rounds: OffsetQuestion[][] = []
  const seen = new Map<string, number>()
  for (const question of questions) {
    const isolation = question.at === 'lso' ? 1 : 0
    const key = `${isolation}/${question.partition}/${question.topic}`
    const nth = seen.get(key) ?? 0
    seen.set(key, nth + 1)
    const round = nth * 2 + isolation
    ;(rounds[round] ??= []).push(question)
  }
  const answered = await Promise.all(
    rounds.filter((r) => r !== undefined).map((round) => askRound(cluster, round, options)),
  )
  const outcomes = new Map(answered.flat().map(({ item, outcome }) => [item, outcome]))
  return questions.map((question) => ({ question, outcome: outcomes.get(question)! })) // every question is given an outcome
}

async function askRound(
  cluster: KafkaCluster,
  round: OffsetQuestion[],
  options: RouteOptions,
): Promise<{ item: OffsetQuestion; outcome: Outcome<FoundOffset> }[]> {
  const isolationLevel = round[0]!.at === 'lso' ? 1 : 0 // a round always has at least one question
  return await askLeaders<OffsetQuestion, FoundOffset>(
    cluster,
    round,
    async (nodeId, located, call) => {
      const topics = new Map<string, Map<number, Located<OffsetQuestion>>>()
      for (const one of located) {
        const { topic, partition } = one.item
        let partitions = topics.get(topic)
        if (partitions === undefined) topics.set(topic, (partitions = new Map()))
        partitions.set(partition, one)
      }
      const request = {
        isolationLevel,
        topics: [...topics].map(([topic, partitions]) => ({ topic, partitions: [...partitions.values()].map(asked) })),
        timeoutMs: call.timeoutMs ?? 30_000,
      } as const
      const answer = await cluster.call(nodeId, listOffsetsApi, request, call)
      const answers: Answer<OffsetQuestion, FoundOffset>[] = []
      for (const { topic, partitions } of answer.topics) {
        const known = topics.get(topic)
        for (const { partition, errorCode, offset, timestamp, leaderEpoch } of partitions) {
          const item = known?.get(partition)?.item
          if (item === undefined) continue
          const value = { offset: offset < 0n ? null : offset, timestamp: timestamp < 0n ? null : timestamp, leaderEpoch } // oxfmt-ignore
          answers.push({ item, errorCode, value })
        }
      }
      return answers
    },
    { ...options, asked: { api: 'ListOffsets' } },
  )
}

const asked = ({ item: { partition, at }, leaderEpoch }: Located<OffsetQuestion>) => ({
  partition,
  currentLeaderEpoch: leaderEpoch,
  timestamp: typeof at === 'bigint' ? at : TIMESTAMPS[at],
})

/**
 * The end of everything the leader holds, replicated or not: a batch whose answer was lost may be beyond the high watermark. A
 * broker of another vendor that does not distinguish them answers with the high watermark.
 */
export async function logEnd(cluster: KafkaCluster, at: TopicPartition, options: RouteOptions = {}): Promise<bigint> {
  const [answer] = await askLeaders<TopicPartition, bigint>(
    cluster,
    [at],
    async (nodeId, [located], call) => {
      const { item, leaderEpoch } = located! // a leader is asked only if it leads a partition that was asked about
      const { topic, partition } = item
      const end = { partition, timestamp: LATEST, currentLeaderEpoch: leaderEpoch }
      const topics = [{ topic, partitions: [end] }]
      const request = { replicaId: DEBUGGER, isolationLevel: 0, topics, timeoutMs: call.timeoutMs ?? 30_000 } as const
      const answered = await cluster.call(nodeId, listOffsetsApi, request, call)
      return answered.topics.flatMap(({ partitions }) =>
        partitions.map(({ errorCode, offset }) => ({ item, errorCode, value: offset })),
      )
    },
    options,
  )
  const { outcome } = answer! // every partition asked about is given an answer
  if (!outcome.ok) throw outcome.error
  return outcome.value
}
