import { defineApi, type Throttled } from './api.ts'

export interface ListGroupsRequest {
  /** Empty: all. Sent from v4 (KIP-518); older brokers answer with all. */
  states?: readonly string[]
  /** Empty: all. Sent from v5 (KIP-848). */
  types?: readonly string[]
}

export interface ListedGroup {
  group: string
  protocolType: string
  /** Kafka's own word; null before v4. */
  state: string | null
  /** `classic`, `consumer`, `share`, `streams`; null before v5 (Kafka 3.8). */
  type: string | null
}

export interface ListGroupsResponse extends Throttled {
  errorCode: number
  groups: ListedGroup[]
}

/** A broker lists only the groups it coordinates: ask every one. */
export const listGroupsApi = defineApi<ListGroupsRequest, ListGroupsResponse>('ListGroups', {
  flexibleFrom: 3,
  encode(w, request, version) {
    if (version >= 4) w.array(request.states ?? [], (state) => w.string(state))
    if (version >= 5) w.array(request.types ?? [], (type) => w.string(type))
    w.tags()
  },
  *decode(r, version) {
    const throttleTimeMs = r.int32()
    const errorCode = r.int16()
    const groups = yield* r.arrayInSteps((): ListedGroup => {
      const group = {
        group: r.string(),
        protocolType: r.string(),
        state: version >= 4 ? r.string() : null,
        type: version >= 5 ? r.string().toLowerCase() : null,
      }
      r.tags()
      return group
    })
    r.tags()
    return { throttleTimeMs, errorCode, groups }
  },
})
