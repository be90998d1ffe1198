import { holeOf, joinHoles, type Hole } from '#shared/model/hole.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'
import type { RowRef } from './row-frames.ts'
import { decodedHole } from './holes.ts'

/** One partition of a forward page: what was decoded and not yet returned. Every offset becomes part of a row or a hole. */
export class Lane {
  readonly partition: number
  /** Offsets below it are in the lane or were returned. */
  covered: bigint
  /** Offsets below it were returned. */
  cursor: bigint
  /** Offsets below it were sent: where the next page starts, even after a cancel with rows still in a frame. */
  sent: bigint
  ended = false
  readonly #items: (RecordColumns | Hole)[] = []
  #row = 0
  #hole = 0
  #pending: Hole | null = null

  constructor(partition: number, from: bigint) {
    this.partition = partition
    this.covered = from
    this.cursor = from
    this.sent = from
  }

  push(columns: RecordColumns): void {
    this.gap(columns.fromOffset)
    this.#items.push(columns)
    if (columns.nextOffset > this.covered) this.covered = columns.nextOffset
  }

  /** Offsets up to `next` (exclusive) that are not covered yet hold nothing to show. */
  gap(next: bigint, kind: 'missing' | 'open' = 'missing'): void {
    if (next <= this.covered) return
    this.#items.push(holeOf(this.partition, this.covered, next - 1n, kind))
    this.covered = next
  }

  /** The next row; null: more has to be fetched, or the lane has ended. */
  peek(): RowRef | null {
    for (;;) {
      const item = this.#items[0]
      if (item === undefined) return null
      if ('first' in item) {
        this.#append(item)
        this.#items.shift()
        continue
      }
      const offset = this.#row < item.count ? item.offset[this.#row]! : null // row < count
      let hole = item.holes[this.#hole]
      while (hole !== undefined && (offset === null || hole.first < offset)) {
        this.#append(decodedHole(this.partition, hole))
        hole = item.holes[++this.#hole]
      }
      if (offset !== null) return { columns: item, row: this.#row }
      this.#items.shift()
      this.#row = this.#hole = 0
    }
  }

  /** Removes the row of `peek`. */
  take(row: RowRef): void {
    this.cursor = row.columns.offset[row.row]! + 1n // row < count
    this.#row++
  }

  /** Nothing in the lane is to be shown: it only counts as read. */
  passAll(): void {
    if (this.peek() !== null) return
    this.#pending = null
    this.cursor = this.sent = this.covered
  }

  /** The hole before the row of `peek`, or at the lane's end; removed by this call. */
  takeHole(): Hole | null {
    const hole = this.#pending
    this.#pending = null
    if (hole !== null && hole.last >= this.cursor) this.cursor = hole.last + 1n
    return hole
  }

  #append(hole: Hole): void {
    this.#pending = this.#pending === null ? hole : joinHoles(this.#pending, hole)
  }
}

/**
 * The lane whose next row is the oldest; null if some lane that is still being read has none yet. Ties go to the lower
 * partition.
 */
export function oldest(lanes: readonly Lane[]): { lane: Lane; row: RowRef } | 'wait' | null {
  let best: { lane: Lane; row: RowRef; timestamp: bigint } | null = null
  let waits = false
  for (const lane of lanes) {
    const row = lane.peek()
    if (row === null) {
      waits ||= !lane.ended
      continue
    }
    const timestamp = row.columns.timestamp[row.row]! // row < count
    if (best === null || timestamp < best.timestamp) best = { lane, row, timestamp }
  }
  return waits ? 'wait' : best
}
