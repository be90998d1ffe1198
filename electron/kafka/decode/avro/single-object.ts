import { bytesOfText } from '#shared/bytes.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import type { Codec } from '../codec.ts'
import { codecOf } from './codec.ts'
import { type AvroType, readAvroSchema } from './schema.ts'

/**
 * A codec for values that may start with Avro's single-object header: C3 01 and the fingerprint of their schema. It writes the
 * header. A value without it, or with that of another schema, is read as plain data: both bytes may also begin any value.
 */
export function compileSingleObject(schema: SchemaText): Codec {
  const type = readAvroSchema(schema)
  const codec = codecOf(type)
  const header = Uint8Array.of(0xc3, 0x01, ...fingerprintOf(canonicalForm(type)))
  const body = (bytes: Uint8Array): Uint8Array =>
    header.every((byte, i) => bytes[i] === byte) ? bytes.subarray(header.length) : bytes
  return {
    type: codec.type,
    written: (bytes) => codec.written(body(bytes)),
    value: (bytes) => codec.value(body(bytes)),
    encode(json) {
      const encoded = codec.encode(json)
      return 'problems' in encoded ? encoded : { bytes: new Uint8Array(Buffer.concat([header, encoded.bytes])) }
    },
  }
}

/**
 * Avro's Parsing Canonical Form: the parts of a schema that affect the encoding. A named type is written where it first occurs.
 */
export function canonicalForm(type: AvroType, met: Set<AvroType> = new Set()): string {
  const quoted = (text: string): string => `"${text}"`
  switch (type.kind) {
    case 'array':
      return `{"type":"array","items":${canonicalForm(type.items, met)}}`
    case 'map':
      return `{"type":"map","values":${canonicalForm(type.values, met)}}`
    case 'union':
      return `[${type.branches.map((branch) => canonicalForm(branch, met)).join(',')}]`
    case 'fixed':
    case 'enum':
    case 'record': {
      if (met.has(type)) return quoted(type.name)
      met.add(type)
      const head = `{"name":${quoted(type.name)},"type":"${type.kind}"`
      if (type.kind === 'fixed') return `${head},"size":${type.size}}`
      if (type.kind === 'enum') return `${head},"symbols":[${type.symbols.map(quoted).join(',')}]}`
      const fields = type.fields.map(
        (field) => `{"name":${quoted(field.name)},"type":${canonicalForm(field.type, met)}}`,
      )
      return `${head},"fields":[${fields.join(',')}]}`
    }
    default:
      return quoted(type.kind)
  }
}

/** CRC-64-AVRO, lowest byte first, as it is sent. Computed in two halves: 64-bit bigints would take a hundred times as long. */
export function fingerprintOf(text: string): Uint8Array {
  let low = EMPTY[0]! // EMPTY has two halves
  let high = EMPTY[1]! // EMPTY has two halves
  for (const byte of bytesOfText(text)) {
    const at = (low ^ byte) & 0xff
    low = ((low >>> 8) | (high << 24)) ^ lows[at]! // at is a byte, and the table has 256 entries
    high = (high >>> 8) ^ highs[at]! // at is a byte, and the table has 256 entries
  }
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, low, true)
  view.setInt32(4, high, true)
  return bytes
}

/** The fingerprint of the empty text. */
const EMPTY = Int32Array.of(0xa4d7_a795, 0xc15d_213a)
const lows = new Int32Array(256)
const highs = new Int32Array(256)
for (let byte = 0; byte < 256; byte += 1) {
  let low = byte
  let high = 0
  for (let bit = 0; bit < 8; bit += 1) {
    const mask = -(low & 1)
    low = ((low >>> 1) | (high << 31)) ^ (EMPTY[0]! & mask) // EMPTY has two halves
    high = (high >>> 1) ^ (EMPTY[1]! & mask) // EMPTY has two halves
  }
  lows[byte] = low
  highs[byte] = high
}
