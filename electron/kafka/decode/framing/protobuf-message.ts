import { utf8Text } from '#shared/bytes.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import { Undecodable } from '../codec.ts'
import type { MessageName } from '../compile-schema.ts'
import type { Framed } from './framed.ts'

/** The greatest nesting of messages. */
const MOST_INDEXES = 100
const first: readonly number[] = [0]

export interface NamedMessage {
  message: MessageName | null
  start: number
}

/** Which message of a Protobuf schema the data holds, and where it starts; schemas of other languages have only one. */
export function messageOf(type: SchemaText['type'], bytes: Uint8Array, framed: Framed): NamedMessage {
  const { start, indexes, message } = framed
  if (type !== 'protobuf') return { message: null, start }
  if (indexes !== undefined) return { message: readIndexes(indexes, 0).message, start }
  if (message !== undefined) return { message, start }
  if (framed.before === 'indexes-or-name') {
    const named = readName(bytes, start)
    if (named !== null) return named
  }
  return readIndexes(bytes, start)
}

/** Confluent's format: a count and that many indexes; a single zero stands for the first message, which is the usual case. */
function readIndexes(bytes: Uint8Array, start: number): NamedMessage {
  if (bytes[start] === 0) return { message: first, start: start + 1 }
  const at = { bytes, position: start }
  const count = zigZag(at)
  if (count < 1 || count > MOST_INDEXES) throw new Undecodable('it does not say which message it is')
  const indexes: number[] = []
  for (let i = 0; i < count; i += 1) indexes.push(zigZag(at))
  if (indexes.some((index) => index < 0)) throw new Undecodable('it does not say which message it is')
  return { message: indexes, start: at.position }
}

/** Apicurio's format: before the data a small message of its own, whose only field is the name. */
function readName(bytes: Uint8Array, start: number): NamedMessage | null {
  const size = bytes[start] ?? 0
  const end = start + 1 + size
  if (size < 3 || size > 127 || end > bytes.length || bytes[start + 1] !== 0x0a || bytes[start + 2] !== size - 2) {
    return null
  }
  const message = utf8Text(bytes.subarray(start + 3, end))
  return message === null ? null : { message, start: end }
}

function zigZag(at: { bytes: Uint8Array; position: number }): number {
  let value = 0
  for (let shift = 0; shift <= 28; shift += 7) {
    const byte = at.bytes[at.position]
    if (byte === undefined) break
    at.position += 1
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return (value >>> 1) ^ -(value & 1)
  }
  throw new Undecodable('it does not say which message it is')
}
