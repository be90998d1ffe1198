import { defineApi, type Throttled } from './api.ts'

export interface OffsetDeleteRequest {
  group: string
  topics: readonly { topic: string; partitions: readonly number[] }[]
}

export interface OffsetDeleteResponse extends Throttled {
  /** Of the whole request, e.g. GROUP_ID_NOT_FOUND; the partitions are then missing. */
  errorCode: number
  topics: { topic: string; partitions: { partition: number; errorCode: number }[] }[]
}

/** KIP-496: deletes positions. A topic to which live members are subscribed is refused (GROUP_SUBSCRIBED_TO_TOPIC). */
export const offsetDelete = defineApi<OffsetDeleteRequest, OffsetDeleteResponse>('OffsetDelete', {
  flexibleFrom: Number.MAX_SAFE_INTEGER,
  encode(w, request) {
    w.string(request.group)
    w.array(request.topics, (topic) => w.string(topic.topic).array(topic.partitions, (partition) => w.int32(partition)))
  },
  decode(r) {
    const errorCode = r.int16()
    const throttleTimeMs = r.int32()
    const topics = r.array(() => ({
      topic: r.string(),
      partitions: r.array(() => ({ partition: r.int32(), errorCode: r.int16() })),
    }))
    return { throttleTimeMs, errorCode, topics }
  },
})
