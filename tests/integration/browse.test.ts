import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BrowseDone } from '#shared/contract/messages.ts'
import type { IfNone, Place } from '#shared/model/place.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { rowAt, type RowColumns } from '#shared/model/rows.ts'
import { type Hole } from '#shared/model/hole.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import type { Compression } from '../../electron/kafka/records/batch-types.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, kcatProduce, type KafkaTools, type KcatRecord } from '../support/tools.ts'
import { until, untilHolds } from '../support/wait-for.ts'

// What is on the screen equals what kcat reads: every codec, every page, every hole.

let app: TestApp
let id: ConnectionId
let bootstrap: string
let tools: KafkaTools
let wire: WireClient

beforeAll(async () => {
  const kafka = await sharedKafka()
  ;({ bootstrap, tools } = kafka)
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
})

afterAll(async () => {
  wire?.close()
  await app?.close()
})

/** Timestamps here are long past; retention must not take the records from under the test. */
const keepForEver = { 'retention.ms': '-1' }

interface Row {
  partition: number
  offset: bigint
  timestamp: bigint
  key: string | null
  value: string | null
  headers?: string
}

async function browse(
  topic: string,
  start: Place,
  options: { limit?: number; direction?: 'backward'; partitions?: number[]; ifNone?: IfNone } = {},
): Promise<{ rows: Row[]; holes: Hole[]; done: BrowseDone }> {
  const rows: Row[] = []
  const holes: Hole[] = []
  const onBatch = (frame: RowColumns) => {
    for (let i = 0; i < frame.count; i += 1) {
      const { partition, offset, timestamp, key, value } = rowAt(frame, i)
      rows.push({ partition, offset, timestamp, key: text(key), value: text(value) })
    }
    holes.push(...frame.holes.map((one) => one.hole))
  }
  const done = await app.openStream('messages.browse', { connectionId: id, topic, start, ...options }, { onBatch })
  return { rows, holes, done }
}

const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('latin1'))

function asRow({ partition, offset, timestamp, key, value }: KcatRecord): Row {
  return { partition, offset, timestamp, key: text(key), value: text(value) }
}

/** The same words as kcat's %h. */
async function headersOf(topic: string, { partition, offset }: Row): Promise<string> {
  const record = await app.call('messages.record', { connectionId: id, topic, partition, offset })
  if (record.kind !== 'record') throw new Error(`No record at ${offset}.`)
  return record.headers
    .map(({ name, value }) => `${text(name) ?? ''}=${value === null ? 'NULL' : (text(value) ?? '')}`)
    .join(',')
}

const codecs: Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd']

describe('a page equals kcat', () => {
  it.each(codecs)('1,000 records, %s', async (codec) => {
    const topic = uniqueName(`codec-${codec}`)
    await tools.createTopic(topic)
    const input = Array.from({ length: 1_000 }, (_, i) => `key-${i}|${'value '.repeat(i % 40)}${i}`).join('\n')
    await kcatProduce(bootstrap, {
      topic,
      input,
      keyDelimiter: '|',
      headers: ['trace=1', 'trace=2', 'empty='],
      settings: { 'compression.codec': codec },
    })
    const [judge, { rows, done }] = await Promise.all([
      kcatConsume(bootstrap, { topic }),
      browse(topic, { at: 'log-start' }, { limit: 1_000 }),
    ])
    expect(judge).toHaveLength(1_000)
    expect(rows).toEqual(judge.map(asRow))
    expect(done.reason).toBe('limit')
    const headers: string[] = []
    // In slices: a page may have 512 calls under way.
    for (let at = 0; at < rows.length; at += 50) {
      headers.push(...(await Promise.all(rows.slice(at, at + 50).map((row) => headersOf(topic, row)))))
    }
    expect(headers).toEqual(judge.map((record) => record.headers))
    // Not the first record: alone in a batch, as on a slow machine it may be, it would not shrink and stays as it is.
    const long = await app.call('messages.record', { connectionId: id, topic, partition: 0, offset: 39n })
    expect(long).toMatchObject({ batch: { codec, crcValid: true } })
  })

  it('null and empty, bytes that are not UTF-8, and headers in their own order', async () => {
    const topic = uniqueName('odd')
    await wire.createTopic(topic, 1, keepForEver)
    const bytes = (value: string) => Buffer.from(value, 'latin1')
    const records = [
      { timestamp: -1n, key: null, value: null, headers: [] },
      { timestamp: 0n, key: bytes(''), value: bytes(''), headers: [] },
      {
        timestamp: 1_700_000_000_000n,
        key: bytes('\xff\x00\xfe'),
        value: bytes('<script>alert(1)</script>\u0000'),
        headers: [
          { name: bytes('b'), value: null },
          { name: bytes('a'), value: bytes('') },
          { name: bytes('b'), value: bytes('2') },
          { name: bytes('1'), value: bytes('x') },
        ],
      },
    ]
    await wire.produce(topic, 0, writeBatch(records))
    const [judge, { rows }] = await Promise.all([kcatConsume(bootstrap, { topic }), browse(topic, { at: 'log-start' })])
    expect(rows).toEqual(judge.map(asRow))
    expect(await headersOf(topic, rows[2]!)).toBe('b=NULL,a=,b=2,1=x')
    expect(judge[2]?.headers).toBe('b=NULL,a=,b=2,1=x')
  })
})

describe('newest N and pages backward', () => {
  /** Every page backward from the newest, oldest page first. */
  async function pagesBackward(topic: string, limit: number): Promise<Row[]> {
    const pages: Row[][] = []
    let page = await browse(topic, { at: 'high-watermark' }, { limit })
    for (let n = 0; n < 500 && page.rows.length > 0; n += 1) {
      pages.unshift(page.rows)
      const offsets = page.done.backward
      page = await browse(topic, { at: 'offsets', offsets }, { limit, direction: 'backward' })
    }
    return pages.flat()
  }

  it('are exact on a transactional topic with committed and aborted transactions', async () => {
    const topic = uniqueName('transactional')
    await wire.createTopic(topic, 1, keepForEver)
    const producer = await wire.initProducer(uniqueName('tx'), 60_000)
    let baseSequence = 0
    for (let round = 0; round < 30; round += 1) {
      await wire.addToTransaction(producer, topic, [0])
      const records = Array.from({ length: 1 + (round % 7) }, (_, i) => ({
        timestamp: 1_700_000_000_000n + BigInt(round),
        key: Buffer.from(`k${round}-${i}`),
        value: Buffer.from(`v${round}-${i}`),
        headers: [],
      }))
      const { producerId, epoch: producerEpoch, transactionalId } = producer
      const batch = writeBatch(records, { producerId, producerEpoch, baseSequence, transactional: true })
      await wire.produce(topic, 0, batch, transactionalId ?? undefined)
      baseSequence += records.length
      await wire.endTransaction(producer, round % 3 !== 1)
    }
    const judge = (await kcatConsume(bootstrap, { topic })).map(asRow)
    const newest = await browse(topic, { at: 'high-watermark' }, { limit: 37 })
    expect(newest.rows).toEqual(judge.slice(-37))
    expect(newest.done.counts.records).toBe(37n)
    expect(await pagesBackward(topic, 13)).toEqual(judge)
    // Each offset is a row or an explained hole, none is left out.
    const all = await browse(topic, { at: 'log-start' }, { limit: 10_000 })
    const held = all.holes.reduce((sum, hole) => sum + hole.last - hole.first + 1n, 0n)
    expect(BigInt(all.rows.length) + held).toBe(all.done.bounds[0]?.highWatermark)
    expect(all.holes.reduce((sum, hole) => sum + hole.markers, 0n)).toBe(30n)
  })

  it('are exact across a compacted hole of a million offsets', async () => {
    const topic = uniqueName('hole')
    await wire.createTopic(topic, 1, {
      'cleanup.policy': 'compact',
      'segment.ms': '3600000',
      'min.cleanable.dirty.ratio': '0.01',
      'min.compaction.lag.ms': '0',
    })
    const hour = 3_600_000n
    const now = 1_700_000_000_000n
    const put = (keys: string[], at: bigint) =>
      wire.produce(
        topic,
        0,
        writeBatch(
          keys.map((key) => ({ timestamp: at, key: Buffer.from(key), value: Buffer.from(key), headers: [] })),
          { codec: 'lz4' },
        ),
      )
    await put(Array.from({ length: 100 }, (_, i) => `before-${i}`), now) // oxfmt-ignore
    const filler = Array.from({ length: 50_000 }, () => 'filler')
    for (let n = 0n; n < 21n; n += 1n) await put(filler, now + (2n + 2n * n) * hour)
    // The last of the same key, and a later time, so that the segments before it can be cleaned.
    await put(['filler', ...Array.from({ length: 99 }, (_, i) => `after-${i}`)], now + 100n * hour) // oxfmt-ignore
    await put(['active'], now + 200n * hour)
    const end = 100n + 21n * 50_000n + 101n

    let judge: Row[] = []
    const cleaned = async () => {
      judge = (await kcatConsume(bootstrap, { topic, timeoutMs: 120_000 })).map(asRow)
      return judge.length <= 202
    }
    await until('the cleaner leaves the newest of each key', cleaned, { limitMs: 180_000, everyMs: 2_000 })
    const gaps = judge.slice(1).map((row, i) => row.offset - judge[i]!.offset)
    expect(gaps.some((gap) => gap > 1_000_000n)).toBe(true)

    const newest = await browse(topic, { at: 'high-watermark' }, { limit: 150 })
    expect(newest.rows).toEqual(judge.slice(-150))
    expect(await pagesBackward(topic, 40)).toEqual(judge)
    const all = await browse(topic, { at: 'log-start' }, { limit: 10_000 })
    expect(all.rows).toEqual(judge)
    const held = all.holes.reduce((sum, hole) => sum + hole.last - hole.first + 1n, 0n)
    expect(BigInt(all.rows.length) + held).toBe(end)
  })
})

describe('where a browse starts', () => {
  let topic: string
  beforeAll(async () => {
    topic = uniqueName('starts')
    await wire.createTopic(topic, 3, keepForEver)
    for (const partition of [0, 1, 2]) {
      const records = Array.from({ length: 50 }, (_, i) => ({
        timestamp: 1_700_000_000_000n + BigInt(i * 3 + partition),
        key: null,
        value: Buffer.from(`${partition}-${i}`),
        headers: [],
      }))
      await wire.produce(topic, partition, writeBatch(records))
    }
  })

  it('merges partitions by time and never reorders within one', async () => {
    const { rows } = await browse(topic, { at: 'log-start' }, { limit: 150 })
    const times = rows.map((row) => row.timestamp)
    expect(times).toEqual(times.toSorted((a, b) => Number(a - b)))
    expect(rows).toHaveLength(150)
  })

  it('a timestamp is the first offset at or after it, as Kafka’s own tool finds it', async () => {
    const timestamp = 1_700_000_000_031n
    const { done, rows } = await browse(topic, { at: 'timestamp', timestamp }, { limit: 10_000 })
    const judge = await tools.offsets(topic, timestamp)
    expect(Object.fromEntries(done.backward.map((at) => [at.partition, at.offset]))).toEqual(Object.fromEntries(judge))
    expect(rows.every((row) => row.timestamp >= timestamp)).toBe(true)
  })

  it('a timestamp that some partitions do not reach leaves them out and says so, or goes to their end', async () => {
    const uneven = uniqueName('uneven')
    await wire.createTopic(uneven, 2, { 'retention.ms': '-1' })
    const at = (timestamp: bigint) => writeBatch([{ timestamp, key: null, value: Buffer.from('x'), headers: [] }])
    await wire.produce(uneven, 0, at(1_700_000_000_000n))
    await wire.produce(uneven, 1, at(1_700_000_009_000n))
    const start = { at: 'timestamp', timestamp: 1_700_000_005_000n } as const
    const toEnd = await browse(uneven, start, { limit: 10, ifNone: 'end' })
    expect([toEnd.rows.map((row) => row.partition), toEnd.done.failures]).toEqual([[1], []])
    const left = await browse(uneven, start, { limit: 10, ifNone: 'refuse' })
    expect(left.rows.map((row) => row.partition)).toEqual([1])
    const reason = expect.stringContaining('that new or newer')
    expect(left.done.failures).toMatchObject([
      { partition: 0, error: { code: 'kafka.offset-out-of-range', message: reason } },
    ])
  })

  it('a timestamp in the future finds nothing, and says that the end was reached', async () => {
    const { rows, done } = await browse(topic, { at: 'timestamp', timestamp: BigInt(Date.now()) + 86_400_000n })
    expect(rows).toEqual([])
    expect(done.reason).toBe('end')
  })

  it('offsets, each partition its own; past the end is no error', async () => {
    const offsets = [
      { partition: 0, offset: 48n },
      { partition: 1, offset: 9_999n },
    ]
    const { rows } = await browse(topic, { at: 'offsets', offsets })
    expect(rows.map((row) => [row.partition, row.offset])).toEqual([[0, 48n], [0, 49n]]) // oxfmt-ignore
  })

  it('a group’s positions, without joining it', async () => {
    const group = uniqueName('reader')
    await tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', '45', '--execute')
    const { rows } = await browse(topic, { at: 'group', group })
    expect(rows).toHaveLength(15)
    expect(await tools.describeGroupState(group)).toContain('Empty')
  })

  it('says what does not exist', async () => {
    await expect(browse(uniqueName('nowhere'), { at: 'log-start' })).rejects.toMatchObject({
      code: 'kafka.topic-unknown',
    })
    const { done } = await browse(topic, { at: 'log-start' }, { partitions: [0, 77] }).catch((error: unknown) => ({
      done: error as { code: string },
    }))
    expect(JSON.stringify(done, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))).toContain(
      'partition-unknown',
    )
  })
})

describe('one record', () => {
  it('of 20 MB comes in pieces', async () => {
    const topic = uniqueName('large')
    await wire.createTopic(topic, 1, { ...keepForEver, 'max.message.bytes': '33554432' })
    const value = Buffer.alloc(20_000_000, 'x')
    value.write('the end', value.length - 7)
    await wire.produce(topic, 0, writeBatch([{ timestamp: 1n, key: null, value, headers: [] }]))
    const { rows } = await browse(topic, { at: 'high-watermark' })
    expect(rows).toHaveLength(1)
    const record = await app.call('messages.record', { connectionId: id, topic, partition: 0, offset: 0n })
    expect(record).toMatchObject({ kind: 'record', valueSize: 20_000_000 })
    const part = { connectionId: id, topic, partition: 0, offset: 0n, part: 'value' as const }
    const tail = await app.call('messages.payload', { ...part, from: 20_000_000 - 7, length: 1_000 })
    expect(Buffer.from(tail.bytes).toString()).toBe('the end')
  })

  it('outside the log is a hole with the way on', async () => {
    const topic = uniqueName('edges')
    await wire.createTopic(topic, 1, keepForEver)
    await wire.produce(topic, 0, writeBatch([{ timestamp: 1n, key: null, value: Buffer.from('v'), headers: [] }]))
    const at = (offset: bigint) => app.call('messages.record', { connectionId: id, topic, partition: 0, offset })
    expect(await at(5n)).toMatchObject({ kind: 'hole', outside: 'past-end' })
    expect(await at(-1n)).toMatchObject({ kind: 'hole', outside: 'before-log-start', next: 0n })
  })
})

describe('the tail', () => {
  it('brings records as they arrive, and goes on where it was told', async () => {
    const topic = uniqueName('tail')
    await wire.createTopic(topic, 1, keepForEver)
    const abort = new AbortController()
    const seen: string[] = []
    const done = app.openStream(
      'messages.tail',
      { connectionId: id, topic, from: [{ partition: 0, offset: 0n }] },
      {
        signal: abort.signal,
        onBatch: (frame) => {
          for (let i = 0; i < frame.count; i += 1) seen.push(text(rowAt(frame, i).value) ?? 'null')
        },
      },
    )
    for (let n = 0; n < 5; n += 1) {
      await wire.produce(topic, 0, writeBatch([{ timestamp: 1n, key: null, value: Buffer.from(`${n}`), headers: [] }]))
    }
    await until('all five', () => seen.length === 5)
    abort.abort()
    expect(await done).toMatchObject({ reason: 'cancelled', forward: [{ partition: 0, offset: 5n }] })
    expect(seen).toEqual(['0', '1', '2', '3', '4'])
  })

  it('follows a partition that the topic gains, from its first record', async () => {
    const topic = uniqueName('growing')
    await wire.createTopic(topic, 1, keepForEver)
    const abort = new AbortController()
    const seen: string[] = []
    const onBatch = (frame: RowColumns) => {
      for (let i = 0; i < frame.count; i += 1) seen.push(`${frame.partition[i]} ${text(rowAt(frame, i).value)}`)
    }
    const done = app.openStream('messages.tail', { connectionId: id, topic }, { signal: abort.signal, onBatch })
    await tools.topics('--alter', '--topic', topic, '--partitions', '2')
    await wire.produce(topic, 1, writeBatch([{ timestamp: 1n, key: null, value: Buffer.from('new'), headers: [] }]))
    await untilHolds('the new partition’s record', () => expect(seen).toEqual(['1 new']))
    abort.abort()
    expect(await done).toMatchObject({
      forward: [
        { partition: 0, offset: 0n },
        { partition: 1, offset: 1n },
      ],
    })
  })
})
