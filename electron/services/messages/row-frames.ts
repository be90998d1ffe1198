import type { Decoding } from '#shared/model/decoded.ts'
import type { FieldColumns } from '#shared/model/row-field.ts'
import { rowFlags, shortOf, type RowColumns, type ShortValues } from '#shared/model/rows.ts'
import { type Hole } from '#shared/model/hole.ts'
import type { RecordColumns } from '../../kafka/records/column-types.ts'
import { ShortOutput } from '../../kafka/records/short-values.ts'

/** Rows in a decoder's output, or as they were packed before. */
export type PackedRows = Pick<
  RecordColumns,
  | 'offset'
  | 'timestamp'
  | 'flags'
  | 'keySize'
  | 'valueSize'
  | 'headerCount'
  | 'preview'
  | 'ends'
  | 'decodedAs'
  | 'decodings'
> & { readonly fields: FieldColumns | null; readonly shorts: ShortValues | null }

/** One row in a decoder's output. */
export interface RowRef {
  columns: RecordColumns
  row: number
}

/** The limits of one frame. */
export const frameLimits = { rows: 500, bytes: 256 << 10 }
/** Bytes per row in the fixed columns. */
const ROW_BYTES = 4 + 8 + 8 + 4 * 5 + 8
/** The decoder stores the codec in the bits above those of the contract. */
const KNOWN_FLAGS = 0xffff

/** Collects rows and holes, in the order they are shown, into frames of at most 500 rows or 256 KiB. */
export class FrameBuilder {
  readonly fields: number | null
  #runs: Run[] = []
  #count = 0
  #holes: { at: number; hole: Hole }[] = []
  #previewBytes = 0
  #fieldBytes = 0
  readonly #shorts = new ShortOutput()

  /** `fields`: how many of the fields the decoder read are shown; null: all. */
  constructor(fields: number | null = null) {
    this.fields = fields
  }

  get full(): boolean {
    // A hole takes about as much on the wire as a row.
    const items = this.#count + this.#holes.length
    const bytes = this.#previewBytes + this.#fieldBytes + this.#shorts.byteLength + items * ROW_BYTES
    return items >= frameLimits.rows || bytes >= frameLimits.bytes
  }

  get empty(): boolean {
    return this.#count === 0 && this.#holes.length === 0
  }

  /** `flags` are added to the row's own. */
  row(partition: number, { columns, row, flags = 0 }: { columns: PackedRows; row: number; flags?: number }): void {
    const last = this.#runs.at(-1)
    if (last === undefined || !continues(last, partition, columns, row, flags)) {
      this.#runs.push({ partition, columns, first: row, step: 1, count: 1, flags })
    }
    this.#count += 1
    this.#previewBytes += columns.ends[2 * row + 1]! - startOf(columns.ends, row) // `ends` has two entries per row: where the key ends and where the value ends
    if (columns.fields !== null)
      this.#fieldBytes += fieldsEnd(columns.fields, row, this.fields) - fieldsStart(columns.fields, row)
    if (columns.shorts === null || (columns.flags[row]! & rowFlags.valueCut) === 0) return // row < count
    const short = shortOf(columns.shorts, row)
    if (short !== null) this.#shorts.push(this.#count - 1, short)
  }

  hole(hole: Hole): void {
    this.#holes.push({ at: this.#count, hole })
  }

  /** Returns what was collected, packed, and starts again. */
  take(): RowColumns {
    const runs = this.#runs
    const count = this.#count
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
    const asked = runs[0]?.columns.fields
    const shown = Math.min(asked?.count ?? 0, this.fields ?? Infinity)
    if (shown > 0) frame.fields = packedFields(runs, count, shown, this.#fieldBytes)
    const shorts = this.#shorts.take()
    if (shorts !== null) frame.shorts = shorts
    const number = numbering(frame.decodings)
    let i = 0
    let at = 0
    for (const { partition, columns, first, step, count: length, flags } of runs) {
      const { ends, preview } = columns
      number.waiting(columns)
      for (let n = 0; n < length; n += 1, i += 1) {
        const row = first + step * n
        frame.partition[i] = partition
        frame.offset[i] = columns.offset[row]! // row < count
        frame.timestamp[i] = columns.timestamp[row]! // row < count
        frame.flags[i] = (columns.flags[row]! & KNOWN_FLAGS) | flags // row < count
        frame.keySize[i] = columns.keySize[row]! // row < count
        frame.valueSize[i] = columns.valueSize[row]! // row < count
        frame.headerCount[i] = columns.headerCount[row]! // row < count
        frame.decodedAs[i] = number.of(columns, row)
        const start = startOf(ends, row)
        frame.ends[2 * i] = at + ends[2 * row]! - start // `ends` has two entries per row: where the key ends and where the value ends
        at = copied(preview, start, ends[2 * row + 1]!, frame.preview, at) // `ends` has two entries per row: where the key ends and where the value ends
        frame.ends[2 * i + 1] = at
      }
    }
    this.#runs = []
    this.#count = 0
    this.#holes = []
    this.#previewBytes = 0
    this.#fieldBytes = 0
    this.#shorts.reset()
    return frame
  }
}

/** Rows that follow one another in their source, or precede one another. */
interface Run {
  partition: number
  columns: PackedRows
  first: number
  step: 1 | -1
  count: number
  flags: number
}

/** Millions of rows as an object each would be the slowest part of a scan. */
function continues(run: Run, partition: number, columns: PackedRows, row: number, flags: number): boolean {
  if (run.columns !== columns || run.partition !== partition || run.flags !== flags) return false
  if (run.count === 1 && row === run.first - 1) run.step = -1
  else if (row !== run.first + run.step * run.count) return false
  run.count += 1
  return true
}

/** For so few bytes a loop is faster than a view and a call. */
const FEW = 48

function copied(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  if (end - start > FEW) to.set(from.subarray(start, end), at)
  else for (let i = start, j = at; i < end; i += 1, j += 1) to[j] = from[i]! // i < end
  return at + end - start
}

/** Packed rows, to be packed again together with others. */
export function rowsOf(frame: RowColumns): PackedRows {
  return { ...frame, fields: frame.fields ?? null, shorts: frame.shorts ?? null }
}

/** All rows of one piece as a frame, without copying: what a worker packed for a frame already is one. */
export function frameOf(partition: number, columns: RecordColumns): RowColumns {
  const { count, offset, timestamp, keySize, valueSize, headerCount, preview, ends, decodedAs, decodings } = columns
  const { fields, shorts } = columns
  return {
    count,
    partition: new Int32Array(count).fill(partition),
    offset,
    timestamp,
    flags: knownFlags(columns.flags),
    keySize,
    valueSize,
    headerCount,
    preview,
    ends,
    decodedAs: decodedAs.length === count ? decodedAs : new Int32Array(count),
    decodings: [...decodings],
    ...(fields === null ? {} : { fields }),
    ...(shorts === null ? {} : { shorts }),
    holes: [],
  }
}

function knownFlags(flags: Int32Array): Int32Array<ArrayBuffer> {
  const known = new Int32Array(flags.length)
  for (let i = 0; i < flags.length; i += 1) known[i] = flags[i]! & KNOWN_FLAGS // i < flags.length
  return known
}

/** Where the previews of a row start. */
const startOf = (ends: Int32Array, row: number): number => (row === 0 ? 0 : ends[2 * row - 1]!) // `ends` has two entries per row: where the key ends and where the value ends

const fieldsStart = ({ count, ends }: FieldColumns, row: number): number => (row === 0 ? 0 : ends[row * count - 1]!) // `ends` has an entry per field of each row
const fieldsEnd = ({ count, ends }: FieldColumns, row: number, shown: number | null): number => {
  const last = row * count + Math.min(count, shown ?? count) - 1
  return last < 0 ? 0 : ends[last]! // last < ends.length
}

/** The fields of rows from several pieces. */
function packedFields(runs: readonly Run[], rows: number, count: number, bytes: number): FieldColumns {
  const packed: FieldColumns = {
    count,
    kind: new Uint8Array(rows * count),
    text: new Uint8Array(bytes),
    ends: new Int32Array(rows * count),
  }
  let i = 0
  let at = 0
  for (const { columns, first, step, count: length } of runs) {
    const fields = columns.fields! // the decoder fills this when fields are asked for, as they are here
    for (let n = 0; n < length; n += 1, i += 1) {
      const row = first + step * n
      const start = fieldsStart(fields, row)
      const begin = row * fields.count
      const end = fieldsEnd(fields, row, count)
      packed.kind.set(fields.kind.subarray(begin, begin + count), i * count)
      packed.text.set(fields.text.subarray(start, end), at)
      for (let f = 0; f < count; f += 1) packed.ends[i * count + f] = at + fields.ends[begin + f]! - start // `ends` has an entry per field of each row
      at += end - start
    }
  }
  return packed
}

/** Renumbers the decodings of rows from several pieces. Equal decodings are the same object only within one worker. */
function numbering(decodings: Decoding[]) {
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
  // Nearly all rows are decoded like the one before them.
  let last: { columns: PackedRows; as: number; isNull: number; number: number } | null = null
  let told: PackedRows | null = null
  /** The decoding of a header column does not belong to the row; that it waits for a schema is still reported. */
  const waiting = (columns: PackedRows): void => {
    if (columns.fields === null || columns === told) return
    told = columns
    for (const decoding of columns.decodings) if (decoding.waits === true) numberOf(decoding)
  }
  const of = (columns: PackedRows, row: number): number => {
    const as = columns.decodedAs[row]! // row < count
    const isNull = columns.flags[row]! & (rowFlags.nullKey | rowFlags.nullValue) // row < count
    if (last !== null && last.columns === columns && last.as === as && last.isNull === isNull) return last.number
    const key = (isNull & rowFlags.nullKey) === 0 ? numberOf(columns.decodings[as & 0xffff]) : 0
    const value = (isNull & rowFlags.nullValue) === 0 ? numberOf(columns.decodings[as >>> 16]) : 0
    last = { columns, as, isNull, number: key | (value << 16) }
    return last.number
  }
  return { of, waiting }
}
