import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import { coverageOf, noTally, rangesLeft, tallyOf, type Covered, type ScanLedger } from '#shared/model/ledger.ts'
import { rowAt, type RowColumns } from '#shared/model/rows.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatConsume } from '../support/tools.ts'

// A search goes on where it was, whatever happens to a broker or to the app: nothing is lost and nothing comes twice.

const topic = 'searched'
const PARTITIONS = 3
const BATCHES = 20
let kafka: RunningKafka
let app: TestApp
let id: ConnectionId
let judge: string[]

beforeAll(async () => {
  kafka = await startKafka({ nodes: 3 })
  app = await startApp()
  const create = ['--create', '--topic', topic, '--replica-assignment', '1:2:3,2:3:1,3:1:2']
  await kafka.tools.call('TopicCommand', ['--bootstrap-server', kafka.bootstrap, ...create], { timeoutMs: 240_000 })
  // Each partition is led by the node after its number.
  const wires = await Promise.all(kafka.bootstrap.split(',').map((address) => connectWire(address)))
  for (let batch = 0; batch < BATCHES; batch += 1) {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const records = Array.from({ length: 200 }, (_, i) => ({ timestamp: BigInt(batch * 200 + i), key: Buffer.from(`k${i}`), value: Buffer.from(`${i % 3 === 0 ? 'hit' : 'miss'} ${batch} ${'x'.repeat(400)}`), headers: [] })) // oxfmt-ignore
      await wires[partition]!.produce(topic, partition, writeBatch(records))
    }
  }
  for (const wire of wires) wire.close()
  const all = await kcatConsume(kafka.bootstrap, { topic })
  judge = all.filter(({ value }) => value?.toString().startsWith('hit')).map(({ partition, offset }) => `${partition}/${offset}`) // oxfmt-ignore
  id = await app.connect(kafka.bootstrap)
})

afterAll(async () => {
  await app?.close()
  await kafka?.stop()
})

interface Found {
  hits: string[]
  covered: Covered[]
  ledger: ScanLedger
}

async function scanned(
  from: ScanLedger,
  direction: 'forward' | 'backward',
  onFrame: (ledgerOffsets: bigint) => void,
  signal?: AbortSignal,
): Promise<Found> {
  const hits: string[] = []
  const covered: Covered[] = []
  let offsets = 0n
  const onBatch = (frame: { rows: RowColumns; covered: Covered[] }): void => {
    for (let i = 0; i < frame.rows.count; i += 1) {
      const { partition, offset } = rowAt(frame.rows, i)
      hits.push(`${partition}/${offset}`)
    }
    covered.push(...frame.covered)
    for (const one of frame.covered) offsets += one.to - one.from
    onFrame(offsets)
  }
  const input = { connectionId: id, ledger: from, filter: { kind: 'text', text: 'hit' }, direction, most: { matches: 1_000_000 } } as const // oxfmt-ignore
  const done = await app.openStream('messages.scan', input, { onBatch, ...(signal === undefined ? {} : { signal }) })
  expect(done.failures).toEqual([])
  return { hits, covered, ledger: done.ledger }
}

const wholeLedger = async () => (await app.call('messages.ledger', { connectionId: id, topic })).ledger
const ALL = BigInt(PARTITIONS * BATCHES * 200)

/** Slow enough that something can happen in the middle. */
async function slowly<T>(work: () => Promise<T>): Promise<T> {
  await app.call('connections.setReadLimit', { connectionId: id, readLimit: 1 })
  try {
    return await work()
  } finally {
    await app.call('connections.setReadLimit', { connectionId: id, readLimit: null })
  }
}

function expectExact(hits: readonly string[], covered: readonly Covered[], ledger: ScanLedger): void {
  expect(hits.toSorted()).toEqual(judge.toSorted())
  expect(rangesLeft(ledger)).toEqual([])
  expect(tallyOf(ledger)).toEqual({ records: ALL, matched: BigInt(judge.length), notJudged: {} })
  expect(covered.reduce((sum, { from, to }) => sum + to - from, 0n)).toBe(ALL)
}

describe('a search', () => {
  it('stopped at 40 %, and gone on with by an app that was started anew from what a file kept, is one', async () => {
    for (const direction of ['forward', 'backward'] as const) {
      const stop = new AbortController()
      const whole = await wholeLedger()
      const first = await slowly(() => scanned(whole, direction, (offsets) => { if (offsets > (ALL * 2n) / 5n) stop.abort() }, stop.signal)) // oxfmt-ignore
      const { covered, left } = coverageOf(first.ledger)
      expect([covered > ALL / 4n, left > 0n]).toEqual([true, true])
      const kept = JSON.stringify(first.ledger, (_, value: unknown) =>
        typeof value === 'bigint' ? `${value}n` : value,
      )
      await app.close()
      app = await startApp()
      id = await app.connect(kafka.bootstrap)
      const again = JSON.parse(kept, (_, value: unknown) => (typeof value === 'string' && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value)) as ScanLedger // oxfmt-ignore
      // Turned round, too: the rest is read from the other side.
      const rest = await scanned(again, direction === 'forward' ? 'backward' : 'forward', () => undefined)
      expectExact([...first.hits, ...rest.hits], [...first.covered, ...rest.covered], rest.ledger)
    }
  })

  it('whose leader is killed goes on with the next one', async () => {
    let killed: Promise<void> | undefined
    // One that the app keeps as well: what it has on disk is the same.
    const { kept } = await app.call('search.start', { connectionId: id, topics: { by: 'names', names: [topic] }, filter: { kind: 'text', text: 'hit' } }) // oxfmt-ignore
    const [found, run] = await slowly(async () =>
      Promise.all([
        scanned(await wholeLedger(), 'forward', (offsets) => {
          if (offsets > ALL / 5n) killed ??= kafka.killNode(1)
        }),
        app.openStream('search.run', { connectionId: id, search: kept.search }),
      ]),
    )
    await killed
    expect(killed).toBeDefined()
    expectExact(found.hits, found.covered, found.ledger)
    const hits: string[] = []
    for (let from = 0; ;) {
      const page = await app.call('search.page', { search: kept.search, order: 'found', from, count: 500 })
      for (let i = 0; i < page.rows.count; i += 1) hits.push(`${page.rows.partition[i]}/${page.rows.offset[i]}`)
      from += page.rows.count
      if (from >= page.total) break
    }
    expect(run.failures).toEqual([])
    expectExact(hits, [{ partition: 0, from: 0n, to: ALL, why: 'read', ...noTally() }], run.ledgers[0]!)
    const back = await scanned(await wholeLedger(), 'backward', () => undefined)
    expectExact(back.hits, back.covered, back.ledger)
  })
})
