import { defineApi, type Throttled } from './api.ts'

export interface SyncGroupRequest {
  group: string
  generation: number
  memberId: string
  protocol: string
  /** The assignment of each member, sent by the leader; empty for the others. */
  assignments: readonly { memberId: string; assignment: Uint8Array }[]
}

export interface SyncGroupResponse extends Throttled {
  errorCode: number
  assignment: Uint8Array
}

/** Sends the leader's assignment to the coordinator, and returns each member's own. Answered once the leader has sent it. */
export const syncGroup = defineApi<SyncGroupRequest, SyncGroupResponse>('SyncGroup', {
  flexibleFrom: 4,
  encode(w, request, version) {
    w.string(request.group).int32(request.generation).string(request.memberId).nullableString(null)
    if (version >= 5) w.nullableString('consumer').nullableString(request.protocol)
    w.array(request.assignments, ({ memberId, assignment }) => w.string(memberId).bytesField(assignment).tags())
    w.tags()
  },
  decode(r, version) {
    const throttleTimeMs = r.int32()
    const errorCode = r.int16()
    if (version >= 5) {
      r.nullableString()
      r.nullableString()
    }
    const assignment = Uint8Array.from(r.bytesOrNull() ?? [])
    r.tags()
    return { throttleTimeMs, errorCode, assignment }
  },
})
