import type { DecodedBytes } from '../decode/decode-chain.ts'
import type { RowDecoder } from '../decode/row-decoder.ts'
import { FLAG } from './column-types.ts'
import { ReusedRoom } from './block-copies.ts'
import { ShortOutput } from './short-values.ts'
import type { RecordCursor } from './record-cursor.ts'

/** Bytes per row in the fixed columns. */
export const ROW_BYTES = 8 + 8 + 4 * 8
/** For so few bytes a loop is faster than a call. */
const FEW = 24

/**
 * Growing columns that are filled again and again, and copied out exactly. Int64 values are written as two halves (every
 * platform we run on is little-endian): a BigInt per cell would cost as much as decoding the record.
 */
export class ColumnOutput {
  rows = 0
  previewLength = 0
  /** The buffer for the batch that rows are being made from. */
  readonly room = new ReusedRoom()
  #capacity = 0
  #offset = new BigInt64Array(0)
  #timestamp = new BigInt64Array(0)
  #offsetHalves = new Int32Array(0)
  #timestampHalves = new Int32Array(0)
  #flags = new Int32Array(0)
  #keySize = new Int32Array(0)
  #valueSize = new Int32Array(0)
  #headerCount = new Int32Array(0)
  #batchSize = new Int32Array(0)
  #ends = new Int32Array(0)
  #decodedAs = new Int32Array(0)
  #preview = Buffer.alloc(0)
  readonly #shorts = new ShortOutput()
  /** What the key or value placed last was decoded to, while fields may be read from it. */
  #decoded: DecodedBytes | null = null
  #isCut = false

  /** Starts the pieces of another walk. */
  begin(): void {
    this.#shorts.begin()
  }

  reset(): void {
    this.rows = 0
    this.#shorts.reset()
    this.previewLength = 0
  }

  get byteLength(): number {
    return this.rows * ROW_BYTES + this.previewLength + this.#shorts.byteLength
  }

  /** `base` is the batch's base offset as a number, or NaN if that is not exact. */
  push(
    cursor: RecordCursor,
    base: number,
    flags: number,
    batchSize: number,
    keyMax: number,
    valueMax: number,
    decoder: RowDecoder | null,
  ): void {
    const row = this.rows
    if (row === this.#capacity) this.#grow()
    const offset = base + cursor.offsetDelta
    if (Number.isSafeInteger(offset)) putInt64(this.#offsetHalves, row, offset)
    else this.#offset[row] = cursor.offset
    const timestamp = cursor.timestampNumber
    if (Number.isNaN(timestamp)) this.#timestamp[row] = cursor.timestamp
    else putInt64(this.#timestampHalves, row, timestamp)
    const { bytes, keyStart, valueStart } = cursor
    const keySize = keyStart < 0 ? -1 : cursor.keyEnd - keyStart
    const valueSize = valueStart < 0 ? -1 : cursor.valueEnd - valueStart
    let bits = flags
    if (keySize < 0) bits |= FLAG.nullKey
    if (valueSize < 0) bits |= FLAG.nullValue
    if (decoder === null) {
      if (this.#place(2 * row, bytes, keyStart, keySize, keyMax)) bits |= FLAG.keyCut
      if (this.#place(2 * row + 1, bytes, valueStart, valueSize, valueMax)) bits |= FLAG.valueCut
    } else {
      const keyAs = this.#decode(2 * row, decoder, 'key', bytes, keyStart, keySize, keyMax)
      const key = this.#decoded
      if (this.#isCut) bits |= FLAG.keyCut
      const valueAs = this.#decode(2 * row + 1, decoder, 'value', bytes, valueStart, valueSize, valueMax)
      if (this.#isCut) bits |= FLAG.valueCut
      this.#decodedAs[row] = keyAs | (valueAs << 16)
      if (decoder.takesFields) decoder.pushFields(key, this.#decoded)
    }
    this.#flags[row] = bits
    this.#keySize[row] = keySize
    this.#valueSize[row] = valueSize
    this.#headerCount[row] = cursor.headerCount
    this.#batchSize[row] = batchSize
    this.rows = row + 1
  }

  /** The rows that were pushed, copied out exactly; with the decoder that was given to `push`. */
  columns(decoder: RowDecoder | null) {
    const n = this.rows
    const as = decoder === null ? 0 : n
    const packed = new PackedBuffer(n * (ROW_BYTES - 4) + 4 * as + this.previewLength)
    return {
      count: n,
      offset: packed.longs(this.#offset, n),
      timestamp: packed.longs(this.#timestamp, n),
      flags: packed.ints(this.#flags, n),
      keySize: packed.ints(this.#keySize, n),
      valueSize: packed.ints(this.#valueSize, n),
      headerCount: packed.ints(this.#headerCount, n),
      batchSize: packed.ints(this.#batchSize, n),
      ends: packed.ints(this.#ends, 2 * n),
      decodedAs: packed.ints(this.#decodedAs, as),
      preview: packed.bytes(this.#preview, this.previewLength),
      shorts: this.#shorts.take(),
      ...(decoder?.take() ?? { decodings: [], fields: null }),
    }
  }

  /** Stores the number of the decoding, where the preview ends, and whether it is cut. */
  #decode(
    end: number,
    decoder: RowDecoder,
    part: 'key' | 'value',
    bytes: Uint8Array,
    start: number,
    size: number,
    max: number,
  ): number {
    this.#decoded = null
    if (size < 0) {
      this.#isCut = this.#place(end, bytes, 0, -1, max)
      return 0
    }
    const plain = decoder.takesFields ? null : decoder.plainAs(bytes, start, start + size, part)
    if (plain !== null) {
      this.#isCut = this.#place(end, bytes, start, size, max)
      if (part === 'value' && max > 0 && this.#isCut && plain.form === 'json')
        this.#shorts.pushJson(this.rows, bytes.subarray(start, start + size))
      return decoder.numberOf(part, plain)
    }
    const { as, written } = (this.#decoded = decoder.decode(bytes.subarray(start, start + size), part))
    this.#isCut = this.#place(end, written, 0, written.length, max)
    if (part === 'value' && max > 0 && this.#isCut && as.form === 'json') this.#shorts.pushJson(this.rows, written)
    return decoder.numberOf(part, as)
  }

  /** Copies the beginning of `size` bytes (−1: null). True: not all of them. */
  #place(end: number, from: Uint8Array, start: number, size: number, max: number): boolean {
    const length = size > max ? cutAt(from, start, max) : Math.max(0, size)
    if (length > 0) this.#copy(from, start, length)
    this.#ends[end] = this.previewLength
    return size > length
  }

  #copy(from: Uint8Array, start: number, length: number): void {
    const at = this.previewLength
    this.previewLength += length
    if (this.previewLength > this.#preview.length) this.#growPreview()
    const preview = this.#preview
    if (length > FEW) copyBytes.call(from, preview, at, start, start + length)
    else for (let i = 0; i < length; i += 1) preview[at + i] = from[start + i]! // i < length
  }

  #grow(): void {
    const capacity = Math.max(512, this.#capacity * 2)
    const wide = (old: BigInt64Array): BigInt64Array<ArrayBuffer> => {
      const grown = new BigInt64Array(capacity)
      grown.set(old)
      return grown
    }
    const narrow = (old: Int32Array, size = capacity): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(size)
      grown.set(old)
      return grown
    }
    this.#offset = wide(this.#offset)
    this.#timestamp = wide(this.#timestamp)
    this.#offsetHalves = new Int32Array(this.#offset.buffer)
    this.#timestampHalves = new Int32Array(this.#timestamp.buffer)
    this.#flags = narrow(this.#flags)
    this.#keySize = narrow(this.#keySize)
    this.#valueSize = narrow(this.#valueSize)
    this.#headerCount = narrow(this.#headerCount)
    this.#batchSize = narrow(this.#batchSize)
    this.#ends = narrow(this.#ends, 2 * capacity)
    this.#decodedAs = narrow(this.#decodedAs)
    this.#capacity = capacity
  }

  #growPreview(): void {
    const grown = Buffer.alloc(Math.max(65_536, this.#preview.length * 2, this.previewLength))
    grown.set(this.#preview)
    this.#preview = grown
  }
}

/** Avoids making a view of what is copied: for most values that takes longer than copying. */
const { copy: copyBytes } = Buffer.prototype

/**
 * Copies of several columns in one buffer, so that a thousand pieces are a thousand buffers to transfer, and not ten times as
 * many.
 */
class PackedBuffer {
  readonly #buffer: ArrayBuffer
  #at = 0

  constructor(bytes: number) {
    // Not zeroed: its columns fill it completely.
    this.#buffer = Buffer.allocUnsafeSlow(bytes).buffer
  }

  /** Must come before all others, so that no padding is needed. */
  longs(from: BigInt64Array, count: number): BigInt64Array<ArrayBuffer> {
    const made = new BigInt64Array(this.#buffer, this.#at, count)
    made.set(from.subarray(0, count))
    this.#at += made.byteLength
    return made
  }

  ints(from: Int32Array, count: number): Int32Array<ArrayBuffer> {
    const made = new Int32Array(this.#buffer, this.#at, count)
    made.set(from.subarray(0, count))
    this.#at += made.byteLength
    return made
  }

  bytes(from: Uint8Array, count: number): Uint8Array<ArrayBuffer> {
    const made = new Uint8Array(this.#buffer, this.#at, count)
    made.set(from.subarray(0, count))
    this.#at += count
    return made
  }
}

/** A preview's length: at most `most`, and not inside a UTF-8 character, which would make all of it look binary. */
function cutAt(bytes: Uint8Array, start: number, most: number): number {
  let end = start + most
  while (end > start && end > start + most - 4 && (bytes[end]! & 0xc0) === 0x80) end -= 1 // end > start
  return (bytes[end]! & 0xc0) === 0x80 ? most : end - start // end >= start
}

function putInt64(halves: Int32Array, index: number, value: number): void {
  halves[2 * index] = value | 0
  halves[2 * index + 1] = Math.floor(value / 0x1_0000_0000)
}
