import { utf8Text } from '#shared/bytes.ts'
import type { SampledField } from '#shared/contract/search.ts'
import { spelledBytes, spelledDouble, spelledPath, spelledText } from '#shared/filters/spelling.ts'
import type { FilterPart, FilterRecord } from '#shared/filters/predicate.ts'
import { isReadable } from '#shared/model/decoded.ts'
import type { ValuePath } from '#shared/model/row-field.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import { jsonValue } from './json-value.ts'

/** Limits: different fields reported, fields of one object, and items of one list. */
const MOST_FIELDS = 2_000
const MOST_OF_ONE = 300
const MOST_ITEMS = 20
const LEVELS = 20
const EXAMPLE = 60

type CelType = SampledField['types'][number]
type Part = SampledField['part']

interface Seen {
  part: Part
  path: ValuePath
  types: Map<CelType, number>
  count: number
  example: string | null
}

/** Collects which fields records have, and their types, over some records. */
export class FieldSampler {
  readonly #seen = new Map<string, Seen>()
  records = 0

  look(record: FilterRecord): void {
    this.records += 1
    const seenHere = new Set<Seen>()
    this.#part('key', record.key(), seenHere)
    this.#part('value', record.value(), seenHere)
    const headers = record.headers()
    if (headers === null || headers === 'unknown') return
    let count = 0
    for (const { name, value } of headers) {
      if ((count += 1) > MOST_OF_ONE) break
      const text = utf8Text(name.bytes.subarray(name.start, name.end))
      if (text === null || text.length > 1_000) continue
      // Without a user's choice a header is text to an expression, even if it is JSON.
      if (value === null || value.isJson === true) this.#walk('headers', [text], valueOf(value), seenHere)
      else this.#put('headers', [text], plainValue(value), seenHere)
    }
  }

  /** Fields of the key first; in each part in the order they were found, inner fields after the field they are in. */
  fields(): SampledField[] {
    return [...this.#seen.values()].map(({ part, path, types, count, example }) => ({
      expression: spelledPath(part, path),
      part,
      path,
      types: [...types].toSorted((a, b) => b[1] - a[1]).map(([type]) => type),
      count,
      example,
    }))
  }

  #part(part: Part, of: FilterPart | null, seenHere: Set<Seen>): void {
    this.#walk(part, [], valueOf(of), seenHere)
  }

  #walk(part: Part, path: ValuePath, value: Value, seenHere: Set<Seen>): void {
    this.#put(part, path, value, seenHere)
    if (path.length >= LEVELS) return
    if (value.kind === 'record') {
      for (const field of value.fields.slice(0, MOST_OF_ONE)) {
        if (field.name.length <= 1_000) this.#walk(part, [...path, field.name], field.value, seenHere)
      }
    } else if (value.kind === 'list') {
      for (const item of value.items.slice(0, MOST_ITEMS)) this.#walk(part, [...path, 0], item, seenHere)
    }
  }

  #put(part: Part, path: ValuePath, value: Value, seenHere: Set<Seen>): void {
    const type = typeOf(value)
    if (type === null) return
    const name = `${part}\0${JSON.stringify(path)}`
    let seen = this.#seen.get(name)
    if (seen === undefined) {
      if (this.#seen.size >= MOST_FIELDS) return
      this.#seen.set(name, (seen = { part, path, types: new Map(), count: 0, example: null }))
    }
    // One item stands for all items of a list.
    if (seenHere.has(seen)) return
    seenHere.add(seen)
    seen.count += 1
    seen.types.set(type, (seen.types.get(type) ?? 0) + 1)
    seen.example ??= exampleOf(value)
  }
}

/** The value as an expression sees it: parsed from what is written out. */
function valueOf(part: FilterPart | null): Value {
  if (part === null) return { kind: 'null' }
  const plain = plainValue(part)
  return plain.kind === 'text' && part.form === 'json' ? jsonValue(plain.value) : plain
}

function plainValue(part: FilterPart): { kind: 'text'; value: string } | { kind: 'bytes'; value: Uint8Array } {
  const bytes = part.bytes.subarray(part.start, part.end)
  const text = isReadable(part.form) ? utf8Text(bytes) : null
  return text === null ? { kind: 'bytes', value: bytes } : { kind: 'text', value: text }
}

function typeOf(value: Value): CelType | null {
  switch (value.kind) {
    case 'boolean':
      return 'bool'
    case 'integer':
      return 'int'
    case 'float':
    case 'decimal':
      return 'double'
    case 'text':
    case 'enum':
      return 'string'
    case 'record':
      return 'map'
    case 'null':
    case 'bytes':
    case 'list':
    case 'map':
      return value.kind
    case 'cut':
      return null
  }
}

function exampleOf(value: Value): string | null {
  switch (value.kind) {
    case 'boolean':
    case 'integer':
      return String(value.value)
    case 'float':
      return spelledDouble(value.value)
    case 'decimal':
      return value.digits
    case 'text':
      return value.value.length <= EXAMPLE ? spelledText(value.value) : null
    case 'bytes':
      return value.value.length <= EXAMPLE / 4 ? spelledBytes(value.value) : null
    default:
      return null
  }
}
