import type { SchemaId } from '#shared/model/schema-id.ts'
import type { SchemaHeaders } from './schema-headers.ts'

/** Bytes that name their schema, in front of the data or in a header of the record. */
export interface Framed {
  /** Whose format it is: "Confluent". */
  by: string
  id: SchemaId
  /** Where the data starts. */
  start: number
  /** The data is compressed with zlib. */
  isZlib?: true
  /** Which message of a Protobuf schema it is: by name; left out: it is written before the data, or in these bytes. */
  message?: string | null
  indexes?: Uint8Array
  /** What the registry's own serialisers write before a Protobuf message. */
  before?: 'indexes' | 'indexes-or-name'
}

/**
 * Values that name their schema without a header begin with 0 or 1 (Confluent, Apicurio) or 3 (Glue). A family with another
 * first byte must raise this, or its values would be searched as they are stored.
 */
export const LAST_MAGIC = 3

/** One family of serialisers. null: the value is not in its format. */
export type Family = (bytes: Uint8Array, part: 'key' | 'value', headers: SchemaHeaders) => Framed | null

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** The 16 bytes from `at` on, as a UUID. */
export function uuidAt(bytes: Uint8Array, at: number): string {
  let text = ''
  for (let i = 0; i < 16; i += 1) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-'
    text += digits[bytes[at + i]!]! // the caller checked that 16 bytes are there, and the table has an entry per byte
  }
  return text
}

export function int32At(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]! // the caller checked that four are there
}

export function int64At(bytes: Uint8Array, at: number): bigint {
  return (BigInt(int32At(bytes, at)) << 32n) | BigInt(int32At(bytes, at + 4) >>> 0)
}
