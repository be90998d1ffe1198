import { bytesOfText, hexText, utf8Text, wholeCharacters } from '#shared/bytes.ts'
import { isReadable, shownText } from '#shared/model/decoded.ts'
import { knownHeader } from '#shared/model/known-headers.ts'
import { fieldKinds, valueAt, type FieldColumns, type FieldKind, type RowField, type ValuePath } from '#shared/model/row-field.ts' // oxfmt-ignore
import { jsonOf, type Value } from '#shared/model/decoded-value.ts'
import { walkOf, type RecordHeaders } from '../records/headers.ts'
import type { DecodedBytes } from './decode-chain.ts'

/** Bytes of one field of one row. */
const MOST_BYTES = 256
const kindNumbers = Object.fromEntries(fieldKinds.map((kind, at) => [kind, at])) as Record<FieldKind, number>

/** Exact copies, which can be transferred. */
export interface TakenFields extends FieldColumns {
  kind: Uint8Array<ArrayBuffer>
  text: Uint8Array<ArrayBuffer>
  ends: Int32Array<ArrayBuffer>
}

/** A record that fields are read from. */
export type FieldsOf = [
  key: DecodedBytes | null,
  value: DecodedBytes | null,
  headers: RecordHeaders,
  decodeHeader: (bytes: Uint8Array, name: string) => DecodedBytes,
]

/** The columns that a user added: read from values as they are decoded. */
export class RowFields {
  readonly #fields: readonly RowField[]
  readonly #names: readonly (Uint8Array | null)[]
  /** Whether any of them is in such a part, which then has to be decoded. */
  readonly takes: { readonly key: boolean; readonly value: boolean }
  #kinds: number[] = []
  #ends: number[] = []
  #text = new Uint8Array(4_096)
  #length = 0

  constructor(fields: readonly RowField[]) {
    this.#fields = fields
    this.takes = { key: fields.some(({ part }) => part === 'key'), value: fields.some(({ part }) => part === 'value') }
    this.#names = fields.map((field) => (field.part === 'header' ? bytesOfText(field.path[0]) : null))
  }

  /** The fields of rows since the last `take`. */
  get byteLength(): number {
    return this.#length + 5 * this.#ends.length
  }

  push(...record: FieldsOf): void {
    this.each(record, (kind, text) => this.#put(kind, text))
  }

  /** Calls back with each of the fields of a record. */
  each(
    [key, value, headers, decodeHeader]: FieldsOf,
    take: (kind: FieldKind, text: string, field: number) => void,
  ): void {
    // The tree is built once per row, however many fields are read from it.
    const trees: { key?: Value | null; value?: Value | null } = {}
    for (const [i, field] of this.#fields.entries()) {
      if (field.part === 'header') {
        const [name, ...path] = field.path
        const found = lastOf(headers, this.#names[i]!) // i < names.length
        if (found === undefined) take('absent', '', i)
        else if (found === null) take(path.length === 0 ? 'null' : 'absent', path.length === 0 ? 'null' : '', i)
        else {
          const { kind, text } = headerField(name, found, path, decodeHeader)
          take(kind, text, i)
        }
        continue
      }
      const of = field.part === 'key' ? key : value
      if (of === null) {
        take(field.path.length === 0 ? 'null' : 'absent', field.path.length === 0 ? 'null' : '', i)
        continue
      }
      const tree = (trees[field.part] ??= of.value?.() ?? plainValue(of))
      const found = tree === null ? null : valueAt(tree, field.path)
      if (found === null) take('absent', '', i)
      else take(found.meant === undefined ? found.kind : 'meant', textOf(found), i)
    }
  }

  take(): TakenFields {
    const taken = {
      count: this.#fields.length,
      kind: Uint8Array.from(this.#kinds),
      text: this.#text.slice(0, this.#length),
      ends: Int32Array.from(this.#ends),
    }
    this.#kinds = []
    this.#ends = []
    this.#length = 0
    return taken
  }

  #put(kind: FieldKind, text: string): void {
    // A character takes at most three bytes per UTF-16 unit.
    let bytes: Uint8Array = bytesOfText(text.length > MOST_BYTES ? text.slice(0, MOST_BYTES) : text)
    if (bytes.length > MOST_BYTES) bytes = wholeCharacters(bytes.subarray(0, MOST_BYTES))
    const end = this.#length + bytes.length
    if (end > this.#text.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#text.length))
      grown.set(this.#text)
      this.#text = grown
    }
    this.#text.set(bytes, this.#length)
    this.#length = end
    this.#kinds.push(kindNumbers[kind])
    this.#ends.push(end)
  }
}

/** The value at a path in a header, or all of it; with its meaning if the header is a known one. */
function headerField(
  name: string,
  found: Uint8Array,
  path: ValuePath,
  decodeHeader: FieldsOf[3],
): { kind: FieldKind; text: string } {
  const decoded = decodeHeader(found, name)
  const { as, written } = decoded
  if (path.length > 0) {
    const field = valueAt(decoded.value?.() ?? plainValue(decoded), path)
    if (field === null) return { kind: 'absent', text: '' }
    return { kind: field.meant === undefined ? field.kind : 'meant', text: textOf(field) }
  }
  if (isReadable(as.form)) return { kind: 'text', text: shownText(as.form, written, false, MOST_BYTES) }
  const meant = knownHeader(name, found)?.meant ?? null
  return meant === null
    ? { kind: 'bytes', text: shownText(as.form, written, false, MOST_BYTES) }
    : { kind: 'meant', text: meant }
}

/** A value without a tree has no fields, but can be shown as a whole. */
function plainValue({ as, written }: DecodedBytes): Value {
  const text = isReadable(as.form) ? utf8Text(written) : null
  return text === null ? { kind: 'bytes', value: written } : { kind: 'text', value: text }
}

function textOf(value: Value): string {
  if (value.meant !== undefined) return value.meant
  switch (value.kind) {
    case 'text':
      return value.value
    case 'enum':
      return value.symbol
    case 'bytes':
      return hexText(value.value.subarray(0, MOST_BYTES / 2))
    case 'list':
    case 'record':
    case 'map':
      return jsonOf(value)
    case 'cut':
      return value.why
    case 'decimal':
      return value.digits
    case 'null':
      return 'null'
    case 'float':
      return value.written ?? String(value.value)
    case 'boolean':
    case 'integer':
      return String(value.value)
  }
}

function lastOf(headers: RecordHeaders, name: Uint8Array): Uint8Array | null | undefined {
  if (headers.count === 0) return undefined
  let found: Uint8Array | null | undefined
  const walk = walkOf(headers)
  while (walk.next()) {
    if (walk.nameEnd - walk.nameStart !== name.length) continue
    if (name.some((byte, i) => walk.bytes[walk.nameStart + i] !== byte)) continue
    found = walk.valueStart < 0 ? null : walk.bytes.subarray(walk.valueStart, walk.valueEnd)
  }
  return found
}
