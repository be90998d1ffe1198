import { rowFlags, type RowColumns } from '#shared/model/rows.ts'
import type { BlockPlace } from '../../storage/block-log.ts'
import { FrameBuilder, rowsOf, type PackedRows } from '../messages/row-frames.ts'
import { MergedHits } from './merge-hits.ts'

/** How many hits of one search are kept; further ones are only counted. A hit takes 36 bytes in memory. */
export const MOST_HITS = 2_000_000
/** How many blocks are cached, for scrolling. */
const MOST_CACHED = 24

export type HitOrder = 'found' | 'partition' | 'timestamp'

interface SortedPage {
  rows: RowColumns
  /** Of each row. */
  topic: Int32Array<ArrayBuffer>
  total: number
}

/** The hits of one search: an index in memory that gives them in any order; the rows are in the blocks of its file. */
export class Hits {
  readonly #read: (block: BlockPlace) => Promise<RowColumns>
  readonly #blocks: BlockPlace[] = []
  readonly #cache = new Map<number, PackedRows>()
  #count = 0
  #timestamp = new Float64Array(1_024)
  #offset = new BigInt64Array(1_024)
  #partition = new Int32Array(1_024)
  #topic = new Uint16Array(1_024)
  #block = new Int32Array(1_024)
  #row = new Uint16Array(1_024)
  /** Hits that are older than one before them in their partition. */
  #isLate = new Uint8Array(1_024)
  readonly #byPartition = new MergedHits((a, b) => this.#place(a, b))
  readonly #byTime = new MergedHits((a, b) => this.#timestamp[a]! - this.#timestamp[b]! || this.#place(a, b)) // a and b are hits, and every list has an entry per hit
  #lateUpTo = 0

  constructor(read: (block: BlockPlace) => Promise<RowColumns>) {
    this.#read = read
  }

  get count(): number {
    return this.#count
  }

  /** Adds the hits of a block, which are all of one topic. */
  add(topic: number, frame: RowColumns, block: BlockPlace): void {
    while (this.#count + frame.count > this.#row.length) this.#grow()
    const number = this.#blocks.push(block) - 1
    for (let row = 0; row < frame.count; row += 1) {
      const at = this.#count + row
      this.#timestamp[at] = Number(frame.timestamp[row]!) // row < count
      this.#offset[at] = frame.offset[row]! // row < count
      this.#partition[at] = frame.partition[row]! // row < count
      this.#topic[at] = topic
      this.#block[at] = number
      this.#row[at] = row
    }
    this.#count += frame.count
  }

  /** A page of an order, starting with the `from`-th hit; cut if it would be larger than a frame. */
  async page(order: HitOrder, newestFirst: boolean, from: number, count: number): Promise<SortedPage> {
    const total = this.#count
    const sorted = order === 'found' ? null : await (order === 'partition' ? this.#byPartition : this.#byTime).upTo(total) // oxfmt-ignore
    await this.#findLate(total)
    const builder = new FrameBuilder()
    const topics: number[] = []
    for (let i = from; i < Math.min(from + count, total) && !builder.full; i += 1) {
      const at = newestFirst ? total - 1 - i : i
      const hit = sorted === null ? at : sorted[at]! // at < count
      const columns = await this.#blockOf(this.#block[hit]!) // every list has an entry per hit
      const late = this.#isLate[hit] === 1 ? rowFlags.late : 0
      builder.row(this.#partition[hit]!, { columns, row: this.#row[hit]!, flags: late }) // every list has an entry per hit
      topics.push(this.#topic[hit]!) // every list has an entry per hit
    }
    return { rows: builder.take(), topic: Int32Array.from(topics), total }
  }

  /** Offsets by topic and partition, each ascending. */
  async places(): Promise<Map<number, Map<number, BigInt64Array>>> {
    const places = new Map<number, Map<number, BigInt64Array>>()
    const order = await this.#byPartition.upTo(this.#count)
    for (let at = 0; at < order.length;) {
      const first = order[at]! // at < order.length
      const [topic, partition] = [this.#topic[first]!, this.#partition[first]!] // every list has an entry per hit
      const start = at
      while (at < order.length && this.#partition[order[at]!] === partition && this.#topic[order[at]!] === topic)
        // at < order.length
        at += 1
      const offsets = new BigInt64Array(at - start)
      for (let i = start; i < at; i += 1) offsets[i - start] = this.#offset[order[i]!]! // i < at
      const ofTopic = places.get(topic) ?? new Map<number, BigInt64Array>()
      places.set(topic, ofTopic.set(partition, offsets))
    }
    return places
  }

  #place(a: number, b: number): number {
    const apart = this.#topic[a]! - this.#topic[b]! || this.#partition[a]! - this.#partition[b]! // a and b are hits, and every list has an entry per hit
    if (apart !== 0) return apart
    return this.#offset[a]! < this.#offset[b]! ? -1 : this.#offset[a]! > this.#offset[b]! ? 1 : 0 // a and b are hits, and every list has an entry per hit
  }

  /** By the order of the log, which is not the order of arrival: going backward, earlier records arrive later. */
  async #findLate(total: number): Promise<void> {
    if (this.#lateUpTo >= total) return
    const order = await this.#byPartition.upTo(total)
    let [topic, partition] = [-1, -1]
    let newest = 0
    for (const hit of order) {
      if (this.#partition[hit] !== partition || this.#topic[hit] !== topic) {
        topic = this.#topic[hit]! // every list has an entry per hit
        partition = this.#partition[hit]! // every list has an entry per hit
        newest = Number.NEGATIVE_INFINITY
      }
      const timestamp = this.#timestamp[hit]! // every list has an entry per hit
      this.#isLate[hit] = timestamp < newest ? 1 : 0
      if (timestamp > newest) newest = timestamp
    }
    this.#lateUpTo = total
  }

  async #blockOf(number: number): Promise<PackedRows> {
    const known = this.#cache.get(number)
    this.#cache.delete(number)
    const block = known ?? rowsOf(await this.#read(this.#blocks[number]!)) // a hit holds the index of its block
    this.#cache.set(number, block)
    for (const oldest of this.#cache.keys()) if (this.#cache.size > MOST_CACHED) this.#cache.delete(oldest)
    return block
  }

  #grow(): void {
    const more = 2 * this.#row.length
    const grown = <T extends { set(from: T): void }>(made: T, from: T): T => {
      made.set(from)
      return made
    }
    this.#timestamp = grown(new Float64Array(more), this.#timestamp)
    this.#offset = grown(new BigInt64Array(more), this.#offset)
    this.#partition = grown(new Int32Array(more), this.#partition)
    this.#topic = grown(new Uint16Array(more), this.#topic)
    this.#block = grown(new Int32Array(more), this.#block)
    this.#row = grown(new Uint16Array(more), this.#row)
    this.#isLate = grown(new Uint8Array(more), this.#isLate)
  }
}
