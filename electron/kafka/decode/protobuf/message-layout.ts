import { bytesOfText } from '#shared/bytes.ts'
import type { WellKnownForm } from './well-known.ts'
import { KIND, WIRE } from './proto-reader.ts'

/** The type of a field, or of the items of a list. */
export interface Shape {
  kind: number
  /** "int64", "com.acme.Order". */
  type: string
  /** Set for an enum. */
  symbols: Symbols | null
  /** Set for a message or a group. */
  layout: MessageLayout | null
  /** Whether a text must be valid UTF-8. */
  isVerified: boolean
}

export interface Symbols {
  byNumber: ReadonlyMap<number, { name: string; json: Uint8Array }>
  byName: ReadonlyMap<string, number>
  /** The number of an absent enum field. */
  zero: number
  /** Protobuf's NullValue, which is JSON's null. */
  isNull: boolean
}

export interface FieldLayout {
  /** As in the .proto file; for an extension `[com.acme.note]`. */
  name: string
  /** The other name it may have in JSON. */
  jsonName: string
  number: number
  shape: Shape
  holds: 'one' | 'list' | 'map'
  /** Its numbers are written together as one field. */
  isPacked: boolean
  isRequired: boolean
  /** Left out of the output if absent; fields without presence are written with their default. */
  hasPresence: boolean
  /** Whether all its values on the wire count, not only the last. */
  isRun: boolean
  /** The slot of its oneof in a frame, and the oneof's name; -1: it is in none. */
  oneof: number
  oneofName: string
  /** `"name":`. */
  key: Uint8Array
  /** `"name":0`, for a field without presence. */
  absent: Uint8Array | null
}

/** A message prepared for reading and writing: tables instead of generated code. */
export class MessageLayout {
  readonly name: string
  readonly form: WellKnownForm
  fields: readonly FieldLayout[] = []
  /** How many slots its frame in the index has. */
  slots = 0
  #near = new Int32Array(0)
  readonly #far = new Map<number, number>()

  constructor(name: string, form: WellKnownForm) {
    this.name = name
    this.form = form
  }

  fill(fields: readonly FieldLayout[], oneofs: number): void {
    this.fields = fields
    this.slots = fields.length + 2 + oneofs
    const highest = fields.reduce((most, { number }) => (number < 128 ? Math.max(most, number) : most), 0)
    this.#near = new Int32Array((highest + 1) * 8).fill(-1)
    for (const [at, field] of fields.entries()) {
      for (const wire of wiresOf(field)) {
        const tag = field.number * 8 + wire
        if (tag < this.#near.length) this.#near[tag] = at
        else this.#far.set(tag, at)
      }
    }
  }

  /**
   * The index of the field with this tag. -1: none, or its wire type does not fit the field; such fields are treated as
   * unknown.
   */
  find(tag: number): number {
    return tag < this.#near.length ? this.#near[tag]! : (this.#far.get(tag) ?? -1) // tag < #near.length
  }
}

/** The wire type of a single value of this kind. */
export function wireOf(kind: number): number {
  switch (kind) {
    case KIND.double:
    case KIND.fixed64:
    case KIND.sfixed64:
      return WIRE.fixed64
    case KIND.float:
    case KIND.fixed32:
    case KIND.sfixed32:
      return WIRE.fixed32
    case KIND.string:
    case KIND.bytes:
    case KIND.message:
      return WIRE.bytes
    case KIND.group:
      return WIRE.groupStart
    default:
      return WIRE.varint
  }
}

/** Lists of numbers are accepted packed and unpacked, whatever the schema says. */
function wiresOf({ shape, holds }: FieldLayout): number[] {
  const wire = wireOf(shape.kind)
  return holds === 'list' && isNumber(shape.kind) ? [wire, WIRE.bytes] : [wire]
}

export function isNumber(kind: number): boolean {
  const wire = wireOf(kind)
  return wire !== WIRE.bytes && wire !== WIRE.groupStart
}

/** The JSON of an absent value; null: that of a message without fields. */
export function absentJson(field: Pick<FieldLayout, 'shape' | 'holds'>): Uint8Array | null {
  if (field.holds !== 'one') return bytesOfText(field.holds === 'list' ? '[]' : '{}')
  const { kind, symbols } = field.shape
  if (kind === KIND.enum) return symbols!.byNumber.get(symbols!.zero)?.json ?? bytesOfText(String(symbols!.zero)) // a field of kind enum always has symbols
  if (kind === KIND.message || kind === KIND.group) return null
  return bytesOfText(kind === KIND.string || kind === KIND.bytes ? '""' : kind === KIND.bool ? 'false' : '0')
}
