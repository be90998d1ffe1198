import { readMembers } from './consumer-protocol.ts'
import { compileMessage, int16, readMessage, type Fields, type Message } from './message.ts'
import * as tables from './messages.ts'

/** One type of record of one of Kafka's internal topics. */
export interface RecordType {
  type: number
  /** The name of Kafka's classes, without Key and Value: "OffsetCommit". */
  name: string
  key: Message
  value: Message
}

export interface ReadKey {
  type: number
  /** null: a type that is newer than this code, so its fields are unknown. */
  of: RecordType | null
  fields: Fields | null
  rest: Uint8Array
}

export interface ReadValue {
  version: number
  /** null: a version or a type that is newer than this code. */
  fields: Fields | null
  rest: Uint8Array
}

const topics = new Map(
  Object.entries(tables.records).map(([topic, records]) => [
    topic,
    new Map(
      records.map(({ type, name, key, value }): [number, RecordType] => [
        type,
        { type, name, key: compileMessage({ versions: '0', flexible: 'none', fields: key, structs: {} }), value: compileMessage(value) }, // oxfmt-ignore
      ]),
    ),
  ]),
)

/** `__consumer_offsets`, `__transaction_state`, `__share_group_state`: the topics in which Kafka stores its own state. */
export const internalTopicNames: ReadonlySet<string> = new Set(topics.keys())

/** The type of the record with this key; null: a type that is newer than this code. */
export function typeOfKey(topic: string, key: Uint8Array): RecordType | null {
  return topics.get(topic)?.get(int16(key)) ?? null
}

/** Throws MalformedResponse if the bytes are not such a key. */
export function readInternalKey(topic: string, bytes: Uint8Array): ReadKey {
  const type = int16(bytes)
  const of = typeOfKey(topic, bytes)
  const body = bytes.subarray(2)
  if (of === null) return { type, of, fields: null, rest: body }
  return { type, of, ...readMessage(of.key, 0, body) }
}

/** The value of a record whose key has this type. Throws MalformedResponse if the bytes are not such a value. */
export function readInternalValue(of: RecordType | null, bytes: Uint8Array): ReadValue {
  const version = int16(bytes)
  const body = bytes.subarray(2)
  if (of === null || version < of.value.first || version > of.value.last) return { version, fields: null, rest: body }
  const read = readMessage(of.value, version, body)
  if (of.name === 'GroupMetadata') readMembers(read.fields)
  return { version, ...read }
}
