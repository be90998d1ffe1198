import type { Problem, RecordHeader } from './batch-types.ts'

/**
 * Walks the headers of one record in place, without allocating anything: a header takes two bytes, so a record of some
 * megabytes can hold more headers than there is memory for objects.
 */
export class HeaderWalk {
  readonly bytes: Uint8Array
  /** Index of the current header; −1 before the first. */
  index = -1
  /** Where the current header starts and ends. */
  start: number
  end: number
  nameStart = 0
  nameEnd = 0
  /** −1: null. */
  valueStart = -1
  valueEnd = -1
  /** Why `next` returned false before the count was reached, or what follows the last header; null: no problem. */
  problem: Problem | null = null
  readonly #count: number
  readonly #limit: number
  #at: number

  /** `first` is the index of the header that starts at `start`. */
  constructor(bytes: Uint8Array, start: number, limit: number, count: number, first = 0) {
    this.bytes = bytes
    this.start = this.end = this.#at = start
    this.#limit = limit
    this.#count = count
    this.index = first - 1
  }

  next(): boolean {
    if (this.problem !== null) return false
    const index = this.index + 1
    const limit = this.#limit
    if (index >= this.#count) {
      if (this.#at !== limit) this.#fail(`${limit - this.#at} bytes follow the last header`)
      return false
    }
    const start = this.#at
    const nameLength = this.#varint()
    // The format has no null names; Java refuses such a record too.
    if (nameLength < 0 || nameLength > limit - this.#at) return this.#fail(`header ${index} has no valid name`)
    this.nameStart = this.#at
    this.nameEnd = this.#at += nameLength
    const valueLength = this.#varint()
    if (valueLength < -1 || valueLength > limit - this.#at) return this.#fail(`header ${index} has no valid value`)
    this.valueStart = valueLength < 0 ? -1 : this.#at
    if (valueLength > 0) this.#at += valueLength
    this.valueEnd = valueLength < 0 ? -1 : this.#at
    this.index = index
    this.start = start
    this.end = this.#at
    return true
  }

  /** Returns views; copy what you keep. */
  header(): RecordHeader {
    const { bytes, nameStart, nameEnd, valueStart, valueEnd } = this
    return {
      name: bytes.subarray(nameStart, nameEnd),
      value: valueStart < 0 ? null : bytes.subarray(valueStart, valueEnd),
    }
  }

  /** A zigzag varint. An overrun gives a value that no length may have. */
  #varint(): number {
    const bytes = this.bytes
    let value = 0
    for (let shift = 0; shift <= 28; shift += 7) {
      if (this.#at >= this.#limit) return INVALID
      const byte = bytes[this.#at++]! // at < end
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
    }
    return INVALID
  }

  #fail(detail: string): false {
    this.problem = { reason: 'bad-record', detail }
    return false
  }
}

const INVALID = -0x8000_0000
/** Headers between two marks. */
const MARK_EVERY = 1_000

/** The headers of a record as a copy: still encoded, with the position of every thousandth. */
export interface PackedHeaders {
  /** A copy. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** As the record says; fewer can be read if there is a problem. */
  readonly count: number
  readonly readable: number
  readonly marks: Int32Array<ArrayBuffer>
  readonly problem: Problem | null
}

/** Walks all of them once, which verifies the count and finds the marks. */
export function packHeaders(record: {
  readonly bytes: Uint8Array
  readonly headersStart: number
  readonly end: number
  readonly headerCount: number
}): PackedHeaders {
  const bytes = new Uint8Array(record.bytes.subarray(record.headersStart, record.end))
  const count = record.headerCount
  const marks = new Int32Array(Math.ceil(count / MARK_EVERY))
  const walk = new HeaderWalk(bytes, 0, bytes.length, count)
  while (walk.next()) if (walk.index % MARK_EVERY === 0) marks[walk.index / MARK_EVERY] = walk.start
  return { bytes, count, readable: walk.index + 1, marks, problem: walk.problem }
}

/** A walk over packed headers that starts at one of them; null: there is no readable header with this index. */
export function headersFrom(headers: PackedHeaders, index: number): HeaderWalk | null {
  if (index >= headers.readable) return null
  const mark = Math.floor(index / MARK_EVERY)
  const walk = new HeaderWalk(
    headers.bytes,
    headers.marks[mark]!, // mark < marks.length
    headers.bytes.length,
    headers.readable,
    mark * MARK_EVERY,
  )
  while (walk.next()) if (walk.index === index) return walk
  return null
}

/** The headers of a record in place. */
export interface RecordHeaders {
  readonly count: number
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** What a caller has found in them, so that they are searched once per record; reset with the next record. */
  memo: unknown
}

/** The headers of a cursor's current record. */
export class CursorHeaders implements RecordHeaders {
  count = 0
  bytes: Uint8Array = new Uint8Array(0)
  start = 0
  end = 0
  memo: unknown = null

  at({ headerCount, bytes, headersStart, end }: Parameters<typeof packHeaders>[0]): void {
    this.count = headerCount
    this.bytes = bytes
    this.start = headersStart
    this.end = end
    this.memo = null
  }
}

export function headersOf({ bytes, readable: count }: Pick<PackedHeaders, 'bytes' | 'readable'>): RecordHeaders {
  return { count, bytes, start: 0, end: bytes.length, memo: null }
}

export const walkOf = ({ bytes, start, end, count }: RecordHeaders): HeaderWalk =>
  new HeaderWalk(bytes, start, end, count)
