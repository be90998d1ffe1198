import type { Reader } from './reader.ts'

export type TopicPartitions = { topic: string; topicId: string; partitions: number[] }[]

/** What the answers about consumer (KIP-848), share (KIP-932) and streams groups (KIP-1071) begin each group with. */
export interface DescribedGroupHead {
  errorCode: number
  errorMessage: string | null
  group: string
  state: string
  groupEpoch: number
  assignmentEpoch: number
}

export function readGroupHead(r: Reader): DescribedGroupHead {
  return {
    errorCode: r.int16(),
    errorMessage: r.nullableString(),
    group: r.string(),
    state: r.string(),
    groupEpoch: r.int32(),
    assignmentEpoch: r.int32(),
  }
}

/** Partitions by topic, of a member of a consumer or share group. */
export function* readAssignment(r: Reader): Generator<undefined, TopicPartitions> {
  const topics = yield* r.arrayInSteps(() => {
    const topicId = r.uuid()
    const topic = { topic: r.string(), topicId, partitions: r.int32s() }
    r.tags()
    return topic
  })
  r.tags()
  return topics
}
