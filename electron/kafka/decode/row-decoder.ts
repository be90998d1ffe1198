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
 * Decodes keys and values as rows are made of them, and numbers their decodings: a row keeps two small numbers. What is
 * missing for some of them is gathered in `missing`; they are decoded without it.
 */
export class RowDecoder {
  readonly missing = new Set<OnItsWay>()
  /** Whether all parts are written out as they are stored; `ask`: see `isPlainAt`. */
  readonly isPlain: boolean | 'ask'
  /** Whether headers of some name are written out by what was chosen for them. */
  readonly choosesHeaders: boolean
  readonly partition: number
  readonly #chains: TopicChains
  readonly #fields: RowFields | null
  readonly #record = new CurrentRecord()
  readonly #headers = this.#record.headers
  readonly #contexts: Record<DecodeContext['part'], DecodeContext>
  readonly #asked: Record<'key' | 'value', DecodeContext>
  /** Of the rows since the last `take`, in the order of their numbers. */
  #decodings: Decoding[] = []
  #numbers = new Map<Decoding, number>()
  /** Most are decoded as the one before. */
  readonly #last = { key: new LastNumber(), value: new LastNumber() }
  #rows = 0
  #waiting = { rows: 0, last: 0 }

  /** `wanted`: what whoever judges records looks at. */
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

  /** To be called before anything of another record is asked. */
  at(record: RecordCursor): void {
    this.#rows += 1
    this.#record.at(record)
  }

  /** Whether each record so far lacks something: whoever waits for that keeps no other waiting. */
  get allAreWaiting(): boolean {
    return this.#rows > 0 && this.#waiting.rows === this.#rows
  }

  /** What begins with this byte or a greater one is written out as it is stored, in a record without headers. */
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

  /** Whether that is told by the first byte of a key or value of this record, as it mostly is. False: `isPartPlain` knows. */
  beginsPlainly(bytes: Uint8Array, start: number, end: number): boolean {
    return this.isPlain === 'ask' && this.#headers.count === 0 && beginsPlainly(bytes, start, end)
  }

  isPartPlain(bytes: Uint8Array, part: 'key' | 'value'): boolean {
    return this.#chains[part].isPlainFor(bytes, this.#headers)
  }

  /** Whether those that are written out as they are stored are JSON where they are valid. */
  readsJsonFirst(part: 'key' | 'value'): boolean {
    return this.#chains[part].readsJsonFirst
  }

  /** Of what is written out as it is stored: which decoding it has, where that is told without making anything of it. */
  plainAs(bytes: Uint8Array, start: number, end: number, part: 'key' | 'value'): Decoding | null {
    return this.#headers.count > 0 ? null : this.#chains[part].plainAs(bytes, start, end, this.#contexts[part])
  }

  decode(bytes: Uint8Array, part: DecodeContext['part'] | 'name'): DecodedBytes {
    if (part === 'name') return headerNames.decode(bytes, this.#contexts.header)
    return this.#noting(this.#chains[part].decode(bytes, this.#contexts[part]))
  }

  /** For whoever judges: of a key or value perhaps no more than what is wanted. */
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

  /** Of a header by its name. No row has a number for how; that one waits for a schema is told with the others' all the same. */
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

  /** The fields of the row that this was decoded for. */
  pushFields(key: DecodedBytes | null, value: DecodedBytes | null): void {
    this.#fields?.push(key, value, this.#headers, (bytes, name) => this.decodeHeader(bytes, name))
  }

  /** What stands in these fields of the current record, of which nothing else is decoded. */
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

/** It names no schema, and no more has to be asked: nearly all records of most topics. */
const beginsPlainly = (bytes: Uint8Array, start: number, end: number): boolean => start < 0 || start === end || bytes[start]! > LAST_MAGIC // oxfmt-ignore -- start < end

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

/** One for all rows: what it says of a record it looks up when it is asked. */
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
