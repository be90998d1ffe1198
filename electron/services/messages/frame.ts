import type { Decoding } from '#shared/model/decoded.ts'
import type { FieldColumns } from '#shared/model/row-field.ts'
import { rowFlags, shortOf, type Hole, type RowColumns, type ShortValues } from '#shared/model/rows.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'
import { ShortOutput } from '../../kafka/records/short-values.ts'

/** Rows where a decoder left them, or as they were packed before. */
export type PackedRows = Pick<
  RecordColumns,
  | 'offset'
  | 'timestamp'
  | 'flags'
  | 'keySize'
  | 'valueSize'
  | 'headerCount'
  | 'preview'
  | 'spans'
  | 'decodedAs'
  | 'decodings'
> & { readonly fields: FieldColumns | null; readonly shorts: ShortValues | null }

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
  readonly #fields: number | null
  #rows: { partition: number; columns: PackedRows; row: number; flags: number }[] = []
  #holes: { at: number; hole: Hole }[] = []
  #previewBytes = 0
  #fieldBytes = 0
  readonly #shorts = new ShortOutput()

  /** `fields`: of those that the decoder took so many are shown; null: all. */
  constructor(fields: number | null = null) {
    this.#fields = fields
  }

  get full(): boolean {
    // A hole costs about as much as a row on the wire.
    const items = this.#rows.length + this.#holes.length
    const bytes = this.#previewBytes + this.#fieldBytes + this.#shorts.byteLength + items * ROW_BYTES
    return items >= MAX_ROWS || bytes >= MAX_BYTES
  }

  get empty(): boolean {
    return this.#rows.length === 0 && this.#holes.length === 0
  }

  /** `flags` are added to those that it has. */
  row(partition: number, { columns, row, flags = 0 }: { columns: PackedRows; row: number; flags?: number }): void {
    this.#rows.push({ partition, columns, row, flags })
    const at = 4 * row
    const { spans } = columns
    this.#previewBytes += spans[at + 1]! - spans[at]! + spans[at + 3]! - spans[at + 2]!
    if (columns.fields !== null)
      this.#fieldBytes += fieldsEnd(columns.fields, row, this.#fields) - fieldsStart(columns.fields, row)
    if (columns.shorts === null || (columns.flags[row]! & rowFlags.valueCut) === 0) return
    const short = shortOf(columns.shorts, row)
    if (short !== null) this.#shorts.push(this.#rows.length - 1, short)
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
    const shown = Math.min(asked?.count ?? 0, this.#fields ?? Infinity)
    if (shown > 0) frame.fields = packedFields(rows, shown, this.#fieldBytes)
    const shorts = this.#shorts.take()
    if (shorts !== null) frame.shorts = shorts
    const number = numbering(frame.decodings)
    let at = 0
    for (const [i, { partition, columns, row, flags }] of rows.entries()) {
      frame.partition[i] = partition
      frame.offset[i] = columns.offset[row]!
      frame.timestamp[i] = columns.timestamp[row]!
      frame.flags[i] = (columns.flags[row]! & KNOWN_FLAGS) | flags
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
    this.#shorts.reset()
    return frame
  }
}

/** Packed rows, to be packed anew beside others. */
export function rowsOf(frame: RowColumns): PackedRows {
  const spans = new Int32Array(4 * frame.count)
  for (let i = 0; i < frame.ends.length; i += 1) {
    spans[2 * i] = i === 0 ? 0 : frame.ends[i - 1]!
    spans[2 * i + 1] = frame.ends[i]!
  }
  return { ...frame, spans, fields: frame.fields ?? null, shorts: frame.shorts ?? null }
}

const fieldsStart = ({ count, ends }: FieldColumns, row: number): number => (row === 0 ? 0 : ends[row * count - 1]!)
const fieldsEnd = ({ count, ends }: FieldColumns, row: number, shown: number | null): number => {
  const last = row * count + Math.min(count, shown ?? count) - 1
  return last < 0 ? 0 : ends[last]!
}

/** The fields of rows that come from several pieces. */
function packedFields(
  rows: readonly { columns: PackedRows; row: number }[],
  count: number,
  bytes: number,
): FieldColumns {
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
    const first = row * fields.count
    const end = fieldsEnd(fields, row, count)
    packed.kind.set(fields.kind.subarray(first, first + count), i * count)
    packed.text.set(fields.text.subarray(start, end), at)
    for (let f = 0; f < count; f += 1) packed.ends[i * count + f] = at + fields.ends[first + f]! - start
    at += end - start
  }
  return packed
}

/** Numbers the decodings of rows that come from several pieces anew. Equal ones are one object only within a worker. */
function numbering(decodings: Decoding[]): (columns: PackedRows, row: number) => number {
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
