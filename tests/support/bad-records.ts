import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { answerWith, reverseProxy, type ReverseProxy } from './http-proxy.ts'

/** A malformed record, or one whose schema is not available, and how the app shows it. */
export interface BadRecord {
  what: string
  value: Uint8Array
  /** The encoding that is shown, and a text in one of the lines of its report; null: nothing was tried before. */
  encoding: string
  says: string | null
  /** The beginning of its value, if it is decoded nevertheless. */
  starts?: string
}

const framed = (id: number, ...data: number[]): Uint8Array => Uint8Array.of(0, 0, 0, 0, id, ...data)
const text = (json: string): Uint8Array => new Uint8Array(Buffer.from(json))
const long = (value: bigint): number[] => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n))
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return [...bytes, Number(rest)]
}

const order = '{"type":"record","name":"Order","fields":[{"name":"id","type":"long"},{"name":"note","type":"string"}]}'
const large = `{"type":"record","name":"Large","doc":"${'x'.repeat((5 << 20) - 200)}","fields":[{"name":"id","type":"long"}]}`
const nested = 'syntax = "proto3"; message Node { Node next = 1; int32 id = 2; }'
/** An `order` with 42 and "hi", encoded. */
const hi = [84, 4, 0x68, 0x69]

/** A good record and how it is shown: there is one before and after each bad one. */
export const goodRecord = { value: framed(1, ...hi), encoding: 'Confluent Avro', json: '{"id":42,"note":"hi"}' }

/** Messages nested to `levels`; made from the inside, because each starts with the length of the next one. */
function deepProtobuf(levels: number): Uint8Array {
  const parts: number[][] = []
  let size = 0
  for (let level = 0; level < levels; level += 1) {
    const length: number[] = []
    for (let rest = size; ; rest >>>= 7) {
      length.push(rest > 127 ? (rest & 127) | 128 : rest)
      if (rest <= 127) break
    }
    parts.push([10, ...length])
    size += 1 + length.length
  }
  return new Uint8Array([0, 0, 0, 0, 9, 0, ...parts.toReversed().flat()])
}

export const badRecords: readonly BadRecord[] = [
  { what: 'an id that no registry knows', value: framed(2, ...hi), encoding: 'UTF-8', says: 'Confluent: schema 2 is not in this registry (404)' },
  { what: 'a registry that refuses (401)', value: framed(3, ...hi), encoding: 'UTF-8', says: 'Confluent: the registry does not let this profile in (401)' },
  { what: 'a registry that refuses (403)', value: framed(4, ...hi), encoding: 'UTF-8', says: 'Confluent: the registry does not let this profile in (403)' },
  { what: 'a registry that answers with a page', value: framed(5, ...hi), encoding: 'UTF-8', says: 'Confluent: the registry’s address answers what is no registry' },
  { what: 'a schema of 5 MB', value: framed(6, 84), encoding: 'Confluent Avro', says: null, starts: '{"id":42}' },
  { what: 'a schema that refers to itself', value: framed(7, ...hi), encoding: 'UTF-8', says: 'in a circle' },
  { what: 'a block of 2^62 items', value: framed(8, ...long(2n ** 62n)), encoding: 'bytes', says: 'schema 8: it claims more items than it has bytes for' },
  { what: '100,000 levels of Protobuf', value: deepProtobuf(100_000), encoding: 'bytes', says: 'deep' },
  { what: 'a schema that is none', value: framed(10, ...hi), encoding: 'UTF-8', says: 'its schema cannot be used' },
  { what: 'a value that was cut', value: framed(1, 84, 4, 0x68), encoding: 'UTF-8', says: 'schema 1: it ends before its value does' },
  { what: 'bytes behind the value', value: framed(1, ...hi, 0x21), encoding: 'UTF-8', says: 'schema 1: more bytes follow its value' },
  { what: 'JSON with a name twice', value: text('{"a":1,"a":2}'), encoding: 'JSON', says: null, starts: '{"a":1,"a":2}' },
  { what: 'JSON with 1e400', value: text('{"a":1e400}'), encoding: 'JSON', says: null, starts: '{"a":1e400}' },
  { what: 'JSON with half a character', value: text(String.raw`{"a":"\ud800"}`), encoding: 'JSON', says: null, starts: String.raw`{"a":"\ud800"}` },
  { what: 'an integer of 300 digits', value: text(`{"a":${'9'.repeat(300)}}`), encoding: 'JSON', says: null, starts: '{"a":999' },
  { what: 'forty levels of objects', value: text(`${'{"a":'.repeat(40)}1${'}'.repeat(40)}`), encoding: 'JSON', says: null, starts: '{"a":{"a":' },
  { what: 'JSON of 10,000 levels', value: text('['.repeat(10_000) + ']'.repeat(10_000)), encoding: 'JSON', says: null, starts: '[[[[' },
  { what: 'one that two decoders accept', value: framed(1, 2, 2, 0x41), encoding: 'Confluent Avro', says: null, starts: '{"id":1,"note":"A"}' },
] // oxfmt-ignore

/** The id of a schema that the registry holds back until `let` is called. */
export const SLOW = 11

/** The registry of these records; `let` releases the schema that it holds back. */
export async function badRegistry(): Promise<ReverseProxy & { let: () => void; asked: (id: number) => number }> {
  const held = Promise.withResolvers<void>()
  const unknown = { error_code: 40403, message: 'Schema not found' }
  const self = { schema: order, references: [{ name: 'Order', subject: 'self', version: 1 }] }
  const answers: Record<number, unknown> = {
    1: { schema: order },
    6: { schema: large },
    7: self,
    8: { schema: '{"type":"array","items":"string"}' },
    9: { schema: nested, schemaType: 'PROTOBUF' },
    10: { schema: '{"type":"record"' },
    [SLOW]: { schema: order },
  }
  const proxy = await reverseProxy('http://127.0.0.1:1', ({ path }, answer) => {
    if (path.includes('/versions?') || path.endsWith('/versions')) return answerWith(answer, 200, [])
    if (path.includes('/subjects/self')) return answerWith(answer, 200, { subject: 'self', version: 1, id: 7, ...self })
    const id = Number(/\/schemas\/ids\/(\d+)/.exec(path)?.[1])
    if (id === 3 || id === 4) return answerWith(answer, id === 3 ? 401 : 403, { message: 'no' })
    if (id === 5) return answerWith(answer, 200, '<html>Sign in</html>', 'text/html')
    const known = answers[id]
    if (id === SLOW) void held.promise.then(() => answerWith(answer, 200, known))
    else answerWith(answer, known === undefined ? 404 : 200, known ?? unknown)
    return true
  })
  return {
    ...proxy,
    let: held.resolve,
    asked: (id) => proxy.seen.filter(({ path }) => new RegExp(`/schemas/ids/${id}(\\?|$)`).test(path)).length,
  }
}

/** Writes them, with a good one before each and after the last; the one that waits for its schema is at the end. */
export async function writeBadRecords(bootstrap: string, topic: string): Promise<void> {
  const wire = await connectWire(bootstrap)
  try {
    await wire.createTopic(topic, 1)
    const values = [
      ...badRecords.flatMap(({ value }) => [goodRecord.value, value]),
      goodRecord.value,
      framed(SLOW, ...hi),
    ]
    const records = values.map((value) => ({ timestamp: 1_700_000_000_000n, key: null, value, headers: [] }))
    await wire.produce(topic, 0, new Uint8Array(writeBatch(records)))
  } finally {
    wire.close()
  }
}
