import { defineApi, type Throttled } from './api.ts'

export interface DeleteShareGroupOffsetsRequest {
  group: string
  /** Whole topics: of single partitions start offsets cannot be taken away. */
  topics: readonly string[]
}

export interface DeleteShareGroupOffsetsResponse extends Throttled {
  /** Of the whole request; the topics are then missing. */
  errorCode: number
  errorMessage: string | null
  topics: { topic: string; errorCode: number; errorMessage: string | null }[]
}

/** KIP-932: takes a topic's start offsets away, with all that is kept of its records. Refused while members live. */
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
