import { Buffer } from 'node:buffer'
import { SeeklineError } from '#shared/errors.ts'
import { Slices } from './slices.ts'

/** A broker's answer that does not follow the protocol: cut short, or with an impossible length. */
export class MalformedResponse extends SeeklineError {
  constructor(message: string, details: Record<string, unknown> = {}) {
    super('internal', message, {
      hint: 'The broker, or something between it and this computer, sent an answer that is not valid Kafka protocol.',
      details,
    })
  }
}

/**
 * The limit on elements of all lists of one answer, and on tags; replicas do not count: enough for more than a million topics.
 * In some lists an element takes five bytes on the wire and a hundred in memory, so limiting the size of an answer is not
 * enough.
 */
export const MAX_ELEMENTS = 1_500_000
/** The limit on numbers in one list: a member's partitions, replicas. */
const MAX_NUMBERS = 200_000

/** 16 zero bytes: Kafka's "no topic id". */
export const NO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA'

/**
 * Reads Kafka's primitive types from one response. In a flexible version (KIP-482) strings, bytes and arrays are compact; the
 * same calls read both forms, so a decoder is written once for all versions. Every read is checked against the end: a malformed
 * answer throws {@link MalformedResponse}. Source: https://kafka.apache.org/protocol#protocol_types
 */
export class Reader {
  readonly flexible: boolean
  private readonly bytes: Buffer
  private at: number
  private readonly end: number
  private readonly budget: { elements: number }
  private pace: Slices | null = null

  constructor(bytes: Uint8Array, flexible: boolean, budget = { elements: MAX_ELEMENTS }) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.flexible = flexible
    this.at = 0
    this.end = bytes.byteLength
    this.budget = budget
  }

  /** Bytes not read yet. */
  get remaining(): number {
    return this.end - this.at
  }

  /** All unread bytes, as a view. */
  rest(): Uint8Array {
    const start = this.take(this.remaining)
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, this.end - start)
  }

  boolean(): boolean {
    return this.bytes[this.take(1)] !== 0
  }

  int8(): number {
    return this.bytes.readInt8(this.take(1))
  }

  int16(): number {
    return this.bytes.readInt16BE(this.take(2))
  }

  int32(): number {
    return this.bytes.readInt32BE(this.take(4))
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.take(8))
  }

  /** Unsigned variable-length integer of at most five bytes (32 bits). */
  uvarint(): number {
    let value = 0
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.bytes[this.take(1)]! // take() checked that the byte is there
      // Multiplication instead of a shift: the fifth byte reaches past bit 31 and would make the value negative.
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new MalformedResponse('A variable-length integer in the answer is longer than five bytes.')
  }

  /** Kafka's own text form of a topic id: base64url without padding, 22 characters. */
  uuid(): string {
    const start = this.take(16)
    return this.bytes.toString('base64url', start, start + 16)
  }

  string(): string {
    const text = this.nullableString()
    if (text === null) throw new MalformedResponse('A text that must be present is null in the answer.')
    return text
  }

  nullableString(): string | null {
    const length = this.flexible ? this.uvarint() - 1 : this.int16()
    if (length < 0) return null
    const start = this.take(length)
    return this.bytes.toString('utf8', start, start + length)
  }

  skip(bytes: number): void {
    this.take(bytes)
  }

  /** Skips a nullable string. */
  skipString(): void {
    const length = this.flexible ? this.uvarint() - 1 : this.int16()
    if (length > 0) this.take(length)
  }

  /** A view into the response's own memory. Copy what you keep longer than the response. */
  bytesOrNull(): Uint8Array | null {
    const length = this.flexible ? this.uvarint() - 1 : this.int32()
    if (length < 0) return null
    const start = this.take(length)
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, length)
  }

  /** Null and empty arrays both give `[]`; use {@link nullableArray} if null means something else. */
  array<T>(item: (reader: this) => T): T[] {
    return this.nullableArray(item) ?? []
  }

  nullableArray<T>(item: (reader: this) => T): T[] | null {
    const count = this.arrayLength()
    if (count < 0) return null
    const items: T[] = []
    for (let i = 0; i < count; i++) items.push(item(this))
    return items
  }

  /** As {@link array}, in steps: for lists that can be long, with elements that can be long. */
  *arrayInSteps<T>(item: (reader: this) => T | Generator<undefined, T>): Generator<undefined, T[]> {
    const items: T[] = []
    for (let left = this.arrayLength(); left > 0; left--) {
      const one = item(this)
      items.push(isSteps(one) ? yield* one : one)
      if (this.isTimeUp()) yield
    }
    return items
  }

  /** Whether a decoder that works in steps should yield: called once per element. */
  isTimeUp(): boolean {
    // The clock starts with the first call: most readers have only a few bytes and never call this.
    return (this.pace ??= new Slices()).due()
  }

  /**
   * The number of elements that follow, for callers that read them one by one; −1: null. With `isCounted` false the caller has
   * to limit what it keeps.
   */
  arrayLength(isCounted = true): number {
    const count = this.flexible ? this.uvarint() - 1 : this.int32()
    if (count < 0) return -1
    // Every element takes at least one byte: a larger count is invalid, and would allocate without limit.
    if (count > this.remaining) {
      throw new MalformedResponse(`The answer announces ${count} elements in ${this.remaining} bytes.`)
    }
    if (!isCounted) return count
    this.count(count)
    return count
  }

  /** Skips an array of int32. */
  skipInt32s(): void {
    const count = this.flexible ? this.uvarint() - 1 : this.int32()
    if (count > 0) this.take(count * 4)
  }

  int32s(): number[] {
    const count = this.flexible ? this.uvarint() - 1 : this.int32()
    if (count <= 0) return []
    if (count > MAX_NUMBERS) throw new MalformedResponse(`The answer lists ${count} numbers in one place.`)
    let at = this.take(count * 4)
    // The bytes are present, so the array is hardly larger than they are.
    const items: number[] = []
    for (let i = 0; i < count; i++, at += 4) items.push(this.bytes.readInt32BE(at))
    return items
  }

  /**
   * Tagged fields end every structure of a flexible version (KIP-482); a classic version has none. Each known tag gets its own
   * reader over exactly its bytes, so an unknown or longer field cannot shift what follows.
   */
  tags(field?: (tag: number, reader: Reader) => void): void {
    if (!this.flexible) return
    const count = this.uvarint()
    this.count(count)
    for (let i = 0; i < count; i++) {
      const tag = this.uvarint()
      const size = this.uvarint()
      const start = this.take(size)
      field?.(tag, new Reader(this.bytes.subarray(start, start + size), true, this.budget))
    }
  }

  private count(elements: number): void {
    this.budget.elements -= elements
    if (this.budget.elements < 0)
      throw new MalformedResponse(`The answer lists more than ${MAX_ELEMENTS} things, more than any cluster has.`)
  }

  private take(size: number): number {
    const start = this.at
    if (size > this.end - start) {
      throw new MalformedResponse(
        `The answer ends early: ${size} bytes wanted at ${start}, ${this.end - start} left.`,
        {
          at: start,
          wanted: size,
          left: this.end - start,
        },
      )
    }
    this.at = start + size
    return start
  }
}

const isSteps = <T>(value: T | Generator<undefined, T>): value is Generator<undefined, T> =>
  typeof value === 'object' && value !== null && 'next' in value
