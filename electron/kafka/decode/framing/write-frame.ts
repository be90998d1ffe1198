import { bytesOfText } from '#shared/bytes.ts'
import type { WireFrame } from '#shared/model/produce.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import type { RecordHeader } from '../../records/batch-types.ts'

/** The ids that a record may carry to name its schema. */
export interface WireIds {
  /** The id in Confluent's API; Apicurio's content id. */
  id: number | null
  guid: string | null
  /** Apicurio's global id. */
  globalId: bigint | null
}

/** Which message of a Protobuf schema; null for other schemas. */
export interface WireMessage {
  name: string
  indexes: readonly number[]
}

/** The bytes to write before the data, and the headers to add. */
export interface Framing {
  prefix: Uint8Array
  headers: readonly RecordHeader[]
}

export interface FrameOptions {
  frame: WireFrame
  part: 'key' | 'value'
  type: SchemaText['type']
  ids: WireIds
  message: WireMessage | null
}

const nothing = new Uint8Array()

/** What serialisers write so that readers find the schema; or why the schema cannot be named. */
export function framingOf({ frame, part, type, ids, message }: FrameOptions): Framing | { reason: string } {
  const { id, guid, globalId } = ids
  switch (frame) {
    case 'none':
      return { prefix: nothing, headers: [] }
    case 'confluent-id':
      if (id === null) return { reason: 'the registry does not tell the id of this schema' }
      return { prefix: joined([0], int32(id), indexesOf(message)), headers: [] }
    case 'confluent-guid':
    case 'confluent-header': {
      if (guid === null) return { reason: 'this registry knows no GUIDs: choose a frame with an id' }
      const named = joined([1], uuid(guid), indexesOf(message))
      if (frame === 'confluent-guid') return { prefix: named, headers: [] }
      return { prefix: nothing, headers: [header(part === 'key' ? '__key_schema_id' : '__value_schema_id', named)] }
    }
    case 'apicurio-4':
      if (id === null) return { reason: 'the registry does not tell the id of this schema' }
      return { prefix: joined([0], int32(id), nameOf(message)), headers: [] }
    case 'apicurio-8': {
      const long = globalId ?? (id === null ? null : BigInt(id))
      if (long === null) return { reason: 'the registry does not tell the id of this schema' }
      return { prefix: joined([0], int64(long), nameOf(message)), headers: [] }
    }
    case 'apicurio-header': {
      const [name, long] = globalId !== null ? ['globalId', globalId] : ['contentId', id === null ? null : BigInt(id)]
      if (long === null) return { reason: 'the registry does not tell the id of this schema' }
      const headers = [header(`apicurio.${part}.${name}`, int64(long))]
      // Apicurio's serialisers tell their readers the encoding of the data.
      if (type === 'avro') headers.push(header(`apicurio.${part}.encoding`, bytesOfText('BINARY')))
      if (message !== null) headers.push(header(`apicurio.${part}.protobuf.type`, bytesOfText(lastOf(message.name))))
      return { prefix: nothing, headers }
    }
  }
}

const header = (name: string, value: Uint8Array): RecordHeader => ({ name: bytesOfText(name), value })

/**
 * Confluent's format: a count and that many indexes, as zigzag varints; a single zero stands for the first message, which is
 * the usual case.
 */
function indexesOf(message: WireMessage | null): readonly number[] {
  if (message === null) return []
  const { indexes } = message
  if (indexes.length === 1 && indexes[0] === 0) return [0]
  return [indexes.length, ...indexes].flatMap(zigZag)
}

function zigZag(value: number): number[] {
  const out: number[] = []
  let rest = value * 2
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest & 0x7f) | 0x80)
  return [...out, rest]
}

/** Apicurio's format: a small message of its own, with its length in front, whose only field is the name. */
function nameOf(message: WireMessage | null): Uint8Array {
  if (message === null) return nothing
  const name = bytesOfText(lastOf(message.name))
  const field = joined([0x0a], varint(name.length), name)
  return joined(varint(field.length), field)
}

function varint(value: number): number[] {
  const out: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) out.push((rest & 0x7f) | 0x80)
  return [...out, rest]
}

/** Apicurio names a message as its descriptor does, without the package. */
const lastOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1)

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setInt32(0, value)
  return bytes
}

function int64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigInt64(0, value)
  return bytes
}

function uuid(text: string): Uint8Array {
  const digits = text.replaceAll('-', '')
  return Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16))
}

function joined(...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
