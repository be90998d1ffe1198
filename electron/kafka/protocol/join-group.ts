import { defineApi, type Throttled } from './api.ts'

export interface JoinGroupRequest {
  group: string
  /** Without a heartbeat for this long the coordinator removes the member. */
  sessionTimeoutMs: number
  /** How long the others wait for this member to join again. */
  rebalanceTimeoutMs: number
  /** Empty: the coordinator assigns one (MEMBER_ID_REQUIRED, KIP-394), to be sent with the second request. */
  memberId: string
  /** Assignors by preference, each with the member's subscription for it. */
  protocols: readonly { name: string; metadata: Uint8Array }[]
}

export interface JoinGroupResponse extends Throttled {
  errorCode: number
  generation: number
  /** An assignor that all members support; null if joining failed. */
  protocol: string | null
  leader: string
  memberId: string
  /** The leader need not assign again: it is a static member that came back (KIP-814). */
  skipAssignment: boolean
  /** All members, in the leader's answer; empty for the others. */
  members: { memberId: string; metadata: Uint8Array }[]
}

/** Joins a classic group, or joins it again during a rebalance. Answered when all members have joined. */
export const joinGroup = defineApi<JoinGroupRequest, JoinGroupResponse>('JoinGroup', {
  flexibleFrom: 6,
  encode(w, request, version) {
    w.string(request.group).int32(request.sessionTimeoutMs).int32(request.rebalanceTimeoutMs)
    w.string(request.memberId).nullableString(null).string('consumer')
    w.array(request.protocols, ({ name, metadata }) => w.string(name).bytesField(metadata).tags())
    if (version >= 8) w.nullableString(null)
    w.tags()
  },
  decode(r, version) {
    const throttleTimeMs = r.int32()
    const errorCode = r.int16()
    const generation = r.int32()
    if (version >= 7) r.nullableString()
    const protocol = r.nullableString()
    const leader = r.string()
    const skipAssignment = version >= 9 && r.boolean()
    const memberId = r.string()
    const members = r.array(() => {
      const id = r.string()
      r.nullableString()
      // A copy: the leader keeps it longer than the answer.
      const member = { memberId: id, metadata: Uint8Array.from(r.bytesOrNull() ?? []) }
      r.tags()
      return member
    })
    r.tags()
    return { throttleTimeMs, errorCode, generation, protocol, leader, memberId, skipAssignment, members }
  },
})
