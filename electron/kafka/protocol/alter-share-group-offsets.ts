import { defineApi, type Throttled } from './api.ts'

export interface AlterShareGroupOffsetsRequest {
  group: string
  topics: readonly { topic: string; partitions: readonly { partition: number; startOffset: bigint }[] }[]
}

export interface AlterShareGroupOffsetsResponse extends Throttled {
  /** For the whole request; the partitions are then missing. */
  errorCode: number
  errorMessage: string | null
  topics: { topic: string; partitions: { partition: number; errorCode: number; errorMessage: string | null }[] }[]
}

/**
 * KIP-932: sets start offsets. Refused (NON_EMPTY_GROUP) while the group has members. The state of single records from the
 * start offset on (acknowledged, rejected, delivery counts) is dropped.
 */
export const alterShareGroupOffsets = defineApi<AlterShareGroupOffsetsRequest, AlterShareGroupOffsetsResponse>(
  'AlterShareGroupOffsets',
  {
    flexibleFrom: 0,
    encode(w, request) {
      w.string(request.group)
      w.array(request.topics, ({ topic, partitions }) => {
        w.string(topic)
        w.array(partitions, (one) => w.int32(one.partition).int64(one.startOffset).tags())
        w.tags()
      })
      w.tags()
    },
    decode(r) {
      const head = { throttleTimeMs: r.int32(), errorCode: r.int16(), errorMessage: r.nullableString() }
      const topics = r.array(() => {
        const topic = r.string()
        r.uuid()
        const partitions = r.array(() => {
          const one = { partition: r.int32(), errorCode: r.int16(), errorMessage: r.nullableString() }
          r.tags()
          return one
        })
        r.tags()
        return { topic, partitions }
      })
      r.tags()
      return { ...head, topics }
    },
  },
)
