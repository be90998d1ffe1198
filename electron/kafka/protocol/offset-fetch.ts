import type { PartitionKeys } from '../partition-keys.ts'
import { defineApi, type KafkaApi, type Throttled } from './api.ts'
import type { Reader } from './reader.ts'

export interface OffsetFetchGroup {
  group: string
  /** null: every partition the group has a position for. */
  topics: readonly { topic: string; partitions: readonly number[] }[] | null
}

export interface OffsetFetchRequest {
  /** More than one needs v8 (KIP-709). */
  groups: readonly OffsetFetchGroup[]
  /** Refuse positions that a pending transaction is about to change (UNSTABLE_OFFSET_COMMIT; v7, KIP-447). */
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

const asking: Pick<KafkaApi<OffsetFetchRequest, never>, 'flexibleFrom' | 'encode'> & {
  needs: NonNullable<KafkaApi<OffsetFetchRequest, never>['needs']>
} = {
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
      w.string(request.groups[0]!.group) // the version is chosen so that a request before v8 has one group
      topicsOf(request.groups[0]!.topics) // the version is chosen so that a request before v8 has one group
    }
    if (version >= 7) w.boolean(request.requireStable)
    w.tags()
  },
}

/** v10 names topics by id only, and refuses deleted topics, whose positions we want to show: v9 is the last version used. */
export const offsetFetch = defineApi<OffsetFetchRequest, OffsetFetchResponse>('OffsetFetch', {
  ...asking,
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
      return { throttleTimeMs, groups: [{ group: request.groups[0]!.group, errorCode, topics }] } // the version is chosen so that a request before v8 has one group
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

/** For one group, the offsets of the positions that it has and that could be read, by `keyOf`. */
export interface GroupOffsets {
  group: string
  errorCode: number
  offsets: Map<string, bigint>
}

/**
 * The same answer without metadata, epochs and an object per position: sampling tens of thousands of positions every few
 * seconds would otherwise spend its time on garbage collection. One request for many groups, so it needs a broker of Kafka 3.0
 * or later.
 */
export const offsetFetchOffsets = defineApi<
  OffsetFetchRequest & { partitionKeys: PartitionKeys },
  Throttled & { groups: GroupOffsets[] }
>('OffsetFetch', {
  ...asking,
  needs: () => ({ min: 8 }),
  *decode(r, _version, { partitionKeys }) {
    const throttleTimeMs = r.int32()
    const groups = yield* r.arrayInSteps(function* (): Generator<undefined, GroupOffsets> {
      const group = r.string()
      const offsets = new Map<string, bigint>()
      for (let topics = r.arrayLength(); topics > 0; topics -= 1) {
        const keyOf = partitionKeys.of(r.string())
        for (let left = r.arrayLength(); left > 0; left -= 1) {
          readOffset(r, keyOf, offsets)
          if (r.isTimeUp()) yield
        }
        r.tags()
      }
      const errorCode = r.int16()
      r.tags()
      return { group, errorCode, offsets }
    })
    r.tags()
    return { throttleTimeMs, groups }
  },
})

function readOffset(r: Reader, keyOf: (partition: number) => string, into: Map<string, bigint>): void {
  const partition = r.int32()
  const offset = r.int64()
  r.skip(4)
  r.skipString()
  if (r.int16() === 0 && offset !== -1n) into.set(keyOf(partition), offset)
  r.tags()
}
