import { defineApi, type Throttled } from './api.ts'

export interface LeaveGroupRequest {
  group: string
  memberId: string
}

export interface LeaveGroupResponse extends Throttled {
  /** The error of the request, or else of its one member. */
  errorCode: number
}

/** Leaves a classic group, so that the others need not wait for the session timeout. */
export const leaveGroup = defineApi<LeaveGroupRequest, LeaveGroupResponse>('LeaveGroup', {
  flexibleFrom: 4,
  encode(w, request, version) {
    w.string(request.group).array([request.memberId], (memberId) => {
      w.string(memberId).nullableString(null)
      if (version >= 5) w.nullableString(null)
      w.tags()
    })
    w.tags()
  },
  decode(r) {
    const throttleTimeMs = r.int32()
    const whole = r.int16()
    const members = r.array(() => {
      r.string()
      r.nullableString()
      const code = r.int16()
      r.tags()
      return code
    })
    r.tags()
    return { throttleTimeMs, errorCode: whole === 0 ? (members[0] ?? 0) : whole }
  },
})
