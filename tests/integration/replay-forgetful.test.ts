import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startFrameProxy } from '../support/frame-proxy.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { dumpedBatches } from '../support/own-batches.ts'
import { produceOne } from '../support/produce-one.ts'
import { uniqueName } from '../support/shared-kafka.ts'
import type { ConnectionId } from '#shared/model/ids.ts'

// A broker judges producer.id.expiration.ms by the records' own timestamps: of a producer that writes old records it knows
// nothing at its next check. Here it checks all the time. Judged by Kafka's DumpLogSegments.

const DAY = 86_400_000n
const PRODUCE = 0
const API_VERSIONS = 18

let kafka: RunningKafka
let app: TestApp
let wire: WireClient
let source: ConnectionId

beforeAll(async () => {
  kafka = await startKafka({ properties: { 'producer.id.expiration.check.interval.ms': '5' } })
  app = await startApp()
  source = await app.connect(kafka.bootstrap, { name: 'Source' })
  wire = await connectWire(kafka.bootstrap)
})

afterAll(async () => {
  wire?.close()
  await app?.close()
  await kafka?.stop()
})

const old = BigInt(Date.now()) - 30n * DAY
const value = (i: number) => Buffer.from(`value ${i} ${'x'.repeat(200)}`)
const records = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ timestamp: old, key: null, value: value(from + i), headers: [] }))

async function filled(count: number): Promise<string> {
  const topic = uniqueName('old')
  await wire.createTopic(topic, 1, { 'retention.ms': '-1' })
  for (let at = 0; at < count; at += 500) await wire.produce(topic, 0, writeBatch(records(500, at)))
  return topic
}

const folderOf = (topic: string) => path.join(kafka.dir, 'node-1', 'data', `${topic}-0`)

/** A connection through a proxy that swallows the answers to these Produce requests, and what it does just before. */
async function lossy(lost: readonly number[], before: () => Promise<void> = async () => undefined) {
  const proxy = await startFrameProxy(kafka.bootstrap)
  let swallowed = 0
  proxy.judge = ({ apiKey, nth }) => {
    if (apiKey !== PRODUCE || !lost.includes(nth)) return 'pass'
    swallowed += 1
    void before()
    return 'lose'
  }
  const profile = { addressMap: [{ from: kafka.bootstrap, to: proxy.address }] }
  const target = await app.connect(kafka.bootstrap, { name: uniqueName('Lossy'), profile })
  return { target, swallowed: () => swallowed, close: () => proxy.close() }
}

const create = (name: string, configs: Record<string, string> = {}) => ({
  create: true as const,
  name,
  partitions: 1,
  replicationFactor: 1,
  configs: Object.entries({ 'retention.ms': '-1', ...configs }).map(([key, one]) => ({ name: key, value: one })),
})

describe('old records, their timestamps kept, into a broker that forgets their producer', () => {
  it.each([[[0]], [[1]], [[3, 4, 6]]])('nothing twice when the answers %j are lost', async (lost) => {
    const topic = await filled(20_000)
    const copy = uniqueName('copy')
    const { target, swallowed, close } = await lossy(lost)
    try {
      const plan = await app.call('replay.plan', { source, target, topic, range: { by: 'places', from: { at: 'log-start' } }, targetTopic: create(copy) }) // oxfmt-ignore
      const receipt = await app.openStream('replay.run', { source, target, plan })
      expect(swallowed()).toBeGreaterThan(0)
      const dumped = await dumpedBatches(kafka.tools, folderOf(copy))
      expect(dumped.twice).toEqual([])
      expect(dumped.records).toBe(20_000)
      expect(receipt).toMatchObject({ outcome: 'complete', copied: 20_000n })
      expect(receipt.growth).toMatchObject([{ partition: 0, from: 0n, to: 20_000n, acknowledged: 20_000n, unacknowledged: 0n }]) // oxfmt-ignore
    } finally {
      await close()
    }
  })

  it('nothing twice while others write to the target as well, and the receipt tells theirs from ours', async () => {
    const topic = await filled(20_000)
    const copy = uniqueName('shared')
    await wire.createTopic(copy, 1, { 'retention.ms': '-1' })
    await wire.produce(copy, 0, writeBatch(records(7)))
    const others = () => wire.produce(copy, 0, writeBatch(records(11))).then(() => undefined)
    const { target, close } = await lossy([2, 5], others)
    try {
      const plan = await app.call('replay.plan', { source, target, topic, range: { by: 'places', from: { at: 'log-start' } }, targetTopic: { create: false, name: copy } }) // oxfmt-ignore
      const receipt = await app.openStream('replay.run', { source, target, plan })
      const dumped = await dumpedBatches(kafka.tools, folderOf(copy))
      expect(dumped.twice.filter((one) => !one.startsWith('-1/'))).toEqual([])
      expect(dumped.records).toBe(20_000 + 7 + 22)
      expect(receipt).toMatchObject({ outcome: 'complete', copied: 20_000n })
      expect(receipt.growth).toMatchObject([{ from: 7n, to: 20_029n, acknowledged: 20_000n, unacknowledged: 0n }])
    } finally {
      await close()
    }
  })

  it('where the log no longer tells, it is unknown rather than written twice', async () => {
    const topic = await filled(5_000)
    const copy = uniqueName('deleted')
    const proxy = await startFrameProxy(kafka.bootstrap)
    let lost = false
    let deleting: Promise<void> | undefined
    let deleted = false
    proxy.judge = ({ apiKey, nth }) => {
      if (deleted || (!lost && (apiKey !== PRODUCE || nth !== 3))) return 'pass'
      if (!lost) {
        lost = true
        return 'lose'
      }
      // What is behind it on its connection must not end that before the answer came.
      if (apiKey === PRODUCE) return 'hold'
      if (apiKey !== API_VERSIONS) return 'pass'
      // Somebody reconnects: the answer came by then, so the batch is in the log that is now emptied.
      deleting ??= wire.deleteRecords(copy, 0, -1n).then(() => void (deleted = true))
      return 'cut'
    }
    try {
      const profile = { addressMap: [{ from: kafka.bootstrap, to: proxy.address }] }
      const target = await app.connect(kafka.bootstrap, { name: uniqueName('Lossy'), profile })
      const plan = await app.call('replay.plan', { source, target, topic, range: { by: 'places', from: { at: 'log-start' } }, targetTopic: create(copy) }) // oxfmt-ignore
      const receipt = await app.openStream('replay.run', { source, target, plan })
      await deleting
      const [row] = receipt.rows
      expect(row).toMatchObject({ status: 'unknown', error: { code: 'kafka.offset-out-of-range' } })
      expect(row!.done).toBeLessThan(5_000n)
      expect(receipt.outcome).toBe('partial')
      expect(receipt.summary).toMatch(/unknown what arrived of partition 0 from source offset/)
      expect(receipt.growth[0]).toMatchObject({ unacknowledged: null, note: expect.stringMatching(/cannot be told/) })
      const dumped = await dumpedBatches(kafka.tools, folderOf(copy))
      expect(dumped.twice).toEqual([])
      expect(BigInt(dumped.records)).toBeLessThanOrEqual(row!.copied + 2_500n)
    } finally {
      await proxy.close()
    }
  })

  it('one record: its offset is found in the log when the answer was lost', async () => {
    const topic = uniqueName('one')
    await wire.createTopic(topic, 1, { 'retention.ms': '-1' })
    await wire.produce(topic, 0, writeBatch(records(3)))
    const { target, swallowed, close } = await lossy([0])
    try {
      const record = { topic, partition: 0, key: null, value: value(1), timestamp: old }
      expect(await produceOne(app, target, record)).toBe(3n)
      expect(swallowed()).toBe(1)
      expect((await dumpedBatches(kafka.tools, folderOf(topic))).records).toBe(4)
    } finally {
      await close()
    }
  })
})
