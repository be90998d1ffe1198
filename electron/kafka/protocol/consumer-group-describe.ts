import { defineApi, type Throttled } from './api.ts'
import { readAssignment, readGroupHead, type DescribedGroupHead, type TopicPartitions } from './described-group.ts'
import { toldOperations, type Operation } from './operations.ts'

export interface ConsumerGroupDescribeRequest {
  groups: readonly string[]
  /** Also say what these credentials may do with each group. */
  includeRights?: boolean
}

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
  /** The assignment the member will have once it has given up the rest. */
  targetAssignment: TopicPartitions
  /** It still uses the classic protocol (v1, Kafka 4.0); false if not told. */
  isClassic: boolean
}

export interface ConsumerGroup extends DescribedGroupHead {
  assignor: string
  members: ConsumerMember[]
  /** null: not asked, or not told. */
  rights: Operation[] | null
}

export interface ConsumerGroupDescribeResponse extends Throttled {
  groups: ConsumerGroup[]
}

/** KIP-848 groups; for a classic group the answer is GROUP_ID_NOT_FOUND. */
export const consumerGroupDescribe = defineApi<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(
  'ConsumerGroupDescribe',
  {
    flexibleFrom: 0,
    encode(w, request) {
      w.array(request.groups, (group) => w.string(group))
        .boolean(request.includeRights ?? false)
        .tags()
    },
    *decode(r, version) {
      const throttleTimeMs = r.int32()
      const groups = yield* r.arrayInSteps(function* (): Generator<undefined, ConsumerGroup> {
        const head = readGroupHead(r)
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
          const isClassic = version >= 1 && r.int8() === 0
          r.tags()
          return { ...member, isClassic }
        })
        const rights = toldOperations(r.int32())
        r.tags()
        return { ...head, assignor, members, rights }
      })
      r.tags()
      return { throttleTimeMs, groups }
    },
  },
)
