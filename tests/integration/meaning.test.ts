import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LineMeaning } from '#shared/contract/meaning.ts'
import type { Plan } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, type KafkaTools } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// What a plan means: records and bytes, judged by what kcat reads of the same range; ages and retention by what was written.

let app: TestApp
let id: ConnectionId
let bootstrap: string
let tools: KafkaTools
let wire: WireClient

const HOUR = 3_600_000n
const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
})
afterAll(async () => {
  wire?.close()
  await app?.close()
})

const record = (key: string, timestamp: bigint) => ({ timestamp, key: Buffer.from(key), value: Buffer.from(`value of ${key}`), headers: [] }) // oxfmt-ignore

async function meaningOf(plans: Plan[]) {
  const lines: LineMeaning[] = []
  const done = await app.openStream('offsets.meaning', { connectionId: id, plans }, { onBatch: (batch) => void lines.push(...batch) }) // oxfmt-ignore
  return { lines, done }
}
/** On a busy machine its time may be over before all is read, which it says; asked again it reads anew. */
const wholeMeaningOf = (plans: Plan[]) =>
  until('all of it is read', async () => {
    const found = await meaningOf(plans)
    return found.lines.every(({ records }) => records.kind === 'counted') ? found : undefined
  })
async function moved(group: string, topic: string, from: bigint, to: bigint): Promise<Plan> {
  await tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', String(from), '--execute')
  return app.call('offsets.plan', { connectionId: id, group, target: { at: 'offset', offset: to } })
}
/** What a consumer with read_committed sees of [from, to). */
async function seen(topic: string, from: bigint, to: bigint) {
  const all = await kcatConsume(bootstrap, { topic, partition: 0 })
  const own = all.filter(({ offset }) => offset >= from && offset < to)
  const bytes = own.reduce((sum, one) => sum + BigInt((one.key?.length ?? 0) + (one.value?.length ?? 0)), 0n)
  return { records: BigInt(own.length), bytes }
}
async function isAsSeen(line: LineMeaning, topic: string, from: bigint, to: bigint): Promise<void> {
  const judge = await seen(topic, from, to)
  const { records } = line
  expect(records, `${topic} from ${from} to ${to}`).toMatchObject({ kind: 'counted', records: judge.records, passed: to - from - judge.records }) // oxfmt-ignore
  const { bytes } = records as { bytes: bigint }
  // Lengths, deltas and attributes of a record come on top of its key and value.
  expect(bytes).toBeGreaterThanOrEqual(judge.bytes)
  expect(bytes).toBeLessThanOrEqual(judge.bytes + 32n * judge.records)
}

describe('what a plan means', () => {
  it('is counted as kcat counts it, through transactions, aborted data and every codec, both ways', async () => {
    const topic = uniqueName('means')
    const group = uniqueName('means-group')
    await wire.createTopic(topic, 1, { 'retention.ms': String(48n * HOUR), 'segment.ms': String(HOUR) })
    const began = BigInt(Date.now())
    const producer = await wire.initProducer(uniqueName('tx'), 600_000)
    let baseSequence = 0
    for (const [i, codec] of codecs.entries()) {
      const plain = Array.from({ length: 40 }, (_, n) => record(`${codec}-${n}`, began - BigInt(20 - i) * HOUR))
      await wire.produce(topic, 0, writeBatch(plain, { codec }))
      for (const commit of [true, false]) {
        await wire.addToTransaction(producer, topic, [0])
        const { producerId, epoch: producerEpoch, transactionalId } = producer
        const records = Array.from({ length: 7 }, (_, n) => record(`tx-${codec}-${n}`, began - BigInt(20 - i) * HOUR))
        const batch = writeBatch(records, { codec, producerId, producerEpoch, baseSequence, transactional: true })
        await wire.produce(topic, 0, batch, transactionalId ?? undefined)
        baseSequence += 7
        await wire.endTransaction(producer, commit)
      }
    }
    // Five rounds of 40 records, 7 and a marker, 7 aborted ones and a marker.
    const end = 5n * 56n
    for (const [from, to] of [
      [end, 0n],
      [end, 100n],
      [250n, 43n],
      [48n, 47n],
      [0n, end],
      [41n, 55n],
    ] as const) {
      // oxfmt-ignore
      const plan = await moved(group, topic, from, to)
      const { lines, done } = await wholeMeaningOf([plan])
      const [line] = lines
      await isAsSeen(line!, topic, from < to ? from : to, from < to ? to : from)
      expect(line?.way).toBe(from < to ? 'skips' : 'repeats')
      expect(done.sentence).toContain(from < to ? 'goes forward' : 'goes back')
    }
    const plan = await moved(group, topic, end, 0n)
    const { lines, done } = await wholeMeaningOf([plan])
    expect(lines[0]).toMatchObject({
      before: { kind: 'nothing' },
      after: { kind: 'record', offset: 0n, timestamp: began - 20n * HOUR, timestampType: 'CreateTime' },
      retention: {
        kind: 'at',
        at: began + 28n * HOUR,
        by: 'time',
        limit: 48n * HOUR,
        segmentMs: HOUR,
        compacts: false,
      },
    })
    const { records } = await seen(topic, 0n, end)
    expect(done.sentence).toMatch(new RegExp(`^1 partition goes back by 20.h.*: ${records} records \\(.*\\) are read again; nothing is skipped\\. Retention reaches it not before `)) // oxfmt-ignore
  })

  it('leaves out what was compacted away, and says of a transaction that is open how many offsets are not decided', async () => {
    const topic = uniqueName('means-compacted')
    const group = uniqueName('means-group')
    await wire.createTopic(topic, 1, {
      'cleanup.policy': 'compact',
      'segment.ms': String(HOUR),
      'min.cleanable.dirty.ratio': '0.01',
      'min.compaction.lag.ms': '0',
    })
    const began = 1_700_000_000_000n
    const filler = Array.from({ length: 2_000 }, (_, i) => `filler-${i % 3}`)
    for (const [n, codec] of codecs.entries()) {
      const at = began + BigInt(2 * n) * HOUR
      await wire.produce(
        topic,
        0,
        writeBatch(
          [`kept-${n}`, ...filler].map((key) => record(key, at)),
          { codec },
        ),
      )
    }
    await wire.produce(topic, 0, writeBatch(['filler-0', 'last'].map((key) => record(key, began + 100n * HOUR))))
    await wire.produce(topic, 0, writeBatch([record('active', began + 200n * HOUR)]))
    const end = 5n * 2_001n + 3n
    const cleaned = async () => (await kcatConsume(bootstrap, { topic })).length < 2_000
    await until('the cleaner leaves the newest of each key', cleaned, { limitMs: 180_000, everyMs: 2_000 })
    const producer = await wire.initProducer(uniqueName('tx'), 600_000)
    await wire.addToTransaction(producer, topic, [0])
    const { producerId, epoch: producerEpoch, transactionalId } = producer
    const open = writeBatch([record('open-1', began), record('open-2', began)], { producerId, producerEpoch, baseSequence: 0, transactional: true }) // oxfmt-ignore
    await wire.produce(topic, 0, open, transactionalId ?? undefined)
    try {
      const plan = await moved(group, topic, end + 2n, 0n)
      const { lines, done } = await wholeMeaningOf([plan])
      await isAsSeen(lines[0]!, topic, 0n, end)
      expect(lines[0]).toMatchObject({ undecided: 2n, retention: { kind: 'never', compacts: true } })
      expect(done.sentence).toContain('2 more offsets are of transactions that are not decided yet.')
    } finally {
      await wire.endTransaction(producer, false)
    }
  })

  it('of a range too large to count is an estimate near to what kcat counts, and reads little for it', async () => {
    const topic = uniqueName('means-large')
    const group = uniqueName('means-group')
    await wire.createTopic(topic, 1, { 'retention.ms': '-1', 'retention.bytes': '100000000' })
    const now = BigInt(Date.now())
    for (let at = 0; at < 300_000; at += 10_000) {
      const batch = Array.from({ length: 10_000 }, (_, i) => record(`key-${at + i}`, now - HOUR))
      await wire.produce(topic, 0, writeBatch(batch, { codec: 'lz4' }))
    }
    const plan = await moved(group, topic, 300_000n, 0n)
    const { line, done } = await until('some of it is read', async () => {
      const { lines, done } = await meaningOf([plan])
      return lines[0]?.records.kind === 'estimate' ? { line: lines[0], done } : undefined
    })
    const judge = await seen(topic, 0n, 300_000n)
    const { records } = line
    expect(records).toMatchObject({ kind: 'estimate', records: judge.records, of: 300_000n })
    const ratio = Number((records as { bytes: bigint }).bytes) / Number(judge.bytes)
    expect(ratio).toBeGreaterThan(0.95)
    expect(ratio).toBeLessThan(1.6)
    expect(done.bytes).toBeLessThan(8_000_000n)
    expect(done.sentence).toMatch(/: ~300.000 records \(~[\d.]+.MB\) are read again; nothing is skipped\./)
    // By size: the log has grown so much within the hour since its first record.
    expect(line.retention).toMatchObject({ kind: 'at', by: 'size', limit: 100_000_000n })
    const { at } = line.retention as { at: bigint }
    expect(at).toBeGreaterThan(now)
  })

  it('of several groups and of an undo is told line by line, and of one without a position what it begins with', async () => {
    const topic = uniqueName('means-several')
    const groups = [uniqueName('means-a'), uniqueName('means-b')]
    await wire.createTopic(topic, 2, { 'retention.ms': '-1' })
    const now = BigInt(Date.now())
    for (const partition of [0, 1]) {
      await wire.produce(topic, partition, writeBatch(Array.from({ length: 30 }, (_, i) => record(`k-${i}`, now - HOUR)))) // oxfmt-ignore
    }
    for (const group of groups) await tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', '20', '--execute') // oxfmt-ignore
    const target = { at: 'offset' as const, offset: 5n }
    const planned = await app.call('offsets.planGroups', { connectionId: id, groups: groups.map((group) => ({ group, target })) }) // oxfmt-ignore
    const { lines, done } = await wholeMeaningOf(planned.plans)
    expect(lines.map(({ plan, partition, records }) => [plan, partition, records.records])).toEqual([
      [0, 0, 15n],
      [0, 1, 15n],
      [1, 0, 15n],
      [1, 1, 15n],
    ])
    expect(done.sentence).toMatch(
      /^4 partitions of 2 groups go back: 60 records \(.*\) are read again; nothing is skipped\.$/,
    )

    const { journalId } = await app.call('offsets.apply', { connectionId: id, plan: planned.plans[0]! })
    const undo = await app.call('offsets.planUndo', { connectionId: id, journalId: journalId! })
    const undone = await wholeMeaningOf([undo])
    expect(undone.lines.map(({ way, records }) => [way, records.records])).toEqual([
      ['skips', 15n],
      ['skips', 15n],
    ])
    const fresh = await app.call('offsets.plan', { connectionId: id, group: uniqueName('means-new'), scope: [{ topic }], target }) // oxfmt-ignore
    const begun = await wholeMeaningOf([fresh])
    expect(begun.lines.map(({ way, records }) => [way, records.records])).toEqual([
      ['starts', 25n],
      ['starts', 25n],
    ])
    expect(begun.done.sentence).toMatch(/^2 partitions get a first position: they begin with 50 records \(.*\); up to 10 records before that are never read\.$/) // oxfmt-ignore
  })

  it('of a topic that was made anew says so instead of a count', async () => {
    const topic = uniqueName('means-anew')
    const group = uniqueName('means-group')
    await wire.createTopic(topic, 1)
    await wire.produce(topic, 0, writeBatch([record('a', 1n), record('b', 2n)]))
    const plan = await moved(group, topic, 2n, 0n)
    await wire.deleteTopic(topic)
    await until('it is made anew', () => wire.createTopic(topic, 1).then(() => true, () => false)) // oxfmt-ignore
    const { lines } = await meaningOf([plan])
    expect(lines).toMatchObject([
      {
        records: { kind: 'at-most', records: 2n, why: expect.stringContaining('created again') },
        after: { kind: 'unknown' },
      },
    ])
  })
})
