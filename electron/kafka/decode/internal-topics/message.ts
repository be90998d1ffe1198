import { MalformedResponse, Reader } from '../../protocol/reader.ts'

/** A message as in messages.ts, from Kafka's own definitions. */
export interface MessageTable {
  /** For example "0-4". */
  versions: string
  /** From which version on it is flexible (KIP-482): "4+", "none". */
  flexible: string
  fields: string[]
  structs: Record<string, string[]>
}

export interface RecordTable {
  type: number
  name: string
  /** Keys have one version and are never flexible, because compaction compares their bytes. */
  key: string[]
  value: MessageTable
}

export interface Message {
  first: number
  last: number
  flexibleFrom: number
  fields: Struct
}

/** The fields by name, in the order of the bytes. */
export type Struct = ReadonlyMap<string, FieldSpec>

export interface FieldSpec {
  name: string
  /** The name of a primitive or a struct. */
  type: string
  isList: boolean
  /** The fields, for a struct. */
  fields: Struct | null
  first: number
  last: number
  isNullable: boolean
  /** The value is a time in milliseconds since 1970. */
  isMoment: boolean
  tag: number | null
}

/** The parsed fields: int64 as bigint, uuid as Kafka writes it (22 characters); an unknown tag as raw bytes under "tag 7". */
export interface Fields {
  [name: string]: Field
}
export type Field = null | boolean | number | bigint | string | Uint8Array | Field[] | Fields

/** The limit on elements of all lists of a message together, and on tags: more partitions than any group has. */
const MAX_ELEMENTS = 500_000
/** Larger messages are not read at all: the coordinator's own limit is a third of this. */
const MAX_BYTES = 16 << 20

export function compileMessage({ versions, flexible, fields, structs }: MessageTable): Message {
  const [first, last] = rangeOf(versions)
  const compiled = new Map<string, Struct>()
  const struct = (lines: readonly string[]): Struct => new Map(lines.map((line) => {
    const spec = fieldSpec(line)
    const { type } = spec
    const inner = structs[type]
    // No struct contains itself.
    if (inner !== undefined && !compiled.has(type)) compiled.set(type, struct(inner))
    return [spec.name, { ...spec, fields: compiled.get(type) ?? null }]
  })) // oxfmt-ignore
  return { first, last, flexibleFrom: rangeOf(flexible)[0], fields: struct(fields) }
}

/** Parses a line such as "topicId uuid 4+ tag 0". */
function fieldSpec(line: string): Omit<FieldSpec, 'fields'> {
  const [name = '', written = '', range = '', ...more] = line.split(' ')
  const type = written.replace(/^\[\]/, '')
  const [first, last] = rangeOf(range)
  const tag = more.indexOf('tag')
  const isNullable = more.includes('nullable')
  const isMoment = type === 'int64' && /timestamp(Ms)?$/i.test(name)
  return {
    name,
    type,
    isList: type !== written,
    first,
    last,
    isNullable,
    isMoment,
    tag: tag < 0 ? null : Number(more[tag + 1]),
  }
}

/**
 * The fields of a message, and the bytes after them, which a newer writer may have added. Throws {@link MalformedResponse} if
 * the bytes are not such a message.
 */
export function readMessage(
  message: Pick<Message, 'fields' | 'flexibleFrom'>,
  version: number,
  bytes: Uint8Array,
): { fields: Fields; rest: Uint8Array } {
  if (bytes.length > MAX_BYTES) throw new MalformedResponse(`longer than ${MAX_BYTES >> 20} MiB`)
  const reader = new Reader(bytes, version >= message.flexibleFrom, { elements: MAX_ELEMENTS })
  const fields = readFields(reader, message.fields, version)
  return { fields, rest: reader.rest() }
}

/**
 * The same for a message without tags that may end early: the complete fields, the names of the missing ones, and the bytes
 * after the last complete one.
 */
export function readBeginning(
  { fields: struct }: Pick<Message, 'fields'>,
  version: number,
  bytes: Uint8Array,
): { fields: Fields; missing: string[]; rest: Uint8Array } {
  const reader = new Reader(bytes, false, { elements: MAX_ELEMENTS })
  const fields: Fields = {}
  const missing: string[] = []
  let whole = 0
  for (const spec of struct.values()) {
    if (!isIn(spec, version)) continue
    try {
      if (missing.length === 0) fields[spec.name] = readField(reader, spec, version)
      else missing.push(spec.name)
      if (missing.length === 0) whole = bytes.length - reader.remaining
    } catch (error) {
      if (!(error instanceof MalformedResponse)) throw error
      missing.push(spec.name)
    }
  }
  return { fields, missing, rest: bytes.subarray(whole) }
}

/** The number in front: a key's type, a value's version. */
export function int16(bytes: Uint8Array): number {
  if (bytes.length < 2) throw new MalformedResponse('There is not even a version.')
  return (((bytes[0]! << 8) | bytes[1]!) << 16) >> 16 // the caller checked that there are at least two bytes
}

function readFields(reader: Reader, struct: Struct, version: number): Fields {
  const fields: Fields = {}
  for (const spec of struct.values())
    if (spec.tag === null && isIn(spec, version)) fields[spec.name] = readField(reader, spec, version)
  reader.tags((tag, inner) => {
    const spec = [...struct.values()].find((one) => one.tag === tag && isIn(one, version))
    if (spec === undefined) fields[`tag ${tag}`] = inner.rest()
    else fields[spec.name] = readField(inner, spec, version)
  })
  return fields
}

function readField(reader: Reader, spec: FieldSpec, version: number): Field {
  const field = readNullable(reader, spec, version)
  if (field === null && !spec.isNullable) throw new MalformedResponse(`${spec.name} is null, and must not be.`)
  return field
}

function readNullable(reader: Reader, spec: FieldSpec, version: number): Field {
  if (spec.isList) return reader.nullableArray((of) => readOne(of, spec, version))
  if (spec.fields !== null && spec.isNullable && isNull(reader, spec)) return null
  return readOne(reader, spec, version)
}

/** What comes before a struct that may be null: a byte, or in a tagged field a number. */
function isNull(reader: Reader, { tag }: FieldSpec): boolean {
  return tag === null ? reader.int8() < 0 : reader.uvarint() === 0
}

function readOne(reader: Reader, { type, fields }: FieldSpec, version: number): Field {
  if (fields !== null) return readFields(reader, fields, version)
  switch (type) {
    case 'bool':
      return reader.boolean()
    case 'int8':
      return reader.int8()
    case 'int16':
      return reader.int16()
    case 'uint16':
      return reader.int16() & 0xffff
    case 'int32':
      return reader.int32()
    case 'int64':
      return reader.int64()
    case 'uuid':
      return reader.uuid()
    case 'string':
      return reader.nullableString()
    case 'bytes':
      return reader.bytesOrNull()
    default:
      throw new Error(`the tables have no type ${type}`)
  }
}

function isIn({ first, last }: FieldSpec, version: number): boolean {
  return version >= first && version <= last
}

/** Parses "3", "0-4", "4+", "none". */
function rangeOf(text: string): [number, number] {
  if (text === 'none') return [Infinity, -Infinity]
  const [first = '', last = first] = text.split('-')
  return [Number.parseInt(first, 10), first.endsWith('+') ? Infinity : Number.parseInt(last, 10)]
}
