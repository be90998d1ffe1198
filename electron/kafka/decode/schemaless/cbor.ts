import { bigOf, type Item, meantByTag } from './cbor-tags.ts'
import { Undecodable } from '../codec.ts'
import { cutShort, SchemalessReader, schemalessDecoder, OPEN_END } from './schemaless-reader.ts'
import type { Sink } from './sink.ts'

const UNSIGNED = 0
const NEGATIVE = 1
const BYTES = 2
const TEXT = 3
const LIST = 4
const MAP = 5
const TAG = 6
/** In place of a count: the end of the value is marked instead. */
const OPEN = 31
const BREAK = 0xff
/** A tag before CBOR that says that it is CBOR. */
const SELF_DESCRIBED = 55_799n
/** A big integer with more bytes is shown as its bytes. */
const MOST_BIG = 1_024

/**
 * The decoder for a user's choice: CBOR (RFC 8949), with tags, big integers, half floats and indefinite lengths. Written by
 * hand: libraries that generate no code refuse texts of indefinite length, and keep only one of a map's duplicate keys.
 */
export const cbor = schemalessDecoder('CBOR', (bytes, sink) => {
  const reader = new SchemalessReader(bytes)
  while (reader.next(sink)) readOne(reader, sink)
})

function readOne(reader: SchemalessReader, sink: Sink): void {
  const head = reader.byte()
  const major = head >> 5
  const info = head & 31
  if (head === BREAK) return reader.endOpen()
  if (major === 7) return readSimple(reader, sink, info)
  if (info === OPEN && major >= BYTES && major <= MAP) {
    if (major === BYTES || major === TEXT) return readPieces(reader, sink, major)
    if (major === LIST) sink.list()
    else sink.map()
    return reader.open(OPEN_END, major === MAP)
  }
  const argument = argumentOf(reader, info)
  switch (major) {
    case UNSIGNED:
      return integer(sink, argument)
    case NEGATIVE:
      return integer(sink, typeof argument === 'number' ? -1 - argument : -1n - argument)
    case BYTES:
    case TEXT: {
      const length = lengthOf(reader, argument)
      const start = reader.take(length)
      return major === BYTES ? sink.bytes(reader.bytes, start, reader.at) : sink.text(reader.bytes, start, reader.at)
    }
    case LIST: {
      const count = lengthOf(reader, argument)
      sink.list()
      return reader.open(count)
    }
    case MAP: {
      const count = lengthOf(reader, argument)
      sink.map()
      return reader.open(2 * count)
    }
    default:
      return readTagged(reader, sink, BigInt(argument))
  }
}

function argumentOf(reader: SchemalessReader, info: number): number | bigint {
  if (info < 24) return info
  switch (info) {
    case 24:
      return reader.byte()
    case 25:
      return reader.uint16()
    case 26:
      return reader.uint32()
    case 27: {
      const high = reader.uint32()
      return (BigInt(high) << 32n) | BigInt(reader.uint32())
    }
    default:
      throw new Undecodable('a byte that begins no value')
  }
}

/** Each claimed value takes at least a byte. */
function lengthOf(reader: SchemalessReader, argument: number | bigint): number {
  if (argument > reader.bytes.length - reader.at) throw cutShort()
  return Number(argument)
}

function integer(sink: Sink, value: number | bigint): void {
  if (value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER) sink.integer(Number(value))
  else sink.leaf({ kind: 'integer', value: BigInt(value) })
}

/** A text or bytes in pieces, each with its length. */
function readPieces(reader: SchemalessReader, sink: Sink, major: number): void {
  const pieces: Uint8Array[] = []
  for (let head = reader.byte(); head !== BREAK; head = reader.byte()) {
    if (head >> 5 !== major || (head & 31) === OPEN) throw new Undecodable('a piece of a text or of bytes that is none')
    const length = lengthOf(reader, argumentOf(reader, head & 31))
    const start = reader.take(length)
    pieces.push(reader.bytes.subarray(start, reader.at))
  }
  const whole = new Uint8Array(Buffer.concat(pieces))
  if (major === BYTES) sink.bytes(whole, 0, whole.length)
  else sink.text(whole, 0, whole.length)
}

function readSimple(reader: SchemalessReader, sink: Sink, info: number): void {
  switch (info) {
    case 20:
    case 21:
      return sink.boolean(info === 21)
    case 22:
      return sink.nothing()
    case 23:
      return sink.leaf({ kind: 'null', type: 'undefined' })
    case 25:
      return sink.float(halfFloat(reader.uint16()))
    case 26:
      return sink.float(reader.float())
    case 27:
      return sink.float(reader.double())
    default: {
      const value = info < 20 ? info : info === 24 ? reader.byte() : -1
      if (value < 0 || (info === 24 && value < 32)) throw new Undecodable('a byte that begins no value')
      return sink.leaf({ kind: 'integer', value: BigInt(value), type: 'simple value', branch: 'simple' })
    }
  }
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const part = bits & 0x3ff
  if (exponent === 0) return sign * part * 2 ** -24
  if (exponent === 31) return part === 0 ? sign * Infinity : NaN
  return sign * (part + 1_024) * 2 ** (exponent - 25)
}

/** The meaning of a tag, if it is known and the value fits; otherwise the value with the tag as its name. */
function readTagged(reader: SchemalessReader, sink: Sink, tag: bigint): void {
  const { at } = reader
  // It says nothing about the value.
  if (tag === SELF_DESCRIBED) return reader.again()
  const meant = meantByTag(tag, () => itemAt(reader))
  if (meant !== null) return sink.leaf(meant)
  reader.at = at
  sink.named(`tag ${tag}`)
  reader.open(1)
}

/** A value that a tag may apply to: short, with at most two items. */
function itemAt(reader: SchemalessReader, isWithin = false): Item | null {
  const head = reader.byte()
  const info = head & 31
  switch (head >> 5) {
    case UNSIGNED:
      return { integer: BigInt(argumentOf(reader, info)) }
    case NEGATIVE:
      return { integer: -1n - BigInt(argumentOf(reader, info)) }
    case BYTES: {
      const length = info === OPEN ? MOST_BIG + 1 : lengthOf(reader, argumentOf(reader, info))
      if (length > MOST_BIG) return null
      const start = reader.take(length)
      return { bytes: reader.bytes.subarray(start, reader.at) }
    }
    case LIST: {
      if (isWithin || info !== 2) return null
      const first = itemAt(reader, true)
      const second = first === null ? null : itemAt(reader, true)
      return first === null || second === null ? null : { pair: [first, second] }
    }
    case TAG: {
      if (info !== 2 && info !== 3) return null
      const item = itemAt(reader, true)
      return item !== null && 'bytes' in item ? { integer: bigOf(item.bytes, info === 3) } : null
    }
    default:
      if (head === 0xf9) return { float: halfFloat(reader.uint16()) }
      return head === 0xfa ? { float: reader.float() } : head === 0xfb ? { float: reader.double() } : null
  }
}
