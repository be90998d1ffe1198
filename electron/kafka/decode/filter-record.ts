import { utf8Text } from '#shared/bytes.ts'
import type { FilterHeaders, FilterPart, FilterRecord } from '#shared/filters/predicate.ts'
import type { Decoding, Form } from '#shared/model/decoded.ts'
import type { RecordCursor } from '../records/record-cursor.ts'
import type { RowDecoder } from './row-decoder.ts'

/** The record under a cursor as a filter sees it: nothing is copied, and only what the filter asks for is decoded. */
export class CursorRecord implements FilterRecord {
  cursor: RecordCursor
  readonly #key: CursorPart
  readonly #value: CursorPart
  readonly #header: CursorPart
  readonly #headerValue: CursorPart
  readonly #decoder: RowDecoder

  constructor(cursor: RecordCursor, decoder: RowDecoder) {
    this.cursor = cursor
    this.#decoder = decoder
    this.#key = new CursorPart(decoder, 'key')
    this.#value = new CursorPart(decoder, 'value')
    this.#header = new CursorPart(decoder, 'name')
    this.#headerValue = new CursorPart(decoder, 'header')
  }

  key(): FilterPart | null {
    const { bytes, keyStart, keyEnd } = this.cursor
    return keyStart < 0 ? null : this.#key.of(bytes, keyStart, keyEnd)
  }

  value(): FilterPart | null {
    const { bytes, valueStart, valueEnd } = this.cursor
    return valueStart < 0 ? null : this.#value.of(bytes, valueStart, valueEnd)
  }

  headers(): FilterHeaders | null {
    const { cursor } = this
    if (cursor.headerCount === 0) return null
    const name = this.#header
    const value = this.#headerValue
    const decoder = this.#decoder
    return {
      all: decoder.choosesHeaders ? null : name.of(cursor.bytes, cursor.headersStart, cursor.end),
      *[Symbol.iterator]() {
        const walk = cursor.walkHeaders()
        while (walk.next()) {
          name.of(walk.bytes, walk.nameStart, walk.nameEnd)
          if (walk.valueStart < 0) yield { name, value: null }
          else {
            value.of(walk.bytes, walk.valueStart, walk.valueEnd)
            if (decoder.choosesHeaders) value.asChosen(utf8Text(walk.bytes.subarray(walk.nameStart, walk.nameEnd)))
            yield { name, value }
          }
        }
      },
    }
  }

  get partition(): number {
    return this.#decoder.partition
  }
  get offset(): bigint {
    return this.cursor.baseOffset + BigInt(this.cursor.offsetDelta)
  }
  get timestamp(): bigint {
    return this.cursor.timestamp
  }
  get keySize(): number {
    const { keyStart, keyEnd } = this.cursor
    return keyStart < 0 ? -1 : keyEnd - keyStart
  }
  get valueSize(): number {
    const { valueStart, valueEnd } = this.cursor
    return valueStart < 0 ? -1 : valueEnd - valueStart
  }
  get headerCount(): number {
    return this.cursor.headerCount
  }
  get isTransactional(): boolean {
    return this.cursor.isTransactional
  }
}

/** `header`: a header's value, `name`: its name. */
type Part = 'key' | 'value' | 'header' | 'name'

class CursorPart implements FilterPart {
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  readonly isWhole = true
  isJson: boolean | 'if-valid' = false
  readonly #decoder: RowDecoder
  readonly #part: Part
  #as: Decoding | null = null

  constructor(decoder: RowDecoder, part: Part) {
    this.#decoder = decoder
    this.#part = part
  }

  of(bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.#as = null
    const part = this.#part
    if (part === 'header' || part === 'name') {
      this.isJson = false
      return this
    }
    this.isJson = this.#decoder.readsJsonFirst(part) ? 'if-valid' : false
    if (this.#decoder.isPlain === true || this.#decoder.beginsPlainly(bytes, start, end)) return this
    const stored = bytes.subarray(start, end)
    if (!this.#decoder.isPartPlain(stored, part)) {
      const { as, written } = this.#decoder.decodeAsked(stored, part)
      this.bytes = written
      this.start = 0
      this.end = written.length
      this.#as = as
      this.isJson = as.form === 'json'
    }
    return this
  }

  /** A header's value: decoded as chosen for headers of its name; as it is stored if nothing was chosen. */
  asChosen(name: string | null): void {
    if (name === null || !this.#decoder.choosesHeader(name)) return
    const { as, written } = this.#decoder.decodeHeader(this.bytes.subarray(this.start, this.end), name)
    this.bytes = written
    this.start = 0
    this.end = written.length
    this.#as = as
    this.isJson = as.form === 'json'
  }

  get as(): Decoding {
    return (this.#as ??= this.#decoder.decode(this.bytes.subarray(this.start, this.end), this.#part).as)
  }

  get form(): Form {
    return this.as.form
  }
}
