import { defineApi, type Throttled } from './api.ts'
import { toldOperations, type Operation } from './operations.ts'
import type { Reader } from './reader.ts'

export interface ConsumerGroupDescribeRequest {
  groups: readonly string[]
  /** Also say what these credentials may do with each group. */
  includeRights?: boolean
}

export type TopicPartitions = { topic: string; topicId: string; partitions: number[] }[]

export interface ConsumerMember {
  memberId: string
  instanceId: string | null
  rackId: string | null
  memberEpoch: number
  clientId: string
  host: string
  subscription: string[]
  subscriptionPattern: string | null
  assignment: TopicPartitions
  /** What the member is to have once it has given up the rest. */
  targetAssignment: TopicPartitions
}

export interface ConsumerGroup {
  group: string
  errorCode: number
  errorMessage: string | null
  state: string
  groupEpoch: number
  assignmentEpoch: number
  assignor: string
  members: ConsumerMember[]
  /** null: not asked, or not told. */
  rights: Operation[] | null
}

export interface ConsumerGroupDescribeResponse extends Throttled {
  groups: ConsumerGroup[]
}

/** KIP-848 groups; a classic group answers GROUP_ID_NOT_FOUND. */
export const consumerGroupDescribe = defineApi<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>({
  key: 69,
  name: 'ConsumerGroupDescribe',
  versions: { min: 0, max: 1 },
  flexibleFrom: 0,
  encode(w, request) {
    w.array(request.groups, (group) => w.string(group))
      .boolean(request.includeRights ?? false)
      .tags()
  },
  *decode(r, version) {
    const throttleTimeMs = r.int32()
    const groups = yield* r.arrayInSteps(function* (): Generator<undefined, ConsumerGroup> {
      const error = { errorCode: r.int16(), errorMessage: r.nullableString() }
      const head = { group: r.string(), state: r.string(), groupEpoch: r.int32(), assignmentEpoch: r.int32() }
      const assignor = r.string()
      const members = yield* r.arrayInSteps(function* (): Generator<undefined, ConsumerMember> {
        const member = {
          memberId: r.string(),
          instanceId: r.nullableString(),
          rackId: r.nullableString(),
          memberEpoch: r.int32(),
          clientId: r.string(),
          host: r.string(),
          subscription: yield* r.arrayInSteps(() => r.string()),
          subscriptionPattern: r.nullableString(),
          assignment: yield* readAssignment(r),
          targetAssignment: yield* readAssignment(r),
        }
        if (version >= 1) r.int8()
        r.tags()
        return member
      })
      const rights = toldOperations(r.int32())
      r.tags()
      return { ...error, ...head, assignor, members, rights }
    })
    r.tags()
    return { throttleTimeMs, groups }
  },
})

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
