// How long a filter takes for a record, in one warm process and as in a worker: each compared with a peer (a
// search for bytes, JSON.parse with a closure, the library's own evaluation).
// node tests/bench/filters.ts [--rounds N]
import { Environment } from '@marcbachmann/cel-js'
import { predicateOf } from '#shared/filters/compile.ts'
import { RecordFilter, type GivenFilter } from '#shared/filters/filter.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import { compileAvro } from '../../electron/kafka/decode/avro/codec.ts'
import { Chains } from '../../electron/kafka/decode/topic-chains.ts'
import { WorkerSchemas } from '../../electron/kafka/decode/worker-schemas.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { RecordCursor } from '../../electron/kafka/records/record-cursor.ts'
import { BatchView } from '../../electron/kafka/records/batch-header.ts'
import { BatchWalker } from '../../electron/kafka/records/batch-walker.ts'
import { perform } from '../../electron/kafka/workers/perform-task.ts'
import { type Figure, median, ratioOf, tellFigures } from './figures.ts'

const RECORDS = 10_000
const flag = process.argv.indexOf('--rounds')
const rounds = flag < 0 ? 5 : Number(process.argv[flag + 1])
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** About 200 bytes each. */
const orders = Array.from({ length: RECORDS }, (_, i) => ({
  id: 4_711_000 + ((i * 7_919) % 1_000_003),
  customer: { id: (i * 48_271) % 2_147_483_647, name: `Customer ${(i * 7_919) % 9_973}` },
  status: ['open', 'paid', 'shipped'][i % 3],
  total: ((i * 48_271) % 1_000_000) / 100,
  items: [{ sku: `sku-${i % 991}`, n: i % 7 }],
  created: '2026-11-28T10:00:00Z',
  note: 'please ring twice',
}))

function response(values: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const records = values.map((value, i) => ({
    timestamp: 1_764_350_000_000n + BigInt(i),
    key: utf8(`key-${i}`),
    value,
    headers: i % 4 === 0 ? [{ name: utf8('retry'), value: utf8('1') }] : [],
  }))
  const batches = Array.from({ length: RECORDS / 100 }, (_, i) =>
    writeBatch(records.slice(100 * i, 100 * i + 100), { baseOffset: BigInt(100 * i) }),
  )
  return new Uint8Array(Buffer.concat(batches))
}

const avroText: SchemaText = {
  type: 'avro',
  references: [],
  text: JSON.stringify({
    type: 'record',
    name: 'Order',
    fields: [
      { name: 'id', type: 'long' },
      {
        name: 'customer',
        type: {
          type: 'record',
          name: 'Customer',
          fields: [
            { name: 'id', type: 'long' },
            { name: 'name', type: 'string' },
          ],
        },
      },
      { name: 'status', type: 'string' },
      { name: 'total', type: 'double' },
      { name: 'created', type: 'string' },
      { name: 'note', type: 'string' },
    ],
  }),
}
const schemas = new WorkerSchemas(() => undefined)
schemas.put(1, { connection: 'c', id: { by: 'id', id: 7 } }, { schema: avroText, subject: null, version: null })
const chains = new Chains(schemas)
chains.set(2, 'c', { registry: 'confluent', rules: [] })
const avro = compileAvro(avroText)
const avros = orders.map(({ items: _, ...order }) => {
  const made = avro.encode(JSON.stringify(order))
  if ('problems' in made) throw new Error(JSON.stringify(made.problems))
  return new Uint8Array([0, 0, 0, 0, 7, ...made.bytes])
})

const json = response(orders.map((order) => utf8(JSON.stringify(order))))
const binary = response(avros)

/** As in a worker; counts only matching rows. */
function searched(bytes: Uint8Array<ArrayBuffer>, given: GivenFilter): () => Promise<number> {
  const predicate = predicateOf(RecordFilter.parse(given))
  const parts = {
    chainsOf: () => chains.of('c', 'orders'),
    schemas,
    filterOf: () => predicate,
    wait: () => Promise.resolve(),
  }
  const decodedAt = { connection: 'c', topic: 'orders', partition: 0 }
  return async () => {
    const options = { decodedAt, matching: 1, previewBytes: { key: 0, value: 0 } }
    const part = { offset: 0, length: bytes.length, options }
    const done = await perform({ kind: 'columns', buffer: bytes.buffer, parts: [part] }, parts)
    if (done.kind !== 'columns') throw new Error('other columns')
    return done.parts[0]!.reduce((sum, { counts }) => sum + counts.matched, 0)
  }
}

/** A filter as one would write it quickly by hand. */
function parsed(bytes: Uint8Array, holds: (value: (typeof orders)[number]) => boolean): () => number {
  const decoder = new TextDecoder()
  const cursor = new RecordCursor()
  return () => {
    let matched = 0
    const walker = new BatchWalker(bytes, {})
    for (let item = walker.next(); item !== null; item = walker.next()) {
      if (!(item instanceof BatchView) || cursor.open(item) !== null) continue
      while (cursor.next()) {
        const text = decoder.decode(cursor.bytes.subarray(cursor.valueStart, cursor.valueEnd))
        if (holds(JSON.parse(text) as (typeof orders)[number])) matched += 1
      }
    }
    return matched
  }
}

/** The library on values that are parsed already: the time of evaluation alone. */
function evaluated(source: string): () => number {
  const environment = new Environment({ unlistedVariablesAreDyn: true })
  const evaluate = environment.parse(source)
  return () => {
    let matched = 0
    for (const value of orders) if (evaluate({ value }) === true) matched += 1
    return matched
  }
}

const cel = (source: string): GivenFilter => ({ kind: 'expression', source })
const bytesSearch = searched(json, { kind: 'text', text: 'seekline-not-there', matchCase: true })
const ways: { name: string; run: () => unknown; peer: () => unknown }[] = [
  { name: 'expression, a text in none ÷ bytes searched', run: searched(json, cel('value.status == "seekline-not-there"')), peer: bytesSearch },
  { name: 'expression, a number in none ÷ bytes searched', run: searched(json, cel('value.id == 123123123')), peer: bytesSearch },
  { name: 'text in any case ÷ bytes searched', run: searched(json, { kind: 'text', text: 'seekline-not-there' }), peer: bytesSearch },
  { name: 'regex with a text in it ÷ bytes searched', run: searched(json, { kind: 'regex', pattern: 'seekline-\\d+', matchCase: true }), peer: bytesSearch },
  { name: 'regex without ÷ bytes searched', run: searched(json, { kind: 'regex', pattern: '[x-z]{5}\\d', matchCase: true }), peer: bytesSearch },
  { name: 'expression on a field of all ÷ JSON.parse and a closure', run: searched(json, cel('value.total > 9999.0')), peer: parsed(json, ({ total }) => total > 9999) },
  { name: 'expression on four fields ÷ JSON.parse and a closure', run: searched(json, cel('value.total > 9990.0 && value.customer.id > 100 && value.status != "open" && has(headers.retry)')), peer: parsed(json, ({ total, customer, status }) => total > 9990 && customer.id > 100 && status !== 'open') },
  { name: 'expression on a list ÷ JSON.parse and a closure', run: searched(json, cel('value.items.exists(i, i.n > 5 && i.sku.startsWith("sku-99"))')), peer: parsed(json, ({ items }) => items.some(({ n, sku }) => n > 5 && sku.startsWith('sku-99'))) },
  { name: 'expression, decoding included ÷ the library’s evaluation alone', run: searched(json, cel('value.total > 9990.0 && value.customer.id > 100')), peer: evaluated('value.total > 9990.0 && value.customer.id > 100') },
  { name: 'expression on a field of Avro ÷ JSON.parse and a closure', run: searched(binary, cel('value.total > 9999.0')), peer: parsed(json, ({ total }) => total > 9999) },
] // oxfmt-ignore

const spent = async (run: () => unknown): Promise<number> => {
  const start = process.threadCpuUsage()
  let runs = 0
  for (;;) {
    await run()
    runs += 1
    const { user, system } = process.threadCpuUsage(start)
    if (user + system >= 150_000) return (user + system) / 1_000 / runs
  }
}

for (const { run, peer } of ways) {
  for (let i = 0; i < 20; i++) {
    await run()
    await peer()
  }
}
const figures: Figure[] = ways.map(({ name }) => ({ name, ours: [], peer: [] }))
for (let round = 0; round < rounds; round++) {
  for (const [i, { run, peer }] of ways.entries()) {
    figures[i]!.peer.push(await spent(peer))
    figures[i]!.ours.push(await spent(run))
  }
}
console.log(`${RECORDS} records of ${Math.round(json.length / RECORDS)} bytes; millions a second of processor time`)
for (const figure of figures) {
  const rate = (times: number[]): string => (RECORDS / median(times) / 1_000).toFixed(2)
  console.log(`${figure.name}: ${rate(figure.ours)} ÷ ${rate(figure.peer)} = ${ratioOf(figure).toFixed(2)}`)
}
tellFigures(figures)
