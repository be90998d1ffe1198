import { defineApi, type Throttled } from './api.ts'

export interface OffsetFetchGroup {
  group: string
  /** null: every partition the group has a position for. */
  topics: readonly { topic: string; partitions: readonly number[] }[] | null
}

export interface OffsetFetchRequest {
  /** More than one needs v8 (KIP-709). */
  groups: readonly OffsetFetchGroup[]
  /** Refuse (UNSTABLE_OFFSET_COMMIT) what a pending transaction is about to change (v7, KIP-447). */
  requireStable: boolean
}

export interface FetchedPosition {
  partition: number
  errorCode: number
  /** −1: no position. */
  offset: bigint
  leaderEpoch: number
  metadata: string
}

export interface OffsetFetchedGroup {
  group: string
  errorCode: number
  topics: { topic: string; partitions: FetchedPosition[] }[]
}

export interface OffsetFetchResponse extends Throttled {
  groups: OffsetFetchedGroup[]
}

/** v10 names topics by id only and refuses topics that are gone, whose positions we want to show: v9 is the last used. */
export const offsetFetch = defineApi<OffsetFetchRequest, OffsetFetchResponse>('OffsetFetch', {
  flexibleFrom: 6,
  needs: (request) => (request.groups.length !== 1 ? { min: 8 } : request.requireStable ? { min: 7 } : {}),
  encode(w, request, version) {
    const topicsOf = (topics: OffsetFetchGroup['topics']): void => {
      w.array(topics, (topic) => w.string(topic.topic).int32s(topic.partitions).tags())
    }
    if (version >= 8) {
      w.array(request.groups, (group) => {
        w.string(group.group)
        if (version >= 9) w.nullableString(null).int32(-1)
        topicsOf(group.topics)
        w.tags()
      })
    } else {
      w.string(request.groups[0]!.group) // before v8 one group is asked about, as versions are chosen
      topicsOf(request.groups[0]!.topics) // before v8 one group is asked about, as versions are chosen
    }
    if (version >= 7) w.boolean(request.requireStable)
    w.tags()
  },
  *decode(r, version, request) {
    const throttleTimeMs = r.int32()
    const readTopics = () =>
      r.arrayInSteps(function* () {
        const topic = r.string()
        const partitions = yield* r.arrayInSteps((): FetchedPosition => {
          const place = { partition: r.int32(), offset: r.int64(), leaderEpoch: r.int32() }
          const position = { ...place, metadata: r.nullableString() ?? '', errorCode: r.int16() }
          r.tags()
          return position
        })
        r.tags()
        return { topic, partitions }
      })
    if (version < 8) {
      const topics = yield* readTopics()
      const errorCode = r.int16()
      r.tags()
      return { throttleTimeMs, groups: [{ group: request.groups[0]!.group, errorCode, topics }] } // before v8 one group is asked about, as versions are chosen
    }
    const groups = yield* r.arrayInSteps(function* (): Generator<undefined, OffsetFetchedGroup> {
      const group = r.string()
      const topics = yield* readTopics()
      const errorCode = r.int16()
      r.tags()
      return { group, errorCode, topics }
    })
    r.tags()
    return { throttleTimeMs, groups }
  },
})
