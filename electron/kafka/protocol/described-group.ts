import type { Reader } from './reader.ts'

export type TopicPartitions = { topic: string; topicId: string; partitions: number[] }[]

/** The first fields of each group in answers about consumer (KIP-848), share (KIP-932) and streams groups (KIP-1071). */
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

/** A member's partitions by topic, for consumer and share groups. */
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
