import { defineApi, type Throttled } from './api.ts'

export interface DescribeShareGroupOffsetsRequest {
  /** With all their topics: naming a topic that a share group never had would create state for it. */
  groups: readonly string[]
}

export interface ShareStart {
  partition: number
  errorCode: number
  errorMessage: string | null
  /** The share-partition start offset (SPSO): all records before it are processed. −1: none yet. */
  startOffset: bigint
  /** Records from the start offset on that are not processed yet (KIP-1226); −1: not told, as before v1. */
  lag: bigint
}

export interface ShareGroupOffsets {
  group: string
  errorCode: number
  errorMessage: string | null
  topics: { topic: string; partitions: ShareStart[] }[]
}

export interface DescribeShareGroupOffsetsResponse extends Throttled {
  groups: ShareGroupOffsets[]
}

/** KIP-932: the start offsets of share groups. v1 (KIP-1226) adds the lag. */
export const describeShareGroupOffsets = defineApi<DescribeShareGroupOffsetsRequest, DescribeShareGroupOffsetsResponse>(
  'DescribeShareGroupOffsets',
  {
    flexibleFrom: 0,
    encode(w, request) {
      w.array(request.groups, (group) => w.string(group).array(null, () => undefined).tags()).tags() // oxfmt-ignore
    },
    *decode(r, version) {
      const throttleTimeMs = r.int32()
      const groups = yield* r.arrayInSteps(function* (): Generator<undefined, ShareGroupOffsets> {
        const group = r.string()
        const topics = yield* r.arrayInSteps(function* () {
          const topic = r.string()
          r.uuid()
          const partitions = yield* r.arrayInSteps((): ShareStart => {
            const start = { partition: r.int32(), startOffset: r.int64() }
            r.int32() // leader epoch
            const lag = version >= 1 ? r.int64() : -1n
            const one = { ...start, lag, errorCode: r.int16(), errorMessage: r.nullableString() }
            r.tags()
            return one
          })
          r.tags()
          return { topic, partitions }
        })
        const answer = { group, topics, errorCode: r.int16(), errorMessage: r.nullableString() }
        r.tags()
        return answer
      })
      r.tags()
      return { throttleTimeMs, groups }
    },
  },
)
