import { base64Text, utf8Text } from '#shared/bytes.ts'
import { fieldAt, rowFlags } from '#shared/model/rows.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import type { Hole } from '#shared/model/hole.ts'

/** A value of the contract as JSON: int64 as decimal strings, bytes as base64 together with their text. */
export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return bytesToJson(value)
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, toJson)
  if (Array.isArray(value)) return value.map(toJson)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item)]))
}

/** `text` is null if the bytes are not UTF-8: replacement characters would hide that. */
function bytesToJson(bytes: Uint8Array): { text: string | null; base64: string } {
  return { text: utf8Text(bytes), base64: base64Text(bytes) }
}

export interface RowLine {
  type: 'record'
  partition: number
  offset: string
  timestamp: string
  flags: string[]
  keySize: number
  valueSize: number
  headerCount: number
  /** Written out in the encoding that `keyAs` names, and cut. */
  key: unknown
  keyAs: string | null
  value: unknown
  valueAs: string | null
  /** The requested `fields`, in their order; null if a field is missing. */
  fields?: (string | null)[]
}

/** Packed columns as one object per row, with the holes in their places. */
export function* unpackRows(rows: RowColumns): Generator<RowLine | { type: 'hole' }> {
  let hole = 0
  const holesAt = function* (row: number): Generator<{ type: 'hole' }> {
    for (; hole < rows.holes.length && rows.holes[hole]!.at <= row; hole += 1) yield holeLine(rows.holes[hole]!.hole) // hole < holes.length
  }
  for (let row = 0; row < rows.count; row += 1) {
    yield* holesAt(row)
    yield rowLine(rows, row)
  }
  yield* holesAt(Infinity)
}

function holeLine(hole: Hole): { type: 'hole' } {
  return { type: 'hole', ...(toJson(hole) as object) }
}

function rowLine(rows: RowColumns, row: number): RowLine {
  const flags = rows.flags[row]! // every column has an entry per row
  const as = rows.decodedAs[row]! // every column has an entry per row
  const start = row === 0 ? 0 : rows.ends[2 * row - 1]! // `ends` has two entries per row: where the key ends and where the value ends
  const keyEnd = rows.ends[2 * row]! // `ends` has two entries per row: where the key ends and where the value ends
  const keySize = rows.keySize[row]! // every column has an entry per row
  const valueSize = rows.valueSize[row]! // every column has an entry per row
  return {
    type: 'record',
    partition: rows.partition[row]!, // every column has an entry per row
    offset: rows.offset[row]!.toString(), // every column has an entry per row
    timestamp: rows.timestamp[row]!.toString(), // every column has an entry per row
    flags: flagNames.filter((name) => (flags & rowFlags[name]) !== 0),
    keySize,
    valueSize,
    headerCount: rows.headerCount[row]!, // every column has an entry per row
    key: keySize < 0 ? null : bytesToJson(rows.preview.subarray(start, keyEnd)),
    keyAs: keySize < 0 ? null : rows.decodings[as & 0xffff]!.encoding, // decodedAs holds two indexes into the frame's decodings
    value: valueSize < 0 ? null : bytesToJson(rows.preview.subarray(keyEnd, rows.ends[2 * row + 1])),
    valueAs: valueSize < 0 ? null : rows.decodings[as >>> 16]!.encoding, // decodedAs holds two indexes into the frame's decodings
    ...(rows.fields === undefined ? {} : { fields: fieldTexts(rows, row) }),
  }
}

function fieldTexts(rows: RowColumns, row: number): (string | null)[] {
  return Array.from({ length: rows.fields?.count ?? 0 }, (_, field) => {
    const found = fieldAt(rows, row, field)
    return found === null || found.kind === 'absent' || found.kind === 'null' ? null : found.text
  })
}

const flagNames = Object.keys(rowFlags) as (keyof typeof rowFlags)[]
