import { randomBytes } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RawInput } from '#shared/contract/define.ts'
import type { Receipt, replay, ReplaySpec } from '#shared/contract/replay.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { writeBatch, type RecordToWrite } from '../../electron/kafka/records/batch-writer.ts'
import type { Compression } from '../../electron/kafka/records/batch-types.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, kcatProduce, type KcatRecord } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// What the two sides' own rules do to copies: damage, compaction, limits, topics that go away. Judged by kcat.

let app: TestApp
let wire: WireClient
let source: ConnectionId
let target: ConnectionId
let from: RunningKafka
let targetAt: string

beforeAll(async () => {
  targetAt = (await sharedKafka()).bootstrap
  from = await startKafka({ properties: { 'log.cleaner.backoff.ms': '200', 'message.max.bytes': '8000000' } })
  app = await startApp()
  source = await app.connect(from.bootstrap, { name: 'Source' })
  target = await app.connect(targetAt, { name: 'Target' })
  wire = await connectWire(from.bootstrap)
})

afterAll(async () => {
  wire?.close()
  await app?.close()
  await from?.stop()
})

const bytes = (text: string) => Buffer.from(text)
const record = (i: number, size = 20): RecordToWrite => ({
  timestamp: BigInt(Date.now()) - 1_000n + BigInt(i % 1_000),
  key: bytes(`key-${i % 97}`),
  value: bytes(`${i} `.padEnd(size, 'x')),
  headers: [],
})

async function fill(
  name: string,
  count: number,
  more: {
    size?: number
    batch?: number
    codec?: Compression
    partitions?: number
    config?: Record<string, string>
  } = {},
) {
  const { size = 20, batch = 500, codec = 'none', partitions = 1, config = {} } = more
  await wire.createTopic(name, partitions, { 'retention.ms': '-1', ...config })
  for (let at = 0; at < count; at += batch) {
    const records = Array.from({ length: Math.min(batch, count - at) }, (_, i) => record(at + i, size))
    await wire.produce(name, (at / batch) % partitions, writeBatch(records, { codec }))
  }
}

type Spec = RawInput<(typeof replay)['replay.plan']>
const planOf = (spec: Partial<Spec> & Pick<ReplaySpec, 'topic' | 'targetTopic'>) =>
  app.call('replay.plan', { source, target, range: { by: 'places', from: { at: 'log-start' } }, ...spec })

async function run(
  spec: Parameters<typeof planOf>[0],
  options: { onProgress?: (copied: bigint) => void; signal?: AbortSignal } = {},
): Promise<Receipt> {
  const plan = await planOf(spec)
  expect(plan.refusal).toBeNull()
  const { onProgress, signal } = options
  return app.openStream(
    'replay.run',
    { source: plan.spec.source, target: plan.spec.target, plan },
    { signal, onProgress: ({ copied }) => onProgress?.(copied) },
  )
}

const create = (name: string, partitions = 1, configs: Record<string, string> = {}) => ({
  create: true as const,
  name,
  partitions,
  replicationFactor: 1,
  configs: Object.entries({ 'retention.ms': '-1', ...configs }).map(([key, value]) => ({ name: key, value })),
})
const into = (name: string) => ({ create: false as const, name })

const content = ({ partition, timestamp, key, value, headers }: KcatRecord) =>
  [partition, timestamp, key?.toString('hex'), value?.toString('hex'), headers].join(' ')
const copied = async (topic: string) => (await kcatConsume(targetAt, { topic })).map(content)
const original = async (topic: string) => (await kcatConsume(from.bootstrap, { topic })).map(content)

describe('the source', () => {
  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'compressed with %s, in batches passed on and rebuilt',
    async (codec) => {
      for (const batch of [40, 2_000]) {
        const name = uniqueName(`${codec}-${batch}`)
        await fill(name, 6_000, { codec, batch, size: 300 })
        const receipt = await run({ topic: name, targetTopic: create(name) })
        expect(receipt).toMatchObject({ outcome: 'complete', copied: 6_000n })
        expect(await copied(name)).toEqual(await original(name))
      }
    },
  )

  it('with compacted holes: what is left arrives, the holes are counted', async () => {
    const name = uniqueName('compacted')
    const config = {
      'cleanup.policy': 'compact',
      'segment.bytes': '1048576',
      'min.cleanable.dirty.ratio': '0.001',
      'max.compaction.lag.ms': '100',
    }
    await fill(name, 20_000, { config, size: 200 })
    const left = async () => (await kcatConsume(from.bootstrap, { topic: name })).length
    await until('the cleaner begins', async () => (await left()) < 15_000, { limitMs: 180_000, everyMs: 200 })
    const before = await original(name)
    expect(before.length).toBeLessThan(15_000)
    const receipt = await run({ topic: name, targetTopic: create(name) })
    const after = await copied(name)
    const row = receipt.rows[0]!
    expect(row.copied + row.missing).toBe(row.to - row.from)
    expect(receipt.outcome).toBe('complete')
    expect(after.length).toBe(Number(row.copied))
    // The cleaner may have gone on meanwhile: everything that is still there was copied, in order.
    const wanted = new Set(await original(name))
    expect(after.filter((one) => wanted.has(one))).toEqual([...wanted])
  })

  it('with a damaged batch: it is not passed on, all others are', async () => {
    const name = uniqueName('damaged')
    await fill(name, 3_000, { batch: 1_000, size: 200 })
    const folder = path.join(from.dir, 'node-1', 'data', `${name}-0`)
    const log = (await fs.readdir(folder)).find((file) => file.endsWith('.log'))!
    const file = await fs.open(path.join(folder, log), 'r+')
    const { size } = await file.stat()
    await file.write(Buffer.from([0xff]), 0, 1, Math.floor(size / 2))
    await file.close()
    const receipt = await run({ topic: name, targetTopic: create(name) })
    expect(receipt.outcome).toBe('partial')
    expect(receipt.rows[0]).toMatchObject({
      copied: 2_000n,
      refused: 1_000n,
      status: 'complete',
      error: { code: 'records.corrupt' },
    })
    expect(receipt.rows[0]!.error!.message).toMatch(/Offset 1000.*checksum/)
    const values = (await kcatConsume(targetAt, { topic: name })).map((one) => Number.parseInt(one.value!.toString()))
    expect(values).toEqual(Array.from({ length: 3_000 }, (_, i) => i).filter((i) => i < 1_000 || i >= 2_000))
  })

  it('stamped by its broker: copies carry the time of the append', async () => {
    const name = uniqueName('append-time')
    await fill(name, 1_000, { config: { 'message.timestamp.type': 'LogAppendTime' } })
    await run({ topic: name, targetTopic: create(name) })
    expect(await copied(name)).toEqual(await original(name))
  })

  it('deleted and created again since the plan: refused, nothing written', async () => {
    const name = uniqueName('recreated')
    await fill(name, 10)
    const plan = await planOf({ topic: name, targetTopic: create(name) })
    await wire.deleteTopic(name)
    await fill(name, 10)
    await expect(app.openStream('replay.run', { source, target, plan })).rejects.toMatchObject({
      code: 'kafka.topic-recreated',
    })
    expect((await app.call('topics.list', { connectionId: target })).items.map((one) => one.name)).not.toContain(name)
  })
})

describe('the target', () => {
  it('by key puts every key where a Java-compatible producer does, in order', async () => {
    const name = uniqueName('by-key')
    await fill(name, 5_000, { partitions: 3, batch: 100 })
    const judge = uniqueName('judge')
    const receipt = await run({ topic: name, targetTopic: create(name, 7), partitioning: 'by-key' })
    expect(receipt).toMatchObject({ outcome: 'complete', copied: 5_000n })
    const { tools } = await sharedKafka()
    await tools.createTopic(judge, 7)
    const input = Array.from({ length: 97 }, (_, i) => `key-${i}:x`).join('\n')
    await kcatProduce(targetAt, { topic: judge, input, keyDelimiter: ':', settings: { partitioner: 'murmur2_random' } })
    const place = new Map(
      (await kcatConsume(targetAt, { topic: judge })).map((one) => [one.key!.toString(), one.partition]),
    )
    const got = await kcatConsume(targetAt, { topic: name })
    expect(got).toHaveLength(5_000)
    for (const one of got) expect(one.partition).toBe(place.get(one.key!.toString()))
    const before = await kcatConsume(from.bootstrap, { topic: name })
    const ordered = (list: KcatRecord[], key: string, of: Set<string>) =>
      list
        .filter((one) => one.key!.toString() === key && of.has(one.value!.toString()))
        .map((one) => one.value!.toString())
    for (const partition of [0, 1, 2]) {
      const values = new Set(before.filter((one) => one.partition === partition).map((one) => one.value!.toString()))
      expect(ordered(got, 'key-5', values)).toEqual(ordered(before, 'key-5', values))
    }
  })

  it('with fewer partitions: those without a counterpart are refused beforehand', async () => {
    const name = uniqueName('fewer')
    await fill(name, 3_000, { partitions: 3 })
    const plan = await planOf({ topic: name, targetTopic: create(name, 2) })
    expect(plan.rows.map((row) => row.error?.code)).toEqual([undefined, undefined, 'plan.refused'])
    expect(plan.concerns.map((one) => one.kind)).toContain('partitioning')
    const receipt = await app.openStream('replay.run', { source, target, plan })
    expect(receipt.rows.map((row) => row.status)).toEqual(['complete', 'complete', 'failed'])
    expect(receipt).toMatchObject({ outcome: 'partial', copied: 2_000n })
  })

  it('with smaller batches: larger ones are taken apart, and only records that are too large refused', async () => {
    const name = uniqueName('too-large')
    await wire.createTopic(name, 1, { 'retention.ms': '-1' })
    const records = Array.from({ length: 200 }, (_, i) => record(i, i % 50 === 7 ? 40_000 : 3_000))
    await wire.produce(name, 0, writeBatch(records))
    await wire.produce(name, 0, writeBatch([record(200)]))
    const plan = await planOf({ topic: name, targetTopic: create(name, 1, { 'max.message.bytes': '20000' }) })
    expect(plan.concerns.map((one) => one.kind)).toContain('too-large')
    const receipt = await app.openStream('replay.run', { source, target, plan })
    expect(receipt.rows[0]).toMatchObject({
      copied: 197n,
      refused: 4n,
      status: 'complete',
      error: { code: 'records.too-large' },
    })
    const got = (await kcatConsume(targetAt, { topic: name })).map((one) => Number.parseInt(one.value!.toString()))
    expect(got).toEqual(Array.from({ length: 201 }, (_, i) => i).filter((i) => i % 50 !== 7))
  })

  it.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'that takes a record only uncompressed gets it so: %s makes what is random larger',
    async (codec) => {
      const name = uniqueName(`grown-${codec}`)
      await wire.createTopic(name, 1, { 'retention.ms': '-1' })
      const records = [10_000, 40, 10_000, 10_040].map((size, i) => ({ ...record(i), value: randomBytes(size) }))
      await wire.produce(name, 0, writeBatch(records, { codec }))
      // What the larger ones take as batches of one without compression, and not a byte more; the last does not fit.
      const plain = writeBatch([records[0]!]).length
      expect(writeBatch([records[0]!], { codec }).length).toBeGreaterThan(plain)
      const limits = { 'max.message.bytes': String(plain), 'compression.type': 'producer' }
      const receipt = await run({ topic: name, targetTopic: create(name, 1, limits) })
      expect(receipt.rows[0]).toMatchObject({ copied: 3n, refused: 1n, error: { code: 'records.too-large' } })
      const whole = await original(name)
      expect(await copied(name)).toEqual(whole.slice(0, 3))
    },
  )

  it('compacted: records without a key are refused one by one, and said', async () => {
    const name = uniqueName('needs-keys')
    await wire.createTopic(name, 1, { 'retention.ms': '-1' })
    const records = Array.from({ length: 500 }, (_, i) => ({
      ...record(i),
      key: i % 100 === 3 ? null : bytes(`k${i}`),
    }))
    await wire.produce(name, 0, writeBatch(records))
    const plan = await planOf({ topic: name, targetTopic: create(name, 1, { 'cleanup.policy': 'compact' }) })
    expect(plan.concerns.map((one) => one.kind)).toContain('compacted')
    const receipt = await app.openStream('replay.run', { source, target, plan })
    expect(receipt.rows[0]).toMatchObject({ copied: 495n, refused: 5n, status: 'complete' })
    expect(receipt.rows[0]!.error!.message).toContain('Offset 3')
    expect(await kcatConsume(targetAt, { topic: name })).toHaveLength(495)
  })

  it('bounds timestamps: the plan counts what it will refuse, the receipt what it refused', async () => {
    const name = uniqueName('bounded')
    await wire.createTopic(name, 1, { 'retention.ms': '-1' })
    const now = BigInt(Date.now())
    const at = (i: number) => (i < 30 ? now - 90_000_000n : now)
    const records = Array.from({ length: 100 }, (_, i) => ({ ...record(i), timestamp: at(i) }))
    await wire.produce(name, 0, writeBatch(records))
    const bounds = { 'message.timestamp.before.max.ms': '3600000' }
    const plan = await planOf({ topic: name, targetTopic: create(name, 1, bounds) })
    expect(plan.concerns).toContainEqual(expect.objectContaining({ kind: 'refused', offsets: 30n }))
    const receipt = await app.openStream('replay.run', { source, target, plan })
    expect(receipt.rows[0]).toMatchObject({ copied: 70n, refused: 30n })
    const stamped = await planOf({ topic: name, targetTopic: into(name), timestamps: 'now' })
    expect(stamped.concerns.filter((one) => one.kind === 'refused')).toEqual([])
  })

  it('deleted midway: it stops, and says from where', async () => {
    const name = uniqueName('vanishing')
    await fill(name, 60_000, { size: 1_000, batch: 1_000 })
    const slow = await app.connect(from.bootstrap, { name: uniqueName('Slow'), profile: { readLimit: 1 } })
    let gone: Promise<unknown> | undefined
    // One request, while the copy's read limit leaves a minute: Kafka's script would take a good part of it to start.
    const there = await connectWire(targetAt)
    const receipt = await run(
      { topic: name, source: slow, targetTopic: create(name) },
      {
        onProgress: (n) => {
          if (n > 0n) gone ??= there.deleteTopic(name)
        },
      },
    )
    await gone
    there.close()
    expect(['partial', 'failed']).toContain(receipt.outcome)
    const row = receipt.rows[0]!
    expect(['failed', 'unknown']).toContain(row.status)
    expect(row.done).toBeLessThan(row.to)
    expect(['kafka.topic-unknown', 'kafka.topic-recreated', 'kafka.refused', 'kafka.no-leader']).toContain(
      row.error?.code,
    )
    expect(receipt.summary).toContain(String(row.done))
  })

  it('that is the source itself is warned of, and comes to an end', async () => {
    const name = uniqueName('loop')
    await fill(name, 1_000)
    const plan = await planOf({ topic: name, target: source, targetTopic: into(name) })
    expect(plan.concerns.map((one) => one.kind)).toContain('loop')
    const receipt = await app.openStream('replay.run', { source, target: source, plan })
    expect(receipt).toMatchObject({ outcome: 'complete', copied: 1_000n })
    expect(await kcatConsume(from.bootstrap, { topic: name })).toHaveLength(2_000)
  })
})

it('cancelled midway: the receipt says up to where, and the target holds exactly that', async () => {
  const name = uniqueName('cut-short')
  await fill(name, 40_000, { size: 1_000, batch: 500, partitions: 2 })
  const slow = await app.connect(from.bootstrap, { name: uniqueName('Slow'), profile: { readLimit: 8 } })
  const abort = new AbortController()
  const receipt = await run(
    { topic: name, source: slow, targetTopic: create(name, 2) },
    { signal: abort.signal, onProgress: (n) => n > 3_000n && abort.abort() },
  )
  expect(receipt.outcome).toBe('cancelled')
  const got = await kcatConsume(targetAt, { topic: name })
  const before = await kcatConsume(from.bootstrap, { topic: name })
  for (const row of receipt.rows) {
    const mine = (list: KcatRecord[]) => list.filter((one) => one.partition === row.partition)
    expect(row.done - row.from).toBe(row.copied)
    expect(mine(got).map(content)).toEqual(mine(before).slice(0, Number(row.copied)).map(content))
    expect(row.targets.reduce((sum, one) => sum + one.records, 0n)).toBe(row.copied)
  }
  const { items } = await app.call('journal.list', { kind: 'replay', limit: 1 })
  expect(items[0]).toMatchObject({ id: receipt.id, result: { id: receipt.id, outcome: 'cancelled' } })
})
