import { hexText, utf8Text } from '../../bytes.ts'
import { attemptLines, isReadable, type Decoding } from '../../model/decoded.ts'
import type { ValuePath } from '../../model/row-field.ts'
import type { FilterPart, FilterRecord } from '../predicate.ts'
import { JsonFields } from './json-fields.ts'
import { valueAt, type StepBudget } from './json-values.ts'
import { absent, CelFault, unknown, type Cel, type Key } from './values.ts'

/** Steps for one record: far more than useful expressions need, and less than a second. */
const MOST_STEPS = 1_000_000
/** Longer keys and values are not searched. */
const MOST_BYTES = 16 << 20
const tooLarge = new CelFault('too-large', 'longer than 16 MiB')

/** The record that an expression is evaluated on, and what is known of it. One scope serves all records in turn. */
export class CelScope implements StepBudget {
  readonly key = new PartFields(this, (record) => record.key())
  readonly value = new PartFields(this, (record) => record.value())
  /** The variables of macros and `cel.bind`, by index. */
  readonly locals: Cel[] = []
  record!: FilterRecord // set by the caller before each evaluation
  #steps = 0

  at(record: FilterRecord): void {
    this.record = record
    this.#steps = MOST_STEPS
    this.key.clear()
    this.value.clear()
  }

  take(count: number): boolean {
    return (this.#steps -= count) >= 0
  }

  /** The last header with this name. */
  header(name: Uint8Array): Cel | CelFault {
    const headers = this.record.headers()
    if (headers === null) return absent
    if (headers === 'unknown') return unknown
    let found: Cel | CelFault = absent
    for (const one of headers) {
      if (!this.take(1)) return tooManyHeaders
      if (isSame(one.name, name)) found = one.value === null ? null : this.#header(one.value)
    }
    return found
  }

  /** All headers by name; the last one counts if a name repeats. */
  headers(): Cel | CelFault {
    const headers = this.record.headers()
    if (headers === 'unknown') return unknown
    const all = new Map<Key, Cel>()
    for (const { name, value } of headers ?? []) {
      if (!this.take(1)) return tooManyHeaders
      const text = plainOf(name)
      const found = value === null ? null : this.#header(value)
      if (found instanceof CelFault) return found
      all.set(typeof text === 'string' ? text : hexText(text), found)
    }
    return all
  }

  /** The header as text or bytes, or decoded if a decoder was chosen for it. */
  #header(value: FilterPart): Cel | CelFault {
    const { bytes, isJson } = value
    if (isJson === true) {
      let { start, end } = value
      while (start < end && isSpace(bytes[start]!)) start += 1 // start < end
      while (end > start && isSpace(bytes[end - 1]!)) end -= 1 // end > start
      return valueAt(bytes, start, end, this)
    }
    const why = undecodedWhy(value.as)
    return why === null ? plainOf(value) : new CelFault('undecodable', why)
  }
}

const tooManyHeaders = new CelFault('over-time', 'too many headers for one record')

function isSame({ bytes, start, end }: FilterPart, name: Uint8Array): boolean {
  if (end - start !== name.length) return false
  for (let i = 0; i < name.length; i += 1) if (bytes[start + i] !== name[i]) return false
  return true
}

/** White space in JSON. */
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 9 && byte <= 13)

/** As text if it is UTF-8, otherwise its bytes. */
function plainOf(part: FilterPart): string | Uint8Array {
  const bytes = part.bytes.subarray(part.start, part.end)
  return (isReadable(part.form) ? utf8Text(bytes) : null) ?? bytes.slice()
}

/** How a key or value was parsed: not yet, as JSON, or the fault that it gives. */
type State = 'new' | 'json' | CelFault | { root: Cel; fields: CelFault }

/** The key or the value of a record, and its values at the paths that the expression names. */
export class PartFields {
  readonly #scope: CelScope
  readonly #partOf: (record: FilterRecord) => FilterPart | null
  readonly #fields = new JsonFields()
  readonly #paths: ValuePath[] = []
  #state: State = 'new'
  #bytes: Uint8Array = new Uint8Array()

  constructor(scope: CelScope, partOf: (record: FilterRecord) => FilterPart | null) {
    this.#scope = scope
    this.#partOf = partOf
  }

  /** The paths that the expression names; null: it uses the whole part. */
  get wanted(): readonly ValuePath[] | null {
    return this.#paths.some(({ length }) => length === 0) ? null : this.#paths
  }

  /** Registers a path; returns its slot, for `at`. */
  want(path: ValuePath): number {
    this.#paths.push(path)
    return this.#fields.want(path)
  }

  clear(): void {
    this.#state = 'new'
  }

  /** The value at a path; the empty path is the whole part. */
  at(slot: number, isRoot: boolean): Cel | CelFault {
    const state = this.#state === 'new' ? this.#look() : this.#state
    if (state !== 'json') return state instanceof CelFault ? state : isRoot ? state.root : state.fields
    const start = this.#fields.starts[slot]! // `starts` has an entry per slot
    return start < 0 ? absent : valueAt(this.#bytes, start, this.#fields.ends[slot]!, this.#scope) // `ends` has an entry per slot
  }

  /** The same for a comparison with a text, a number or a word, for which the contents of objects and lists do not matter. */
  scalarAt(slot: number): Cel | CelFault {
    const state = this.#state === 'new' ? this.#look() : this.#state
    const start = this.#fields.starts[slot]! // `starts` has an entry per slot
    if (state !== 'json' || start < 0) return this.at(slot, false)
    const byte = this.#bytes[start]
    if (byte === 0x7b) return someMap
    return byte === 0x5b ? someList : valueAt(this.#bytes, start, this.#fields.ends[slot]!, this.#scope) // `ends` has an entry per slot
  }

  has(slot: number): boolean | CelFault {
    const state = this.#state === 'new' ? this.#look() : this.#state
    if (state !== 'json') return state instanceof CelFault ? state : state.fields === absent ? false : state.fields
    return this.#fields.starts[slot]! >= 0 // `starts` has an entry per slot
  }

  /** How it was decoded; null: it is null. */
  as(): Decoding | null {
    return this.#partOf(this.#scope.record)?.as ?? null
  }

  #look(): Exclude<State, 'new'> {
    return (this.#state = this.#lookedAt(this.#partOf(this.#scope.record)))
  }

  #lookedAt(part: FilterPart | null): Exclude<State, 'new'> {
    if (part === null) return { root: null, fields: absent }
    if (!part.isWhole) return unknown
    const { bytes, start, end, isJson } = part
    if (end - start > MOST_BYTES) return tooLarge
    if (isJson !== false && this.#fields.find(bytes, start, end)) {
      this.#bytes = bytes
      return 'json'
    }
    const why = undecodedWhy(part.as)
    if (why !== null) return new CelFault('undecodable', why)
    const text = isReadable(part.form) ? utf8Text(bytes.subarray(start, end)) : null
    if (text === null) return { root: bytes.slice(start, end), fields: bytesHaveNone }
    // A text has no fields, like an object without this field.
    return { root: text, fields: absent }
  }
}

const someMap: Cel = new Map<Key, Cel>()
const someList: Cel = []
const bytesHaveNone = new CelFault('undecodable', 'bytes of no known encoding')

/** Why it could not be decoded, for example because its schema is missing. null: nothing suggests that it is encoded. */
export function undecodedWhy(as: Decoding): string | null {
  const failed = as.attempts.find(({ encoding }) => encoding !== 'JSON' && encoding !== 'UTF-8')
  return failed === undefined ? null : attemptLines({ ...as, attempts: [failed] })[0]! // attemptLines gives a line per attempt
}
