import { isUtf8 } from 'node:buffer'
import { bytesOfText } from '#shared/bytes.ts'
import { Undecodable } from './codec.ts'

/** Output is sliced from buffers of this size, which are not written to again, so nothing is copied at the end. */
const PIECE = 256 << 10
/** A few bytes may expand to very many: the output of one value is limited to this, plus a multiple of its input. */
const LEAST = 1 << 20
const FOR_EACH = 64
const MOST = 64 << 20

/**
 * Writes JSON byte by byte, without strings or trees: rows are made of it, a million per second. Its output equals `jsonOf` of
 * the same value's tree.
 */
export class JsonOutput {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(PIECE)
  at = 0
  #start = 0
  #limit = 0

  /** Starts a value that is decoded from this many bytes. */
  begin(size: number): void {
    this.#start = this.at
    this.#limit = Math.min(MOST, LEAST + FOR_EACH * size)
  }

  /** Returns the finished value. */
  take(): Uint8Array<ArrayBuffer> {
    const { bytes, at } = this
    const whole = bytes.subarray(this.#start, at)
    this.#start = at
    // The rest of the buffer is for the next value; a small value at the start of a larger buffer would keep all of it in
    // memory.
    if (bytes.length > PIECE) this.#renew(PIECE)
    return whole
  }

  /** How many bytes of the value are written. */
  get length(): number {
    return this.at - this.#start
  }

  /** Removes what was written beyond this length. */
  backTo(length: number): void {
    this.at = this.#start + length
  }

  /** What was written beyond this length, as a string to compare it by. */
  since(length: number): string {
    const { buffer, byteOffset } = this.bytes
    return Buffer.from(buffer, byteOffset + this.#start + length, this.length - length).toString('latin1')
  }

  /** Discards what was written since `begin`. */
  drop(): void {
    this.at = this.#start
    if (this.bytes.length > PIECE) this.#renew(PIECE)
  }

  /** Makes room for this many bytes, which may then be written without further checks. */
  need(count: number): void {
    if (this.bytes.length - this.at < count) this.#grow(count)
  }

  byte(value: number): void {
    this.need(1)
    this.bytes[this.at++] = value
  }

  /** Copies bytes unchanged. */
  raw(from: Uint8Array): void {
    const { length } = from
    this.need(length)
    if (length > 32) this.bytes.set(from, this.at)
    else for (let i = 0, { bytes, at } = this; i < length; i += 1) bytes[at + i] = from[i]! // i < length
    this.at += length
  }

  /** Copies ASCII characters unchanged. */
  ascii(text: string): void {
    const { length } = text
    this.need(length)
    const { bytes, at } = this
    for (let i = 0; i < length; i += 1) bytes[at + i] = text.charCodeAt(i)
    this.at = at + length
  }

  /** An integer that a number holds exactly. */
  integer(value: number): void {
    this.need(17)
    let rest = value
    if (rest < 0) {
      this.bytes[this.at++] = 0x2d
      rest = -rest
    }
    // In halves, each of which is a small integer: these divide several times as fast.
    if (rest < 1e9) return this.#digits(rest, countDigits(rest))
    const high = Math.floor(rest / 1e9)
    this.#digits(high, countDigits(high))
    this.#digits(rest - high * 1e9, 9)
  }

  /** A 64-bit integer given in halves; the upper one is signed or unsigned. */
  long(low: number, high: number): void {
    if (high < 0x20_0000 && high >= -0x20_0000) return this.integer(high * 0x1_0000_0000 + (low >>> 0))
    if (high < 0) {
      this.byte(0x2d)
      // Two's complement; correct for the least integer too.
      const lower = -low >>> 0
      return this.#longer(lower, (lower === 0 ? -high : ~high) >>> 0)
    }
    this.#longer(low >>> 0, high)
  }

  /** Divided by hand, 16 bits at a time: a bigint takes three times as long. */
  #longer(low: number, high: number): void {
    let rest = 0
    let quotient = 0
    for (let i = 0; i < 4; i += 1) {
      const half = i < 2 ? high : low
      const part = rest * 0x1_0000 + (i % 2 === 0 ? half >>> 16 : half & 0xffff)
      const times = Math.floor(part / 1e9)
      rest = part - times * 1e9
      quotient = quotient * 0x1_0000 + times
    }
    this.integer(quotient)
    this.need(9)
    this.#digits(rest, 9)
  }

  float(value: number): void {
    if (Number.isSafeInteger(value) && !Object.is(value, -0)) return this.integer(value)
    // Two digits after the point, as amounts of money have, printed by hand in a third of the time. Up to 15 digits are exact.
    const cents = Math.round(value * 100)
    if (cents / 100 === value && Math.abs(cents) < 1e15 && value !== 0) return this.#cents(cents)
    if (Number.isFinite(value)) this.ascii(Object.is(value, -0) ? '-0.0' : String(value))
    else this.ascii(`"${value}"`)
  }

  /** UTF-8 text in quotes. Throws if it is not UTF-8. */
  text(from: Uint8Array, start: number, end: number): void {
    // Room for the text without escapes; an escape makes more room.
    this.need(end - start + 2)
    let { bytes, at } = this
    bytes[at++] = 0x22
    for (let i = start; i < end; i += 1) {
      const byte = from[i]! // i < end
      if (isSimple[byte] === 1) bytes[at++] = byte
      else {
        this.at = at
        this.#rest(from, i, end)
        return
      }
    }
    bytes[at++] = 0x22
    this.at = at
  }

  /** Continues from the first character that needs more than a copy. */
  #rest(from: Uint8Array, start: number, end: number): void {
    if (!isUtf8(from.subarray(start, end))) throw new Undecodable('a text in it is not UTF-8')
    let longer = 0
    for (let i = start; i < end; i += 1) longer += escapes[from[i]!]?.length ?? 1 // i < end
    this.need(longer + 1)
    let { bytes, at } = this
    for (let i = start; i < end; i += 1) {
      const byte = from[i]! // i < end
      const escape = escapes[byte]
      if (escape === undefined) bytes[at++] = byte
      else for (const one of escape) bytes[at++] = one
    }
    bytes[at++] = 0x22
    this.at = at
  }

  /** Bytes as base64 in quotes. */
  base64(from: Uint8Array): void {
    this.need(Math.ceil(from.length / 3) * 4 + 2)
    this.bytes[this.at++] = 0x22
    const into = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.at)
    this.at += into.write(Buffer.from(from.buffer, from.byteOffset, from.length).toString('base64'), 'latin1')
    this.bytes[this.at++] = 0x22
  }

  #cents(value: number): void {
    const rest = Math.abs(value)
    const whole = Math.floor(rest / 100)
    const cents = rest - whole * 100
    this.need(20)
    if (value < 0) this.bytes[this.at++] = 0x2d
    this.integer(whole)
    this.bytes[this.at++] = 0x2e
    if (cents % 10 === 0) this.bytes[this.at++] = 0x30 + cents / 10
    else this.#digits(cents, 2)
  }

  #digits(value: number, count: number): void {
    const { bytes, at } = this
    let rest = value | 0
    let i = at + count - 1
    // Two digits at a time: half the divisions.
    for (; i > at; i -= 2) {
      const next = (rest / 100) | 0
      const pair = (rest - next * 100) << 1
      bytes[i] = pairs[pair + 1]! // `pairs` holds two digits for each number below 100
      bytes[i - 1] = pairs[pair]! // `pairs` holds two digits for each number below 100
      rest = next
    }
    if (i === at) bytes[i] = 0x30 + rest
    this.at = at + count
  }

  #grow(count: number): void {
    const written = this.at - this.#start
    if (written + count > this.#limit) throw new Undecodable('written out it is longer than its bytes let expect')
    this.#renew(Math.max(PIECE, Math.min(this.#limit, 2 * (written + count))))
  }

  /** Continues in another buffer, with what is written of the value so far. */
  #renew(size: number): void {
    const written = this.bytes.subarray(this.#start, this.at)
    this.bytes = new Uint8Array(size)
    this.bytes.set(written)
    this.#start = 0
    this.at = written.length
  }
}

/** For an integer that is positive and below 2^31. */
function countDigits(value: number): number {
  let count = 1
  for (let most = 10; value >= most && count < 10; most *= 10) count += 1
  return count
}

/** "000102…99". */
const pairs = bytesOfText(Array.from({ length: 100 }, (_, i) => String(i).padStart(2, '0')).join(''))

/** Characters that JSON escapes, as JSON.stringify does. */
const escapes: readonly (Uint8Array | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
  const escape = byte < 0x80 ? JSON.stringify(String.fromCharCode(byte)).slice(1, -1) : ''
  return escape.length > 1 ? bytesOfText(escape) : undefined
})

/** ASCII characters that need no escape. */
const isSimple = Uint8Array.from(escapes, (escape, byte) => (byte < 0x80 && escape === undefined ? 1 : 0))
