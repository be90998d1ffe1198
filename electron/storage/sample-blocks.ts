import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { z } from 'zod'
import { partitionKey } from '#shared/model/topic-partition.ts'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'

/** A log's bounds in one sample; null: not known, or not read in that sample. */
export interface SampledEnds {
  readonly logStart: bigint | null
  readonly lastStable: bigint | null
  readonly highWatermark: bigint | null
}

/** One sample of several groups. Partitions by `keyOf`. */
export interface Sample {
  readonly at: bigint
  readonly ends: ReadonlyMap<string, SampledEnds>
  /** For each sampled group its positions. */
  readonly positions: ReadonlyMap<string, ReadonlyMap<string, bigint>>
}

/** What one sample says about a partition of a group. */
export interface SamplePoint extends SampledEnds {
  readonly topic: string
  readonly partition: number
  /** null: none. */
  readonly position: bigint | null
}

const Ints = z.instanceof(Int32Array)
const Longs = z.instanceof(BigInt64Array)
/** For the indexes in `at`, by how much each value changed. */
const Changes = z.strictObject({ at: Ints, by: Longs })
const Tick = z.strictObject({
  at: z.bigint(),
  /** Names that were not used before in this file; indexes count over all blocks. */
  topics: z.array(z.string().max(1_000)),
  groups: z.array(z.string().max(40_000)),
  /** Pairs of indexes: a topic and a partition; a group and one of those. */
  partitions: Ints,
  pairs: Ints,
  /** Groups that were sampled; null: the same as in the previous sample. */
  looked: Ints.nullable(),
  ends: Changes,
  /** null: not read in this sample. */
  starts: Changes.nullable(),
  stables: Changes.nullable(),
  positions: Changes,
})
type Tick = z.infer<typeof Tick>

/** Stands for both "none" and "not known". */
const NONE = -1n
/** A limit, because the file may have been written by another program. */
const MOST_BLOCK_BYTES = 16 << 20
const MOST_NAMES = 500_000

/**
 * The values of one kind, and which of them changed since the last block. Packed, because there are tens of thousands of each
 * kind.
 */
class Column {
  #values = new BigInt64Array(64).fill(NONE)
  readonly #changed: number[] = []
  #by = new BigInt64Array(64)

  get(index: number): bigint {
    return this.#values[index] ?? NONE
  }

  set(index: number, value: bigint): void {
    if (index >= this.#values.length) this.#values = grown(this.#values, index)
    const by = value - this.#values[index]! // grown() made room for this index
    if (by === 0n) return
    const count = this.#changed.push(index)
    if (count > this.#by.length) this.#by = grown(this.#by, count)
    this.#by[count - 1] = by
    this.#values[index] = value
  }

  /** The changes since the last call. */
  take(): z.infer<typeof Changes> {
    const changes = { at: Int32Array.from(this.#changed), by: this.#by.slice(0, this.#changed.length) }
    this.#changed.length = 0
    return changes
  }

  apply({ at, by }: z.infer<typeof Changes>, size: number): void {
    if (at.length !== by.length) throw new Error('changes without their numbers')
    if (size > this.#values.length) this.#values = grown(this.#values, size)
    for (let i = 0; i < at.length; i += 1) {
      const index = at[i]! // i < length
      if (index < 0 || index >= size) throw new Error('a number of nothing')
      this.#values[index] = this.#values[index]! + by[i]! // index < size, and `at` and `by` have the same length
    }
  }
}

function grown(values: BigInt64Array<ArrayBuffer>, index: number): BigInt64Array<ArrayBuffer> {
  const more = new BigInt64Array(Math.max(2 * values.length, index + 1)).fill(NONE)
  more.set(values)
  return more
}

/** The contents of a file so far: each name once, and the current values. Writer and reader maintain the same state. */
export class SampleState {
  readonly #topics: string[] = []
  readonly #topicAt = new Map<string, number>()
  readonly #partitions: { key: string; topic: string; partition: number }[] = []
  readonly #partitionAt = new Map<string, number>()
  readonly #groups: { name: string; pairs: Map<number, number> }[] = []
  readonly #groupAt = new Map<string, number>()
  #pairCount = 0
  #looked: Int32Array<ArrayBuffer> = new Int32Array(0)
  readonly #ends = new Column()
  readonly #starts = new Column()
  readonly #stables = new Column()
  readonly #positions = new Column()
  #hasStables = false

  /** The next block of the file that has this state. */
  encode({ at, ends, positions }: Sample): Uint8Array {
    const fresh = { topics: [] as string[], groups: [] as string[], partitions: [] as number[], pairs: [] as number[] }
    let isFull = false
    for (const [key, { logStart, lastStable, highWatermark }] of ends) {
      const index = this.#partition(key, fresh)
      this.#ends.set(index, highWatermark ?? NONE)
      if (logStart !== null) this.#starts.set(index, logStart)
      if (lastStable !== null) {
        isFull = true
        this.#stables.set(index, lastStable)
      }
    }
    const looked: number[] = []
    for (const [group, found] of positions) {
      const index = this.#group(group, fresh)
      looked.push(index)
      const { pairs } = this.#groups[index]! // index was assigned just above
      for (const [key, position] of found) {
        const partition = this.#partition(key, fresh)
        let pair = pairs.get(partition)
        if (pair === undefined) {
          pair = this.#pairCount++
          pairs.set(partition, pair)
          fresh.pairs.push(index, partition)
        }
        this.#positions.set(pair, position)
      }
      if (found.size === pairs.size) continue
      for (const [partition, pair] of pairs) {
        if (!found.has(this.#partitions[partition]!.key)) this.#positions.set(pair, NONE) // a pair holds an index of `#partitions`
      }
    }
    const isSame = looked.length === this.#looked.length && looked.every((one, i) => one === this.#looked[i])
    this.#looked = Int32Array.from(looked)
    const tick: Tick = {
      at,
      topics: fresh.topics,
      groups: fresh.groups,
      partitions: Int32Array.from(fresh.partitions),
      pairs: Int32Array.from(fresh.pairs),
      looked: isSame ? null : this.#looked,
      ends: this.#ends.take(),
      starts: isFull ? this.#starts.take() : null,
      stables: isFull ? this.#stables.take() : null,
      positions: this.#positions.take(),
    }
    return zstdCompressSync(encodeWire(tick))
  }

  /** Applies the next block. Throws if it is not a valid one. */
  apply(block: Uint8Array): bigint {
    const bytes = zstdDecompressSync(block, { maxOutputLength: MOST_BLOCK_BYTES })
    const tick = Tick.parse(decodeWire(bytes))
    const fresh = { topics: [], groups: [], partitions: [], pairs: [] }
    for (const name of tick.topics) this.#topic(name, fresh)
    for (let i = 0; i + 1 < tick.partitions.length; i += 2) {
      const topic = this.#topics[tick.partitions[i]!] // i < length
      if (topic === undefined) throw new Error('a partition of no topic')
      this.#partition(partitionKey(topic, tick.partitions[i + 1]!), fresh) // i + 1 < length
    }
    for (const name of tick.groups) this.#group(name, fresh)
    for (let i = 0; i + 1 < tick.pairs.length; i += 2) {
      const group = this.#groups[tick.pairs[i]!] // i < length
      const partition = tick.pairs[i + 1]! // i + 1 < length
      if (group === undefined || this.#partitions[partition] === undefined) throw new Error('a position of nothing')
      group.pairs.set(partition, this.#pairCount++)
    }
    if (Math.max(this.#topics.length, this.#partitions.length, this.#groups.length, this.#pairCount) > MOST_NAMES) {
      throw new Error('more names than a cluster has')
    }
    if (tick.looked !== null) this.#looked = tick.looked
    this.#ends.apply(tick.ends, this.#partitions.length)
    if (tick.starts !== null) this.#starts.apply(tick.starts, this.#partitions.length)
    if (tick.stables !== null) this.#stables.apply(tick.stables, this.#partitions.length)
    this.#hasStables = tick.stables !== null
    this.#positions.apply(tick.positions, this.#pairCount)
    return tick.at
  }

  /** The last sample of one group; null: the group was not sampled then. */
  pointsOf(group: string): SamplePoint[] | null {
    const index = this.#groupAt.get(group)
    if (index === undefined || !this.#looked.includes(index)) return null
    return [...this.#groups[index]!.pairs].map(([at, pair]) => {
      // a group's number is its index in this list
      const { topic, partition } = this.#partitions[at]! // a pair holds an index of `#partitions`
      return {
        topic,
        partition,
        position: known(this.#positions.get(pair)),
        highWatermark: known(this.#ends.get(at)),
        logStart: known(this.#starts.get(at)),
        lastStable: this.#hasStables ? known(this.#stables.get(at)) : null,
      }
    })
  }

  #topic(name: string, fresh: { topics: string[] }): number {
    const before = this.#topicAt.get(name)
    if (before !== undefined) return before
    fresh.topics.push(name)
    this.#topicAt.set(name, this.#topics.length)
    return this.#topics.push(name) - 1
  }

  #partition(key: string, fresh: { topics: string[]; partitions: number[] }): number {
    const before = this.#partitionAt.get(key)
    if (before !== undefined) return before
    const slash = key.indexOf('/')
    const [partition, topic] = [Number(key.slice(0, slash)), key.slice(slash + 1)]
    fresh.partitions.push(this.#topic(topic, fresh), partition)
    this.#partitionAt.set(key, this.#partitions.length)
    return this.#partitions.push({ key, topic, partition }) - 1
  }

  #group(name: string, fresh: { groups: string[] }): number {
    const before = this.#groupAt.get(name)
    if (before !== undefined) return before
    fresh.groups.push(name)
    this.#groupAt.set(name, this.#groups.length)
    return this.#groups.push({ name, pairs: new Map() }) - 1
  }
}

/** A client may have committed less than −1; it means the same. */
const known = (value: bigint): bigint | null => (value < 0n ? null : value)
