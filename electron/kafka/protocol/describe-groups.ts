import { defineApi, type Throttled } from './api.ts'
import {
  type ConsumerAssignment,
  type ConsumerSubscription,
  decodeAssignment,
  decodeSubscription,
} from './consumer-protocol.ts'

export interface DescribeGroupsRequest {
  groups: readonly string[]
}

export interface ClassicMember {
  memberId: string
  instanceId: string | null
  clientId: string
  host: string
  /** null: another protocol's bytes (Kafka Connect …), or no bytes in this state. */
  subscription: ConsumerSubscription | null
  assignment: ConsumerAssignment | null
}

export interface ClassicGroup {
  group: string
  errorCode: number
  errorMessage: string | null
  /** Kafka's own word. `Dead` with no members also stands for "no such group", and for groups of the newer kinds. */
  state: string
  /** `consumer`, `connect`, …; empty for a group that was made by a commit alone. */
  protocolType: string
  /** The assignor in use. */
  protocol: string
  members: ClassicMember[]
}

export interface DescribeGroupsResponse extends Throttled {
  groups: ClassicGroup[]
}

/** Classic groups. v6 says GROUP_ID_NOT_FOUND (KIP-1043) where older versions say `Dead`. */
export const describeGroupsApi = defineApi<DescribeGroupsRequest, DescribeGroupsResponse>({
  key: 15,
  name: 'DescribeGroups',
  versions: { min: 3, max: 6 },
  flexibleFrom: 5,
  encode(w, request) {
    w.array(request.groups, (group) => w.string(group))
      .boolean(false)
      .tags()
  },
  decode(r, version) {
    const throttleTimeMs = r.int32()
    const groups = r.array((): ClassicGroup => {
      const errorCode = r.int16()
      const errorMessage = version >= 6 ? r.nullableString() : null
      const head = { group: r.string(), state: r.string(), protocolType: r.string(), protocol: r.string() }
      const members = r.array((): ClassicMember => {
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
      r.int32()
      r.tags()
      return { ...head, errorCode, errorMessage, members }
    })
    r.tags()
    return { throttleTimeMs, groups }
  },
})
