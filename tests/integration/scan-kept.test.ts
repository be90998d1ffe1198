import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { rangesLeft, type ScanLedger } from '#shared/model/ledger.ts'
import { rowAt, rowFlags, type RowColumns } from '#shared/model/rows.ts'
import { SpreadCounts, type SpreadDelta, type SpreadRequest } from '#shared/model/spread.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'

// What a scan counts and keeps beside its rows is what a program that saw the records written comes to.

let app: TestApp
let id: ConnectionId
let wire: WireClient
let topic: string
const written: Written[] = []

interface Written {
  partition: number
  offset: number
  timestamp: number
  key: string | null
  status: string
}

const COUNT = 4_000
const START = 1_700_000_000_000
const statuses = ['shipped', 'shipped', 'shipped', 'open', 'failed']

beforeAll(async () => {
  const { bootstrap } = await sharedKafka()
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
  topic = uniqueName('scan-kept')
  await wire.createTopic(topic, 2, { 'retention.ms': '-1' })
  for (const partition of [0, 1]) {
    for (let first = 0; first < COUNT; first += 400) {
      const records = Array.from({ length: 400 }, (_, i) => {
        const offset = first + i
        // Every ninth is from two minutes earlier; the partitions interleave, and some timestamps are the same in both.
        const timestamp = START + offset * 100 - (offset % 9 === 0 ? 120_000 : 0) + partition * 50 * (offset % 3)
        const key = offset % 10 === 0 ? null : `key-${(offset * 7) % 501}`
        const status = statuses[(offset + partition) % 5]!
        written.push({ partition, offset, timestamp, key, status })
        const value = Buffer.from(JSON.stringify({ offset, status }))
        return { timestamp: BigInt(timestamp), key: key === null ? null : Buffer.from(key), value, headers: [] }
      })
      await wire.produce(topic, partition, writeBatch(records, { codec: 'lz4' }))
    }
  }
})
afterAll(async () => {
  wire?.close()
  await app?.close()
})

const placeOf = ({ partition, offset }: { partition: number; offset: number | bigint }) => `${partition}/${offset}`
const over = { from: BigInt(START), to: BigInt(START + COUNT * 100), buckets: 40 }
const byStatus = { part: 'value' as const, path: ['status'] }
const requests: SpreadRequest[] = [
  { over, by: null },
  { over, by: 'partition' },
  { over: null, by: 'topic' },
  { over, by: byStatus },
]

/** By the written records, and nothing of ours. */
function judgedSpread({ over: time, by }: SpreadRequest, of: readonly Written[]): Record<string, number[]> {
  const made: Record<string, number[]> = {}
  for (const one of of) {
    const name = by === null ? 'all' : by === 'topic' ? topic : by === 'partition' ? String(one.partition) : one.status
    const counts = (made[name] ??= Array.from({ length: time?.buckets ?? 1 }, () => 0))
    if (time === null) counts[0]! += 1
    const bucket = Math.floor((one.timestamp - START) / ((COUNT * 100) / 40))
    if (time !== null && bucket >= 0 && bucket < 40) counts[bucket]! += 1
  }
  return made
}

const told = (counts: SpreadCounts): Record<string, number[]> =>
  Object.fromEntries(counts.series.map(({ of, counts: numbers }) => [of ?? 'all', [...numbers]]))

async function ledgerOf(): Promise<ScanLedger> {
  return (await app.call('messages.ledger', { connectionId: id, topic })).ledger
}

const shipped = { kind: 'text', text: '"shipped"' } as const
const isShipped = ({ status }: Written) => status === 'shipped'

describe('spreads of what matches', () => {
  it.each([
    ['of rows', { want: 'rows' }, {}],
    ['of rows, backward, in many calls', { want: 'rows', direction: 'backward' }, { matches: 333 }],
    ['counted only', { want: 'count' }, {}],
    ['counted only, backward, in many calls', { want: 'count', direction: 'backward' }, { bytes: 20_000n }],
  ] as const)('%s', async (_, how, most) => {
    const all = { matches: 1_000_000, ...most }
    for (const [filter, of] of [
      [null, written],
      [shipped, written.filter(isShipped)],
    ] as const) {
      const counts = requests.map((request) => new SpreadCounts(request))
      let ledger = await ledgerOf()
      let calls = 0
      for (; rangesLeft(ledger).length > 0; calls += 1) {
        const onBatch = ({ spreads }: { spreads: SpreadDelta }) => spreads.forEach((one, i) => counts[i]!.merge(one))
        const done = await app.openStream('messages.scan', { connectionId: id, ledger, filter, spreads: requests, most: all, ...how }, { onBatch }) // oxfmt-ignore
        expect(done.failures).toEqual([])
        ledger = done.ledger
      }
      expect(counts.map(told)).toEqual(requests.map((request) => judgedSpread(request, of)))
      expect(calls > 1).toBe(Object.keys(most).length > 0)
    }
  })

  it('tells of matches outside its time, and holds no more values apart than it may', async () => {
    const counts = new SpreadCounts({ over, by: null })
    const early = written.filter(({ timestamp }) => timestamp < START || timestamp >= START + COUNT * 100).length
    const byOffset = new SpreadCounts({ over: null, by: { part: 'value', path: ['offset'] } })
    const spreads = [
      { over, by: null },
      { over: null, by: { part: 'value' as const, path: ['offset'] } },
    ]
    const onBatch = ({ spreads: more }: { spreads: SpreadDelta }) => [counts, byOffset].forEach((one, i) => one.merge(more[i] ?? [])) // oxfmt-ignore
    await app.openStream('messages.scan', { connectionId: id, ledger: await ledgerOf(), spreads, want: 'count' }, { onBatch }) // oxfmt-ignore
    expect(counts.series[0]!.outside).toBe(early)
    expect(byOffset.series.length).toBeLessThanOrEqual(501)
    expect(byOffset.series.reduce((sum, one) => sum + one.counts[0]!, 0)).toBe(2 * COUNT)
  })
})

it('the newest record of each key is what compaction would leave, and is held against the filter then', async () => {
  const newest = new Map<string, Written>()
  for (const one of written) newest.set(one.key === null ? placeOf(one) : `${one.partition} ${one.key}`, one)
  for (const [filter, isWanted] of [
    [null, () => true],
    [shipped, isShipped],
  ] as const) {
    const found: string[] = []
    const onBatch = ({ rows }: { rows: RowColumns }) => {
      for (let i = 0; i < rows.count; i += 1) found.push(placeOf(rowAt(rows, i)))
    }
    const input = { connectionId: id, ledger: await ledgerOf(), filter, newestPerKey: true, direction: 'backward', most: { matches: 1_000_000 } } as const // oxfmt-ignore
    const done = await app.openStream('messages.scan', input, { onBatch })
    expect(done.found.records).toBe(BigInt(2 * COUNT))
    expect(found.toSorted()).toEqual([...newest.values()].filter(isWanted).map(placeOf).toSorted())
  }
  const forward = { connectionId: id, ledger: await ledgerOf(), newestPerKey: true } as const
  await expect(app.openStream('messages.scan', forward)).rejects.toMatchObject({ code: 'call.invalid' })
})

describe('hits that are kept', () => {
  let search: string
  const wanted = written

  async function pages(order: 'found' | 'partition' | 'timestamp', newestFirst: boolean) {
    const rows: { place: string; isLate: boolean; value: string }[] = []
    for (let from = 0; ;) {
      const page = await app.call('search.page', { search, order, newestFirst, from, count: 500 })
      for (let i = 0; i < page.rows.count; i += 1) {
        const row = rowAt(page.rows, i)
        rows.push({ place: placeOf(row), isLate: (row.flags & rowFlags.late) !== 0, value: Buffer.from(row.value!).toString() }) // oxfmt-ignore
      }
      from += page.rows.count
      if (from >= page.total) return rows
    }
  }

  it('are paged in any order, both ways, while frames show the first alone', async () => {
    let shown = 0
    const begun = await app.call('search.start', {
      connectionId: id,
      topics: { by: 'names', names: [topic] },
      filter: shipped,
    })
    search = begun.kept.search
    const run = { connectionId: id, search, shown: 100 }
    const done = await app.openStream('search.run', run, { onBatch: ({ rows }) => void (shown += rows.count) })
    expect(done).toMatchObject({ reason: 'end', failures: [], changes: [] })
    const hits = wanted.filter(isShipped)
    expect(shown).toBeLessThan(hits.length / 2)
    const newest: Record<number, number> = {}
    const late = new Set(
      hits.flatMap((one) => {
        const isLate = one.timestamp < (newest[one.partition] ?? 0)
        newest[one.partition] = Math.max(newest[one.partition] ?? 0, one.timestamp)
        return isLate ? [placeOf(one)] : []
      }),
    )
    const byPlace = hits.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset)
    const byTime = byPlace.toSorted((a, b) => a.timestamp - b.timestamp)
    for (const [order, judge] of [
      ['partition', byPlace],
      ['timestamp', byTime],
    ] as const) {
      const found = await pages(order, false)
      expect(found.map(({ place }) => place)).toEqual(judge.map(placeOf))
      expect(found.filter(({ isLate }) => isLate).map(({ place }) => place).toSorted()).toEqual([...late].toSorted()) // oxfmt-ignore
      expect((await pages(order, true)).map(({ place }) => place)).toEqual(judge.toReversed().map(placeOf))
    }
    const found = await pages('found', false)
    expect(found.map(({ place }) => place).toSorted()).toEqual(hits.map(placeOf).toSorted())
    for (const { place, value } of found) {
      const { offset, status } = written.find((one) => placeOf(one) === place)!
      expect(value).toBe(JSON.stringify({ offset, status }))
    }
  })

  it('are gone once nobody wants them, and nobody comes upon those of others', async () => {
    await app.call('search.forget', { search })
    await expect(app.call('search.page', { search, order: 'found', from: 0, count: 1 })).rejects.toMatchObject({ code: 'call.invalid' }) // oxfmt-ignore
  })
})
