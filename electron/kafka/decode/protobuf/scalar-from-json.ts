import type { BinaryWriter } from '@bufbuild/protobuf/wire'
import { bytesOfBase64 } from '#shared/bytes.ts'
import { decimalOf, rescaled } from '../decimals.ts'
import { namedFloats, someOf } from '../encode-json.ts'
import type { JsonNode } from '../exact-json-parser.ts'
import type { Shape, Symbols } from './message-layout.ts'
import { KIND } from './proto-reader.ts'

/** The least and the greatest value, both allowed. */
type Range = readonly [bigint, bigint]
const signed32: Range = [-(2n ** 31n), 2n ** 31n - 1n]
const unsigned32: Range = [0n, 2n ** 32n - 1n]
const signed64: Range = [-(2n ** 63n), 2n ** 63n - 1n]
const unsigned64: Range = [0n, 2n ** 64n - 1n]
const ranges = new Map<number, Range>([
  [KIND.int32, signed32],
  [KIND.sint32, signed32],
  [KIND.sfixed32, signed32],
  [KIND.uint32, unsigned32],
  [KIND.fixed32, unsigned32],
  [KIND.int64, signed64],
  [KIND.sint64, signed64],
  [KIND.sfixed64, signed64],
  [KIND.uint64, unsigned64],
  [KIND.fixed64, unsigned64],
])

/** Writes a scalar value without its tag; or says why it is not one. */
export function writeScalar(writer: BinaryWriter, shape: Shape, node: JsonNode): string | null {
  switch (shape.kind) {
    case KIND.bool:
      if (node.kind !== 'boolean') return 'This is to be true or false.'
      writer.bool(node.value)
      return null
    case KIND.double:
    case KIND.float:
      return writeFloat(writer, shape, node)
    case KIND.string:
      return writeText(writer, shape, node)
    case KIND.bytes: {
      const bytes = node.kind === 'text' ? bytesOfBase64(node.value) : null
      if (bytes === null) return 'This is to be base64 in quotes.'
      writer.bytes(bytes)
      return null
    }
    case KIND.enum: {
      const number = enumNumber(shape.symbols!, node) // a field of kind enum always has symbols
      if (number === null) return `This is to be one of ${someOf([...shape.symbols!.byName.keys()])}, or a number.` // a field of kind enum always has symbols
      writer.int32(number)
      return null
    }
    default:
      return writeInteger(writer, shape, node)
  }
}

/** Whether it is the default of a field without presence. */
export function isDefault({ kind, symbols }: Shape, node: JsonNode): boolean {
  switch (kind) {
    case KIND.bool:
      return node.kind === 'boolean' && !node.value
    case KIND.string:
    case KIND.bytes:
      return node.kind === 'text' && node.value === ''
    case KIND.enum:
      return enumNumber(symbols!, node) === 0 // a field of kind enum always has symbols
    case KIND.double:
    case KIND.float:
      return node.kind === 'number' && Object.is(Number(node.digits), 0) && isZero(node.digits)
    default:
      return wholeNumber(node) === 0n
  }
}

/** An integer in the range of the schema's type; null: it is not one. */
export function wholeNumber(node: JsonNode): bigint | null {
  const digits = node.kind === 'number' ? node.digits : node.kind === 'text' ? node.value : ''
  const decimal = decimalOf(digits)
  return decimal === null ? null : rescaled(decimal, 0)
}

function writeInteger(writer: BinaryWriter, { kind, type }: Shape, node: JsonNode): string | null {
  const value = wholeNumber(node)
  if (value === null) return 'This is to be a whole number.'
  const [least, greatest] = ranges.get(kind)! // the table has a range for each kind of integer
  if (value < least || value > greatest) return `This number does not fit in ${type}.`
  switch (kind) {
    case KIND.int32:
      writer.int32(Number(value))
      break
    case KIND.sint32:
      writer.sint32(Number(value))
      break
    case KIND.sfixed32:
      writer.sfixed32(Number(value))
      break
    case KIND.uint32:
      writer.uint32(Number(value))
      break
    case KIND.fixed32:
      writer.fixed32(Number(value))
      break
    case KIND.int64:
      writer.int64(value)
      break
    case KIND.sint64:
      writer.sint64(value)
      break
    case KIND.sfixed64:
      writer.sfixed64(value)
      break
    case KIND.uint64:
      writer.uint64(value)
      break
    default:
      writer.fixed64(value)
  }
  return null
}

function writeFloat(writer: BinaryWriter, { kind, type }: Shape, node: JsonNode): string | null {
  const value =
    node.kind === 'number' ? Number(node.digits) : node.kind === 'text' ? namedFloats.get(node.value) : undefined
  if (value === undefined) return 'This is to be a number, or "NaN", "Infinity" or "-Infinity".'
  const stored = kind === KIND.float ? Math.fround(value) : value
  if (node.kind === 'number' && !Number.isFinite(stored)) return `This number is larger than a ${type} can be.`
  if (kind === KIND.float) writer.float(stored)
  else writer.double(stored)
  return null
}

function writeText(writer: BinaryWriter, { isVerified }: Shape, node: JsonNode): string | null {
  if (node.kind === 'text') {
    if (!node.value.isWellFormed()) return 'This text has half a character (a lone surrogate), which no UTF-8 has.'
    writer.string(node.value)
    return null
  }
  // Text that was stored as invalid UTF-8 is shown as its bytes, and written back from them.
  const [only] = node.kind === 'object' && node.members.length === 1 && !isVerified ? node.members : []
  const bytes = only?.name === 'bytes' && only.value.kind === 'text' ? bytesOfBase64(only.value.value) : null
  if (bytes === null) return 'This is to be a text in quotes.'
  writer.bytes(bytes)
  return null
}

function enumNumber({ byName, isNull }: Symbols, node: JsonNode): number | null {
  if (node.kind === 'text') return byName.get(node.value) ?? null
  if (node.kind === 'null') return isNull ? 0 : null
  const number = node.kind === 'number' ? wholeNumber(node) : null
  return number === null || BigInt.asIntN(32, number) !== number ? null : Number(number)
}

/** 1e-400 is not zero, though it rounds to it. */
function isZero(digits: string): boolean {
  return !/[1-9]/.test(digits.replace(/[eE].*/, ''))
}
