import { open, rm, type FileHandle } from 'node:fs/promises'
import { deserialize, serialize } from 'node:v8'
import type { HitsStopped } from '#shared/contract/hits.ts'
import { toErrorValue } from '#shared/errors.ts'
import { rowFlags, type RowColumns } from '#shared/model/rows.ts'
import { FrameBuilder, rowsOf, type PackedRows } from '../messages/frame.ts'
import { SortedIndex } from './sorted-index.ts'

/** Of one search: beyond either hits are counted, but not kept. In memory a hit takes 34 bytes. */
const MOST_HITS = 2_000_000
const MOST_BYTES = 1 << 30
/** Blocks that were read and may be wanted again, as who scrolls does. */
const MOST_CACHED = 24

export type HitOrder = 'found' | 'partition' | 'timestamp'

interface Block {
  at: number
  length: number
}

/** The hits of one search, in a file: as they were found, and by an index in memory in any order. */
export class Hits {
  readonly #path: string
  #file: FileHandle | undefined
  #size = 0
  readonly #blocks: Block[] = []
  readonly #cache = new Map<number, PackedRows>()
  #count = 0
  #timestamp = new Float64Array(1_024)
  #offset = new BigInt64Array(1_024)
  #partition = new Int32Array(1_024)
  #block = new Int32Array(1_024)
  #row = new Uint16Array(1_024)
  /** Hits that are older than one before them in their partition. */
  #isLate = new Uint8Array(1_024)
  readonly #byPartition = new SortedIndex((a, b) => this.#place(a, b))
  readonly #byTime = new SortedIndex((a, b) => this.#timestamp[a]! - this.#timestamp[b]! || this.#place(a, b))
  #lateUpTo = 0
  /** Why no more of them are kept. */
  stopped: HitsStopped | null = null
  #isClosed = false

  constructor(path: string) {
    this.#path = path
  }

  get count(): number {
    return this.#count
  }

  /** Some that were handed over; beyond what fits they are passed over, and `stopped` says why. */
  async add(frame: RowColumns): Promise<void> {
    if (frame.count === 0 || this.stopped !== null || this.#isClosed) return
    const block = serialize({ ...frame, holes: [] })
    if (this.#count + frame.count > MOST_HITS || this.#size + block.byteLength > MOST_BYTES) {
      this.stopped = { why: 'full', error: null }
      return
    }
    try {
      this.#file ??= await open(this.#path, 'wx+', 0o600)
      await this.#file.write(block, 0, block.byteLength, this.#size)
    } catch (error) {
      this.stopped = { why: 'disk', error: toErrorValue(error) }
      return
    }
    this.#index(frame, this.#blocks.push({ at: this.#size, length: block.byteLength }) - 1)
    this.#size += block.byteLength
  }

  /** From the `from`-th on in an order; a page that is longer than a frame may be is cut. */
  async page(
    order: HitOrder,
    newestFirst: boolean,
    from: number,
    count: number,
  ): Promise<{ rows: RowColumns; total: number }> {
    const total = this.#count
    const sorted =
      order === 'found' ? null : await (order === 'partition' ? this.#byPartition : this.#byTime).upTo(total)
    await this.#findLate(total)
    const builder = new FrameBuilder()
    for (let i = from; i < Math.min(from + count, total) && !builder.full; i += 1) {
      const at = newestFirst ? total - 1 - i : i
      const hit = sorted === null ? at : sorted[at]!
      const columns = await this.#blockOf(this.#block[hit]!)
      const late = this.#isLate[hit] === 1 ? rowFlags.late : 0
      builder.row(this.#partition[hit]!, { columns, row: this.#row[hit]!, flags: late })
    }
    return { rows: builder.take(), total }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cache.clear()
    await this.#file?.close().catch(() => undefined)
    await rm(this.#path, { force: true })
  }

  #place(a: number, b: number): number {
    const apart = this.#partition[a]! - this.#partition[b]!
    if (apart !== 0) return apart
    return this.#offset[a]! < this.#offset[b]! ? -1 : this.#offset[a]! > this.#offset[b]! ? 1 : 0
  }

  #index(frame: RowColumns, block: number): void {
    while (this.#count + frame.count > this.#row.length) this.#grow()
    for (let row = 0; row < frame.count; row += 1) {
      const at = this.#count + row
      this.#timestamp[at] = Number(frame.timestamp[row]!)
      this.#offset[at] = frame.offset[row]!
      this.#partition[at] = frame.partition[row]!
      this.#block[at] = block
      this.#row[at] = row
    }
    this.#count += frame.count
  }

  /** By the order of the log, which is not the one they came in: going backward the earlier ones come later. */
  async #findLate(total: number): Promise<void> {
    if (this.#lateUpTo >= total) return
    const order = await this.#byPartition.upTo(total)
    let partition = -1
    let newest = 0
    for (const hit of order) {
      if (this.#partition[hit] !== partition) {
        partition = this.#partition[hit]!
        newest = Number.NEGATIVE_INFINITY
      }
      const timestamp = this.#timestamp[hit]!
      this.#isLate[hit] = timestamp < newest ? 1 : 0
      if (timestamp > newest) newest = timestamp
    }
    this.#lateUpTo = total
  }

  async #blockOf(number: number): Promise<PackedRows> {
    const known = this.#cache.get(number)
    this.#cache.delete(number)
    const block = known ?? rowsOf(deserialize(await this.#read(this.#blocks[number]!)) as RowColumns)
    this.#cache.set(number, block)
    for (const oldest of this.#cache.keys()) if (this.#cache.size > MOST_CACHED) this.#cache.delete(oldest)
    return block
  }

  async #read({ at, length }: Block): Promise<Uint8Array> {
    const bytes = new Uint8Array(length)
    await this.#file!.read(bytes, 0, length, at)
    return bytes
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
    this.#block = grown(new Int32Array(more), this.#block)
    this.#row = grown(new Uint16Array(more), this.#row)
    this.#isLate = grown(new Uint8Array(more), this.#isLate)
  }
}
