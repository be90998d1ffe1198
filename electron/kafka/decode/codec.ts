import type { ValuePath } from '#shared/model/row-field.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import type { Success } from './decoder.ts'

/**
 * One schema made ready to decode and encode by. It is made of what strangers wrote, so no code is generated from it, and
 * what it does is bounded in size, depth, items and time.
 */
export interface Codec {
  /** What people call the type: "com.acme.Order". */
  readonly type: string
  /** The JSON form (`jsonOf`) of the value in these bytes, in UTF-8. Throws `Undecodable`. */
  written(bytes: Uint8Array): Uint8Array
  /** The same with these fields and perhaps others. It takes what `written` takes, and refuses what it refuses for its bytes. */
  writtenOnly?(bytes: Uint8Array, paths: readonly ValuePath[]): Uint8Array
  /** The same value as a tree. Throws `Undecodable`. */
  value(bytes: Uint8Array): Value
  /** Bytes of a value in its JSON form, or what keeps it from being one. */
  encode(json: string): Encoded
}

export type Encoded = { bytes: Uint8Array<ArrayBuffer> } | { problems: EncodeProblem[] }

export interface EncodeProblem {
  /** Where in the value, as `pathText` spells it; empty: the whole of it. */
  path: string
  /** The character of the JSON text at which it is; null: it is at none. */
  at: number | null
  message: string
}

/** What a decoder answers that decodes by a schema. */
export function decodeBy(codec: Codec, bytes: Uint8Array): Success | { reason: string } {
  try {
    return { form: 'json', written: codec.written(bytes), value: () => codec.value(bytes) }
  } catch (error) {
    if (!(error instanceof Undecodable)) throw error
    return { reason: error.message }
  }
}

/** Bytes are no value of a schema: its reason is a sentence fragment of few kinds, which quotes no contents. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable'
}

/** A schema cannot be used: a sentence for people, and where in it. */
export class SchemaProblem extends Error {
  override readonly name = 'SchemaProblem'
  /** As far as it is known: a type's or field's name, a line, a pointer. */
  readonly place: string | null

  constructor(message: string, place: string | null = null) {
    super(message)
    this.place = place
  }
}

/** Why no value can be decoded by a schema, as a report says it. */
export function unusable({ message, place }: SchemaProblem): string {
  return `its schema cannot be used: ${message}${place === null ? '' : ` (${place})`}`
}
