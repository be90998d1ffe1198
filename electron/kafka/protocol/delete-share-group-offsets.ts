import { defineApi, type Throttled } from './api.ts'

export interface DeleteShareGroupOffsetsRequest {
  group: string
  /** Whole topics: start offsets of single partitions cannot be deleted. */
  topics: readonly string[]
}

export interface DeleteShareGroupOffsetsResponse extends Throttled {
  /** For the whole request; the topics are then missing. */
  errorCode: number
  errorMessage: string | null
  topics: { topic: string; errorCode: number; errorMessage: string | null }[]
}

/** KIP-932: deletes a topic's start offsets, with the state of its records. Refused while the group has members. */
export const deleteShareGroupOffsets = defineApi<DeleteShareGroupOffsetsRequest, DeleteShareGroupOffsetsResponse>(
  'DeleteShareGroupOffsets',
  {
    flexibleFrom: 0,
    encode(w, request) {
      w.string(request.group)
      w.array(request.topics, (topic) => w.string(topic).tags())
      w.tags()
    },
    decode(r) {
      const head = { throttleTimeMs: r.int32(), errorCode: r.int16(), errorMessage: r.nullableString() }
      const topics = r.array(() => {
        const topic = r.string()
        r.uuid()
        const one = { topic, errorCode: r.int16(), errorMessage: r.nullableString() }
        r.tags()
        return one
      })
      r.tags()
      return { ...head, topics }
    },
  },
)
