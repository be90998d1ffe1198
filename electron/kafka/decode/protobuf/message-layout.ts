import { bytesOfText } from '#shared/bytes.ts'
import type { WellKnownForm } from './well-known.ts'
import { KIND, WIRE } from './proto-reader.ts'

/** What a field is one of, or a list of. */
export interface Shape {
  kind: number
  /** "int64", "com.acme.Order". */
  type: string
  /** Of an enum. */
  symbols: Symbols | null
  /** Of a message or a group. */
  layout: MessageLayout | null
  /** Whether a text has to be UTF-8. */
  isVerified: boolean
}

export interface Symbols {
  byNumber: ReadonlyMap<number, { name: string; json: Uint8Array }>
  byName: ReadonlyMap<string, number>
  /** What an enum is that is not there. */
  zero: number
  /** Protobuf's own enum for the null of JSON. */
  isNull: boolean
}

export interface FieldLayout {
  /** As the .proto has it; of an extension `[com.acme.note]`. */
  name: string
  /** The other spelling of it that JSON may have. */
  jsonName: string
  number: number
  shape: Shape
  holds: 'one' | 'list' | 'map'
  /** Its numbers are written behind each other, as one field. */
  isPacked: boolean
  isRequired: boolean
  /** It is left out where it is not there; others are then written as what they are by default. */
  hasPresence: boolean
  /** Whether all that there is of it on the wire counts, not only the last. */
  isRun: boolean
  /** Its oneof's slot in a frame, and what it is called; -1: it is in none. */
  oneof: number
  oneofName: string
  /** `"name":`. */
  key: Uint8Array
  /** `"name":0`, where it has no presence. */
  absent: Uint8Array | null
}

/** A message made ready to be read and written: no code, but tables that others go by. */
export class MessageLayout {
  readonly name: string
  readonly form: WellKnownForm
  fields: readonly FieldLayout[] = []
  /** How many slots a frame of the index has. */
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

  /** Which field a tag is of. -1: of none, or what follows is not as long as the field is; such are kept as not known. */
  find(tag: number): number {
    return tag < this.#near.length ? this.#near[tag]! : (this.#far.get(tag) ?? -1) // tag < #near.length
  }
}

/** What a value of this kind is on the wire where it stands alone. */
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

/** Lists of numbers come in both ways, whatever the schema says. */
function wiresOf({ shape, holds }: FieldLayout): number[] {
  const wire = wireOf(shape.kind)
  return holds === 'list' && isNumber(shape.kind) ? [wire, WIRE.bytes] : [wire]
}

export function isNumber(kind: number): boolean {
  const wire = wireOf(kind)
  return wire !== WIRE.bytes && wire !== WIRE.groupStart
}

/** The JSON of a value that is not there; null: that of a message without fields. */
export function absentJson(field: Pick<FieldLayout, 'shape' | 'holds'>): Uint8Array | null {
  if (field.holds !== 'one') return bytesOfText(field.holds === 'list' ? '[]' : '{}')
  const { kind, symbols } = field.shape
  if (kind === KIND.enum) return symbols!.byNumber.get(symbols!.zero)?.json ?? bytesOfText(String(symbols!.zero)) // a field of kind enum always has symbols
  if (kind === KIND.message || kind === KIND.group) return null
  return bytesOfText(kind === KIND.string || kind === KIND.bytes ? '""' : kind === KIND.bool ? 'false' : '0')
}
