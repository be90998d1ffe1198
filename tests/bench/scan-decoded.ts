import { bytesOfText } from '#shared/bytes.ts'
import { addressOf } from '#shared/model/addresses.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { compileSchema } from '../../electron/kafka/decode/compile-schema.ts'
import { clusterSource, createReader, ReadLimit } from '../../electron/kafka/log-reader.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { createDecodePool } from '../../electron/kafka/workers/pool.ts'
import { exitWith } from '../../scripts/lib/setup-error.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startKafka } from '../support/kafka.ts'
import { turnsDuring } from '../support/measure.ts'
import { median, tellFigures } from './figures.ts'

/*
 * The cost of decoding by a schema in a scan that returns rows: records of ten fields, in one warm process, in turns with the
 * same scan that returns their stored bytes. The processor times of this process are compared, of all its threads together,
 * because clock time depends on the broker and on other programs. How long the main thread was blocked is printed, too.
 *
 *   node tests/bench/scan-decoded.ts [--records N] [--rounds N]
 */

const option = (name: string, fallback: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : Number(process.argv[at + 1] ?? fallback)
}
const PER_BATCH = 5_000
const records = Math.ceil(option('records', 500_000) / PER_BATCH) * PER_BATCH
const rounds = option('rounds', 5)

const avro: SchemaText = {
  type: 'avro',
  text: JSON.stringify({
    type: 'record',
    name: 'com.acme.Order',
    fields: [
      { name: 'id', type: 'long' },
      { name: 'customer', type: 'string' },
      { name: 'country', type: 'string' },
      { name: 'total', type: 'double' },
      { name: 'paid', type: 'boolean' },
      { name: 'state', type: { type: 'enum', name: 'State', symbols: ['NEW', 'SENT', 'DONE'] } },
      { name: 'tags', type: { type: 'array', items: 'string' } },
      { name: 'note', type: ['null', 'string'] },
      { name: 'at', type: 'long' },
      { name: 'lines', type: 'int' },
    ],
  }),
  references: [],
}
const protobuf: SchemaText = {
  type: 'protobuf',
  text: `syntax = "proto3"; package com.acme;
    enum State { NEW = 0; SENT = 1; DONE = 2; }
    message Order {
      int64 id = 1; string customer = 2; string country = 3; double total = 4; bool paid = 5;
      State state = 6; repeated string tags = 7; optional string note = 8; int64 at = 9; int32 lines = 10;
    }`,
  references: [],
}
const orderOf = (n: number): string =>
  JSON.stringify({
    id: 4_711_000 + n,
    customer: `customer-${n % 997}`,
    country: n % 3 === 0 ? 'CH' : 'DE',
    total: n * 1.25,
    paid: n % 2 === 0,
    state: ['NEW', 'SENT', 'DONE'][n % 3],
    tags: ['red', 'express'],
    note: 'leave it at the door, please',
    at: 1_700_000_000_000 + n,
    lines: n % 9,
  })

/** One batch, over and over: the broker gives each its own offsets. */
function batchOf(schema: SchemaText, id: number): Uint8Array {
  const codec = compileSchema(schema, [0])
  if ('reason' in codec) throw new Error(codec.reason)
  const prefix = schema.type === 'protobuf' ? [0, 0, 0, 0, id, 0] : [0, 0, 0, 0, id]
  const values = Array.from({ length: PER_BATCH }, (_, n) => {
    const encoded = codec.encode(orderOf(n))
    if ('problems' in encoded) throw new Error(JSON.stringify(encoded.problems[0]))
    return Uint8Array.of(...prefix, ...encoded.bytes)
  })
  return writeBatch(values.map((value, n) => ({ timestamp: 1n, key: bytesOfText(`key-${n}`), value, headers: [] })))
}

/** Of one scan, in milliseconds. */
interface Cost {
  busy: number
  clock: number
  /** Turns of the main thread: the longest, and the 99th percentile. */
  turn: number
  p99: number
}

async function main(): Promise<void> {
  const kafka = await startKafka({ heapMb: 1024, isMeasured: true })
  const schemas = [avro, protobuf]
  const pool = createDecodePool({
    resolveSchema: async (_, id) => ({
      schema: schemas[id.by === 'id' ? id.id - 1 : 0]!,
      subject: null,
      version: null,
    }),
  })
  try {
    const wire = await connectWire(kafka.bootstrap)
    const topics = { avro: 'orders-avro', protobuf: 'orders-protobuf' }
    for (const [i, topic] of Object.values(topics).entries()) {
      await wire.createTopic(topic, 1)
      const batch = new Uint8Array(batchOf(schemas[i]!, i + 1))
      for (let sent = 0; sent < records; sent += PER_BATCH) await wire.produce(topic, 0, batch)
    }
    const spec = { brokers: [addressOf(kafka.bootstrap)], clientId: 'seekline-bench' }
    const cluster = await openCluster(spec, { mode: 'read-only' })
    pool.keep({ kind: 'decoding', connection: 'bench', setup: { registry: 'confluent', rules: [] } })
    const reader = createReader(clusterSource(cluster), pool, new ReadLimit(), 'bench')
    const scan = async (topic: string, encoding: string | null): Promise<Cost> => {
      const start = performance.now()
      const before = process.cpuUsage()
      let rows = 0
      const stream = reader.columns({
        topic,
        ranges: [{ partition: 0, from: 0n, to: BigInt(records) }],
        decode: { previewBytes: { key: 128, value: 384 }, verifyCrc: 'off' },
        decoded: encoding !== null,
        patience: 'whole',
      })
      const turns = await turnsDuring(async () => {
        for await (const event of stream) {
          if (event.kind === 'failed') throw event.error
          if (event.kind !== 'rows') continue
          rows += event.columns.count
          const missed = encoding !== null && !event.columns.decodings.some((one) => one.encoding === encoding)
          if (missed) throw new Error(`rows are not ${encoding}`)
        }
      })
      if (rows !== records) throw new Error(`${rows} rows of ${records}`)
      const { user, system } = process.cpuUsage(before)
      return {
        busy: (user + system) / 1_000,
        clock: performance.now() - start,
        turn: turns.at(-1) ?? 0,
        p99: turns[Math.floor(turns.length * 0.99)] ?? 0,
      }
    }
    const kinds = [
      ['Avro', topics.avro, 'Confluent Avro'],
      ['Protobuf', topics.protobuf, 'Confluent Protobuf'],
    ] as const
    const costs = kinds.map(() => ({ plain: [] as Cost[], decoded: [] as Cost[] }))
    for (let round = -1; round < rounds; round += 1) {
      for (const [i, [, topic, encoding]] of kinds.entries()) {
        const plain = await scan(topic, null)
        const decoded = await scan(topic, encoding)
        if (round < 0) continue
        costs[i]!.plain.push(plain)
        costs[i]!.decoded.push(decoded)
      }
    }
    const busy = (of: readonly Cost[]): number[] => of.map((one) => one.busy)
    const names = kinds.map(([name]) => `rows of ${name} ÷ rows as they are`)
    tellFigures(costs.map(({ plain, decoded }, i) => ({ name: names[i]!, ours: busy(decoded), peer: busy(plain) })))
    for (const [i, { plain, decoded }] of costs.entries()) {
      console.log(names[i])
      for (const [name, of] of [
        ['decoded', decoded],
        ['as they are', plain],
      ] as const) {
        const rate = (what: 'busy' | 'clock'): string => `${Math.round(records / median(of.map((one) => one[what]))).toLocaleString('en')} k/s` // oxfmt-ignore
        const [turn, p99] = [median(of.map((one) => one.turn)), median(of.map((one) => one.p99))]
        console.log(`  ${name.padEnd(12)} ${rate('busy')} of one processor's time, ${rate('clock')} by the clock; turns of the main thread: p99 ${p99.toFixed(1)} ms, longest ${turn.toFixed(1)} ms`) // oxfmt-ignore
      }
    }
    cluster.close()
    wire.close()
  } finally {
    await pool.close()
    await kafka.stop()
  }
}

await main().catch(exitWith)
