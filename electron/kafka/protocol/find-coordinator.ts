import { defineApi, type Throttled } from './api.ts'

/** 0: consumer group, 1: transactional id, 2: share group (v6). */
export type CoordinatorKind = 0 | 1 | 2

export interface FindCoordinatorRequest {
  kind: CoordinatorKind
  /** More than one needs v4 (KIP-699); send one request each to older brokers. */
  keys: readonly string[]
}

export interface FoundCoordinator {
  key: string
  errorCode: number
  errorMessage: string | null
  nodeId: number
  host: string
  port: number
}

export interface FindCoordinatorResponse extends Throttled {
  coordinators: FoundCoordinator[]
}

/**
 * A broker creates the internal topic (`__consumer_offsets`, …) in which it looks. Send it only if Metadata shows that this
 * topic exists.
 */
export const findCoordinator = defineApi<FindCoordinatorRequest, FindCoordinatorResponse>('FindCoordinator', {
  flexibleFrom: 3,
  needs: (request) => (request.keys.length === 1 ? {} : { min: 4 }),
  encode(w, request, version) {
    if (version >= 4) w.int8(request.kind).array(request.keys, (key) => w.string(key))
    else w.string(request.keys[0]!).int8(request.kind) // the version is chosen so that a request before v4 has one key
    w.tags()
  },
  decode(r, version, request) {
    const throttleTimeMs = r.int32()
    if (version < 4) {
      const errorCode = r.int16()
      const errorMessage = r.nullableString()
      const found = {
        key: request.keys[0]!, // the version is chosen so that a request before v4 has one key
        errorCode,
        errorMessage,
        nodeId: r.int32(),
        host: r.string(),
        port: r.int32(),
      }
      r.tags()
      return { throttleTimeMs, coordinators: [found] }
    }
    const coordinators = r.array((): FoundCoordinator => {
      const place = { key: r.string(), nodeId: r.int32(), host: r.string(), port: r.int32() }
      const found = { ...place, errorCode: r.int16(), errorMessage: r.nullableString() }
      r.tags()
      return found
    })
    r.tags()
    return { throttleTimeMs, coordinators }
  },
})
