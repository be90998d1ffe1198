import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Receipt, ReplaySpec } from '#shared/contract/replay.ts'
import type { RawInput } from '#shared/contract/define.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { replay } from '#shared/contract/replay.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { writeBatch, type RecordToWrite } from '../../electron/kafka/records/batch-writer.ts'
import type { Compression } from '../../electron/kafka/records/batch-types.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { secondKafka } from '../support/lent.ts'
import { startLossyProxy } from '../support/lossy-proxy.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, type KcatRecord } from '../support/tools.ts'

// Copies are judged by kcat on both sides: every record once, byte for byte.

const COUNT = 100_000
const PARTITIONS = 3
const now = 1_700_000_000_000n

let app: TestApp
let wire: WireClient
let source: ConnectionId
let target: ConnectionId
let sourceAt: string
let second: RunningKafka
let topic: string

beforeAll(async () => {
  const kafka = await sharedKafka()
  sourceAt = kafka.bootstrap
  second = await startKafka({ nodes: 3 })
  app = await startApp()
  source = await app.connect(sourceAt, { name: 'Source' })
  target = await app.connect(second.bootstrap, { name: 'Target' })
  wire = await connectWire(sourceAt)
  topic = uniqueName('replayed')
  await fill(topic, COUNT)
})

afterAll(async () => {
  wire?.close()
  await app?.close()
  await second?.stop()
})

const bytes = (text: string) => Buffer.from(text)

/** Null, empty, duplicate and interleaved headers; null and empty keys and values; timestamps that go back and forth. */
function record(i: number): RecordToWrite {
  const headers = [
    [],
    [{ name: bytes('a'), value: null }],
    [{ name: bytes('a'), value: bytes('') }],
    [
      { name: bytes('b'), value: bytes('1') },
      { name: bytes('a'), value: bytes('2') },
      { name: bytes('b'), value: bytes('1') },
      { name: bytes('b'), value: null },
    ],
    [{ name: bytes(''), value: bytes(`n${i}`) }],
  ][i % 5]!
  return {
    timestamp: now + BigInt((i * 7919) % 1_000_000) - 500_000n,
    key: i % 11 === 0 ? null : i % 13 === 0 ? bytes('') : bytes(`key-${i}`),
    value: i % 17 === 0 ? null : bytes(`value ${i} ${'x'.repeat(i % 90)}`),
    headers,
  }
}

async function fill(name: string, count: number): Promise<void> {
  await wire.createTopic(name, PARTITIONS, { 'retention.ms': '-1' })
  const codecs: Compression[] = ['none', 'lz4', 'zstd', 'gzip', 'snappy']
  const size = 500
  for (let at = 0; at < count; at += size) {
    const records = Array.from({ length: Math.min(size, count - at) }, (_, i) => record(at + i))
    const nth = at / size
    await wire.produce(name, nth % PARTITIONS, writeBatch(records, { codec: codecs[nth % codecs.length]! }))
  }
}

type Spec = RawInput<(typeof replay)['replay.plan']>

async function run(
  spec: Partial<Spec> & Pick<ReplaySpec, 'targetTopic'>,
  options: { to?: ConnectionId; onProgress?: (copied: bigint) => void; signal?: AbortSignal } = {},
): Promise<Receipt> {
  const to = options.to ?? target
  const plan = await app.call('replay.plan', {
    source,
    target: to,
    topic,
    range: { by: 'places', from: { at: 'log-start' } },
    ...spec,
  })
  expect(plan.refusal).toBeNull()
  return app.openStream(
    'replay.run',
    { source, target: to, plan },
    { signal: options.signal, onProgress: ({ copied }) => options.onProgress?.(copied) },
  )
}

/** What must be the same: everything but the offset. */
const content = ({ partition, timestamp, key, value, headers }: KcatRecord) =>
  `${partition} ${timestamp} ${key === null ? 'null' : key.toString('hex')} ${value === null ? 'null' : value.toString('hex')} ${headers}`

async function expectSame(copy: string, at: string = second.bootstrap, of: string = topic): Promise<void> {
  const [before, after] = [await kcatConsume(sourceAt, { topic: of }), await kcatConsume(at, { topic: copy })]
  expect(after).toHaveLength(before.length)
  const byPartition = (records: KcatRecord[]) =>
    [...Map.groupBy(records, (one) => one.partition)]
      .map(([partition, list]) => [partition, list.map(content)] as const)
      .sort((a, b) => a[0] - b[0])
  // In order, partition by partition: no record twice, none missing, none moved.
  expect(byPartition(after)).toEqual(byPartition(before))
}

const create = (name: string) => ({
  create: true as const,
  name,
  partitions: PARTITIONS,
  replicationFactor: 3,
  configs: [
    { name: 'retention.ms', value: '-1' },
    { name: 'min.insync.replicas', value: '2' },
  ],
})

describe('a replay into a second cluster', () => {
  it('copies 100,000 records once each, byte for byte', async () => {
    const copy = uniqueName('copy')
    const receipt = await run({ targetTopic: create(copy) })
    expect(receipt).toMatchObject({ outcome: 'complete', copied: BigInt(COUNT), topicCreated: true })
    expect(receipt.rows.every((row) => row.status === 'complete' && row.done === row.to)).toBe(true)
    await expectSame(copy)
    const { items } = await app.call('journal.list', { kind: 'replay' })
    expect(items[0]?.id).toBe(receipt.id)
  })

  it('still once each when the target’s leader is killed midway', async () => {
    const copy = uniqueName('killed')
    let killed: Promise<void> | undefined
    const receipt = await run(
      { targetTopic: create(copy) },
      {
        onProgress: (copied) => {
          if (copied > 10_000n) killed ??= second.killNode(2)
        },
      },
    )
    killed ??= second.killNode(2)
    await killed
    expect(receipt).toMatchObject({ outcome: 'complete', copied: BigInt(COUNT) })
    await second.startNode(2)
    await expectSame(copy)
  })

  it('still once each when one Produce answer is lost', async () => {
    const single = await secondKafka()
    const proxy = await startLossyProxy(single.bootstrap, 4)
    try {
      const profile = { addressMap: [{ from: single.bootstrap, to: proxy.address }] }
      const lossy = await app.connect(single.bootstrap, { name: uniqueName('Lossy'), profile })
      const copy = uniqueName('lossy')
      const receipt = await run({ targetTopic: { ...create(copy), replicationFactor: 1, configs: [{ name: 'retention.ms', value: '-1' }] } }, { to: lossy }) // oxfmt-ignore
      expect(proxy.lost()).toBe(true)
      expect(receipt).toMatchObject({ outcome: 'complete', copied: BigInt(COUNT) })
      await expectSame(copy, single.bootstrap)
    } finally {
      await proxy.close()
    }
  })
})

describe('what is copied', () => {
  it('leaves markers, aborted and open transactions out, and counts them', async () => {
    const name = uniqueName('transactions')
    await wire.createTopic(name, 1, { 'retention.ms': '-1' })
    const producer = await wire.initProducer(uniqueName('tx'), 600_000)
    const put = async (count: number, baseSequence: number) => {
      await wire.addToTransaction(producer, name, [0])
      const { producerId, epoch: producerEpoch, transactionalId } = producer
      const records = Array.from({ length: count }, (_, i) => record(i))
      const batch = writeBatch(records, { producerId, producerEpoch, baseSequence, transactional: true })
      await wire.produce(name, 0, batch, transactionalId ?? undefined)
    }
    await put(10, 0)
    await wire.endTransaction(producer, true)
    await put(5, 10)
    await wire.endTransaction(producer, false)
    await put(7, 15)
    await wire.endTransaction(producer, true)
    await put(3, 22)
    const copy = uniqueName('committed')
    const targetTopic = { ...create(copy), partitions: 1 }
    const plan = await app.call('replay.plan', {
      source,
      target,
      topic: name,
      range: { by: 'places', from: { at: 'log-start' } },
      targetTopic,
    })
    expect(plan.rows[0]?.openLeftOut).toBe(3n)
    const receipt = await app.openStream('replay.run', { source, target, plan })
    expect(receipt.rows[0]).toMatchObject({
      copied: 17n,
      aborted: 5n,
      markers: 3n,
      openLeftOut: 3n,
      status: 'complete',
    })
    await expectSame(copy, second.bootstrap, name)
    await wire.endTransaction(producer, false)
  })

  it('ranges by offset and by timestamp, and single records', async () => {
    const range = { by: 'offsets' as const, ranges: [{ partition: 1, from: 100n, to: 137n }] }
    const byOffset = await run({ range, targetTopic: create(uniqueName('range')) })
    expect(byOffset.copied).toBe(37n)
    const records = [
      { partition: 0, offset: 3n },
      { partition: 2, offset: 9n },
      { partition: 2, offset: 10n },
    ]
    const copy = uniqueName('chosen')
    const chosen = await run({ range: { by: 'records', records }, targetTopic: create(copy) })
    expect(chosen.copied).toBe(3n)
    const all = await kcatConsume(sourceAt, { topic })
    const wanted = all.filter((one) => records.some((at) => at.partition === one.partition && at.offset === one.offset))
    const got = await kcatConsume(second.bootstrap, { topic: copy })
    expect(got.map(content).sort()).toEqual(wanted.map(content).sort())
  })

  it('shifts timestamps by one amount, so that the newest is now', async () => {
    const copy = uniqueName('shifted')
    const range = { by: 'offsets' as const, ranges: [{ partition: 0, from: 0n, to: 1_000n }] }
    await run({ range, targetTopic: create(copy), timestamps: 'shift' })
    const before = (await kcatConsume(sourceAt, { topic, partition: 0, count: 1_000 })).map((one) => one.timestamp)
    const after = (await kcatConsume(second.bootstrap, { topic: copy, partition: 0 })).map((one) => one.timestamp)
    const shift = after[0]! - before[0]!
    expect(after.map((time, i) => time - before[i]!)).toEqual(before.map(() => shift))
    const newest = after.reduce((a, b) => (a > b ? a : b))
    expect(Math.abs(Number(BigInt(Date.now()) - newest))).toBeLessThan(60_000)
  })

  it('can be cancelled, with a receipt that says how far it came', async () => {
    const abort = new AbortController()
    const copy = uniqueName('cancelled')
    const receipt = await run(
      { targetTopic: create(copy) },
      { signal: abort.signal, onProgress: (copied) => copied > 0n && abort.abort() },
    )
    const written = await kcatConsume(second.bootstrap, { topic: copy })
    expect(['cancelled', 'complete']).toContain(receipt.outcome)
    expect(receipt.copied).toBe(BigInt(written.length))
  })

  it('warns of what the target would do, and refuses what it would refuse', async () => {
    const name = uniqueName('short-lived')
    const targetTopic = { ...create(name), configs: [{ name: 'retention.ms', value: '86400000' }] }
    const plan = await app.call('replay.plan', {
      source,
      target,
      topic,
      range: { by: 'places', from: { at: 'log-start' } },
      targetTopic,
    })
    expect(plan.concerns).toContainEqual(expect.objectContaining({ kind: 'deleted', offsets: BigInt(COUNT) }))
    const none = await app.call('replay.plan', {
      source,
      target,
      topic,
      range: { by: 'places', from: { at: 'log-start' } },
      targetTopic: { create: false, name: uniqueName('not-there') },
    })
    expect(none.refusal).toMatchObject({ code: 'kafka.topic-unknown' })
  })
})
