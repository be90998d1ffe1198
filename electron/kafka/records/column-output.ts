import { FLAG } from './column-types.ts'
import type { RecordCursor } from './record-cursor.ts'

/** Bytes of a row in the fixed columns. */
export const ROW_BYTES = 8 + 8 + 4 * 7

/**
 * Growing columns that are filled over and over again, and copied out tightly. Int64 values are written as two halves
 * (every platform we run on is little-endian): a BigInt per cell would cost as much as decoding the record.
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
  #previewEnds = new Int32Array(0)
  #preview = new Uint8Array(0)

  reset(): void {
    this.rows = 0
    this.previewLength = 0
  }

  get byteLength(): number {
    return this.rows * ROW_BYTES + this.previewLength
  }

  /** `base` is the batch's base offset as a number, or NaN where that is not exact. */
  push(cursor: RecordCursor, base: number, flags: number, batchSize: number, keyMax: number, valueMax: number): void {
    const row = this.rows
    if (row === this.#capacity) this.#grow()
    const offset = base + cursor.offsetDelta
    if (Number.isSafeInteger(offset)) putInt64(this.#offsetHalves, row, offset)
    else this.#offset[row] = cursor.offset
    const timestamp = cursor.timestampNumber
    if (Number.isNaN(timestamp)) this.#timestamp[row] = cursor.timestamp
    else putInt64(this.#timestampHalves, row, timestamp)
    const keySize = cursor.keyStart < 0 ? -1 : cursor.keyEnd - cursor.keyStart
    const valueSize = cursor.valueStart < 0 ? -1 : cursor.valueEnd - cursor.valueStart
    const keyCopy = keySize > keyMax ? cutAt(cursor.bytes, cursor.keyStart, keyMax) : Math.max(0, keySize)
    const valueCopy = valueSize > valueMax ? cutAt(cursor.bytes, cursor.valueStart, valueMax) : Math.max(0, valueSize)
    if (this.previewLength + keyCopy + valueCopy > this.#preview.length) this.#growPreview(keyCopy + valueCopy)
    if (keyCopy > 0) this.#copy(cursor.bytes, cursor.keyStart, keyCopy)
    this.#previewEnds[2 * row] = this.previewLength
    if (valueCopy > 0) this.#copy(cursor.bytes, cursor.valueStart, valueCopy)
    this.#previewEnds[2 * row + 1] = this.previewLength
    let bits = flags
    if (keySize < 0) bits |= FLAG.nullKey
    else if (keySize > keyCopy) bits |= FLAG.keyCut
    if (valueSize < 0) bits |= FLAG.nullValue
    else if (valueSize > valueCopy) bits |= FLAG.valueCut
    this.#flags[row] = bits
    this.#keySize[row] = keySize
    this.#valueSize[row] = valueSize
    this.#headerCount[row] = cursor.headerCount
    this.#batchSize[row] = batchSize
    this.rows = row + 1
  }

  columns() {
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
      previewEnds: this.#previewEnds.slice(0, 2 * n),
    }
  }

  #copy(from: Uint8Array, start: number, length: number): void {
    const to = this.#preview
    let at = this.previewLength
    this.previewLength = at + length
    if (length > 40) {
      to.set(from.subarray(start, start + length), at)
      return
    }
    const end = start + length
    for (let i = start; i < end; i++) to[at++] = from[i]!
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
    this.#previewEnds = narrow(this.#previewEnds, 2 * capacity)
    this.#capacity = capacity
  }

  #growPreview(more: number): void {
    const grown = new Uint8Array(Math.max(65_536, this.#preview.length * 2, this.previewLength + more))
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
