import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { coverageOf } from '#shared/model/ledger.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { newestByHand } from '../support/serialisers.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'

// The newest record of each of two hundred thousand keys, and counts by a field, are what a consumer in Python comes to.

const KEYS = 200_000
const PARTITIONS = 2
const PER_BATCH = 4_000

let app: TestApp
let id: ConnectionId
let bootstrap: string
let wire: WireClient
let topic: string

beforeAll(async () => {
  ;({ bootstrap } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
  topic = uniqueName('newest')
  await wire.createTopic(topic, PARTITIONS, { 'retention.ms': '-1' })
  const producer = await wire.initProducer(uniqueName('newest'))
  const { producerId, epoch: producerEpoch, transactionalId } = producer
  const sequences = Array.from({ length: PARTITIONS }, () => 0)
  const total = Math.ceil(KEYS * 1.4)
  for (let first = 0, batch = 0; first < total; first += PER_BATCH, batch += 1) {
    const partition = batch % PARTITIONS
    const records = Array.from({ length: PER_BATCH }, (_, n) => {
      const i = first + n
      // Every key once, and two fifths of them again, some of those as tombstones; in between none at all, and an empty one.
      const key = i % 97 === 0 ? null : i % 89 === 0 ? Buffer.alloc(0) : Buffer.from(`key-${(i * 7_919) % KEYS}`)
      const status = ['shipped', 'open', 'failed', 7, null, true][i % 6]
      const value = i % 11 === 0 ? null : Buffer.from(i % 13 === 0 ? 'no JSON' : JSON.stringify(i % 17 === 0 ? { other: 1 } : { status })) // oxfmt-ignore
      return { timestamp: BigInt(i), key, value, headers: [] }
    })
    const isAborted = batch % 9 === 4
    if (!isAborted) {
      await wire.produce(topic, partition, writeBatch(records, { codec: 'lz4' }))
      continue
    }
    await wire.addToTransaction(producer, topic, [partition])
    const made = writeBatch(records, { producerId, producerEpoch, baseSequence: sequences[partition]!, transactional: true }) // oxfmt-ignore
    sequences[partition]! += records.length
    await wire.produce(topic, partition, made, transactionalId ?? undefined)
    await wire.endTransaction(producer, false)
  }
})
afterAll(async () => {
  wire?.close()
  await app?.close()
})

it('is the newest of each key, null keys and tombstones among them, and no aborted one', async () => {
  const judge = await newestByHand({ bootstrap, topic })
  const spreads = [{ over: null, by: { part: 'value' as const, path: ['status'] } }]
  const of = { connectionId: id, topics: { by: 'names' as const, names: [topic] } }
  const { kept } = await app.call('search.start', { ...of, newestPerKey: true, direction: 'backward' })
  const found: string[] = []
  const done = await app.openStream('search.run', { connectionId: id, search: kept.search, shown: 1_000_000 }, {
    onBatch: ({ rows }) => {
      for (let i = 0; i < rows.count; i += 1) found.push(`${rows.partition[i]}/${rows.offset[i]}`)
    },
  })
  expect(done).toMatchObject({ reason: 'end', limit: null, failures: [] })
  expect(coverageOf(done.ledgers[0]!).left).toBe(0n)
  expect(found.length).toBe(judge.newest.length)
  expect(found.toSorted()).toEqual(judge.newest.toSorted())
  expect(done.kept.hits).toBe(judge.newest.length)

  const all = await app.call('search.start', { ...of, spreads })
  const counted = await app.openStream('search.run', { connectionId: id, search: all.kept.search, shown: 0 })
  const counts: Record<string, number> = {}
  for (const { of: value, kind, counts: [count] } of counted.spreads[0]!) {
    const name = kind === 'absent' ? 'absent' : kind === 'null' ? 'None' : kind === 'boolean' ? 'True' : value!
    counts[name] = (counts[name] ?? 0) + count!
  }
  expect(counts).toEqual(judge.statuses)
  expect(counted.found.records).toBe(BigInt(judge.records))
}) // oxfmt-ignore
