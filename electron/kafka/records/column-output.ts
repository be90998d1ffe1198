import type { DecodedBytes } from '../decode/chain.ts'
import type { RowDecoder } from '../decode/row-decoder.ts'
import { FLAG } from './column-types.ts'
import { ShortOutput } from './short-values.ts'
import type { RecordCursor } from './record-cursor.ts'

/** Bytes of a row in the fixed columns. */
export const ROW_BYTES = 8 + 8 + 4 * 10
/** What lies between two previews of a batch is copied along with them while it is no longer than this. */
const LONGEST_GAP = 32

/**
 * Growing columns that are filled over and over again, and copied out tightly. Int64 values are written as two halves
 * (every platform we run on is little-endian): a BigInt per cell would cost as much as decoding the record. Previews that
 * are neighbours in the batch are copied in one go, with the few bytes between them: a copy each would cost as much again.
 */
export class ColumnOutput {
  rows = 0
  previewLength = 0
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
  #spans = new Int32Array(0)
  #decodedAs = new Int32Array(0)
  #preview = new Uint8Array(0)
  /** Bytes that are accounted for in `previewLength` and not copied yet: [runStart, runEnd) of `runBytes`. */
  #runBytes: Uint8Array = new Uint8Array(0)
  #runStart = 0
  #runEnd = 0
  readonly #shorts = new ShortOutput()

  reset(): void {
    this.rows = 0
    this.#shorts.reset()
    this.previewLength = 0
    this.#runStart = this.#runEnd = 0
  }

  get byteLength(): number {
    return this.rows * ROW_BYTES + this.previewLength + this.#shorts.byteLength
  }

  /** `base` is the batch's base offset as a number, or NaN where that is not exact. */
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
      if (this.#place(4 * row, bytes, keyStart, keySize, keyMax)) bits |= FLAG.keyCut
      if (this.#place(4 * row + 2, bytes, valueStart, valueSize, valueMax)) bits |= FLAG.valueCut
    } else {
      const key = keySize < 0 ? null : bytes.subarray(keyStart, cursor.keyEnd)
      const keyAs = key === null ? null : decoder.decode(key, 'key')
      if (this.#written(4 * row, keyAs, bytes, keyStart, key, keyMax)) bits |= FLAG.keyCut
      const value = valueSize < 0 ? null : bytes.subarray(valueStart, cursor.valueEnd)
      const valueAs = value === null ? null : decoder.decode(value, 'value')
      if (this.#written(4 * row + 2, valueAs, bytes, valueStart, value, valueMax)) {
        bits |= FLAG.valueCut
        if (valueMax > 0 && valueAs?.as.form === 'json') this.#shorts.pushJson(row, valueAs.written)
      }
      const numberOf = (found: typeof keyAs) => (found === null ? 0 : decoder.numberOf(found.as))
      this.#decodedAs[row] = numberOf(keyAs) | (numberOf(valueAs) << 16)
      decoder.pushFields(keyAs, valueAs)
    }
    this.#flags[row] = bits
    this.#keySize[row] = keySize
    this.#valueSize[row] = valueSize
    this.#headerCount[row] = cursor.headerCount
    this.#batchSize[row] = batchSize
    this.rows = row + 1
  }

  /** To be called before the batch's bytes are let go. */
  flush(): void {
    const length = this.#runEnd - this.#runStart
    if (length === 0) return
    if (this.previewLength > this.#preview.length) this.#growPreview()
    this.#preview.set(this.#runBytes.subarray(this.#runStart, this.#runEnd), this.previewLength - length)
    this.#runStart = this.#runEnd = 0
  }

  /** What was pushed, copied out tightly; with the decoder that was given to `push`. */
  columns(decoder: RowDecoder | null) {
    this.flush()
    const n = this.rows
    return {
      count: n,
      offset: this.#offset.slice(0, n),
      timestamp: this.#timestamp.slice(0, n),
      flags: this.#flags.slice(0, n),
      keySize: this.#keySize.slice(0, n),
      valueSize: this.#valueSize.slice(0, n),
      headerCount: this.#headerCount.slice(0, n),
      batchSize: this.#batchSize.slice(0, n),
      preview: this.#preview.slice(0, this.previewLength),
      spans: this.#spans.slice(0, 4 * n),
      decodedAs: decoder === null ? new Int32Array(0) : this.#decodedAs.slice(0, n),
      shorts: this.#shorts.take(),
      ...(decoder?.take() ?? { decodings: [], fields: null }),
    }
  }

  /** Copies the beginning of `size` bytes (−1: null). True: it is less than all. */
  #place(span: number, from: Uint8Array, start: number, size: number, max: number): boolean {
    const length = size > max ? cutAt(from, start, max) : Math.max(0, size)
    const at = length > 0 ? this.#copy(from, start, length) : 0
    this.#spans[span] = at
    this.#spans[span + 1] = at + length
    return size > length
  }

  /** The same of what `part` was decoded to, which mostly is where it came from. */
  #written(
    span: number,
    decoded: DecodedBytes | null,
    bytes: Uint8Array,
    start: number,
    part: Uint8Array | null,
    max: number,
  ): boolean {
    if (decoded === null || part === null) return this.#place(span, bytes, 0, -1, max)
    const { written } = decoded
    if (written === part) return this.#place(span, bytes, start, part.length, max)
    return this.#place(span, written, 0, written.length, max)
  }

  /** Where the bytes come to lie: behind what the run has already, or at the start of a new one. */
  #copy(from: Uint8Array, start: number, length: number): number {
    const gap = start - this.#runEnd
    if (from !== this.#runBytes || this.#runEnd === 0 || gap < 0 || gap > LONGEST_GAP) {
      this.flush()
      this.#runBytes = from
      this.#runStart = start
      this.#runEnd = start
    }
    this.previewLength += start + length - this.#runEnd
    this.#runEnd = start + length
    return this.previewLength - length
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
    this.#spans = narrow(this.#spans, 4 * capacity)
    this.#decodedAs = narrow(this.#decodedAs)
    this.#capacity = capacity
  }

  #growPreview(): void {
    const grown = new Uint8Array(Math.max(65_536, this.#preview.length * 2, this.previewLength))
    grown.set(this.#preview)
    this.#preview = grown
  }
}

/** A preview's length: at most `most`, and not in the middle of a UTF-8 character, which would make all of it look binary. */
function cutAt(bytes: Uint8Array, start: number, most: number): number {
  let end = start + most
  while (end > start && end > start + most - 4 && (bytes[end]! & 0xc0) === 0x80) end -= 1
  return (bytes[end]! & 0xc0) === 0x80 ? most : end - start
}

function putInt64(halves: Int32Array, index: number, value: number): void {
  halves[2 * index] = value | 0
  halves[2 * index + 1] = Math.floor(value / 0x1_0000_0000)
}
