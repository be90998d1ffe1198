import { z } from 'zod'
import { utf8Text, wholeCharacters } from '../bytes.ts'
import { Decoding } from './decoded.ts'
import { FieldColumns, fieldKinds, type FieldKind } from './row-field.ts'
import { Hole } from './hole.ts'

/** Bits of a row's `flags` column. */
export const rowFlags = {
  nullKey: 1,
  nullValue: 2,
  transactional: 4,
  /** Written by an aborted transaction; shown only on request. */
  aborted: 8,
  /** At or above the last stable offset: its transaction is still open. */
  open: 16,
  /** The timestamp is the broker's append time, not the producer's. */
  logAppendTime: 32,
  keyCut: 64,
  valueCut: 128,
  /** The batch's CRC does not match its bytes. */
  badCrc: 256,
  /** In rows sorted otherwise: it is older than a record before it in its partition. */
  late: 512,
} as const

/** The values of a few rows as short JSON, concatenated. */
const ShortValues = z.strictObject({
  /** The indexes of those rows, ascending. */
  rows: z.instanceof(Int32Array),
  /** UTF-8. */
  text: z.instanceof(Uint8Array),
  ends: z.instanceof(Int32Array),
})

export type ShortValues = z.infer<typeof ShortValues>

/**
 * Rows as packed columns: they cross the wire and are kept in the ring buffer. Keys and values were decoded whole; what they
 * are written out as is cut to previews in one byte block, in which row i's key ends at `ends[2i]` and its value at
 * `ends[2i+1]`.
 */
export const RowColumns = z.strictObject({
  count: z.number().int(),
  partition: z.instanceof(Int32Array),
  offset: z.instanceof(BigInt64Array),
  /** Milliseconds since 1970 UTC; −1 means the record has none. */
  timestamp: z.instanceof(BigInt64Array),
  flags: z.instanceof(Int32Array),
  /** Stored size in bytes; −1 for null. */
  keySize: z.instanceof(Int32Array),
  valueSize: z.instanceof(Int32Array),
  headerCount: z.instanceof(Int32Array),
  preview: z.instanceof(Uint8Array),
  ends: z.instanceof(Int32Array),
  /** Indexes into `decodings`: the lower 16 bits for the key, the upper 16 for the value. */
  decodedAs: z.instanceof(Int32Array),
  decodings: z.array(Decoding).max(65_536),
  /**
   * For values whose previews are cut: a shortened form that shows more of them in one line (`shortJson`); left out: for none.
   */
  shorts: ShortValues.exactOptional(),
  /** The requested fields of each row (`fields` of the input); left out: none were requested. */
  fields: FieldColumns.exactOptional(),
  /** Holes in the order they are shown; `at` is the index of the row they come before (count = after the last). */
  holes: z.array(z.strictObject({ at: z.number().int(), hole: Hole })),
})

export type RowColumns = z.infer<typeof RowColumns>

/** One row of packed columns. The byte slices point into their frame: read them, do not keep them. */
export interface RowView {
  partition: number
  offset: bigint
  /** Milliseconds since 1970 UTC; −1n means none. */
  timestamp: bigint
  flags: number
  /** Stored size in bytes; −1 for null. */
  keySize: number
  valueSize: number
  headerCount: number
  /** The previews: the decoded key and value, cut; null for null. */
  key: Uint8Array | null
  value: Uint8Array | null
  keyAs: Decoding | null
  valueAs: Decoding | null
  /** The value as short JSON, if it is JSON and its preview is cut; otherwise null, because the preview says as much. */
  short: Uint8Array | null
}

/** Row `row` of one frame. */
export function rowAt(frame: RowColumns, row: number): RowView {
  const keyStart = row === 0 ? 0 : frame.ends[2 * row - 1]! // `ends` has two entries per row: where the key ends and where the value ends
  const keyEnd = frame.ends[2 * row]! // `ends` has two entries per row: where the key ends and where the value ends
  const valueEnd = frame.ends[2 * row + 1]! // `ends` has two entries per row: where the key ends and where the value ends
  const keySize = frame.keySize[row]! // row < count
  const valueSize = frame.valueSize[row]! // row < count
  return {
    partition: frame.partition[row]!, // row < count
    offset: frame.offset[row]!, // row < count
    timestamp: frame.timestamp[row]!, // row < count
    flags: frame.flags[row]!, // row < count
    keySize,
    valueSize,
    headerCount: frame.headerCount[row]!, // row < count
    key: keySize < 0 ? null : frame.preview.subarray(keyStart, keyEnd),
    value: valueSize < 0 ? null : frame.preview.subarray(keyEnd, valueEnd),
    keyAs: keySize < 0 ? null : frame.decodings[frame.decodedAs[row]! & 0xffff]!, // decodedAs holds two indexes into the frame's decodings
    valueAs: valueSize < 0 ? null : frame.decodings[frame.decodedAs[row]! >>> 16]!, // decodedAs holds two indexes into the frame's decodings
    short: frame.shorts === undefined ? null : shortOf(frame.shorts, row),
  }
}

/** The index of a row's short form; null: it has none. */
export function shortOf({ rows, ends, text }: ShortValues, row: number): Uint8Array | null {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle]! < row) low = middle + 1 // middle < high
    else high = middle
  }
  return rows[low] === row ? text.subarray(low === 0 ? 0 : ends[low - 1], ends[low]) : null
}

/** Field `field` of row `row`; null: no fields were requested. */
export function fieldAt({ fields }: RowColumns, row: number, field: number): { kind: FieldKind; text: string } | null {
  if (fields === undefined || field >= fields.count) return null
  const at = row * fields.count + field
  const bytes = fields.text.subarray(at === 0 ? 0 : fields.ends[at - 1], fields.ends[at])
  return { kind: fieldKinds[fields.kind[at]!] ?? 'absent', text: utf8Text(wholeCharacters(bytes)) ?? '' } // the columns have a kind per field of each row
}
