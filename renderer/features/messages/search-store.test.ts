import { describe, expect, it } from 'vitest'
import { settled } from '../../../tests/support/wait-for.ts'
import type { SearchFailure } from '#shared/contract/searches.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { advanced, newLedger, noTally, tallyOf, widened, type Covered, type ScanLedger } from '#shared/model/ledger.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createRowBudget } from '../../workbench/row-budget.ts'
import { emptySearch, filterOf, type SearchForm } from './search-form.ts'
import type { SearchRequest } from './search-request.ts'
import { createSearchStore } from './search-store.ts'

const id = 'c' as ConnectionId

/** Found records of partition 0, in the order they are given. */
function rows(...offsets: number[]): RowColumns {
  const count = offsets.length
  const fill = (value: number) => new Int32Array(count).fill(value)
  return {
    count,
    partition: fill(0),
    offset: BigInt64Array.from(offsets, BigInt),
    timestamp: new BigInt64Array(count),
    flags: fill(3),
    keySize: fill(-1),
    valueSize: fill(-1),
    headerCount: fill(0),
    preview: new Uint8Array(0),
    ends: new Int32Array(count * 2),
    decodedAs: fill(0),
    decodings: [],
    holes: [],
  }
}

const covered = (from: number, to: number, matched = 0): Covered => ({
  partition: 0,
  from: BigInt(from),
  to: BigInt(to),
  why: 'read',
  ...noTally(),
  matched: BigInt(matched),
})

interface Run {
  input: { search: string; direction: string }
  signal: AbortSignal
  send: (found: RowColumns, ranges: Covered[], topic?: string) => void
  end: () => void
}

interface Asked extends Run {
  order: string
  from: number
  count: number
}

/** An app whose answers the test plays by hand; the log of its one partition holds the offsets between these edges. */
function played(edges: [number, number] = [0, 1_000], names: string[] = ['orders']) {
  const runs: Run[] = []
  const ranges: unknown[] = []
  const pages: Asked[] = []
  /** Hits that the app keeps, in the order they are asked for. */
  const kept: number[] = []
  /** That the app tells of at the start. */
  const failures: SearchFailure[] = []
  let ledgers: ScanLedger[] = []
  let searches = 0
  const api = {
    call: (route: string, input: Asked) => {
      if (route === 'search.filters.used') return Promise.resolve(null)
      if (route === 'search.topics')
        return Promise.resolve({ topics: names.map((topic) => ({ topic, partitions: 1 })) })
      if (route === 'search.page') {
        pages.push(input)
        const found = kept.slice(input.from, input.from + input.count)
        const topic = Int32Array.from(found, (_, i) => (input.from + i) % names.length)
        return Promise.resolve({ rows: rows(...found), topics: names, topic, total: kept.length, stopped: null })
      }
      ranges.push(input)
      const range = { partition: 0, from: BigInt(edges[0]), to: BigInt(edges[1]) }
      if (route === 'search.start') searches += 1
      ledgers =
        route === 'search.widen'
          ? ledgers.map((ledger) => widened(ledger, [range]))
          : names.map((topic) => newLedger({ clusterId: null, topic, topicId: 'A' }, [range]))
      return Promise.resolve({ kept: { search: `search-${searches}` }, ledgers, failures: [...failures] })
    },
    openStream: (
      route: string,
      input: Run['input'],
      {
        signal,
        onBatch,
      }: {
        signal: AbortSignal
        onBatch: (frame: { topic: string; rows: RowColumns; covered: Covered[]; spreads: [] }) => void
      },
    ) =>
      new Promise((resolve) => {
        // When the log begins and ends is not told: nothing is drawn over time.
        if (route === 'messages.browse') return resolve({})
        runs.push({
          input,
          signal,
          send: (found, all, topic = 'orders') => {
            ledgers = ledgers.map((ledger) => (ledger.topic === topic ? advanced(ledger, all) : ledger))
            onBatch({ topic, rows: found, covered: all, spreads: [] })
          },
          end: () => resolve({ reason: 'end', ledgers, failures: [...failures], spreads: [] }),
        })
      }),
  } as unknown as Pick<StoreApiPort, 'call' | 'openStream'>
  const store = createSearchStore({ api, rowBudget: createRowBudget() }, id)
  return { store, runs, ranges, edges, pages, kept, failures, last: () => runs.at(-1)! }
}

const typed = (text: string, mode: SearchForm['mode'] = 'text'): SearchForm => ({
  ...emptySearch,
  mode,
  texts: { ...emptySearch.texts, [mode]: text },
})
const request = (form = typed('4711')): SearchRequest => ({
  topics: { by: 'names', names: ['orders'] },
  filter: filterOf(form)!,
  form,
  start: { at: 'log-start' },
  end: null,
  partitions: undefined,
  show: { aborted: false, open: true },
  direction: 'backward',
  by: null,
  newestPerKey: false,
  list: 'matches',
})

describe('the search of a topic', () => {
  it('keeps what was found and what was read of the log, until nothing is left', async () => {
    const { store, last } = played()
    const searched = store.start(request())
    await settled()
    last().send(rows(900, 850), [covered(800, 1_000, 2)])
    expect(store.getState().status).toBe('running')
    expect(store.lines.count).toBe(2)
    last().send(rows(7), [covered(0, 800, 1)])
    last().end()
    await searched
    const { status, ledgers, hits } = store.getState()
    expect(status).toBe('ended')
    expect(tallyOf(ledgers[0]!).matched).toBe(3n)
    expect(hits.get('orders')?.get(0)).toEqual([900n, 850n, 7n])
  })

  it('stops at once, and takes nothing that comes after that', async () => {
    const { store, last } = played()
    void store.start(request())
    await settled()
    last().send(rows(900), [covered(800, 1_000, 1)])
    store.stop()
    expect(last().signal.aborted).toBe(true)
    last().send(rows(700), [covered(600, 800, 1)])
    expect(store.getState().status).toBe('stopped')
    expect(store.lines.count).toBe(1)
    expect(tallyOf(store.getState().ledgers[0]!).matched).toBe(1n)
  })

  it('has the app go on where it stopped, and from the other end once it is turned round', async () => {
    const { store, runs, last } = played()
    void store.start(request())
    await settled()
    last().send(rows(900), [covered(800, 1_000, 1)])
    store.stop()
    void store.resume()
    expect(last().input).toMatchObject({ search: 'search-1', direction: 'backward' })
    last().send(rows(700), [covered(600, 800, 1)])
    const before = last()
    void store.turn()
    expect(before.signal.aborted).toBe(true)
    expect(last().input).toMatchObject({ search: 'search-1', direction: 'forward' })
    expect(store.getState().ledgers[0]!.parts[0]!.covered).toEqual([{ from: 600n, to: 1_000n, why: 'read' }])
    expect(runs).toHaveLength(3)
  })

  it('has the app widen what it keeps, and knows what that has read', async () => {
    const { store, edges, ranges, last } = played([500, 1_000])
    const searched = store.start({ ...request(), start: { at: 'timestamp', timestamp: 5n } })
    await settled()
    last().send(rows(), [covered(500, 1_000)])
    last().end()
    await searched
    edges[0] = 0
    void store.widen({ at: 'log-start' }, null)
    await settled()
    expect(ranges.at(-1)).toMatchObject({ search: 'search-1', start: { at: 'log-start' }, end: null })
    const [part] = store.getState().ledgers[0]!.parts
    expect(part).toMatchObject({ from: 0n, to: 1_000n, covered: [{ from: 500n, to: 1_000n, why: 'read' }] })
    expect(last().input.search).toBe('search-1')
  })

  it('counts all hits, and fetches those that are looked at, in the order that was chosen', async () => {
    const { store, pages, kept, last } = played([0, 1_000_000])
    void store.start(request())
    await settled()
    for (let i = 0; i < 300_000; i += 1) kept.push(999_999 - i)
    last().send(rows(999_999), [covered(500_000, 1_000_000, 300_000)])
    expect(store.lines.count).toBe(300_000)
    expect(store.lines.at(250_000)).toBeUndefined()
    await settled()
    await settled()
    expect(store.lines.at(250_000)).toMatchObject({ row: { offset: 749_999n } })
    expect(pages).toMatchObject([{ search: last().input.search, order: 'found', from: 250_000, count: 200 }])
    store.setOrder('newest')
    expect(store.lines.at(0)).toBeUndefined()
    await settled()
    await settled()
    expect(pages.at(-1)).toMatchObject({ order: 'timestamp', newestFirst: true, from: 0 })
  })

  it('says what is wrong with what was typed, and reads nothing', async () => {
    const { store, ranges } = played()
    await store.start(request(typed('a(b', 'regex')))
    expect(store.getState().problem?.message).toBeTruthy()
    expect(store.getState().shown).toBeUndefined()
    expect(ranges).toEqual([])
    store.change({ mode: 'text' })
    expect(store.getState().problem).toBeUndefined()
  })

  it('lets go of all of it when the list comes back', async () => {
    const { store, last } = played()
    void store.start(request())
    await settled()
    last().send(rows(900), [covered(800, 1_000, 1)])
    store.clear()
    expect(last().signal.aborted).toBe(true)
    const { shown, ledgers, status } = store.getState()
    expect({ shown, ledgers, status, count: store.lines.count }).toEqual({
      shown: undefined,
      ledgers: [],
      status: 'idle',
      count: 0,
    })
  })

  describe('of several topics', () => {
    const several = (): SearchRequest => ({ ...request(), topics: { by: 'pattern', pattern: '^(orders|payments)$', matchCase: true, internal: false } }) // oxfmt-ignore

    it('keeps a ledger each, and counts what was found in all of them', async () => {
      const { store, kept, last } = played([0, 1_000], ['orders', 'payments'])
      const searched = store.start(several())
      await settled()
      kept.push(900, 8, 7)
      last().send(rows(900), [covered(800, 1_000, 1)])
      last().send(rows(8, 7), [covered(0, 1_000, 2)], 'payments')
      const { ledgers, hits } = store.getState()
      expect(ledgers.map(({ topic, parts }) => [topic, parts[0]!.covered])).toEqual([
        ['orders', [{ from: 800n, to: 1_000n, why: 'read' }]],
        ['payments', [{ from: 0n, to: 1_000n, why: 'read' }]],
      ])
      expect(hits.get('payments')?.get(0)).toEqual([8n, 7n])
      expect(store.lines.count).toBe(3)
      last().end()
      await searched
      expect(store.getState().status).toBe('stopped')
      store.lines.at(0)
      await settled()
      await settled()
      expect([0, 1, 2].map(store.lines.topic)).toEqual(['orders', 'payments', 'orders'])
      expect(
        (
          await store.lines.load([
            { start: 0, end: 0 },
            { start: 2, end: 2 },
          ])
        ).topics,
      ).toEqual(new Set(['orders']))
      expect((await store.lines.load([{ start: 0, end: 2 }])).topics).toEqual(new Set(['orders', 'payments']))
    })

    it('goes on with the others where one cannot be read, and says so', async () => {
      const { store, failures, last } = played([0, 1_000], ['orders', 'payments'])
      const error = { code: 'kafka.unauthorised' as const, message: 'Not authorized.', retryable: false }
      failures.push({ topic: 'secrets', partition: null, error })
      const searched = store.start(several())
      await settled()
      last().send(rows(), [covered(0, 1_000)])
      last().send(rows(), [covered(0, 1_000)], 'payments')
      failures.splice(0)
      last().end()
      await searched
      expect(store.getState()).toMatchObject({ status: 'ended', error: undefined, failures: [{ topic: 'secrets' }] })
    })
  })
})
