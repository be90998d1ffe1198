import { Undecodable } from '../codec.ts'

const ENDS = 'it ends before its value does'
/** Each level of a value is a level of the call stack. */
const LEVELS = 1_000
/** The limit on items that take no bytes, such as nulls: five bytes could claim any number of them. */
const FREE_ITEMS = 100_000

/** Reads one value in Avro's binary encoding. Memory is never allocated by a claimed length alone. */
export class AvroInput {
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  /** The last `long` that a number cannot hold. */
  wide = 0n
  #level = 0
  #freeItems = 0

  begin(bytes: Uint8Array): void {
    this.bytes = bytes
    this.at = 0
    this.#level = 0
    this.#freeItems = 0
  }

  end(): void {
    if (this.at < this.bytes.length) throw new Undecodable('more bytes follow its value')
  }

  enter(): void {
    if (++this.#level > LEVELS) throw new Undecodable(`it nests deeper than ${LEVELS.toLocaleString('en-US')} levels`)
  }

  leave(): void {
    this.#level -= 1
  }

  byte(): number {
    if (this.at >= this.bytes.length) throw new Undecodable(ENDS)
    return this.bytes[this.at++]! // need() checked that the byte is there
  }

  boolean(): boolean {
    const byte = this.byte()
    if (byte > 1) throw new Undecodable('a boolean in it is neither 0 nor 1')
    return byte === 1
  }

  /** A long, if a number holds it exactly; NaN: it is in `wide`. */
  long(): number {
    const { bytes } = this
    let at = this.at
    const { length } = bytes
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      if (at >= length) throw new Undecodable(ENDS)
      const byte = bytes[at++]! // at < end
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) {
        this.at = at
        return (low >>> 1) ^ -(low & 1)
      }
    }
    let all = low
    for (let factor = 2 ** 28; factor < 2 ** 49; factor *= 2 ** 7) {
      if (at >= length) throw new Undecodable(ENDS)
      const byte = bytes[at++]! // at < end
      all += (byte & 0x7f) * factor
      if (byte < 0x80) {
        this.at = at
        return low % 2 === 0 ? all / 2 : -(all + 1) / 2
      }
    }
    return this.#wide(at, all)
  }

  #wide(start: number, low49: number): number {
    let at = start
    let all = BigInt(low49)
    for (let shift = 49n; shift <= 63n; shift += 7n) {
      if (at >= this.bytes.length) throw new Undecodable(ENDS)
      const byte = this.bytes[at++]! // the end was checked
      all |= BigInt(byte & 0x7f) << shift
      if (byte >= 0x80) continue
      if (shift === 63n && byte > 1) break
      this.at = at
      this.wide = (all >> 1n) ^ -(all & 1n)
      const number = Number(this.wide)
      return Number.isSafeInteger(number) ? number : NaN
    }
    throw new Undecodable('an integer in it has more than 64 bits')
  }

  bigLong(): bigint {
    const number = this.long()
    return Number.isNaN(number) ? this.wide : BigInt(number)
  }

  int(): number {
    const number = this.long()
    if (number !== (number | 0)) throw new Undecodable('an int in it has more than 32 bits')
    return number
  }

  float(): number {
    return this.#copied(4).getFloat32(0, true)
  }

  double(): number {
    return this.#copied(8).getFloat64(0, true)
  }

  /** Reads a length and skips that many bytes; returns where they start, `at` is their end. */
  sized(): number {
    const length = this.long()
    // Also refuses NaN.
    if (!(length >= 0)) throw new Undecodable('a length in it is negative, or has more than 53 bits')
    return this.#skip(length)
  }

  /** A view of this many bytes. */
  take(length: number): Uint8Array {
    const start = this.#skip(length)
    return this.bytes.subarray(start, this.at)
  }

  /** Skips this many bytes. */
  skip(length: number): void {
    this.#skip(length)
  }

  /** The number of items in the next block: 0 ends the list. `isFree`: the items take no bytes. */
  block(isFree: boolean): number {
    let count = this.long()
    if (count < 0) {
      count = -count
      // The block's size in bytes, for readers that skip it. If it is wrong, reading ends at another place.
      this.long()
    }
    if (isFree) this.#freeItems += count
    if (!(isFree ? this.#freeItems <= FREE_ITEMS : count <= this.bytes.length - this.at)) {
      throw new Undecodable(isFree ? 'it claims a great many items that take no bytes' : 'it claims more items than it has bytes for') // oxfmt-ignore
    }
    return count
  }

  /** The next few bytes, copied into a view that is reused: making a view per value takes longer than copying. */
  #copied(count: number): DataView {
    const start = this.#skip(count)
    for (let i = 0; i < count; i += 1) few[i] = this.bytes[start + i]! // take() checked that count bytes are there
    return view
  }

  #skip(length: number): number {
    const start = this.at
    if (length > this.bytes.length - start) throw new Undecodable(ENDS)
    this.at = start + length
    return start
  }
}

const few = new Uint8Array(8)
const view = new DataView(few.buffer)
