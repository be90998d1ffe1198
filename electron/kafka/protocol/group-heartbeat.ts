import { defineApi, type Throttled } from './api.ts'

export interface GroupHeartbeatRequest {
  group: string
  generation: number
  memberId: string
}

export interface GroupHeartbeatResponse extends Throttled {
  /** REBALANCE_IN_PROGRESS is how a member hears that it has to join again. */
  errorCode: number
}

/** Says that a member of a classic group lives. */
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
