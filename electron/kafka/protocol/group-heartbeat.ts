import { defineApi, type Throttled } from './api.ts'

export interface GroupHeartbeatRequest {
  group: string
  generation: number
  memberId: string
}

export interface GroupHeartbeatResponse extends Throttled {
  /** REBALANCE_IN_PROGRESS tells a member that it has to join again. */
  errorCode: number
}

/** The heartbeat of a member of a classic group. */
export const groupHeartbeat = defineApi<GroupHeartbeatRequest, GroupHeartbeatResponse>('Heartbeat', {
  flexibleFrom: 4,
  encode(w, request) {
    w.string(request.group).int32(request.generation).string(request.memberId).nullableString(null).tags()
  },
  decode(r) {
    const throttleTimeMs = r.int32()
    const errorCode = r.int16()
    r.tags()
    return { throttleTimeMs, errorCode }
  },
})
