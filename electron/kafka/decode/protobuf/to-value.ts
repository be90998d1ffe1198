import { utf8Text } from '#shared/bytes.ts'
import { keyText, type Value } from '#shared/model/decoded-value.ts'
import { Undecodable } from '../codec.ts'
import { bytesValue, cutDeeper, cutMore, textValue, TreeRoom } from '../tree-limits.ts'
import { heldBy } from './any.ts'
import { FieldIndex } from './field-index.ts'
import { type FieldLayout, isNumber, type MessageLayout, type Shape, type Symbols } from './message-layout.ts'
import { placesIn, UNKNOWN, unknownNumber } from './unknown-fields.ts'
import { KIND, notUtf8, WIRE, ProtoReader } from './proto-reader.ts'

type Fields = { name: string; value: Value }[]
type Entries = { key: Value; value: Value }[]

/** Protobuf as a tree, for an opened record; `jsonOf` of it equals what `ToJson` writes. */
export function treeOf(
  bytes: Uint8Array,
  layout: MessageLayout,
  layoutOf: (type: string) => MessageLayout | null,
): Value {
  return new ToValue(bytes, layoutOf).message(layout, 0)
}

class ToValue {
  readonly #reader = new ProtoReader()
  readonly #index = new FieldIndex()
  readonly #room = new TreeRoom()
  readonly #layoutOf: (type: string) => MessageLayout | null

  constructor(bytes: Uint8Array, layoutOf: (type: string) => MessageLayout | null) {
    // A Buffer's slice shares memory, but a tree needs copies.
    this.#reader.open(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length))
    this.#index.reset(bytes.length)
    this.#layoutOf = layoutOf
  }

  /** The message at the reader, up to the reader's end. */
  message(layout: MessageLayout, level: number): Value {
    if (!this.#room.take(level)) return cutDeeper
    const reader = this.#reader
    const { at } = reader
    const { form, name } = layout
    if (form.kind === 'any') {
      const held = this.#any(layout, level)
      if (held !== null) return { kind: 'record', type: name, fields: held }
    } else if (form.kind !== 'record' && form.kind !== 'text') {
      const inner = this.#inner(layout, level)
      if (inner !== null) return inner
    }
    reader.at = at
    const meant = form.kind === 'text' ? form.read(reader) : null
    reader.at = at
    return { kind: 'record', type: name, ...(meant === null ? {} : { meant }), fields: this.#fields(layout, level + 1) }
  }

  #fields(layout: MessageLayout, level: number): Fields {
    const index = this.#index
    const { fields } = layout
    const frame = index.open(this.#reader, layout)
    const found: Fields = []
    let left = 0
    for (const [i, field] of fields.entries()) {
      const slot = index.slot(frame + i)
      if (slot < 0 && field.hasPresence) continue
      if (this.#room.isFull) left += 1
      else
        found.push({ name: field.name, value: slot < 0 ? this.#absent(field, level) : this.#field(field, slot, level) })
    }
    const unknown = index.slot(frame + fields.length)
    if (unknown >= 0) {
      const places = index.places(this.#reader, unknown)
      if (this.#room.isFull) left += places.size
      else found.push(...this.#unknown(places, level))
    }
    if (left > 0) found.push({ name: '…', value: cutMore(left, 'fields') })
    index.close(frame, layout)
    return found
  }

  #field(field: FieldLayout, slot: number, level: number): Value {
    const { shape, holds, oneofName } = field
    if (holds === 'list') return this.#list(shape, slot, level)
    if (holds === 'map') return this.#map(shape, slot, level)
    const value = field.isRun ? this.#merged(shape, slot, level) : this.#at(slot, shape, level)
    return oneofName === '' ? value : { ...value, type: `${value.type ?? shape.type} of oneof ${oneofName}` }
  }

  #at(place: number, shape: Shape, level: number): Value {
    this.#reader.at = place
    return this.#one(shape, level)
  }

  #one(shape: Shape, level: number): Value {
    const reader = this.#reader
    const { kind, type } = shape
    if (kind === KIND.message) return this.#within(reader.length(), shape.layout!, level) // a field of kind message always has a layout
    if (kind === KIND.group) {
      const behind = reader.group()
      const value = this.#within(reader.groupEnd, shape.layout!, level) // a field of kind group always has a layout
      reader.at = behind
      return value
    }
    const isShown = this.#room.take(level)
    const value = this.#scalar(shape)
    return isShown ? { ...value, type } : cutDeeper
  }

  #scalar({ kind, symbols, isVerified }: Shape): Value {
    const reader = this.#reader
    switch (kind) {
      case KIND.double:
        return { kind: 'float', value: reader.double() }
      case KIND.float:
        return { kind: 'float', value: reader.float() }
      case KIND.bool:
        return { kind: 'boolean', value: reader.bool() }
      case KIND.string:
      case KIND.bytes: {
        const end = reader.length()
        const bytes = reader.bytes.subarray(reader.at, end)
        reader.at = end
        if (kind === KIND.bytes) return bytesValue(bytes)
        const text = utf8Text(bytes)
        if (text !== null) return textValue(text)
        if (isVerified) throw notUtf8()
        return { ...bytesValue(bytes), branch: 'bytes' }
      }
      case KIND.enum:
        return enumValue(reader.int32(), symbols!) // a field of kind enum always has symbols
      default:
        return integer(reader.integer(kind) ? long(reader) : BigInt(reader.low))
    }
  }

  #within(end: number, layout: MessageLayout, level: number): Value {
    const reader = this.#reader
    const before = reader.end
    reader.end = end
    const value = this.message(layout, level)
    reader.end = before
    reader.at = end
    return value
  }

  #list(shape: Shape, first: number, level: number): Value {
    const type = `repeated ${shape.type}`
    if (!this.#room.take(level)) return cutDeeper
    const items: Value[] = []
    let left = 0
    for (const _ of this.#elements(shape, first)) {
      if (this.#room.isFull) {
        left += 1
        this.#skip(shape)
      } else items.push(this.#one(shape, level + 1))
    }
    if (left > 0) items.push(cutMore(left, 'items'))
    return { kind: 'list', type, items }
  }

  /** Yields with the reader at each element in turn. */
  *#elements({ kind }: Shape, first: number): Generator<void> {
    const reader = this.#reader
    const { end } = reader
    const isNumbers = isNumber(kind)
    for (let run = first; run >= 0; run = this.#index.next(run)) {
      reader.at = this.#index.start(run)
      const runEnd = this.#index.end(run)
      while (reader.at < runEnd) {
        if ((reader.tag() & 7) === WIRE.bytes && isNumbers) {
          reader.end = reader.length()
          while (reader.at < reader.end) yield
          reader.end = end
        } else yield
      }
    }
  }

  #skip(shape: Shape): void {
    const reader = this.#reader
    if (shape.kind === KIND.group) reader.at = reader.group()
    else if (isNumber(shape.kind)) this.#scalar(shape)
    else reader.at = reader.length()
  }

  /** If a key repeats, the last entry counts, in the place of the first. */
  #map(shape: Shape, first: number, level: number): Value {
    if (!this.#room.take(level)) return cutDeeper
    const reader = this.#reader
    const places = new Map<string, { key: Value; place: number }>()
    for (const _ of this.#elements(shape, first)) {
      const place = reader.at
      const end = reader.length()
      const key = this.#entry(shape.layout!, end, (fields, frame) => this.#entryPart(fields[0]!, frame, level + 1)) // a map field has the layout of its entry message, which has two fields: key and value
      places.set(keyText(key), { key, place })
      reader.at = end
    }
    const entries: Entries = []
    for (const { key, place } of places.values()) {
      if (this.#room.isFull) break
      reader.at = place
      const end = reader.length()
      const entry = shape.layout! // a map field has the layout of its entry message
      const part = (fields: readonly FieldLayout[], frame: number) => this.#entryPart(fields[1]!, frame + 1, level + 1) // a map's entry has two fields: key and value
      const value = this.#entry(entry, end, part)
      entries.push({ key, value })
    }
    const left = places.size - entries.length
    if (left > 0) entries.push({ key: { kind: 'text', value: '…' }, value: cutMore(left, 'entries') })
    return { kind: 'map', type: shape.type, entries }
  }

  #entry(layout: MessageLayout, end: number, read: (fields: readonly FieldLayout[], frame: number) => Value): Value {
    const reader = this.#reader
    const before = reader.end
    reader.end = end
    const frame = this.#index.open(reader, layout)
    const value = read(layout.fields, frame)
    this.#index.close(frame, layout)
    reader.end = before
    return value
  }

  #entryPart(field: FieldLayout, at: number, level: number): Value {
    const slot = this.#index.slot(at)
    return slot < 0 ? this.#absent(field, level) : this.#field(field, slot, level)
  }

  /** An absent value, with its default. */
  #absent({ shape, holds }: FieldLayout, level: number): Value {
    const { kind, type, symbols, layout } = shape
    if (layout !== null && holds === 'one') {
      this.#reader.at = this.#reader.end
      return this.message(layout, level)
    }
    if (!this.#room.take(level)) return cutDeeper
    if (holds === 'list') return { kind: 'list', type: `repeated ${type}`, items: [] }
    if (holds === 'map') return { kind: 'map', type, entries: [] }
    if (kind === KIND.string) return { kind: 'text', value: '', type }
    if (kind === KIND.bytes) return { kind: 'bytes', value: new Uint8Array(0), type }
    if (kind === KIND.bool) return { kind: 'boolean', value: false, type }
    if (kind === KIND.enum) return { ...enumValue(symbols!.zero, symbols!), type } // a field of kind enum always has symbols
    if (kind === KIND.double || kind === KIND.float) return { kind: 'float', value: 0, type }
    return { kind: 'integer', value: 0n, type }
  }

  /** A message may be sent in pieces: its value is their concatenation. */
  #merged(shape: Shape, first: number, level: number): Value {
    const reader = this.#reader
    const whole = this.#index.joined(reader, first, shape.kind)
    if (whole === null) return this.#one(shape, level)
    const { bytes, end } = reader
    reader.open(whole)
    const value = this.message(shape.layout!, level) // a field with such a form is a message, and has a layout
    reader.open(bytes, end, end)
    return value
  }

  /** The value of a message that is written as its one value; null: it has unknown fields, which need a place. */
  #inner(layout: MessageLayout, level: number): Value | null {
    const index = this.#index
    const { fields, form, name } = layout
    const frame = index.open(this.#reader, layout)
    let value: Value | null = null
    if (form.kind !== 'wrapper' || index.slot(frame + fields.length) < 0) {
      const at = fields.findIndex((_, i) => index.slot(frame + i) >= 0)
      if (at >= 0) value = this.#field(fields[at]!, index.slot(frame + at), level) // at is an index into the fields
      else value = form.kind === 'value' ? { kind: 'null' } : this.#absent(fields[0]!, level) // a wrapper message has exactly one field
      value = { ...value, type: name }
    }
    index.close(frame, layout)
    return value
  }

  /** The contents of an Any, if its type is known and its bytes are valid. */
  #any(layout: MessageLayout, level: number): Fields | null {
    const reader = this.#reader
    const { end } = reader
    const mark = this.#index.mark()
    try {
      const held = heldBy(reader, this.#index, layout, this.#layoutOf)
      if (held === null) return null
      const address = utf8Text(reader.bytes.subarray(held.typeStart, held.typeEnd))! // heldBy already read it as UTF-8
      reader.at = held.start
      reader.end = held.end
      const type = { name: '@type', value: textValue(address) }
      if (held.layout.form.kind === 'record') return [type, ...this.#fields(held.layout, level + 1)]
      return [type, { name: 'value', value: this.message(held.layout, level + 1) }]
    } catch (error) {
      if (!(error instanceof Undecodable)) throw error
      this.#index.release(mark)
      return null
    } finally {
      reader.end = end
    }
  }

  /** Fields that are not in the schema, by their numbers. */
  #unknown(places: ReadonlyMap<number, readonly number[]>, level: number): Fields {
    const fields: Fields = []
    let left = 0
    for (const [number, all] of places) {
      if (this.#room.isFull) left += 1
      else fields.push({ name: String(number), value: this.#unknownField(all, level) })
    }
    if (left > 0) fields.push({ name: '…', value: cutMore(left, 'fields') })
    return fields
  }

  #unknownField(places: readonly number[], level: number): Value {
    if (places.length === 1) return this.#unknownOne(places[0]!, level) // its length is 1, as checked
    if (!this.#room.take(level)) return cutDeeper
    const items: Value[] = []
    for (const place of places) {
      if (this.#room.isFull) break
      items.push(this.#unknownOne(place, level + 1))
    }
    if (items.length < places.length) items.push(cutMore(places.length - items.length, 'items'))
    return { kind: 'list', type: UNKNOWN_TYPE, items }
  }

  #unknownOne(place: number, level: number): Value {
    if (!this.#room.take(level)) return cutDeeper
    const reader = this.#reader
    reader.at = place
    const wire = reader.tag() & 7
    const about = { type: UNKNOWN_TYPE, branch: UNKNOWN.get(wire)! } // a field with another wire type was refused when it was read
    if (wire === WIRE.bytes) {
      const end = reader.length()
      return { ...bytesValue(reader.bytes.subarray(reader.at, end)), ...about }
    }
    if (wire === WIRE.groupStart) {
      const { end } = reader
      reader.group()
      reader.end = reader.groupEnd
      const fields = this.#unknown(placesIn(reader), level + 1)
      reader.end = end
      return { kind: 'record', fields, ...about }
    }
    unknownNumber(reader, wire)
    return { ...integer(long(reader)), ...about }
  }
}

const UNKNOWN_TYPE = 'not in the schema'

function enumValue(number: number, { byNumber, isNull }: Symbols): Value {
  const symbol = byNumber.get(number)
  if (symbol === undefined) return integer(BigInt(number))
  return isNull ? { kind: 'null' } : { kind: 'enum', symbol: symbol.name, number: BigInt(number) }
}

function integer(value: bigint): Value {
  return { kind: 'integer', value }
}

function long({ low, high }: ProtoReader): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0)
}
