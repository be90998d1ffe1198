import { SOME_BYTES_UNKNOWN, SOME_OFFSETS_UNKNOWN } from '#shared/contract/throughput.ts'
import type { TopicPartition } from '#shared/model/topic-partition.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { brokerName, topicName, type ThroughputLook, type ThroughputPoint } from '../../storage/throughput-log.ts'

/** One partition as a look found it. */
export interface PartitionLook extends TopicPartition {
  /** null: it has none, or is not known. */
  readonly leader: number | null
  /** Of the topic; null on brokers that have none. */
  readonly topicId: string | null
  /** null: not told. */
  readonly highWatermark: bigint | null
}

interface SeenEnd {
  readonly topicId: string | null
  readonly end: bigint
  /** It was lower than the look before had told: what the next one adds to it is no gain. */
  readonly wentBack: boolean
}

interface SeenSize {
  readonly topicId: string | null
  readonly nodeId: number
  readonly size: bigint
}

interface Sum {
  offsets: bigint | null
  bytes: bigint | null
  lacks: number
}

interface GainsLook {
  readonly at: bigint
  readonly partitions: readonly PartitionLook[]
  /** Bytes of the leaders' replicas, by `keyOf`; null: not asked for in this look. */
  readonly sizes: ReadonlyMap<string, bigint> | null
  /** Which sums are wanted beside those of topics. */
  readonly hasBrokers: boolean
  isWanted(topic: string): boolean
}

/**
 * What partitions gained from one look to the next, added up for topics and for leaders. Each partition is held against itself: a
 * sum over what a broker leads would leap whenever it comes to lead one more.
 */
export class Gains {
  #ends: ReadonlyMap<string, SeenEnd> = new Map()
  #sizes: ReadonlyMap<string, SeenSize> = new Map()
  #at: bigint | null = null
  #sizedAt: bigint | null = null

  take({ at, partitions, sizes, hasBrokers, isWanted }: GainsLook): ThroughputLook {
    const sums = new Map<string, Sum>()
    const of = (name: string): Sum => {
      let sum = sums.get(name)
      if (sum === undefined) sums.set(name, (sum = { offsets: null, bytes: null, lacks: 0 }))
      return sum
    }
    const ends = new Map<string, SeenEnd>()
    const sized = new Map<string, SeenSize>()
    for (const one of partitions) {
      const key = keyOf(one)
      const gained = this.#gained(key, one, ends)
      const grew = sizes === null ? undefined : this.#grew(key, one, sizes.get(key), sized)
      if (isWanted(one.topic)) add(of(topicName(one.topic)), gained, grew)
      if (hasBrokers && one.leader !== null) add(of(brokerName(one.leader)), gained, grew)
    }
    const since = (before: bigint | null): bigint => (before === null || at <= before ? 0n : at - before)
    const look = {
      at,
      overMs: since(this.#at),
      bytesOverMs: sizes === null ? 0n : since(this.#sizedAt),
      points: sums as ReadonlyMap<string, ThroughputPoint>,
    }
    this.#ends = ends
    this.#at = at
    if (sizes !== null) {
      this.#sizes = sized
      this.#sizedAt = at
    }
    return look
  }

  /** Offsets that a partition gained; null: not known. */
  #gained(key: string, { topicId, highWatermark: end }: PartitionLook, ends: Map<string, SeenEnd>): bigint | null {
    if (end === null) return null
    const before = this.#ends.get(key)
    const isSame = before !== undefined && before.topicId === topicId
    const wentBack = isSame && end < before.end
    ends.set(key, { topicId, end, wentBack })
    // A new leader may tell an older high watermark for a moment; from there to the newest nothing came that was not counted.
    return !isSame || wentBack || before.wentBack ? null : end - before.end
  }

  /** Bytes that its leader's log grew by; null: it shrank, or another replica was asked. */
  #grew(
    key: string,
    { topicId, leader }: PartitionLook,
    size: bigint | undefined,
    sized: Map<string, SeenSize>,
  ): bigint | null {
    if (size === undefined || leader === null) return null
    const before = this.#sizes.get(key)
    sized.set(key, { topicId, nodeId: leader, size })
    if (before === undefined || before.topicId !== topicId || before.nodeId !== leader || size < before.size)
      return null
    return size - before.size
  }
}

function add(sum: Sum, gained: bigint | null, grew: bigint | null | undefined): void {
  if (gained === null) sum.lacks |= SOME_OFFSETS_UNKNOWN
  else sum.offsets = (sum.offsets ?? 0n) + gained
  if (grew === undefined) return
  if (grew === null) sum.lacks |= SOME_BYTES_UNKNOWN
  else sum.bytes = (sum.bytes ?? 0n) + grew
}
