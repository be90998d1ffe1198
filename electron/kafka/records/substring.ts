import type { SubstringFilter } from './column-types.ts'
import type { HeaderWalk } from './headers.ts'
import type { RecordCursor } from './record-cursor.ts'

/**
 * Finds records whose key, value or headers contain one of some byte strings. One native search per string runs over all
 * records of a batch at once, so records without a hit only cost a comparison; for a hit, the field it is in is determined.
 */
export class SubstringMatcher {
  readonly #searches: readonly Search[]
  readonly #only: Search | null

  constructor({ anyOf, in: where }: SubstringFilter) {
    this.#searches = anyOf.map((needle) => new Search(needle, where))
    this.#only = this.#searches.length === 1 ? this.#searches[0]! : null // its length is 1, as checked
  }

  /** For a cursor that was opened and is before its first record: whether any of its records may match. */
  mayMatch({ bytes, end, limit }: RecordCursor): boolean {
    return this.#searches.some((search) => search.isWithin(bytes, end, limit))
  }

  matches(record: RecordCursor): boolean {
    if (this.#only !== null) return this.#only.matches(record)
    for (const search of this.#searches) if (search.matches(record)) return true
    return false
  }
}

class Search {
  readonly #needle: Uint8Array
  readonly #key: boolean
  readonly #value: boolean
  readonly #headers: boolean
  #bytes: Uint8Array | null = null
  #haystack: Buffer = Buffer.alloc(0)
  /** The first hit at or after the last place that was asked for; Infinity: none. */
  #hit = 0
  #walk: HeaderWalk | null = null
  /** Where the headers start that are being walked. */
  #walked = -1

  constructor(needle: Uint8Array, where: SubstringFilter['in']) {
    this.#needle = needle
    this.#key = where?.key ?? where === undefined
    this.#value = where?.value ?? where === undefined
    this.#headers = where?.headers ?? where === undefined
  }

  /** Whether the bytes occur between two positions, in whatever part of a record. */
  isWithin(bytes: Uint8Array, start: number, end: number): boolean {
    this.#searchFrom(bytes, start)
    return this.#hit < end
  }

  #searchFrom(bytes: Uint8Array, start: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes
      this.#haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
      this.#search(start)
    } else if (this.#hit < start) this.#search(start)
  }

  matches(record: RecordCursor): boolean {
    this.#searchFrom(record.bytes, record.start)
    while (this.#hit < record.end) {
      if (this.#inField(record, this.#hit)) return true
      this.#search(this.#hit + 1)
    }
    return false
  }

  #search(from: number): void {
    const at = this.#haystack.indexOf(this.#needle, from)
    this.#hit = at < 0 ? Number.POSITIVE_INFINITY : at
  }

  #inField(record: RecordCursor, hit: number): boolean {
    const end = hit + this.#needle.length
    if (this.#key && hit >= record.keyStart && record.keyStart >= 0 && end <= record.keyEnd) return true
    if (this.#value && hit >= record.valueStart && record.valueStart >= 0 && end <= record.valueEnd) return true
    if (!this.#headers || record.headerCount === 0 || hit < record.headersStart) return false
    // Hits come in order, so the walk continues from the last one: many hits cost one walk.
    if (this.#walk?.bytes !== record.bytes || this.#walked !== record.headersStart) {
      this.#walk = record.walkHeaders()
      this.#walked = record.headersStart
    }
    const walk = this.#walk
    while (walk.end <= hit) if (!walk.next()) return false
    if (hit >= walk.nameStart && end <= walk.nameEnd) return true
    return walk.valueStart >= 0 && hit >= walk.valueStart && end <= walk.valueEnd
  }
}
