import { Undecodable } from '../codec.ts'

/** The wire types: the lower three bits of a tag, which say how long a field is. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const

/** The type of a value, by its number in Protobuf's descriptors. */
export const KIND = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  group: 10,
  message: 11,
  bytes: 12,
  uint32: 13,
  enum: 14,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
} as const

/** The default nesting limit of other implementations, in every language. */
export const MOST_LEVELS = 100

const scratch = new Uint8Array(8)
const asDouble = new Float64Array(scratch.buffer)
const asFloat = new Float32Array(scratch.buffer)

/** Reads the primitives of Protobuf's wire format, never beyond the end of the bytes. */
export class ProtoReader {
  bytes: Uint8Array = scratch
  at = 0
  /** The end of the current message, not of the bytes. */
  end = 0
  /** The last number read; for 64 bits the lower half, with the upper half in `high`. */
  low = 0
  high = 0
  /** Where the tag is that ends the last group. */
  groupEnd = 0
  /** The field number of the last tag. */
  #number = 0

  open(bytes: Uint8Array, start = 0, end = bytes.length): this {
    this.bytes = bytes
    this.at = start
    this.end = end
    return this
  }

  /** The lower 32 bits, unsigned. */
  varint32(): number {
    const { bytes, at, end } = this
    if (at >= end) throw cut()
    const first = bytes[at]! // at < end
    if (first < 0x80) {
      this.at = at + 1
      return first
    }
    this.varint64()
    return this.low >>> 0
  }

  /** Into `low` and `high`, signed. */
  varint64(): void {
    const { bytes } = this
    if (this.at < this.end && bytes[this.at]! < 0x80) {
      this.low = bytes[this.at++]! // at < end
      this.high = 0
      return
    }
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) throw cut()
      const byte = bytes[this.at++]! // at < end
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high |= bits >> 4
      } else high |= bits << (shift - 32)
      if (byte < 0x80) {
        this.low = low
        this.high = high
        return
      }
    }
    throw new Undecodable('a number of more than 10 bytes')
  }

  /** An integer of any Protobuf type, into `low` and `high`; returns whether it has 64 bits. */
  integer(kind: number): boolean {
    switch (kind) {
      case KIND.int32:
        this.low = this.int32()
        return false
      case KIND.uint32:
        this.low = this.varint32()
        return false
      case KIND.sint32: {
        const coded = this.varint32()
        this.low = (coded >>> 1) ^ -(coded & 1)
        return false
      }
      case KIND.fixed32:
        this.low = this.fixed32() >>> 0
        return false
      case KIND.sfixed32:
        this.low = this.fixed32()
        return false
      case KIND.int64:
        this.varint64()
        return true
      case KIND.uint64:
        this.varint64()
        this.high >>>= 0
        return true
      case KIND.sint64: {
        this.varint64()
        const sign = -(this.low & 1)
        this.low = ((this.low >>> 1) | (this.high << 31)) ^ sign
        this.high = (this.high >>> 1) ^ sign
        return true
      }
      case KIND.fixed64:
        this.fixed64()
        this.high >>>= 0
        return true
      case KIND.sfixed64:
        this.fixed64()
        return true
      default:
        throw new Error(`no integer is of kind ${kind}`)
    }
  }

  /** Also an enum's number. */
  int32(): number {
    this.varint64()
    return this.low | 0
  }

  bool(): boolean {
    this.varint64()
    return (this.low | this.high) !== 0
  }

  /** Into `low` and `high`, signed. */
  fixed64(): void {
    this.low = this.fixed32()
    this.high = this.fixed32()
  }

  fixed32(): number {
    const { bytes, at } = this
    if (at + 4 > this.end) throw cut()
    this.at = at + 4
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24) // the caller checked that four bytes are there
  }

  double(): number {
    this.#take(8)
    return asDouble[0]! // the array has one element
  }

  float(): number {
    this.#take(4)
    return asFloat[0]! // the array has one element
  }

  /** The length of bytes, a text or a message; returns where it ends. */
  length(): number {
    const length = this.varint32()
    if (length > this.end - this.at) throw cut()
    return this.at + length
  }

  /** The next tag; 0 is not a valid tag. */
  tag(): number {
    const tag = this.varint32()
    this.#number = tag >>> 3
    if (this.#number === 0 || (tag & 7) > 5) throw new Undecodable('something that is no field')
    return tag
  }

  /**
   * Where the group ends whose tag was just read: returns the place after its end tag, and sets `groupEnd` to the place before
   * it.
   */
  group(): number {
    const { at } = this
    this.#skipGroup(this.#number)
    const behind = this.at
    this.at = at
    return behind
  }

  /** Skips the field whose tag was read; for a group, including its end tag. */
  skip(tag: number): void {
    switch (tag & 7) {
      case WIRE.varint:
        this.varint64()
        break
      case WIRE.fixed64:
        this.#pass(8)
        break
      case WIRE.fixed32:
        this.#pass(4)
        break
      case WIRE.bytes:
        this.at = this.length()
        break
      case WIRE.groupStart:
        this.#skipGroup(tag >>> 3)
        break
      default:
        throw new Undecodable('the end of a group that did not begin')
    }
  }

  /** Without recursion: the nesting depth is chosen by the writer. */
  #skipGroup(number: number): void {
    const open = [number]
    while (open.length > 0) {
      this.groupEnd = this.at
      const tag = this.tag()
      if ((tag & 7) === WIRE.groupStart) {
        if (open.push(tag >>> 3) > MOST_LEVELS) throw tooDeep()
      } else if ((tag & 7) !== WIRE.groupEnd) this.skip(tag)
      else if (open.pop() !== tag >>> 3) throw new Undecodable('the end of a group that did not begin')
    }
  }

  #pass(count: number): void {
    if (this.end - this.at < count) throw cut()
    this.at += count
  }

  /** Copies bytes into the scratch buffer; every platform Electron runs on is little-endian, like the wire format. */
  #take(count: number): void {
    const { bytes, at } = this
    if (at + count > this.end) throw cut()
    for (let i = 0; i < count; i += 1) scratch[i] = bytes[at + i]! // the caller checked that count bytes are there
    this.at = at + count
  }
}

export function tooDeep(): Undecodable {
  return new Undecodable(`nested more than ${MOST_LEVELS} levels deep`)
}

export function notUtf8(): Undecodable {
  return new Undecodable('a text in it is not UTF-8')
}

function cut(): Undecodable {
  return new Undecodable('it ends in the middle of a field')
}
