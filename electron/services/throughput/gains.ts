import { SOME_BYTES_UNKNOWN, SOME_OFFSETS_UNKNOWN } from '#shared/contract/throughput.ts'
import type { TopicPartition } from '#shared/model/topic-partition.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { brokerName, topicName, type ThroughputLook, type ThroughputPoint } from '../../storage/throughput-log.ts'

/** One partition in a sample. */
export interface PartitionLook extends TopicPartition {
  /** null: it has none, or it is not known. */
  readonly leader: number | null
  /** The topic's id; null on brokers without ids. */
  readonly topicId: string | null
  /** null: not known. */
  readonly highWatermark: bigint | null
}

interface SeenEnd {
  readonly topicId: string | null
  readonly end: bigint
  /** It was lower than in the sample before: what the next sample adds to it is not a gain. */
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
  /** Bytes of the leaders' replicas, by `keyOf`; null: not read in this sample. */
  readonly sizes: ReadonlyMap<string, bigint> | null
  /** Which sums are needed in addition to those per topic. */
  readonly hasBrokers: boolean
  isWanted(topic: string): boolean
}

/**
 * What partitions gained between two samples, summed up per topic and per leader. Each partition is compared with itself:
 * comparing sums per broker would jump whenever a broker becomes leader of another partition.
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
    // A new leader may briefly report an older high watermark; the difference up to the newest value was already counted.
    return !isSame || wentBack || before.wentBack ? null : end - before.end
  }

  /** Bytes that its leader's log grew by; null: it shrank, or another replica was measured. */
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
