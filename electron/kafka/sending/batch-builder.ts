import { assembleBatch, BATCH_OVERHEAD } from '../records/batch-writer.ts'
import type { RecordCursor } from '../records/record-cursor.ts'
import type { Compression } from '../records/batch-types.ts'
import type { OutBatch } from './out-batch.ts'

/** Length (5), attributes (1), timestamp (10), offset (5): the most bytes that the start of a record takes. */
const LARGEST_HEAD = 21

/**
 * Collects records for one batch. Key, value and headers are copied in their encoded form, so they cannot change; only
 * timestamp and offset, which are relative to the batch's base, are written again.
 */
export class BatchBuilder {
  readonly codec: Compression
  readonly offsets: bigint[] = []
  #bytes = new Uint8Array(64 << 10)
  #at = 0
  #base = 0n
  #baseNumber = 0
  #newest = 0n
  #newestNumber = 0

  constructor(codec: Compression) {
    this.codec = codec
  }

  /** Bytes of the batch so far, before compression. */
  get size(): number {
    return BATCH_OVERHEAD + this.#at
  }

  /** Adds the cursor's current record. `timestamp` null: its own. */
  put(cursor: RecordCursor, offset: bigint, timestamp: bigint | null): void {
    const rest = bodyStart(cursor)
    const length = cursor.end - rest
    if (this.#at + length + LARGEST_HEAD > this.#bytes.length) this.#grow(this.#at + length + LARGEST_HEAD)
    const delta = this.#timestampDelta(cursor, timestamp)
    const index = this.offsets.length
    const exact = typeof delta === 'number'
    const head = 1 + (exact ? varintSize(delta) : varlongSize(delta)) + varintSize(index)
    this.#varint(head + length)
    this.#bytes[this.#at++] = 0
    if (exact) this.#varint(delta)
    else this.#varlong(delta)
    this.#varint(index)
    this.#bytes.set(cursor.bytes.subarray(rest, cursor.end), this.#at)
    this.#at += length
    this.offsets.push(offset)
  }

  close(target: number): OutBatch {
    const { codec, offsets } = this
    const count = offsets.length
    const firstOffset = offsets[0]! // a batch is opened for its first record, so it is never empty
    const dense = offsets.at(-1)! - firstOffset === BigInt(count - 1) // a batch is opened for its first record, so it is never empty
    const newest = Number.isNaN(this.#newestNumber) ? this.#newest : BigInt(this.#newestNumber)
    const facts = { codec, count, baseTimestamp: this.#base, maxTimestamp: newest, lastOffsetDelta: count - 1 }
    return {
      target,
      bytes: assembleBatch(this.#bytes.subarray(0, this.#at), facts),
      count,
      firstOffset,
      deltas: dense ? null : offsets.map((offset) => Number(offset - firstOffset)),
    }
  }

  /** As a number if both timestamps are, which is nearly always so; BigInt costs more than everything else. */
  #timestampDelta(cursor: RecordCursor, timestamp: bigint | null): number | bigint {
    const number = timestamp === null ? cursor.timestampNumber : exactNumber(timestamp)
    if (this.offsets.length === 0) {
      this.#base = this.#newest = timestamp ?? cursor.timestamp
      this.#baseNumber = this.#newestNumber = number
      return 0
    }
    if (!Number.isNaN(number) && !Number.isNaN(this.#newestNumber)) {
      if (number > this.#newestNumber) this.#newestNumber = number
    } else {
      const value = timestamp ?? cursor.timestamp
      const newest = Number.isNaN(this.#newestNumber) ? this.#newest : BigInt(this.#newestNumber)
      this.#newest = value > newest ? value : newest
      this.#newestNumber = exactNumber(this.#newest)
    }
    const delta = number - this.#baseNumber
    if (delta > -0x4000_0000 && delta < 0x4000_0000) return delta
    // Two int64 may differ by more than an int64 holds; the difference wraps around, and wraps back when it is read.
    return BigInt.asIntN(64, (timestamp ?? cursor.timestamp) - this.#base)
  }

  #varint(n: number): void {
    let rest = ((n << 1) ^ (n >> 31)) >>> 0
    for (; rest > 127; rest >>>= 7) this.#bytes[this.#at++] = (rest & 0x7f) | 0x80
    this.#bytes[this.#at++] = rest
  }

  #varlong(n: bigint): void {
    let rest = zigzag(n)
    for (; rest > 127n; rest >>= 7n) this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80
    this.#bytes[this.#at++] = Number(rest)
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.#at))
    this.#bytes = larger
  }
}

/** Where the key's length is: after the record's length, attributes, timestamp and offset. */
function bodyStart({ bytes, start }: RecordCursor): number {
  let at = start
  while (bytes[at]! >= 0x80) at++ // the record was parsed before, so each varint ends within it
  at += 2
  while (bytes[at]! >= 0x80) at++ // the record was parsed before, so each varint ends within it
  at++
  while (bytes[at]! >= 0x80) at++ // the record was parsed before, so each varint ends within it
  return at + 1
}

/** As in the cursor: above 2⁵² a number is no longer exact. */
function exactNumber(value: bigint): number {
  const number = Number(value)
  return number >= -(2 ** 52) && number <= 2 ** 52 ? number : Number.NaN
}

function varintSize(n: number): number {
  const zigzagged = ((n << 1) ^ (n >> 31)) >>> 0
  return zigzagged < 0x80 ? 1 : zigzagged < 0x4000 ? 2 : zigzagged < 0x20_0000 ? 3 : zigzagged < 0x1000_0000 ? 4 : 5
}

function varlongSize(n: bigint): number {
  let rest = zigzag(n)
  let size = 1
  for (; rest > 127n; rest >>= 7n) size++
  return size
}

const zigzag = (n: bigint): bigint => BigInt.asUintN(64, (n << 1n) ^ (n >> 63n))
