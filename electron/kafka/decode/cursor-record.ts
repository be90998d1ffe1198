import type { FilterHeaders, FilterPart, FilterRecord } from '#shared/filters/predicate.ts'
import type { Form } from '#shared/model/decoded.ts'
import type { RecordCursor } from '../records/record-cursor.ts'
import type { RowDecoder } from './row-decoder.ts'

/** The record under a cursor as a filter sees it: nothing is copied, and nothing decoded that the filter does not ask for. */
export class CursorRecord implements FilterRecord {
  cursor: RecordCursor
  readonly #key: CursorPart
  readonly #value: CursorPart
  readonly #header: CursorPart

  constructor(cursor: RecordCursor, decoder: RowDecoder) {
    this.cursor = cursor
    this.#key = new CursorPart(decoder, 'key')
    this.#value = new CursorPart(decoder, 'value')
    this.#header = new CursorPart(decoder, 'header')
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
    const part = this.#header
    return {
      all: part.of(cursor.bytes, cursor.headersStart, cursor.end),
      *[Symbol.iterator]() {
        const walk = cursor.walkHeaders()
        while (walk.next()) {
          yield part.of(walk.bytes, walk.nameStart, walk.nameEnd)
          if (walk.valueStart >= 0) yield part.of(walk.bytes, walk.valueStart, walk.valueEnd)
        }
      },
    }
  }
}

class CursorPart implements FilterPart {
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  readonly isWhole = true
  readonly #decoder: RowDecoder
  readonly #part: 'key' | 'value' | 'header'
  #form: Form | null = null

  constructor(decoder: RowDecoder, part: 'key' | 'value' | 'header') {
    this.#decoder = decoder
    this.#part = part
  }

  of(bytes: Uint8Array, start: number, end: number): this {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.#form = null
    const part = this.#part
    if (this.#decoder.isPlain === true || part === 'header') return this
    const stored = bytes.subarray(start, end)
    if (!this.#decoder.isPartPlain(stored, part)) {
      const { as, written } = this.#decoder.decode(stored, part)
      this.bytes = written
      this.start = 0
      this.end = written.length
      this.#form = as.form
    }
    return this
  }

  get form(): Form {
    return (this.#form ??= this.#decoder.decode(this.bytes.subarray(this.start, this.end), this.#part).as.form)
  }
}
