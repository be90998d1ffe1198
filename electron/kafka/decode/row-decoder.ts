import { allWanted, type Wanted } from '#shared/filters/predicate.ts'
import type { Decoding } from '#shared/model/decoded.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { CursorHeaders } from '../records/headers.ts'
import type { RecordCursor } from '../records/record-cursor.ts'
import { LAST_MAGIC } from './framing/framed.ts'
import { type DecodedBytes, headerNames } from './decode-chain.ts'
import type { TopicChains } from './topic-chains.ts'
import type { DecodeContext, DecodedAt, OnItsWay } from './decoder.ts'
import { RowFields } from './row-fields.ts'

/**
 * Decodes keys and values for rows, and numbers their decodings, so that a row keeps two small numbers. Schemas that are
 * missing are collected in `missing`; values are decoded without them.
 */
export class RowDecoder {
  readonly missing = new Set<OnItsWay>()
  /** Whether all parts are written out as they are stored; `ask`: see `isPlainAt`. */
  readonly isPlain: boolean | 'ask'
  /** Whether a decoder was chosen for headers of some name. */
  readonly choosesHeaders: boolean
  readonly partition: number
  readonly #chains: TopicChains
  readonly #fields: RowFields | null
  readonly #record = new CurrentRecord()
  readonly #headers = this.#record.headers
  readonly #contexts: Record<DecodeContext['part'], DecodeContext>
  readonly #asked: Record<'key' | 'value', DecodeContext>
  /** The decodings of rows since the last `take`, by number. */
  #decodings: Decoding[] = []
  #numbers = new Map<Decoding, number>()
  /** Most values are decoded like the one before. */
  readonly #last = { key: new LastNumber(), value: new LastNumber() }
  #rows = 0
  #waiting = { rows: 0, last: 0 }

  /** `wanted`: the paths that the filter reads. */
  constructor(chains: TopicChains, at: DecodedAt, fields: readonly RowField[] = [], wanted: Wanted = allWanted) {
    this.partition = at.partition
    this.#chains = chains
    this.#fields = fields.length === 0 ? null : new RowFields(fields)
    const context = (part: DecodeContext['part'], only: Wanted['key'] = null) => new RowContext(at, part, this.#record, only) // oxfmt-ignore
    this.#contexts = { key: context('key'), value: context('value'), header: context('header') }
    this.#asked = { key: context('key', wanted.key), value: context('value', wanted.value) }
    const { key, value, choosesHeaders } = chains
    const isPlain = key.isPlain === value.isPlain ? key.isPlain : key.isPlain && value.isPlain && 'ask'
    this.choosesHeaders = choosesHeaders
    this.isPlain = isPlain === true && choosesHeaders ? 'ask' : isPlain
  }

  /** Call it before anything about another record. */
  at(record: RecordCursor): void {
    this.#rows += 1
    this.#record.at(record)
  }

  /** Whether every record so far waits for a schema: then waiting delays no other record. */
  get allAreWaiting(): boolean {
    return this.#rows > 0 && this.#waiting.rows === this.#rows
  }

  /** In a record without headers, a value that begins with this byte or a greater one is written out as it is stored. */
  get leastPlain(): number {
    return this.isPlain === 'ask' ? LAST_MAGIC + 1 : 0
  }

  /** Whether key, value and headers of the record are written out as they are stored. */
  isPlainAt(record: RecordCursor): boolean {
    if (this.isPlain !== 'ask') return this.isPlain
    if (this.choosesHeaders && record.headerCount > 0) return false
    if (record.headerCount === 0 && beginsPlainly(record.bytes, record.keyStart, record.keyEnd) && beginsPlainly(record.bytes, record.valueStart, record.valueEnd)) return true // oxfmt-ignore
    const key = record.key()
    const value = record.value()
    return (
      (key === null || this.#chains.key.isPlainFor(key, this.#headers)) &&
      (value === null || this.#chains.value.isPlainFor(value, this.#headers))
    )
  }

  /**
   * Whether the first byte of a key or value of this record already decides that, as it usually does. False: call
   * `isPartPlain`.
   */
  beginsPlainly(bytes: Uint8Array, start: number, end: number): boolean {
    return this.isPlain === 'ask' && this.#headers.count === 0 && beginsPlainly(bytes, start, end)
  }

  isPartPlain(bytes: Uint8Array, part: 'key' | 'value'): boolean {
    return this.#chains[part].isPlainFor(bytes, this.#headers)
  }

  /** Whether plain values that are valid JSON are treated as JSON. */
  readsJsonFirst(part: 'key' | 'value'): boolean {
    return this.#chains[part].readsJsonFirst
  }

  /** The decoding of a value that is written out as it is stored, if it can be known without decoding. */
  plainAs(bytes: Uint8Array, start: number, end: number, part: 'key' | 'value'): Decoding | null {
    return this.#headers.count > 0 ? null : this.#chains[part].plainAs(bytes, start, end, this.#contexts[part])
  }

  decode(bytes: Uint8Array, part: DecodeContext['part'] | 'name'): DecodedBytes {
    if (part === 'name') return headerNames.decode(bytes, this.#contexts.header)
    return this.#noting(this.#chains[part].decode(bytes, this.#contexts[part]))
  }

  /** For a filter: decodes a key or value, perhaps only the parts that it reads. */
  decodeAsked(bytes: Uint8Array, part: 'key' | 'value'): DecodedBytes {
    return this.#noting(this.#chains[part].decode(bytes, this.#asked[part]))
  }

  numberOf(part: 'key' | 'value', decoding: Decoding): number {
    const last = this.#last[part]
    if (last.decoding === decoding) return last.number
    last.decoding = decoding
    last.number = this.#number(decoding)
    return last.number
  }

  choosesHeader(name: string): boolean {
    return this.#chains.choosesHeader(name)
  }

  /** A header, by its name. Rows keep no decodings of headers; a missing schema is reported like any other. */
  decodeHeader(bytes: Uint8Array, name: string): DecodedBytes {
    const found = this.#noting(this.#chains.headerOf(name).decode(bytes, this.#contexts.header))
    if (found.missing !== null) this.#number(found.as)
    return found
  }

  #number(decoding: Decoding): number {
    let number = this.#numbers.get(decoding)
    if (number === undefined) {
      number = this.#decodings.push(decoding) - 1
      this.#numbers.set(decoding, number)
    }
    return number
  }

  #noting(found: DecodedBytes): DecodedBytes {
    if (found.missing === null) return found
    this.missing.add(found.missing)
    if (this.#waiting.last !== this.#rows) this.#waiting = { rows: this.#waiting.rows + 1, last: this.#rows }
    return found
  }

  /** Adds the fields of the current row. */
  pushFields(key: DecodedBytes | null, value: DecodedBytes | null): void {
    this.#fields?.push(key, value, this.#headers, (bytes, name) => this.decodeHeader(bytes, name))
  }

  /** The values of these fields in the current record; nothing else is decoded. */
  eachField(fields: RowFields, take: Parameters<RowFields['each']>[1]): void {
    const key = fields.takes.key ? this.#record.key : null
    const value = fields.takes.value ? this.#record.value : null
    const found = (bytes: Uint8Array | null, part: 'key' | 'value') =>
      bytes === null ? null : this.decode(bytes, part)
    fields.each(
      [found(key, 'key'), found(value, 'value'), this.#headers, (bytes, name) => this.decodeHeader(bytes, name)],
      take,
    )
  }

  get takesFields(): boolean {
    return this.#fields !== null
  }

  get fieldBytes(): number {
    return this.#fields?.byteLength ?? 0
  }

  take() {
    const decodings = this.#decodings
    this.#decodings = []
    this.#numbers = new Map()
    this.#last.key.decoding = this.#last.value.decoding = null
    return { decodings, fields: this.#fields?.take() ?? null }
  }
}

/** It names no schema and needs no further check: true for nearly all records of most topics. */
const beginsPlainly = (bytes: Uint8Array, start: number, end: number): boolean =>
  start < 0 || start === end || bytes[start]! > LAST_MAGIC // start < end

class LastNumber {
  decoding: Decoding | null = null
  number = 0
}

class CurrentRecord {
  readonly headers = new CursorHeaders()
  #cursor: RecordCursor | null = null

  at(cursor: RecordCursor): void {
    this.#cursor = cursor
    this.headers.at(cursor)
  }

  get key(): Uint8Array | null {
    return this.#cursor?.key() ?? null
  }

  get value(): Uint8Array | null {
    return this.#cursor?.value() ?? null
  }
}

/** One context for all rows: it looks up the current record when asked. */
class RowContext implements DecodeContext {
  readonly connection: string
  readonly topic: string
  readonly partition: number
  readonly part: DecodeContext['part']
  readonly headers: CursorHeaders
  readonly only: DecodeContext['only']
  readonly #record: CurrentRecord

  constructor(
    { connection, topic, partition }: DecodedAt,
    part: DecodeContext['part'],
    record: CurrentRecord,
    only: Wanted['key'],
  ) {
    this.connection = connection
    this.topic = topic
    this.partition = partition
    this.part = part
    this.headers = record.headers
    this.only = only ?? undefined
    this.#record = record
  }

  get key(): Uint8Array | null {
    return this.#record.key
  }
}
