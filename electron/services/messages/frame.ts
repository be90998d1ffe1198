import type { Decoding } from '#shared/model/decoded.ts'
import type { FieldColumns } from '#shared/model/row-field.ts'
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
  #fieldBytes = 0

  get full(): boolean {
    // A hole costs about as much as a row on the wire.
    const items = this.#rows.length + this.#holes.length
    return items >= MAX_ROWS || this.#previewBytes + this.#fieldBytes + items * ROW_BYTES >= MAX_BYTES
  }

  get empty(): boolean {
    return this.#rows.length === 0 && this.#holes.length === 0
  }

  row(partition: number, { columns, row }: RowRef): void {
    this.#rows.push({ partition, columns, row })
    const at = 4 * row
    const { spans } = columns
    this.#previewBytes += spans[at + 1]! - spans[at]! + spans[at + 3]! - spans[at + 2]!
    if (columns.fields !== null) this.#fieldBytes += fieldsEnd(columns.fields, row) - fieldsStart(columns.fields, row)
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
    // All rows of one read have the same fields, or none.
    const asked = rows[0]?.columns.fields
    if (asked != null) frame.fields = packedFields(rows, asked.count, this.#fieldBytes)
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
    this.#fieldBytes = 0
    return frame
  }
}

const fieldsStart = ({ count, ends }: FieldColumns, row: number): number => (row === 0 ? 0 : ends[row * count - 1]!)
const fieldsEnd = ({ count, ends }: FieldColumns, row: number): number => ends[(row + 1) * count - 1]!

/** The fields of rows that come from several pieces. */
function packedFields(rows: readonly RowRef[], count: number, bytes: number): FieldColumns {
  const packed: FieldColumns = {
    count,
    kind: new Uint8Array(rows.length * count),
    text: new Uint8Array(bytes),
    ends: new Int32Array(rows.length * count),
  }
  let at = 0
  for (const [i, { columns, row }] of rows.entries()) {
    const fields = columns.fields!
    const start = fieldsStart(fields, row)
    packed.kind.set(fields.kind.subarray(row * count, (row + 1) * count), i * count)
    packed.text.set(fields.text.subarray(start, fieldsEnd(fields, row)), at)
    for (let f = 0; f < count; f += 1) packed.ends[i * count + f] = at + fields.ends[row * count + f]! - start
    at += fieldsEnd(fields, row) - start
  }
  return packed
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
