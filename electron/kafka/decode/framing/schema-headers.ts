import type { RecordHeaders } from '../../records/headers.ts'

/** The headers that serialisers of registries write, by name; the last one of a name, as their readers do. */
export type SchemaHeaders = ReadonlyMap<string, Uint8Array>

const none: SchemaHeaders = new Map()

/** Parsed once per record; headers that no serialiser writes are skipped without allocating anything. */
export function schemaHeaders(headers: RecordHeaders): SchemaHeaders {
  if (headers.count === 0) return none
  const known = headers.memo as SchemaHeaders | null
  if (known !== null) return known
  const found = findIn(headers)
  headers.memo = found
  return found
}

/** Names are compared by length and first byte before a string is made. */
const SHORTEST = 12
const LONGEST = 64
const [underscore, letterA, letterC] = Array.from('_ac', (char) => char.charCodeAt(0))
const isOne = (name: string): boolean =>
  name === 'content-type' ||
  name === '__key_schema_id' ||
  name === '__value_schema_id' ||
  name.startsWith('apicurio.key.') ||
  name.startsWith('apicurio.value.')

/** The position of the parser: with objects it would cost as much per row of text as decoding it. */
let position = 0

function findIn({ bytes, start, end, count }: RecordHeaders): SchemaHeaders {
  let map: Map<string, Uint8Array> | null = null
  position = start
  for (let i = 0; i < count; i += 1) {
    const length = varint(bytes, end)
    const nameStart = position
    const nameEnd = nameStart + length
    if (length < 0 || nameEnd > end) break
    position = nameEnd
    const valueLength = varint(bytes, end)
    const valueStart = position
    if (valueLength < -1 || valueStart + valueLength > end) break
    if (valueLength > 0) position = valueStart + valueLength
    if (length < SHORTEST || length > LONGEST || valueLength < 0) continue
    const first = bytes[nameStart]
    if (first !== underscore && first !== letterA && first !== letterC) continue
    let name = ''
    for (let at = nameStart; at < nameEnd; at += 1) name += String.fromCharCode(bytes[at]!) // the walker checked that the name lies within the record
    if (isOne(name)) (map ??= new Map<string, Uint8Array>()).set(name, bytes.subarray(valueStart, position))
  }
  return map ?? none
}

/** A zigzag varint. If it overruns, the result is a value that no length may have. */
function varint(bytes: Uint8Array, end: number): number {
  let value = 0
  for (let shift = 0; shift <= 28; shift += 7) {
    if (position >= end) return INVALID
    const byte = bytes[position]! // the walker checked that the value lies within the record
    position += 1
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
  }
  return INVALID
}

const INVALID = -0x8000_0000
