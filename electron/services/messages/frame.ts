import type { Decoding } from '#shared/model/decoded.ts'
import { rowFlags, type Hole, type RowColumns } from '#shared/model/rows.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'

/** One row where the decoder left it. */
export interface RowRef {
  columns: RecordColumns
  row: number
}

const MAX_ROWS = 500
const MAX_BYTES = 256 << 10
/** Bytes of a row in the fixed columns. */
const ROW_BYTES = 4 + 8 + 8 + 4 * 5 + 8
/** The decoder keeps the codec above the bits that the contract knows. */
const KNOWN_FLAGS = 0xffff

/** Collects rows and holes, in the order they are shown, into frames of at most 500 rows or 256 KiB. */
export class FrameBuilder {
  #rows: (RowRef & { partition: number })[] = []
  #holes: { at: number; hole: Hole }[] = []
  #previewBytes = 0

  get full(): boolean {
    // A hole costs about as much as a row on the wire.
    const items = this.#rows.length + this.#holes.length
    return items >= MAX_ROWS || this.#previewBytes + items * ROW_BYTES >= MAX_BYTES
  }

  get empty(): boolean {
    return this.#rows.length === 0 && this.#holes.length === 0
  }

  row(partition: number, { columns, row }: RowRef): void {
    this.#rows.push({ partition, columns, row })
    const at = 4 * row
    const { spans } = columns
    this.#previewBytes += spans[at + 1]! - spans[at]! + spans[at + 3]! - spans[at + 2]!
  }

  hole(hole: Hole): void {
    this.#holes.push({ at: this.#rows.length, hole })
  }

  /** What was collected, packed; the builder starts anew. */
  take(): RowColumns {
    const rows = this.#rows
    const count = rows.length
    const frame: RowColumns = {
      count,
      partition: new Int32Array(count),
      offset: new BigInt64Array(count),
      timestamp: new BigInt64Array(count),
      flags: new Int32Array(count),
      keySize: new Int32Array(count),
      valueSize: new Int32Array(count),
      headerCount: new Int32Array(count),
      preview: new Uint8Array(this.#previewBytes),
      ends: new Int32Array(2 * count),
      decodedAs: new Int32Array(count),
      decodings: [],
      holes: this.#holes,
    }
    const number = numbering(frame.decodings)
    let at = 0
    for (const [i, { partition, columns, row }] of rows.entries()) {
      frame.partition[i] = partition
      frame.offset[i] = columns.offset[row]!
      frame.timestamp[i] = columns.timestamp[row]!
      frame.flags[i] = columns.flags[row]! & KNOWN_FLAGS
      frame.keySize[i] = columns.keySize[row]!
      frame.valueSize[i] = columns.valueSize[row]!
      frame.headerCount[i] = columns.headerCount[row]!
      frame.decodedAs[i] = number(columns, row)
      for (let which = 0; which < 2; which += 1) {
        const start = columns.spans[4 * row + 2 * which]!
        const end = columns.spans[4 * row + 2 * which + 1]!
        frame.preview.set(columns.preview.subarray(start, end), at)
        frame.ends[2 * i + which] = at += end - start
      }
    }
    this.#rows = []
    this.#holes = []
    this.#previewBytes = 0
    return frame
  }
}

/** Numbers the decodings of rows that come from several pieces anew. Equal ones are one object only within a worker. */
function numbering(decodings: Decoding[]): (columns: RecordColumns, row: number) => number {
  const byName = new Map<string, number>()
  const known = new Map<Decoding, number>()
  const numberOf = (decoding: Decoding | undefined): number => {
    if (decoding === undefined) return 0
    let number = known.get(decoding)
    if (number !== undefined) return number
    const name = JSON.stringify(decoding)
    number = byName.get(name) ?? decodings.push(decoding) - 1
    byName.set(name, number)
    known.set(decoding, number)
    return number
  }
  return (columns, row) => {
    const as = columns.decodedAs[row]!
    const isNull = columns.flags[row]!
    const key = (isNull & rowFlags.nullKey) === 0 ? numberOf(columns.decodings[as & 0xffff]) : 0
    const value = (isNull & rowFlags.nullValue) === 0 ? numberOf(columns.decodings[as >>> 16]) : 0
    return key | (value << 16)
  }
}
