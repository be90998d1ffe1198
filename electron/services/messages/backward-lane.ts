import { holeOf, joinHoles, type Hole } from '#shared/model/hole.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'
import type { RowRef } from './row-frames.ts'
import { decodedHole } from './holes.ts'

type Item = { row: RowRef; hole: null } | { row: null; hole: Hole }

/**
 * One partition of a backward page. It is read in stretches [a, low), each forward and each below the previous one; `rows` and
 * `holes` are returned from the end. The length of a stretch is estimated from the one above it.
 */
export class BackLane {
  readonly partition: number
  readonly end: bigint
  readonly floor: bigint
  /** Everything from here to the end was read. */
  low: bigint
  /** Everything from here to the end was returned: where the next page ends. */
  cursor: bigint
  failed = false
  #items: Item[] = []
  #rows = 0
  #stretch: { from: bigint; next: bigint; items: Item[]; rows: number } | null = null
  #span: bigint

  constructor(partition: number, floor: bigint, end: bigint, span: number) {
    this.partition = partition
    this.floor = floor
    this.end = end
    this.low = end
    this.cursor = end
    this.#span = BigInt(span)
  }

  get finished(): boolean {
    return this.failed || this.low <= this.floor
  }

  /** Whether the next row is unknown: holes alone do not tell where they start. */
  get waits(): boolean {
    return this.#rows === 0 && !this.finished
  }

  /** Starts the stretch below what was read. */
  begin(): { partition: number; from: bigint; to: bigint } {
    const from = this.low - this.#span > this.floor ? this.low - this.#span : this.floor
    this.#stretch = { from, next: from, items: [], rows: 0 }
    return { partition: this.partition, from, to: this.low }
  }

  /**
   * Adds a piece of the stretch. False: it holds far more rows than wanted and its end is not near, so it is given up and a
   * shorter one is started: halving towards the end finds the right length in few steps, whatever is in between.
   */
  add(columns: RecordColumns, wanted: number): boolean {
    const stretch = this.#stretch
    if (stretch === null) return false
    this.gap(columns.fromOffset)
    const { partition } = this
    let h = 0
    for (let row = 0; row < columns.count; row++) {
      const offset = columns.offset[row]! // row < count
      for (let hole = columns.holes[h]; hole !== undefined && hole.first < offset; hole = columns.holes[++h]) {
        push(stretch.items, { row: null, hole: decodedHole(partition, hole) })
      }
      push(stretch.items, { row: { columns, row }, hole: null })
    }
    for (const hole of columns.holes.slice(h)) push(stretch.items, { row: null, hole: decodedHole(partition, hole) })
    stretch.rows += columns.count
    if (columns.nextOffset > stretch.next) stretch.next = columns.nextOffset
    if (stretch.rows <= 4 * wanted + 1_000 || stretch.next >= this.low) return true
    const half = (this.low - stretch.next) / 2n
    this.#span = half > BigInt(wanted) ? half : BigInt(wanted)
    this.#stretch = null
    return false
  }

  gap(next: bigint): void {
    const stretch = this.#stretch
    if (stretch === null || next <= stretch.next) return
    push(stretch.items, { row: null, hole: holeOf(this.partition, stretch.next, next - 1n, 'missing') })
    stretch.next = next
  }

  /** The stretch was read to its end. */
  complete(wanted: number): void {
    const stretch = this.#stretch
    if (stretch === null) return
    this.gap(this.low)
    const span = this.low - stretch.from
    for (const item of this.#items) push(stretch.items, item)
    this.#items = stretch.items
    this.#rows += stretch.rows
    this.low = stretch.from
    this.#stretch = null
    // Assumes the density of this stretch, plus a fifth; four times as far if it was nearly empty.
    const dense = stretch.rows * 4 >= wanted
    this.#span = dense ? (span * BigInt(wanted) * 6n) / (BigInt(stretch.rows) * 5n) + 16n : span * 4n + 64n
  }

  peek(): RowRef | null {
    if (this.#rows === 0) return null
    return this.#items.at(-1)?.row ?? this.#items.at(-2)?.row ?? null
  }

  /** Removes and returns the last row, and the hole that follows it. */
  take(): { row: RowRef; hole: Hole | null } {
    const hole = this.#items.at(-1)!.row === null ? this.#items.pop()!.hole : null // called only if there is a row, and a hole is always pushed after its row
    const row = this.#items.pop()!.row! // a hole is always pushed after its row
    this.#rows--
    this.cursor = row.columns.offset[row.row]! // row < count
    return { row, hole }
  }

  /** The hole at the lower end of a finished lane. */
  takeHole(): Hole | null {
    const hole = this.#rows === 0 && this.finished ? (this.#items.pop()?.hole ?? null) : null
    if (hole !== null) this.cursor = hole.first
    return hole
  }
}

/** Joins neighbouring holes. */
function push(items: Item[], item: Item): void {
  const last = items.at(-1)
  if (item.row === null && last?.row === null && last.hole.last + 1n === item.hole.first) {
    items[items.length - 1] = { row: null, hole: joinHoles(last.hole, item.hole) }
  } else {
    items.push(item)
  }
}

/** The lane whose last row is the newest; ties go to the higher partition, the mirror image of a forward page. */
export function newest(lanes: readonly BackLane[]): BackLane | null {
  let best: { lane: BackLane; timestamp: bigint } | null = null
  for (const lane of lanes) {
    const row = lane.peek()
    if (row === null) continue
    const timestamp = row.columns.timestamp[row.row]! // row < count
    if (best === null || timestamp >= best.timestamp) best = { lane, timestamp }
  }
  return best?.lane ?? null
}
