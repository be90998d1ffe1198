import { bytesOfText, utf8Text } from '#shared/bytes.ts'
import { jsonOf, type Value } from '#shared/model/decoded-value.ts'
import { Undecodable } from './codec.ts'
import type { Decoder } from './decoder.ts'
import { placesIn } from './protobuf/unknown-fields.ts'
import { MOST_LEVELS, ProtoReader, tooDeep, WIRE } from './protobuf/proto-reader.ts'
import { bytesValue, cutDeeper, cutMore, textValue, TreeRoom } from './tree-limits.ts'

/**
 * The decoder for a user's choice, as a last resort: Protobuf without its schema, as a tree of field numbers. The wire format
 * says only how long a field is, so whether bytes are a text or a message, or a number is a float, is a guess, and its type
 * says so.
 */
export const protobufRaw: Decoder = {
  encoding: 'Protobuf without a schema',
  isPlain: false,
  decode(bytes) {
    try {
      const value = new RawTree(bytes).value()
      return { form: 'json', written: bytesOfText(jsonOf(value)), value: () => value }
    } catch (error) {
      if (error instanceof Undecodable) return { reason: error.message }
      throw error
    }
  },
}

class RawTree {
  readonly #reader = new ProtoReader()
  readonly #room = new TreeRoom()

  constructor(bytes: Uint8Array) {
    // A Buffer's slice shares memory, but a tree needs copies.
    this.#reader.open(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
  }

  value(): Value {
    this.#room.take(0)
    return { kind: 'record', type: 'message', fields: this.#fields(placesIn(this.#reader), 1) }
  }

  #fields(places: ReadonlyMap<number, readonly number[]>, level: number): { name: string; value: Value }[] {
    if (level > MOST_LEVELS) throw tooDeep()
    const fields: { name: string; value: Value }[] = []
    for (const [number, all] of places) {
      if (this.#room.isFull) break
      fields.push({ name: String(number), value: this.#field(all, level) })
    }
    if (fields.length < places.size) fields.push({ name: '…', value: cutMore(places.size - fields.length, 'fields') })
    return fields
  }

  #field(places: readonly number[], level: number): Value {
    if (!this.#room.take(level)) return cutDeeper
    if (places.length === 1) return this.#one(places[0]!, level) // its length is 1, as checked
    const items: Value[] = []
    for (const place of places) {
      if (this.#room.isFull) break
      items.push(this.#room.take(level + 1) ? this.#one(place, level + 1) : cutDeeper)
    }
    if (items.length < places.length) items.push(cutMore(places.length - items.length, 'items'))
    return { kind: 'list', type: 'repeated', items }
  }

  #one(place: number, level: number): Value {
    const reader = this.#reader
    reader.at = place
    switch (reader.tag() & 7) {
      case WIRE.varint:
        reader.varint64()
        return { kind: 'integer', value: (BigInt(reader.high) << 32n) | BigInt(reader.low >>> 0), type: 'varint' }
      case WIRE.fixed64:
        return this.#fixed(reader.at, 8)
      case WIRE.fixed32:
        return this.#fixed(reader.at, 4)
      case WIRE.groupStart: {
        const { end } = reader
        reader.group()
        reader.end = reader.groupEnd
        const fields = this.#fields(placesIn(reader), level + 1)
        reader.end = end
        return { kind: 'record', type: 'group', fields }
      }
      default:
        return this.#sized(reader.length(), level)
    }
  }

  /** A float, if it is one that somebody may have written; otherwise an integer. */
  #fixed(at: number, size: 4 | 8): Value {
    const { bytes } = this.#reader
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, size)
    const float = size === 8 ? view.getFloat64(0, true) : view.getFloat32(0, true)
    const magnitude = Math.abs(float)
    if (magnitude > 1e-6 && magnitude < 1e15) {
      return { kind: 'float', value: float, type: size === 8 ? 'double (a guess)' : 'float (a guess)' }
    }
    const integer = size === 8 ? view.getBigInt64(0, true) : BigInt(view.getInt32(0, true))
    return { kind: 'integer', value: integer, type: size === 8 ? 'fixed64' : 'fixed32' }
  }

  #sized(end: number, level: number): Value {
    const reader = this.#reader
    const bytes = reader.bytes.subarray(reader.at, end)
    const text = utf8Text(bytes)
    // oxlint-disable-next-line no-control-regex -- they are what tells a text from a message that is UTF-8 by chance
    if (text !== null && !/[\u0000-\u001f\u007f]/.test(text)) return { ...textValue(text), type: 'text (a guess)' }
    const before = reader.end
    reader.end = end
    const fields = this.#message(level + 1)
    reader.end = before
    if (fields !== null) return { kind: 'record', type: 'message (a guess)', fields }
    // oxlint-disable-next-line no-control-regex -- those that texts have
    if (text !== null && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.test(text)) return { ...textValue(text), type: 'text (a guess)' } // oxfmt-ignore
    return { ...bytesValue(bytes), type: 'bytes' }
  }

  /** null: these bytes are not a message, or nest too deep. */
  #message(level: number): { name: string; value: Value }[] | null {
    let places: Map<number, number[]>
    try {
      places = placesIn(this.#reader)
    } catch (error) {
      if (error instanceof Undecodable) return null
      throw error
    }
    return level > MOST_LEVELS ? null : this.#fields(places, level)
  }
}
