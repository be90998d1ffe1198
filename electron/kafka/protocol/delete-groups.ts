import { defineApi, type Throttled } from './api.ts'

export interface DeleteGroupsRequest {
  groups: readonly string[]
}

export interface DeleteGroupsResponse extends Throttled {
  groups: { group: string; errorCode: number }[]
}

/** KIP-229. Refused with NON_EMPTY_GROUP while members live. */
export const deleteGroupsApi = defineApi<DeleteGroupsRequest, DeleteGroupsResponse>('DeleteGroups', {
  flexibleFrom: 2,
  encode(w, request) {
    w.array(request.groups, (group) => w.string(group)).tags()
  },
  decode(r) {
    const throttleTimeMs = r.int32()
    const groups = r.array(() => {
      const result = { group: r.string(), errorCode: r.int16() }
      r.tags()
      return result
    })
    r.tags()
    return { throttleTimeMs, groups }
  },
})
