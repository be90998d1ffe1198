import { defineApi, type Throttled } from './api.ts'

/** Idempotence only: no transactional id is ever sent. */
export type InitProducerIdRequest = Record<never, never>

export interface InitProducerIdResponse extends Throttled {
  errorCode: number
  producerId: bigint
  producerEpoch: number
}

/** KIP-98, KIP-360. */
export const initProducerIdApi = defineApi<InitProducerIdRequest, InitProducerIdResponse>('InitProducerId', {
  flexibleFrom: 2,
  encode(w, _request, version) {
    // Without a transactional id the broker ignores the timeout, but refuses 0.
    w.nullableString(null).int32(60_000)
    if (version >= 3) w.int64(-1n).int16(-1)
    w.tags()
  },
  decode(r) {
    const throttleTimeMs = r.int32()
    const result = { errorCode: r.int16(), producerId: r.int64(), producerEpoch: r.int16() }
    r.tags()
    return { throttleTimeMs, ...result }
  },
})
