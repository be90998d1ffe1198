import { defineApi, type Throttled } from './api.ts'
import {
  type ConsumerAssignment,
  type ConsumerSubscription,
  decodeAssignment,
  decodeSubscription,
} from './consumer-protocol.ts'
import { toldOperations, type Operation } from './operations.ts'

export interface DescribeGroupsRequest {
  groups: readonly string[]
  /** Also say what these credentials may do with each group. */
  includeRights?: boolean
}

export interface ClassicMember {
  memberId: string
  instanceId: string | null
  clientId: string
  host: string
  /** null: bytes of another protocol (Kafka Connect …), or no bytes in this state. */
  subscription: ConsumerSubscription | null
  assignment: ConsumerAssignment | null
}

export interface ClassicGroup {
  group: string
  errorCode: number
  errorMessage: string | null
  /** Kafka's own word. `Dead` without members also means "no such group", and is the answer for groups of the newer kinds. */
  state: string
  /** `consumer`, `connect`, …; empty for a group that was created by a commit alone. */
  protocolType: string
  /** The assignor in use. */
  protocol: string
  members: ClassicMember[]
  /** null: not asked, or not told. */
  rights: Operation[] | null
}

export interface DescribeGroupsResponse extends Throttled {
  groups: ClassicGroup[]
}

/** Classic groups. v6 answers GROUP_ID_NOT_FOUND (KIP-1043) where older versions answer `Dead`. */
export const describeGroupsApi = defineApi<DescribeGroupsRequest, DescribeGroupsResponse>('DescribeGroups', {
  flexibleFrom: 5,
  // v5 tells the rights on a group that does not exist yet, v6 does not: a plan may be about to create the group.
  needs: ({ includeRights }) => (includeRights === true ? { max: 5 } : {}),
  encode(w, request) {
    w.array(request.groups, (group) => w.string(group))
      .boolean(request.includeRights ?? false)
      .tags()
  },
  *decode(r, version) {
    const throttleTimeMs = r.int32()
    const groups = yield* r.arrayInSteps(function* (): Generator<undefined, ClassicGroup> {
      const errorCode = r.int16()
      const errorMessage = version >= 6 ? r.nullableString() : null
      const head = { group: r.string(), state: r.string(), protocolType: r.string(), protocol: r.string() }
      const members = yield* r.arrayInSteps((): ClassicMember => {
        const member = {
          memberId: r.string(),
          instanceId: version >= 4 ? r.nullableString() : null,
          clientId: r.string(),
          host: r.string(),
          subscription: decodeSubscription(r.bytesOrNull()),
          assignment: decodeAssignment(r.bytesOrNull()),
        }
        r.tags()
        return member
      })
      const rights = toldOperations(r.int32())
      r.tags()
      return { ...head, errorCode, errorMessage, members, rights }
    })
    r.tags()
    return { throttleTimeMs, groups }
  },
})
