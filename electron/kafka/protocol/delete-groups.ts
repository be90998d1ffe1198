import { defineApi, type Throttled } from './api.ts'

export interface DeleteGroupsRequest {
  groups: readonly string[]
}

export interface DeleteGroupsResponse extends Throttled {
  groups: { group: string; errorCode: number; message: string | null }[]
}

/**
 * KIP-229. Refused with NON_EMPTY_GROUP while the group has members. v3 (Kafka 4.4) has a message that says why a group was not
 * deleted.
 */
export const deleteGroupsApi = defineApi<DeleteGroupsRequest, DeleteGroupsResponse>('DeleteGroups', {
  flexibleFrom: 2,
  encode(w, request) {
    w.array(request.groups, (group) => w.string(group)).tags()
  },
  decode(r, version) {
    const throttleTimeMs = r.int32()
    const groups = r.array(() => {
      const result = { group: r.string(), errorCode: r.int16() }
      const message = version >= 3 ? r.nullableString() : null
      r.tags()
      return { ...result, message }
    })
    r.tags()
    return { throttleTimeMs, groups }
  },
})
