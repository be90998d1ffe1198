import type { ValuePath } from '#shared/model/row-field.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import type { Success } from './decoder.ts'

/**
 * A schema compiled for decoding and encoding. Schemas are untrusted, so no code is generated from them, and the work is
 * bounded in size, depth, items and time.
 */
export interface Codec {
  /** The name of the type for a person: "com.acme.Order". */
  readonly type: string
  /** The JSON form (`jsonOf`) of the value in these bytes, as UTF-8. Throws `Undecodable`. */
  written(bytes: Uint8Array): Uint8Array
  /** The same with at least these fields. Accepts and refuses the same bytes as `written`. */
  writtenOnly?(bytes: Uint8Array, paths: readonly ValuePath[]): Uint8Array
  /** The same value as a tree. Throws `Undecodable`. */
  value(bytes: Uint8Array): Value
  /** Encodes a value's JSON form, or returns its problems. */
  encode(json: string): Encoded
}

export type Encoded = { bytes: Uint8Array<ArrayBuffer> } | { problems: EncodeProblem[] }

export interface EncodeProblem {
  /** Where in the value, as `pathText` writes it; empty: the value as a whole. */
  path: string
  /** Index of the character in the JSON text; null: it has no single place. */
  at: number | null
  message: string
}

/** The result of a decoder that uses a schema. */
export function decodeBy(codec: Codec, bytes: Uint8Array): Success | { reason: string } {
  try {
    return { form: 'json', written: codec.written(bytes), value: () => codec.value(bytes) }
  } catch (error) {
    if (!(error instanceof Undecodable)) throw error
    return { reason: error.message }
  }
}

/** The bytes are not a value of the schema: its reason is a sentence fragment with few variants, which quotes no contents. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable'
}

/** A schema cannot be used: a sentence for the user, and where in it. */
export class SchemaProblem extends Error {
  override readonly name = 'SchemaProblem'
  /** As far as it is known: the name of a type or field, a line, a JSON pointer. */
  readonly place: string | null

  constructor(message: string, place: string | null = null) {
    super(message)
    this.place = place
  }
}

/** Why no value can be decoded with a schema, as the attempts of a decoding report it. */
export function unusable({ message, place }: SchemaProblem): string {
  return `its schema cannot be used: ${message}${place === null ? '' : ` (${place})`}`
}
