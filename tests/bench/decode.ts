// How long a decoder takes for a record of ten fields, in one warm process: compared with a peer (for Avro one that generates code
// from the schema, for others the library that we would use otherwise), and for rows as a worker makes them, compared with rows of
// the same bytes without decoding.
// node tests/bench/decode.ts [--rounds N]
import { fromBinary } from '@bufbuild/protobuf'
import { decode as decodeMessagePack, encode as encodeMessagePack } from '@msgpack/msgpack'
import avro from 'avsc'
import { decode as decodeCbor, encode as encodeCbor } from 'cborg'
import { compileAvro } from '../../electron/kafka/decode/avro/codec.ts'
import { cbor } from '../../electron/kafka/decode/schemaless/cbor.ts'
import { Chains } from '../../electron/kafka/decode/topic-chains.ts'
import type { Decoder } from '../../electron/kafka/decode/decoder.ts'
import { contextOf } from '../../electron/kafka/decode/fixtures/chains.ts'
import { messagePack } from '../../electron/kafka/decode/schemaless/message-pack.ts'
import { compileProtobuf } from '../../electron/kafka/decode/protobuf/compile.ts'
import { filesOf } from '../../electron/kafka/decode/protobuf/schema-files.ts'
import { RowDecoder } from '../../electron/kafka/decode/row-decoder.ts'
import { WorkerSchemas } from '../../electron/kafka/decode/worker-schemas.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { ColumnOutput } from '../../electron/kafka/records/column-output.ts'
import { ColumnWalker } from '../../electron/kafka/records/walk-columns.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import { type Figure, median, ratioOf, tellFigures } from './figures.ts'
import { timed } from './processor-time.ts'

const RECORDS = 2_000
const flag = process.argv.indexOf('--rounds')
const rounds = flag < 0 ? 5 : Number(process.argv[flag + 1])

const schema = {
  type: 'record',
  name: 'com.acme.Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'customer', type: 'string' },
    { name: 'email', type: 'string' },
    { name: 'total', type: 'double' },
    { name: 'paid', type: 'boolean' },
    { name: 'status', type: { type: 'enum', name: 'Status', symbols: ['NEW', 'PAID', 'SENT'] } },
    { name: 'quantities', type: { type: 'array', items: 'int' } },
    { name: 'note', type: ['null', 'string'] },
    { name: 'createdAt', type: 'long' },
    { name: 'city', type: 'string' },
  ],
} as const satisfies avro.Schema

/** Makes the peer's longs exact, too: by default it throws for values above 2^53. */
const long = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => Buffer.from(BigInt64Array.of(value).buffer),
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})
const type = avro.Type.forSchema(schema, { registry: { long } })
const avroText: SchemaText = { type: 'avro', text: JSON.stringify(schema), references: [] }
const codec = compileAvro(avroText)

const values = Array.from({ length: RECORDS }, (_, i) =>
  type.toBuffer({
    id: 4_711_000_000_000n + BigInt(i * 7_919),
    customer: `customer ${(i * 7_919) % 9_973}`,
    email: `someone.${i}@example.com`,
    total: ((i * 48_271) % 1_000_000) / 100,
    paid: i % 2 === 0,
    status: ['NEW', 'PAID', 'SENT'][i % 3],
    quantities: [i % 7, i % 300, i],
    note: i % 3 === 0 ? null : 'please ring twice',
    createdAt: 1_764_350_000_000n + BigInt(i * 977),
    city: 'Hamburg an der Elbe',
  }),
)
const protoText: SchemaText = {
  type: 'protobuf',
  references: [],
  text: `syntax = "proto3";
package acme;
message Order {
  int64 id = 1; string customer = 2; string email = 3; double total = 4; bool paid = 5; Status status = 6;
  repeated int32 quantities = 7; optional string note = 8; int64 createdAt = 9; string city = 10;
  enum Status { NEW = 0; PAID = 1; SENT = 2; }
}`,
}
const jsons = values.map((value) => Buffer.from(codec.written(value)).toString())
const protobuf = compileProtobuf(protoText, 'acme.Order')
const order = filesOf(protoText).registry.getMessage('acme.Order')!
const messages = jsons.map((json) => {
  const found = protobuf.encode(json)
  if ('problems' in found) throw new Error(JSON.stringify(found.problems))
  return found.bytes
})
const packs = jsons.map((json) => encodeMessagePack(JSON.parse(json)))
const cbors = jsons.map((json) => encodeCbor(JSON.parse(json)))

/** Decoding in topics whose connection has the registry of their schemas. */
const connection = 'c'
const schemas = new WorkerSchemas(() => undefined)
for (const [id, text] of [avroText, protoText].entries()) {
  schemas.put(id, { connection, id: { by: 'id', id: id + 7 } }, { schema: text, subject: null, version: null })
}
const chains = new Chains(schemas)
chains.set(2, connection, { registry: 'confluent', rules: [] })

/** As a registry's serialiser writes them; for Protobuf one more byte says which message of the schema it is. */
function responseOf(id: number, all: readonly Uint8Array[]): Uint8Array {
  const front = id === 7 ? [0, 0, 0, 0, id] : [0, 0, 0, 0, id, 0]
  const records = all.map((value, i) => ({
    timestamp: 1_764_350_000_000n + BigInt(i),
    key: new TextEncoder().encode(`key-${i}`),
    value: Buffer.concat([Uint8Array.from(front), value]),
    headers: [],
  }))
  const batches = Array.from({ length: RECORDS / 100 }, (_, i) =>
    writeBatch(records.slice(100 * i, 100 * i + 100), { baseOffset: BigInt(100 * i) }),
  )
  return new Uint8Array(Buffer.concat(batches))
}
const output = new ColumnOutput()
const at = { connection, topic: 'orders', partition: 0 }

const rows = (response: Uint8Array, isDecoded: boolean) => (): void => {
  const decoder = isDecoded ? { decoder: new RowDecoder(chains.of(connection, 'orders'), at) } : {}
  const { count, decodings } = new ColumnWalker(response, decoder, output).take()
  if (count !== RECORDS) throw new Error(`${count} rows`)
  if (isDecoded && decodings.some(({ attempts }) => attempts.length > 1)) throw new Error('not decoded')
}

const each =
  <T>(all: readonly T[], decode: (bytes: T) => unknown) =>
  (): void => {
    for (const one of all) if (decode(one) === undefined) throw new Error('it is nothing')
  }
const context = contextOf('value')
const row = (decoder: Decoder) => (of: Uint8Array) => decoder.decode(of, context)
const avscObjects = each(values, (value) => type.fromBuffer(value))
const bufbuildMessages = each(messages, (value) => fromBinary(order, value))
const [avroRows, protobufRows] = [responseOf(7, values), responseOf(8, messages)]
const ways: { name: string; run: () => void; peer: () => void }[] = [
  { name: 'JSON of Avro ÷ avsc', run: each(values, (value) => codec.written(value)), peer: avscObjects },
  { name: 'tree of Avro ÷ avsc', run: each(values, (value) => codec.value(value)), peer: avscObjects },
  { name: 'rows of Avro ÷ rows as stored', run: rows(avroRows, true), peer: rows(avroRows, false) },
  {
    name: 'JSON of Protobuf ÷ @bufbuild/protobuf',
    run: each(messages, (value) => protobuf.written(value)),
    peer: bufbuildMessages,
  },
  {
    name: 'tree of Protobuf ÷ @bufbuild/protobuf',
    run: each(messages, (value) => protobuf.value(value)),
    peer: bufbuildMessages,
  },
  { name: 'rows of Protobuf ÷ rows as stored', run: rows(protobufRows, true), peer: rows(protobufRows, false) },
  {
    name: 'JSON of MessagePack ÷ @msgpack/msgpack',
    run: each(packs, row(messagePack)),
    peer: each(packs, (value) => decodeMessagePack(value, { useBigInt64: true })),
  },
  { name: 'JSON of CBOR ÷ cborg', run: each(cbors, row(cbor)), peer: each(cbors, (value) => decodeCbor(value)) },
]

for (const { run, peer } of ways) {
  for (let i = 0; i < 60; i++) {
    run()
    peer()
  }
}
const figures: Figure[] = ways.map(({ name }) => ({ name, ours: [], peer: [] }))
for (let round = 0; round < rounds; round++) {
  for (const [i, { run, peer }] of ways.entries()) {
    figures[i]!.peer.push(timed(peer))
    figures[i]!.ours.push(timed(run))
  }
}
const sizes = [values, messages, packs, cbors].map((all) => all.reduce((sum, { length }) => sum + length, 0) / RECORDS)
console.log(
  `${RECORDS} records of ten fields, ${sizes.map(Math.round).join(', ')} bytes each; millions a second of processor time`,
)
for (const figure of figures) {
  const rate = (times: number[]): string => (RECORDS / median(times) / 1_000).toFixed(2)
  console.log(`  ${figure.name.padEnd(38)} ${rate(figure.ours)} ÷ ${rate(figure.peer)} = ${ratioOf(figure).toFixed(2)}`)
}
tellFigures(figures)
