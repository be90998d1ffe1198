import { deflateSync } from 'node:zlib'
import { base64Text, bytesOfBase64, bytesOfHex, bytesOfText, hexText } from '#shared/bytes.ts'
import type { DecodeChoice, primitiveTypes } from '#shared/model/decode-choice.ts'
import { compileAvro } from '../decode/avro/codec.ts'
import { compileSingleObject } from '../decode/avro/single-object.ts'
import { SchemaProblem, unusable, type Codec, type Encoded } from '../decode/codec.ts'
import { encodeJson, namedFloats } from '../decode/encode-json.ts'
import { compactJson, type JsonNode } from '../decode/exact-json-parser.ts'
import { compileProtobuf } from '../decode/protobuf/compile.ts'
import { compress } from '../records/compression.ts'

/** The bytes, or why a text cannot be encoded; `reason`: this choice cannot be written at all. */
export type ChoiceEncoded = Encoded | { reason: string }

/**
 * Encodes with a choice made for decoding. A choice whose JSON form does not say how the value was encoded (which of
 * MessagePack's integers, where a session began) is refused: the result would differ.
 */
export function encodeChosen(choice: DecodeChoice, text: string): ChoiceEncoded {
  switch (choice.as) {
    case 'automatic':
      return { reason: 'nothing was chosen for it; say how it is written, as text, by a schema or otherwise' }
    case 'json':
      return encodeJson(text, () => ({ bytes: bytesOfText(compactJson(text)) }))
    case 'text':
      return inCharset(choice.charset, text)
    case 'hex':
      return spelt(bytesOfHex(text), 'pairs of hex digits')
    case 'avro':
    case 'protobuf': {
      const codec = codecOf(choice)
      return 'reason' in codec ? codec : codec.encode(text)
    }
    case 'primitive':
      return encodeJson(text, (root) => primitive(choice.type, root, text))
    case 'base64':
      return around(choice.around, text, (bytes) => bytesOfText(base64Text(bytes)))
    case 'hex-digits':
      return around(choice.around, text, (bytes) => bytesOfText(hexText(bytes).replaceAll(' ', '')))
    case 'compressed':
      return around(choice.around, text, (bytes) =>
        choice.by === 'zlib' ? deflateSync(bytes) : compress(choice.by, bytes),
      )
    default:
      return { reason: `what is decoded as ${choice.as} is read, and not written; give its bytes as hex or base64` }
  }
}

function around(inner: DecodeChoice, text: string, wrap: (bytes: Uint8Array) => Uint8Array): ChoiceEncoded {
  const made = encodeChosen(inner, text)
  return 'bytes' in made ? { bytes: new Uint8Array(wrap(made.bytes)) } : made
}

const problem = (message: string, at: number | null = 0): Encoded => ({ problems: [{ path: '', at, message }] })

function spelt(bytes: Uint8Array<ArrayBuffer> | null, what: string): Encoded {
  return bytes === null ? problem(`This is to be ${what}.`) : { bytes }
}

/** How many schemas are kept compiled from record to record. */
const MOST_READY = 8
const ready = new Map<string, Codec | { reason: string }>()

function codecOf(choice: Extract<DecodeChoice, { as: 'avro' | 'protobuf' }>): Codec | { reason: string } {
  const key = JSON.stringify(choice)
  const codec = ready.get(key) ?? compiled(choice)
  ready.delete(key)
  ready.set(key, codec)
  for (const oldest of ready.keys()) if (ready.size > MOST_READY) ready.delete(oldest)
  return codec
}

function compiled(choice: Extract<DecodeChoice, { as: 'avro' | 'protobuf' }>): Codec | { reason: string } {
  try {
    if (choice.as === 'avro') {
      const compile = choice.framing === 'plain' ? compileAvro : compileSingleObject
      return compile({ type: 'avro', text: choice.schema, references: [] })
    }
    const { from, message } = choice
    const [text, references] = from.kind === 'files' ? [from.files[0]!.text, from.files.slice(1)] : [from.base64, []] // the schema of this choice demands at least one file
    return compileProtobuf({ type: 'protobuf', text, references }, message)
  } catch (error) {
    if (error instanceof SchemaProblem) return { reason: unusable(error) }
    throw error
  }
}

/** For charsets with one byte per character: which byte stands for which. Other charsets have no encoder in this runtime. */
const singleBytes = /^(iso-8859|windows-125|koi8)/
const tables = new Map<string, ReadonlyMap<string, number>>()

function inCharset(charset: string, text: string): ChoiceEncoded {
  if (!text.isWellFormed()) return problem('The text has half a character (a lone surrogate).', null)
  if (charset === 'utf-8') return { bytes: bytesOfText(text) }
  if (charset.startsWith('utf-16')) {
    const bytes = new Uint8Array(text.length * 2)
    const view = new DataView(bytes.buffer)
    for (let at = 0; at < text.length; at += 1) view.setUint16(at * 2, text.charCodeAt(at), charset === 'utf-16le')
    return { bytes }
  }
  if (!singleBytes.test(charset))
    return { reason: `text in ${charset} is read, and not written; give its bytes as hex or base64` }
  const table = tables.get(charset) ?? tableOf(charset)
  tables.set(charset, table)
  const bytes = new Uint8Array(text.length)
  let length = 0
  for (let at = 0; at < text.length; at += 1) {
    const byte = table.get(text[at]!) // at < text.length
    if (byte === undefined)
      return problem(`${charset} has no character "${String.fromCodePoint(text.codePointAt(at)!)}".`, at) // at < text.length
    bytes[length] = byte
    length += 1
  }
  return { bytes }
}

function tableOf(charset: string): ReadonlyMap<string, number> {
  const decoder = new TextDecoder(charset)
  return new Map(Array.from({ length: 256 }, (_, byte) => [decoder.decode(Uint8Array.of(byte)), byte]))
}

const widths = { short: 16, int: 32, long: 64 } as const

/** As `org.apache.kafka.common.serialization` writes it. */
function primitive(type: (typeof primitiveTypes)[number], root: JsonNode, json: string): Encoded {
  const { at } = root
  switch (type) {
    case 'short':
    case 'int':
    case 'long': {
      const digits = root.kind === 'number' ? root.digits : root.kind === 'text' ? root.value : ''
      const value = /^-?\d{1,20}$/.test(digits) ? BigInt(digits) : null
      const bits = widths[type]
      if (value === null) return problem('This is to be a whole number.', at)
      if (BigInt.asIntN(bits, value) !== value) return problem(`${digits} is too large for ${bits} bits.`, at)
      const view = new DataView(new ArrayBuffer(bits / 8))
      if (type === 'long') view.setBigInt64(0, value)
      else if (type === 'int') view.setInt32(0, Number(value))
      else view.setInt16(0, Number(value))
      return { bytes: new Uint8Array(view.buffer) }
    }
    case 'float':
    case 'double': {
      const value = root.kind === 'number' ? Number(root.digits) : root.kind === 'text' ? namedFloats.get(root.value) : undefined // oxfmt-ignore
      if (value === undefined) return problem('This is to be a number.', at)
      const view = new DataView(new ArrayBuffer(type === 'float' ? 4 : 8))
      if (type === 'float') view.setFloat32(0, value)
      else view.setFloat64(0, value)
      return { bytes: new Uint8Array(view.buffer) }
    }
    case 'boolean':
      return root.kind === 'boolean' ? { bytes: Uint8Array.of(root.value ? 1 : 0) } : problem('This is to be true or false.', at) // oxfmt-ignore
    case 'uuid': {
      const isUuid = root.kind === 'text' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(root.value)
      return isUuid ? { bytes: bytesOfText(root.value) } : problem('This is to be a UUID, in quotes.', at)
    }
    case 'bytes': {
      const bytes = root.kind === 'text' ? bytesOfBase64(root.value) : null
      return bytes === null ? problem('This is to be base64, in quotes.', at) : { bytes }
    }
    case 'void':
      return problem(`Of "void" there is nothing but null, not ${json.slice(0, 20)}.`, at)
  }
}
