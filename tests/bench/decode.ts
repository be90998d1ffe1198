// How long a decoder takes for a record of ten fields, in one warm process: beside a peer that makes code of the schema, and as
// a worker makes rows, beside rows of the same bytes that nobody decodes.
// node tests/bench/decode.ts [--rounds N]
import avro from 'avsc'
import { compileAvro } from '../../electron/kafka/decode/avro/codec.ts'
import { Chains } from '../../electron/kafka/decode/chains.ts'
import { RowDecoder } from '../../electron/kafka/decode/row-decoder.ts'
import { WorkerSchemas } from '../../electron/kafka/decode/schemas.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { ColumnOutput } from '../../electron/kafka/records/column-output.ts'
import { ColumnWalker } from '../../electron/kafka/records/walk-columns.ts'
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

/** The peer's longs are exact too: as it comes, it throws at what is larger than 2^53. */
const long = avro.types.LongType.__with({
  fromBuffer: (bytes: Buffer) => bytes.readBigInt64LE(),
  toBuffer: (value: bigint) => Buffer.from(BigInt64Array.of(value).buffer),
  fromJSON: BigInt,
  toJSON: String,
  isValid: (value: unknown) => typeof value === 'bigint',
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
})
const type = avro.Type.forSchema(schema, { registry: { long } })
const codec = compileAvro({ type: 'avro', text: JSON.stringify(schema), references: [] })

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
const bytes = values.reduce((sum, value) => sum + value.length, 0) / RECORDS

/** As a registry's serialiser writes them, in a topic whose connection has that registry. */
const connection = 'c'
const schemas = new WorkerSchemas(() => undefined)
schemas.put(
  1,
  { connection, id: { by: 'id', id: 7 } },
  { schema: { type: 'avro', text: JSON.stringify(schema), references: [] }, subject: null, version: null },
)
const chains = new Chains(schemas)
chains.set(2, connection, { registry: 'confluent', rules: [] })
const records = values.map((value, i) => ({
  timestamp: 1_764_350_000_000n + BigInt(i),
  key: new TextEncoder().encode(`key-${i}`),
  value: Buffer.concat([Uint8Array.of(0, 0, 0, 0, 7), value]),
  headers: [],
}))
const response = new Uint8Array(
  Buffer.concat(
    Array.from({ length: RECORDS / 100 }, (_, i) =>
      writeBatch(records.slice(100 * i, 100 * i + 100), { baseOffset: BigInt(100 * i) }),
    ),
  ),
)
const output = new ColumnOutput()
const at = { connection, topic: 'orders', partition: 0 }

function rows(decoder?: RowDecoder): void {
  const { count, decodings } = new ColumnWalker(response, decoder === undefined ? {} : { decoder }, output).take()
  if (count !== RECORDS) throw new Error(`${count} rows`)
  if (decoder !== undefined && decodings.some(({ attempts }) => attempts.length > 1)) throw new Error('not decoded')
}

const each = (decode: (bytes: Buffer) => unknown) => (): void => {
  for (const value of values) if (decode(value) === undefined) throw new Error('it is nothing')
}
const avscObjects = each((value) => type.fromBuffer(value))
const ways: { name: string; run: () => void; peer: () => void }[] = [
  { name: 'JSON of Avro ÷ avsc', run: each((value) => codec.written(value)), peer: avscObjects },
  { name: 'tree of Avro ÷ avsc', run: each((value) => codec.value(value)), peer: avscObjects },
  {
    name: 'rows of Avro ÷ rows as stored',
    run: () => rows(new RowDecoder(chains.of(connection, 'orders'), at)),
    peer: () => rows(),
  },
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
console.log(`${RECORDS} records of ten fields, ${bytes.toFixed(0)} bytes each; millions a second of processor time`)
for (const figure of figures) {
  const rate = (times: number[]): string => (RECORDS / median(times) / 1_000).toFixed(2)
  console.log(`  ${figure.name.padEnd(30)} ${rate(figure.ours)} ÷ ${rate(figure.peer)} = ${ratioOf(figure).toFixed(2)}`)
}
tellFigures(figures)
