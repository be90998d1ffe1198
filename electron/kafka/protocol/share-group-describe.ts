import { defineApi, type Throttled } from './api.ts'
import { readAssignment, readGroupHead, type DescribedGroupHead, type TopicPartitions } from './described-group.ts'
import { toldOperations, type Operation } from './operations.ts'

export interface ShareGroupDescribeRequest {
  groups: readonly string[]
  /** Also say what these credentials may do with each group. */
  includeRights?: boolean
}

export interface ShareMember {
  memberId: string
  rackId: string | null
  memberEpoch: number
  clientId: string
  host: string
  subscription: string[]
  /** Share groups may assign a partition to several members. */
  assignment: TopicPartitions
}

export interface ShareGroup extends DescribedGroupHead {
  assignor: string
  members: ShareMember[]
  /** null: not asked, or not told. */
  rights: Operation[] | null
}

export interface ShareGroupDescribeResponse extends Throttled {
  groups: ShareGroup[]
}

/** KIP-932. Version 0 was the early access of Kafka 4.0 and was removed in 4.1. */
export const shareGroupDescribe = defineApi<ShareGroupDescribeRequest, ShareGroupDescribeResponse>(
  'ShareGroupDescribe',
  {
    flexibleFrom: 0,
    encode(w, request) {
      w.array(request.groups, (group) => w.string(group))
        .boolean(request.includeRights ?? false)
        .tags()
    },
    *decode(r) {
      const throttleTimeMs = r.int32()
      const groups = yield* r.arrayInSteps(function* (): Generator<undefined, ShareGroup> {
        const head = readGroupHead(r)
        const assignor = r.string()
        const members = yield* r.arrayInSteps(function* (): Generator<undefined, ShareMember> {
          const member = {
            memberId: r.string(),
            rackId: r.nullableString(),
            memberEpoch: r.int32(),
            clientId: r.string(),
            host: r.string(),
            subscription: yield* r.arrayInSteps(() => r.string()),
            assignment: yield* readAssignment(r),
          }
          r.tags()
          return member
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
