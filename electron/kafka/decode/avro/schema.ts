import type { SchemaText } from '#shared/model/schema.ts'
import { SchemaProblem } from '../codec.ts'
import { JsonProblem, parseJson, type JsonNode } from '../exact-json-parser.ts'
import { logicalOf, type Logical } from './logical-types.ts'

/** A parsed schema: names are resolved, so a type may refer back to itself. */
export type AvroType =
  | { kind: 'null' | 'boolean' | 'float' | 'double' }
  | { kind: 'int' | 'long' | 'bytes' | 'string'; logical: Logical | null }
  | { kind: 'fixed'; name: string; size: number; logical: Logical | null }
  | { kind: 'enum'; name: string; symbols: readonly string[] }
  | { kind: 'array'; items: AvroType }
  | { kind: 'map'; values: AvroType }
  | AvroRecord
  | { kind: 'union'; branches: readonly AvroType[] }

export interface AvroRecord {
  kind: 'record'
  name: string
  /** Filled once the record's own name is registered. */
  fields: AvroField[]
}

export interface AvroField {
  name: string
  type: AvroType
  /**
   * The default as it is in the schema, by the schema's rules: bytes as Latin-1, a union's first branch. null: there is none.
   */
  fallback: JsonNode | null
}

/** Levels of a schema's own JSON, each a level of the call stack. */
const LEVELS = 500

/** Parses the texts of a schema, references first. Throws `SchemaProblem`. */
export function readAvroSchema({ text, references }: Pick<SchemaText, 'text' | 'references'>): AvroType {
  const named = new Map<string, AvroType>()
  for (const one of references) new SchemaReader(named, `${one.name}: `).read(one.text)
  return new SchemaReader(named, '').read(text)
}

/** The name of a branch in a union, and of a type for a person. */
export function typeName(type: AvroType): string {
  return 'name' in type ? type.name : type.kind
}

/** The name of each branch in JSON; null: it needs none, because null and a single other branch can be told apart. */
export function branchNames({ branches }: Extract<AvroType, { kind: 'union' }>): (string | null)[] {
  const isPlain = branches.filter(({ kind }) => kind !== 'null').length <= 1
  return branches.map((branch) => (isPlain || branch.kind === 'null' ? null : typeName(branch)))
}

/** Whether its values take no bytes at all: a few bytes may then claim any number of them. */
export function takesNoBytes(type: AvroType, known: Map<AvroType, boolean> = new Map()): boolean {
  if (type.kind === 'null') return true
  if (type.kind === 'fixed') return type.size === 0
  if (type.kind !== 'record') return false
  // A record that contains itself without a choice has no finite values.
  const found =
    known.get(type) ?? (known.set(type, false), type.fields.every((field) => takesNoBytes(field.type, known)))
  known.set(type, found)
  return found
}

type JsonObject = Extract<JsonNode, { kind: 'object' }>

class SchemaReader {
  readonly #named: Map<string, AvroType>
  /** Says before each place which text it is in. */
  readonly #of: string

  constructor(named: Map<string, AvroType>, of: string) {
    this.#named = named
    this.#of = of
  }

  read(text: string): AvroType {
    try {
      return this.#type(parseJson(text), '', '', 0)
    } catch (error) {
      if (!(error instanceof JsonProblem)) throw error
      return this.#fail(`The schema is not JSON: ${error.message}.`, `character ${error.at}`)
    }
  }

  /** `within`: the namespace; `place`: for error messages. */
  #type(node: JsonNode, within: string, place: string, level: number): AvroType {
    if (level > LEVELS) this.#fail(`The schema nests deeper than ${LEVELS} levels.`, place)
    if (node.kind === 'text') return this.#reference(node.value, within, place)
    if (node.kind === 'list') return this.#union(node.items, within, place, level)
    if (node.kind !== 'object') return this.#fail('A type is a name, a list or an object.', place)
    const of = member(node, 'type')
    if (of === undefined) return this.#fail('A type without "type".', place)
    // {"type": {"type": …}} is allowed, and means the inner type.
    if (of.kind !== 'text') return this.#type(of, within, place, level + 1)
    switch (of.value) {
      case 'int':
      case 'long':
      case 'bytes':
      case 'string':
        return { kind: of.value, logical: logicalOf(of.value, node, null) }
      case 'array': {
        const items = member(node, 'items') ?? this.#fail('An array without "items".', place)
        return { kind: 'array', items: this.#type(items, within, `${place}[]`, level + 1) }
      }
      case 'map': {
        const values = member(node, 'values') ?? this.#fail('A map without "values".', place)
        return { kind: 'map', values: this.#type(values, within, `${place}{}`, level + 1) }
      }
      case 'fixed':
      case 'enum':
      case 'record':
      case 'error':
        return this.#definition(of.value, node, within, place, level)
      default:
        return this.#reference(of.value, within, place)
    }
  }

  #reference(name: string, within: string, place: string): AvroType {
    switch (name) {
      case 'null':
      case 'boolean':
      case 'float':
      case 'double':
        return { kind: name }
      case 'int':
      case 'long':
      case 'bytes':
      case 'string':
        return { kind: name, logical: null }
    }
    const full = fullName(name, within)
    const found = this.#named.get(full) ?? this.#named.get(name)
    return found ?? this.#fail(`No type is named "${full}": neither here before this place, nor in what is referred to.`, place) // oxfmt-ignore
  }

  #union(items: JsonNode[], within: string, place: string, level: number): AvroType {
    const branches = items.map((item) => this.#type(item, within, place, level + 1))
    const names = new Set<string>()
    for (const branch of branches) {
      const name = typeName(branch)
      if (branch.kind === 'union') this.#fail('A union stands directly in a union.', place)
      if (names.has(name)) this.#fail(`A union has "${name}" twice.`, place)
      names.add(name)
    }
    return { kind: 'union', branches }
  }

  #definition(
    kind: 'fixed' | 'enum' | 'record' | 'error',
    node: JsonObject,
    outer: string,
    place: string,
    level: number,
  ): AvroType {
    const plain = textOf(member(node, 'name')) ?? this.#fail(`A type of kind ${kind} without "name".`, place)
    const name = fullName(plain, textOf(member(node, 'namespace')) ?? outer)
    if (this.#named.has(name)) this.#fail(`The type "${name}" is defined twice.`, place)
    const within = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : ''
    if (kind === 'fixed') {
      const size = member(node, 'size')
      const bytes = size?.kind === 'number' ? Number(size.digits) : NaN
      if (!(Number.isSafeInteger(bytes) && bytes >= 0)) this.#fail('A fixed without a "size" in bytes.', name)
      return this.#name(name, { kind, name, size: bytes, logical: logicalOf('fixed', node, bytes) })
    }
    if (kind === 'enum') {
      const symbols = listOf(member(node, 'symbols'))?.map(textOf)
      if (symbols === undefined || !symbols.every((symbol) => symbol !== null)) {
        return this.#fail('An enum without "symbols", which are texts.', name)
      }
      return this.#name(name, { kind, name, symbols })
    }
    const record: AvroRecord = { kind: 'record', name, fields: [] }
    this.#name(name, record)
    const fields = listOf(member(node, 'fields')) ?? this.#fail('A record without "fields".', name)
    const names = new Set<string>()
    for (const field of fields) {
      if (field.kind !== 'object') return this.#fail('A field that is no object.', name)
      const fieldName = textOf(member(field, 'name')) ?? this.#fail('A field without "name".', name)
      if (names.has(fieldName)) this.#fail(`The field "${fieldName}" is there twice.`, name)
      names.add(fieldName)
      const at = `${name}.${fieldName}`
      const type = this.#type(member(field, 'type') ?? this.#fail('A field without "type".', at), within, at, level + 1)
      record.fields.push({ name: fieldName, type, fallback: member(field, 'default') ?? null })
    }
    return record
  }

  #name<T extends AvroType>(name: string, type: T): T {
    this.#named.set(name, type)
    return type
  }

  #fail(message: string, place: string): never {
    throw new SchemaProblem(message, `${this.#of}${place}`)
  }
}

function fullName(name: string, within: string): string {
  return name.includes('.') || within === '' ? name : `${within}.${name}`
}

export function member(node: JsonObject, name: string): JsonNode | undefined {
  return node.members.findLast((one) => one.name === name)?.value
}

const textOf = (node: JsonNode | undefined): string | null => (node?.kind === 'text' ? node.value : null)
const listOf = (node: JsonNode | undefined): JsonNode[] | null => (node?.kind === 'list' ? node.items : null)
