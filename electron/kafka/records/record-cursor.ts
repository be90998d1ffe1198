import { LOG_APPEND_TIME } from './batch-attributes.ts'
import { AT, type BatchView } from './batch-header.ts'
import { decompress, isProblem } from './compression.ts'
import type { Room } from './block-copies.ts'
import { HeaderWalk } from './headers.ts'
import { areRecords } from './pass-over.ts'
import { DEFAULT_MAX_DECOMPRESSED_BYTES, type Problem } from './batch-types.ts'

/** The least size of a record: length, attributes, timestamp, offset, key, value and header count take a byte each. */
const SMALLEST_RECORD = 7
/** Above this a number is no longer exact, and BigInt is used. */
const EXACT = 2 ** 52

/**
 * Steps through the records of one batch. One cursor serves a whole walk: `open` a batch, call `next` until it returns false,
 * then check `problem`. All fields describe the current record until the next call; ranges are positions in `bytes`.
 */
export class RecordCursor {
  bytes: Uint8Array = new Uint8Array(0)
  baseOffset = 0n
  /** Of the batch. */
  isTransactional = false
  /** Of the current record, relative to `baseOffset`; −1 before the first. */
  offsetDelta = -1
  attributes = 0
  /** Where the record starts and ends, including its length prefix. */
  start = 0
  end = 0
  /** −1: null. */
  keyStart = -1
  keyEnd = -1
  /** −1: null. */
  valueStart = -1
  valueEnd = -1
  headerCount = 0
  /** Why `next` returned false before the batch's count was reached; null: it was reached. */
  problem: Problem | null = null
  /** The timestamp if it is exact as a number; NaN if it needs all 64 bits (then see `timestamp`). */
  timestampNumber = 0

  #timestampBig = 0n
  /** Where the headers start; they end at `end`. */
  headersStart = 0
  #pos = 0
  #at = 0
  #limit = 0
  #left = 0
  #lastDelta = 0
  #baseTimestamp = 0n
  #baseNumber = 0
  #appendTime = false
  readonly #roomOf: ((size: number) => Room) | undefined

  /** `roomOf`: an output buffer for decompressed records, which are then valid until the next batch is opened. */
  constructor(roomOf?: (size: number) => Room) {
    this.#roomOf = roomOf
  }

  /** Opens a batch, decompressing it if necessary. Returns a problem if its records cannot be read. */
  open(batch: BatchView, maxBytes: number = DEFAULT_MAX_DECOMPRESSED_BYTES): Problem | null {
    this.problem = null
    this.offsetDelta = -1
    this.#left = this.#pos = this.#limit = this.end = 0
    this.bytes = batch.bytes
    const count = batch.count
    if (count < 0) return this.#fail('bad-count', `the batch says it holds ${count} records`)
    this.baseOffset = batch.baseOffset
    this.isTransactional = batch.transactional
    this.#lastDelta = batch.lastOffsetDelta
    // Compaction keeps an empty batch for a producer's last sequence; its body is empty whatever its codec says.
    if (count === 0) {
      const { length } = batch.body
      return length === 0 ? null : this.#fail('bad-count', `the batch says it holds no record, but has ${length} bytes`)
    }
    const codec = batch.codec
    if (codec === null) return this.#fail('unknown-codec', `compression type ${batch.codecId} is unknown`)
    let limit = batch.end
    this.#pos = batch.start + AT.records
    if (codec !== 'none') {
      const body = decompress(codec, batch.body, maxBytes, this.#roomOf)
      if (isProblem(body)) {
        this.problem = body
        return body
      }
      this.bytes = body
      this.#pos = 0
      limit = body.length
    }
    this.#limit = limit
    this.end = this.#pos
    if (count * SMALLEST_RECORD > limit - this.#pos) {
      return this.#fail('bad-count', `the batch says it holds ${count} records, but has ${limit - this.#pos} bytes`)
    }
    this.#left = count
    this.#appendTime = (batch.attributes & LOG_APPEND_TIME) !== 0
    this.#baseTimestamp = this.#appendTime ? batch.maxTimestamp : batch.baseTimestamp
    const base = Number(this.#baseTimestamp)
    this.#baseNumber = base >= -EXACT && base <= EXACT ? base : Number.NaN
    this.#timestampBig = this.#baseTimestamp
    this.timestampNumber = this.#baseNumber
    return null
  }

  /** Moves to the next record. False at the end, or at the first invalid byte (then `problem` is set). */
  next(): boolean {
    if (this.#left === 0) {
      if (this.problem === null && this.#pos < this.#limit) {
        this.#fail('bad-count', `${this.#limit - this.#pos} bytes follow the last record`)
      }
      return false
    }
    const bytes = this.bytes
    const limit = this.#limit
    const start = this.#pos
    this.#at = start
    const length = this.#varint(limit)
    let p = this.#at
    const end = p + length
    if (length < SMALLEST_RECORD - 1 || end > limit) return this.#stop('the length of a record')
    this.attributes = bytes[p++]! // p < end
    this.#at = p
    if (!this.#readTimestamp(end)) return this.#stop('the timestamp of a record')
    const delta = this.#varint(end)
    if (delta <= this.offsetDelta || delta > this.#lastDelta) return this.#stop('the offset of a record')
    const keyLength = this.#varint(end)
    p = this.#at
    if (keyLength < -1 || keyLength > end - p) return this.#stop('the length of a key')
    if (keyLength < 0) this.keyStart = this.keyEnd = -1
    else {
      this.keyStart = p
      p = this.keyEnd = p + keyLength
    }
    this.#at = p
    const valueLength = this.#varint(end)
    p = this.#at
    if (valueLength < -1 || valueLength > end - p) return this.#stop('the length of a value')
    if (valueLength < 0) this.valueStart = this.valueEnd = -1
    else {
      this.valueStart = p
      p = this.valueEnd = p + valueLength
    }
    this.#at = p
    const headerCount = this.#varint(end)
    p = this.#at
    // A header takes at least two bytes, and without headers the record ends here.
    if (headerCount < 0 || headerCount * 2 > end - p || (headerCount === 0 && p !== end))
      return this.#stop('the header count')
    this.headerCount = headerCount
    this.headersStart = p
    this.offsetDelta = delta
    this.start = start
    this.end = end
    this.#pos = end
    this.#left--
    return true
  }

  /**
   * The size of all records, if all are valid and their offsets have no gap: see `areRecords`. −1: they have to be read with
   * `next`. To be called before the first record.
   */
  bytesOfAll(least: number): number {
    const count = this.#left
    if (this.offsetDelta >= 0 || count !== this.#lastDelta + 1) return -1
    return areRecords(this.bytes, this.#pos, this.#limit, count, least) ? this.#limit - this.#pos : -1
  }

  /** Where the records of the batch end in `bytes`. */
  get limit(): number {
    return this.#limit
  }

  get offset(): bigint {
    return this.baseOffset + BigInt(this.offsetDelta)
  }

  get timestamp(): bigint {
    return Number.isNaN(this.timestampNumber) ? this.#timestampBig : BigInt(this.timestampNumber)
  }

  /** The record's size in the (decompressed) batch. */
  get sizeInBytes(): number {
    return this.end - this.start
  }

  /** A view of the key; copy what you keep. */
  key(): Uint8Array | null {
    return this.keyStart < 0 ? null : this.bytes.subarray(this.keyStart, this.keyEnd)
  }

  /** A view of the value; copy what you keep. */
  value(): Uint8Array | null {
    return this.valueStart < 0 ? null : this.bytes.subarray(this.valueStart, this.valueEnd)
  }

  /** A walk over the headers, which are not parsed before. */
  walkHeaders(): HeaderWalk {
    return new HeaderWalk(this.bytes, this.headersStart, this.end, this.headerCount)
  }

  /** Reads a zigzag varint at #at and moves past it. An overrun gives a value that no length or offset may have. */
  #varint(end: number): number {
    const bytes = this.bytes
    let p = this.#at
    let byte = p < end ? bytes[p++]! : 0x100 // p < end
    if (byte < 0x80) {
      this.#at = p
      return (byte >>> 1) ^ -(byte & 1)
    }
    let value = byte & 0x7f
    let shift = 7
    do {
      if (p >= end || shift > 28) return INVALID
      byte = bytes[p++]! // p < end
      value |= (byte & 0x7f) << shift
      shift += 7
    } while (byte >= 0x80)
    this.#at = p
    return (value >>> 1) ^ -(value & 1)
  }

  #readTimestamp(end: number): boolean {
    const bytes = this.bytes
    let p = this.#at
    let low = 0
    let shift = 0
    let byte = 0x80
    // 28 bits as integers cover deltas of 37 hours; larger ones take the slow path.
    while (byte >= 0x80 && shift < 28) {
      if (p >= end) return false
      byte = bytes[p++]! // p < end
      low |= (byte & 0x7f) << shift
      shift += 7
    }
    if (byte < 0x80) {
      this.#at = p
      if (!this.#appendTime) {
        const delta = (low >>> 1) ^ -(low & 1)
        this.timestampNumber = this.#baseNumber + delta
        if (Number.isNaN(this.timestampNumber))
          this.#timestampBig = BigInt.asIntN(64, this.#baseTimestamp + BigInt(delta))
      }
      return true
    }
    let wide = BigInt(low)
    do {
      if (p >= end || shift > 63) return false
      byte = bytes[p++]! // p < end
      wide |= BigInt(byte & 0x7f) << BigInt(shift)
      shift += 7
    } while (byte >= 0x80)
    this.#at = p
    if (!this.#appendTime) {
      wide = BigInt.asUintN(64, wide)
      // Java's addition wraps around too.
      this.#timestampBig = BigInt.asIntN(64, this.#baseTimestamp + ((wide >> 1n) ^ -(wide & 1n)))
      const number = Number(this.#timestampBig)
      this.timestampNumber = number >= -EXACT && number <= EXACT ? number : Number.NaN
    }
    return true
  }

  #stop(what: string): false {
    this.#left = 0
    this.#fail('bad-record', `${what} cannot be right, at byte ${this.#pos} of the records`)
    return false
  }

  #fail(reason: Problem['reason'], detail: string): Problem {
    this.problem = { reason, detail }
    return this.problem
  }
}

const INVALID = -0x8000_0000
