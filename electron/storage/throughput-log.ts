import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { z } from 'zod'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'
import { LookLog, type LooksWanted, type LookState } from './look-log.ts'

/** What the partitions of one topic, or of one leader, gained since the previous sample. */
export interface ThroughputPoint {
  /** null: not known for any of them. */
  readonly offsets: bigint | null
  /** null: not read in this sample, or not known for any of them. */
  readonly bytes: bigint | null
  /** Flags of `shared/contract/throughput.ts`: what is not included. */
  readonly lacks: number
}

export interface ThroughputLook {
  readonly at: bigint
  /** Since the previous sample, in ms; 0: there was none. */
  readonly overMs: bigint
  /** Since sizes were last read; 0: they were not. */
  readonly bytesOverMs: bigint
  /** By `topicName` or `brokerName`. */
  readonly points: ReadonlyMap<string, ThroughputPoint>
}

const TOPIC = 't/'
const BROKER = 'b/'
export const topicName = (topic: string): string => `${TOPIC}${topic}`
export const brokerName = (nodeId: number): string => `${BROKER}${nodeId}`
export const isBrokerName = (name: string): boolean => name.startsWith(BROKER)
/** The topic, or the broker's id. */
export const plainName = (name: string): string => name.slice(TOPIC.length)

const Longs = z.instanceof(BigInt64Array)
const Ints = z.instanceof(Int32Array)
const Tick = z.strictObject({
  at: z.bigint(),
  overMs: z.bigint(),
  bytesOverMs: z.bigint(),
  /** Names that were not used before in this file; `looked` counts over all of them. */
  names: z.array(z.string().max(1_000)),
  /** null: the same as in the previous sample. */
  looked: Ints.nullable(),
  /** One for each that was sampled; −1: not known. */
  offsets: Longs,
  /** null: none is known. */
  bytes: Longs.nullable(),
  /** null: nothing is left out. */
  lacks: Ints.nullable(),
})
type Tick = z.infer<typeof Tick>

/** A limit, because the file may have been written by another program. */
const MOST_BLOCK_BYTES = 16 << 20
const MOST_NAMES = 100_000
const EMPTY = { at: 0n, overMs: 0n, bytesOverMs: 0n, names: [], looked: null, offsets: new BigInt64Array(0), bytes: null, lacks: null } satisfies Tick // oxfmt-ignore

export class ThroughputFile implements LookState<ThroughputLook> {
  readonly #names: string[] = []
  readonly #nameAt = new Map<string, number>()
  #looked: Int32Array = new Int32Array(0)
  #last: Tick = EMPTY

  encode({ at, overMs, bytesOverMs, points }: ThroughputLook): Uint8Array {
    const names: string[] = []
    const looked = Int32Array.from(points.keys(), (name) => {
      const before = this.#nameAt.get(name)
      if (before === undefined) names.push(name)
      return before ?? this.#add(name)
    })
    const isSame = looked.length === this.#looked.length && looked.every((one, i) => one === this.#looked[i])
    this.#looked = looked
    const all = [...points.values()]
    const tick: Tick = {
      at,
      overMs,
      bytesOverMs,
      names,
      looked: isSame ? null : looked,
      offsets: BigInt64Array.from(all, ({ offsets }) => offsets ?? -1n),
      bytes: all.some(({ bytes }) => bytes !== null) ? BigInt64Array.from(all, ({ bytes }) => bytes ?? -1n) : null,
      lacks: all.some(({ lacks }) => lacks !== 0) ? Int32Array.from(all, ({ lacks }) => lacks) : null,
    }
    return zstdCompressSync(encodeWire(tick))
  }

  apply(block: Uint8Array): bigint {
    const tick = Tick.parse(decodeWire(zstdDecompressSync(block, { maxOutputLength: MOST_BLOCK_BYTES })))
    for (const name of tick.names) this.#add(name)
    if (this.#names.length > MOST_NAMES) throw new Error('more names than a cluster has')
    if (tick.looked !== null) this.#looked = tick.looked
    const count = this.#looked.length
    if (this.#looked.some((one) => this.#names[one] === undefined)) throw new Error('a number of nothing')
    if ([tick.offsets, tick.bytes, tick.lacks].some((column) => column !== null && column.length !== count)) throw new Error('columns of another length') // oxfmt-ignore
    this.#last = tick
    return tick.at
  }

  /** The last sample, for the wanted names; null: none of them was sampled then. */
  lookAt(isWanted: (name: string) => boolean): ThroughputLook | null {
    const { at, overMs, bytesOverMs, offsets, bytes, lacks } = this.#last
    const points = new Map<string, ThroughputPoint>()
    for (const [i, one] of this.#looked.entries()) {
      const name = this.#names[one]! // apply() checked that the name is there
      if (!isWanted(name)) continue
      points.set(name, { offsets: known(offsets[i]), bytes: known(bytes?.[i]), lacks: lacks?.[i] ?? 0 })
    }
    return points.size === 0 ? null : { at, overMs, bytesOverMs, points }
  }

  #add(name: string): number {
    this.#nameAt.set(name, this.#names.length)
    return this.#names.push(name) - 1
  }
}

const known = (value: bigint | undefined): bigint | null => (value === undefined || value < 0n ? null : value)

/** The stored samples of what topics and brokers gained. */
export class ThroughputLog extends LookLog<ThroughputLook, ThroughputFile> {
  constructor(folder: string, now: () => number = Date.now) {
    super(folder, { kind: 'seekline.throughput', suffix: '.throughput', begin: () => new ThroughputFile() }, now)
  }

  /** Oldest first, from all files that may hold some. Returns the files that could not be read. */
  read(
    wanted: LooksWanted,
    isWanted: (name: string) => boolean,
    take: (look: ThroughputLook) => void,
    signal: AbortSignal,
  ): Promise<{ damaged: string[] }> {
    return this.pick(
      wanted,
      (file) => file.lookAt(isWanted),
      (_, look) => take(look),
      signal,
    )
  }
}
