import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import type { Encoded, EncodeProblem } from '../codec.ts'
import { encodeJson, MOST_PROBLEMS, someOf } from '../encode-json.ts'
import { type JsonMember, type JsonNode, type PathStep, pathText } from '../exact-json-parser.ts'
import { typeOf } from './any.ts'
import { type FieldLayout, type MessageLayout, type Shape, wireOf } from './message-layout.ts'
import { isDefault, writeScalar } from './scalar-from-json.ts'
import { writeUnknown } from './unknown-from-json.ts'
import type { WellKnownFields } from './well-known.ts'
import { KIND, MOST_LEVELS } from './proto-reader.ts'

/** Encodes a value's JSON form as Protobuf, or returns all its problems. */
export function encodeProtobuf(
  json: string,
  layout: MessageLayout,
  layoutOf: (type: string) => MessageLayout | null,
): Encoded {
  return encodeJson(json, (root) => new FromJson(layoutOf).run(layout, root))
}

/** Encoding is given up at once if a value nests too deep. */
class TooDeep extends Error {}

class FromJson {
  #writer = new BinaryWriter()
  readonly #problems: EncodeProblem[] = []
  readonly #path: PathStep[] = []
  #level = 0
  readonly #layoutOf: (type: string) => MessageLayout | null

  constructor(layoutOf: (type: string) => MessageLayout | null) {
    this.#layoutOf = layoutOf
  }

  run(layout: MessageLayout, root: JsonNode): Encoded {
    try {
      this.#message(layout, root)
    } catch (error) {
      if (!(error instanceof TooDeep)) throw error
      this.#path.length = 0
      this.#problem(root, `This nests deeper than ${MOST_LEVELS} levels.`)
    }
    return this.#problems.length > 0 ? { problems: this.#problems } : { bytes: this.#writer.finish() }
  }

  #message(layout: MessageLayout, node: JsonNode): void {
    if ((this.#level += 1) > MOST_LEVELS) throw new TooDeep()
    this.#anyForm(layout, node)
    this.#level -= 1
  }

  #anyForm(layout: MessageLayout, node: JsonNode): void {
    const { form } = layout
    switch (form.kind) {
      case 'text': {
        if (node.kind === 'object') break
        const fields = node.kind === 'text' ? form.fields(node.value) : null
        if (fields === null)
          return this.#problem(node, `This is to be a ${shortName(layout)} such as "${form.example}".`)
        return this.#meant(fields)
      }
      case 'wrapper':
        if (node.kind === 'object') break
        return this.#field(layout.fields[0]!, node) // messages with this form have exactly one field
      case 'inner':
        return this.#field(layout.fields[0]!, node) // messages with this form have exactly one field
      case 'value':
        return this.#dynamic(layout, node)
      case 'any': {
        const type = node.kind === 'object' ? node.members.find(({ name }) => name === '@type') : undefined
        if (type !== undefined) return this.#any(layout, node as JsonObject, type)
        break
      }
      case 'record':
    }
    this.#record(layout, node)
  }

  #record(layout: MessageLayout, node: JsonNode, isOf: (member: JsonMember) => boolean = () => true): void {
    if (node.kind !== 'object') return this.#problem(node, `This is to be an object, ${shortName(layout)}: { … }.`)
    const found = new Map<FieldLayout, JsonMember>()
    const unknown: JsonMember[] = []
    const oneofs = new Map<number, string>()
    for (const member of node.members.filter(isOf)) {
      const { name } = member
      const field = layout.fields.find((one) => one.name === name) ?? layout.fields.find((one) => one.jsonName === name)
      if (field === undefined) {
        if (/^[1-9]\d{0,8}$/.test(name)) unknown.push(member)
        else
          this.#problem(
            member,
            `${shortName(layout)} has no field "${name}". It has ${someOf(layout.fields.map((one) => one.name))}.`,
          )
        continue
      }
      if (found.has(field)) this.#problem(member, `"${field.name}" is here a second time.`)
      found.set(field, member)
      if (field.oneof < 0 || isUnset(field, member.value)) continue
      const other = oneofs.get(field.oneof)
      if (other !== undefined) this.#problem(member, `Of "${field.oneofName}" only one can be set, and "${other}" is as well.`) // oxfmt-ignore
      oneofs.set(field.oneof, field.name)
    }
    for (const field of layout.fields.toSorted((a, b) => a.number - b.number)) {
      const member = found.get(field)
      if (member !== undefined && !isUnset(field, member.value))
        this.#within(field.name, () => this.#field(field, member.value))
      else if (field.isRequired) this.#problem(node, `The field "${field.name}" is missing, and it is required.`)
    }
    for (const member of unknown) this.#within(member.name, () => writeUnknown(this.#writer, member, (at, message) => this.#problem(at, message))) // oxfmt-ignore
  }

  #field(field: FieldLayout, node: JsonNode): void {
    const { shape, holds, number, isPacked } = field
    if (holds === 'map') return this.#map(field, node)
    if (holds === 'one') {
      if (!field.hasPresence && isDefault(shape, node)) return
      this.#tag(number, shape)
      return this.#value(shape, node, number)
    }
    if (node.kind !== 'list') return this.#problem(node, 'This is to be a list: [ … ].')
    if (node.items.length === 0) return
    if (isPacked) this.#writer.tag(number, WireType.LengthDelimited).fork()
    for (const [i, item] of node.items.entries()) {
      if (!isPacked) this.#tag(number, shape)
      this.#within(i, () => this.#value(shape, item, number))
    }
    if (isPacked) this.#writer.join()
  }

  #value(shape: Shape, node: JsonNode, number: number): void {
    const { kind, layout } = shape
    if (layout === null) {
      const problem = writeScalar(this.#writer, shape, node)
      if (problem !== null) this.#problem(node, problem)
    } else if (kind === KIND.group) {
      this.#message(layout, node)
      this.#writer.tag(number, WireType.EndGroup)
    } else {
      this.#writer.fork()
      this.#message(layout, node)
      this.#writer.join()
    }
  }

  #tag(number: number, { kind }: Shape): void {
    this.#writer.tag(number, wireOf(kind) as WireType)
  }

  #map({ shape, number }: FieldLayout, node: JsonNode): void {
    if (node.kind !== 'object') return this.#problem(node, 'This is to be a map: { … }.')
    const [key, value] = shape.layout!.fields as [FieldLayout, FieldLayout] // a map's entry is a message with two fields: key and value
    const seen = new Set<string>()
    for (const member of node.members) {
      const { name } = member
      if (seen.has(name)) this.#problem(member, `"${name}" is here a second time.`)
      seen.add(name)
      this.#writer.tag(number, WireType.LengthDelimited).fork()
      this.#tag(1, key.shape)
      this.#within(name, () => this.#value(key.shape, keyNode(key.shape, member), 1))
      this.#tag(2, value.shape)
      this.#within(name, () => this.#value(value.shape, member.value, 2))
      this.#writer.join()
    }
  }

  #meant(fields: WellKnownFields): void {
    const writer = this.#writer
    if ('paths' in fields) {
      for (const path of fields.paths) writer.tag(1, WireType.LengthDelimited).string(path)
      return
    }
    if (fields.seconds !== 0n) writer.tag(1, WireType.Varint).int64(fields.seconds)
    if (fields.nanos !== 0) writer.tag(2, WireType.Varint).int32(fields.nanos)
  }

  /** A value of any JSON type (google.protobuf.Value). */
  #dynamic(layout: MessageLayout, node: JsonNode): void {
    const name = { null: 'null_value', boolean: 'bool_value', number: 'number_value', text: 'string_value', list: 'list_value', object: 'struct_value' }[node.kind] // oxfmt-ignore
    const field = layout.fields.find((one) => one.name === name)! // messages with this form have a field of this name
    this.#tag(field.number, field.shape)
    this.#value(field.shape, node, field.number)
  }

  #any(layout: MessageLayout, node: JsonObject, type: JsonMember): void {
    const address = type.value.kind === 'text' ? type.value.value : ''
    const held = this.#layoutOf(typeOf(address))
    if (held === null) return this.#problem(type.value, `The schema has no message of this type to put here.`)
    const [typeField, valueField] = layout.fields as [FieldLayout, FieldLayout]
    this.#tag(typeField.number, typeField.shape)
    this.#value(typeField.shape, type.value, typeField.number)
    const outer = this.#writer
    this.#writer = new BinaryWriter()
    if (held.form.kind === 'record') this.#record(held, node, (member) => member !== type)
    else {
      const value = node.members.find(({ name }) => name === 'value')
      if (value === undefined) this.#problem(node, `A "value" is missing here, of ${shortName(held)}.`)
      else this.#within('value', () => this.#message(held, value.value))
    }
    const bytes = this.#writer.finish()
    this.#writer = outer
    if (bytes.length > 0) outer.tag(valueField.number, WireType.LengthDelimited).bytes(bytes)
  }

  #within(step: PathStep, write: () => void): void {
    this.#path.push(step)
    write()
    this.#path.pop()
  }

  #problem({ at }: { at: number }, message: string): void {
    if (this.#problems.length < MOST_PROBLEMS) this.#problems.push({ path: pathText(this.#path), at, message })
  }
}

type JsonObject = Extract<JsonNode, { kind: 'object' }>

/** null means that a field is absent, except for types of which null is a value. */
function isUnset({ shape }: FieldLayout, node: JsonNode): boolean {
  return node.kind === 'null' && shape.symbols?.isNull !== true && shape.layout?.form.kind !== 'value'
}

/** A key of a map is a JSON string, whatever its type. */
function keyNode({ kind }: Shape, { name, at }: JsonMember): JsonNode {
  const place = { at, end: at + name.length }
  if (kind !== KIND.bool || (name !== 'true' && name !== 'false')) return { ...place, kind: 'text', value: name }
  return { ...place, kind: 'boolean', value: name === 'true' }
}

function shortName({ name }: MessageLayout): string {
  return name.slice(name.lastIndexOf('.') + 1)
}
