import { describe, expect, it } from 'vitest'
import { settled } from '../../../tests/support/wait-for.ts'
import type { BrowseDone } from '#shared/contract/messages.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newLedger } from '#shared/model/ledger.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createRowBudget } from '../../workbench/row-budget.ts'
import { CAPACITY } from './list-state.ts'
import { createMessagesStore, type MessagesStore } from './messages-store.ts'

const id = 'c' as ConnectionId

/** Records of one partition, as a page brings them: frames of 500 at most. */
function frames(first: number, count: number): RowColumns[] {
  const made: RowColumns[] = []
  for (let at = first; at < first + count; at += 500) {
    const rows = Math.min(500, first + count - at)
    const fill = (value: number) => new Int32Array(rows).fill(value)
    made.push({
      count: rows,
      partition: fill(0),
      offset: BigInt64Array.from({ length: rows }, (_, i) => BigInt(at + i)),
      timestamp: new BigInt64Array(rows),
      flags: fill(3),
      keySize: fill(-1),
      valueSize: fill(-1),
      headerCount: fill(0),
      preview: new Uint8Array(0),
      ends: new Int32Array(rows * 2),
      decodedAs: fill(0),
      decodings: [],
      holes: [],
    })
  }
  return made
}

interface Request {
  route: string
  input: { start?: { at: string; offsets?: { partition: number; offset: bigint }[] }; direction?: string; from?: { partition: number; offset: bigint }[]; filter?: unknown; untilFirst?: boolean } // oxfmt-ignore
  signal: AbortSignal
  send: (rows: RowColumns) => void
  tell: (progress: {
    waiting: { message: string } | null
    stopped?: unknown[]
    looked?: bigint
    notJudged?: object
  }) => void
  end: (done: unknown) => void
  fail: (error: unknown) => void
}

/** An app whose streams the test plays by hand. */
function played() {
  const requests: Request[] = []
  const api = {
    // Where the log ends, which holds a thousand records.
    call: () => Promise.resolve({ ledger: newLedger({ clusterId: null, topic: 'orders', topicId: 'A' }, [{ partition: 0, from: 1_000n, to: 1_000n }]), failures: [] }), // oxfmt-ignore
    openStream: (
      route: string,
      input: Request['input'],
      options: { signal: AbortSignal; onBatch: (rows: RowColumns) => void; onProgress: (progress: unknown) => void },
    ) =>
      // oxfmt-ignore
      new Promise((end, fail) => {
        requests.push({ route, input, signal: options.signal, send: (rows) => options.onBatch(rows), tell: (progress) => options.onProgress({ stopped: [], ...progress }), end, fail })
      }),
  } as unknown as Pick<StoreApiPort, 'call' | 'openStream'>
  const first: bigint[] = []
  const store = createMessagesStore({ api, rowBudget: createRowBudget() }, id, 'orders', ({ offset }) =>
    first.push(offset),
  )
  return { store, first, requests, last: () => requests.at(-1)! }
}

function done(from: number, to: number, more: Partial<BrowseDone> = {}): BrowseDone {
  const counts = { records: BigInt(to - from), aborted: 0n, markers: 0n, missing: 0n, bytes: 0n }
  return {
    reason: 'limit',
    counts,
    bounds: [{ partition: 0, logStart: 0n, lastStable: 1_000_000n, highWatermark: 1_000_000n }],
    backward: [{ partition: 0, offset: BigInt(from) }],
    forward: [{ partition: 0, offset: BigInt(to) }],
    failures: [],
    topicId: 'A',
    ...more,
  }
}

/** A list that answers the form, so that following goes on behind it. */
async function listed(store: MessagesStore, last: () => Request, from: number, to: number): Promise<void> {
  store.change({ from: 'log-start' })
  const read = store.read()
  for (const frame of frames(from, to - from)) last().send(frame)
  last().end(done(from, to))
  await read
}

describe('the messages of a topic', () => {
  it('keep the rows of before when a read fails before anything came, and where they end', async () => {
    const { store, last } = played()
    void store.read()
    frames(100, 50).forEach(last().send)
    last().end(done(100, 150))
    await settled()
    const error = { code: 'connect.tcp', message: 'cannot be reached', retryable: true } as const
    void store.read()
    last().end(done(0, 0, { failures: [{ partition: 0, error }] }))
    await settled()
    expect(store.lines.loaded).toBe(50)
    const { error: said, reading, older, newer } = store.getState()
    expect({ said, reading, older, newer }).toEqual({
      said: error,
      reading: undefined,
      older: [{ partition: 0, offset: 100n }],
      newer: [{ partition: 0, offset: 150n }],
    })
  })

  it('read older pages from where the rows still held begin, once rows have left at the front', async () => {
    const { store, last } = played()
    const first = store.readFrom({ at: 'log-start' })
    for (const frame of frames(100, 10_000)) last().send(frame)
    last().end(done(100, 10_100))
    await first
    for (let at = 10_100; at < 100 + CAPACITY + 10_000; at += 10_000) {
      const page = store.page('newer')
      for (const frame of frames(at, 10_000)) last().send(frame)
      last().end(done(at, at + 10_000))
      await page
    }
    const held = store.getState().lineCount
    void store.page('older')
    expect(last().input.start?.offsets).toEqual([{ partition: 0, offset: BigInt(100 + CAPACITY + 10_000 - held) }])
    expect(last().input.start?.offsets).not.toEqual([{ partition: 0, offset: 100n }])
  })

  it('read newer pages from where the rows still held end, once rows have left at the end', async () => {
    const { store, last } = played()
    const first = store.readFrom({ at: 'high-watermark' })
    for (const frame of frames(100_000, 10_000)) last().send(frame)
    last().end(done(100_000, 110_000))
    await first
    for (let at = 90_000; at >= 50_000; at -= 10_000) {
      const page = store.page('older')
      for (const frame of frames(at, 10_000)) last().send(frame)
      last().end(done(at, at + 10_000))
      await page
    }
    const held = store.getState().lineCount
    expect(held).toBeLessThan(60_000)
    void store.page('newer')
    expect(last().input.start?.offsets).toEqual([{ partition: 0, offset: BigInt(50_000 + held) }])
  })

  it('go on after a failed tail behind the last row shown', async () => {
    const { store, last } = played()
    await listed(store, last, 10, 10)
    const tail = store.tail()
    await settled()
    last().send(frames(10, 5)[0]!)
    last().fail(new SeeklineError('call.lost', 'lost', { retryable: true }))
    await tail
    expect(store.getState().error).toMatchObject({ code: 'call.lost' })
    void store.tail()
    await settled()
    expect(last().input.from).toEqual([{ partition: 0, offset: 15n }])
  })

  it('mark in a tail the time in which the connection was away, also behind what a pause holds back', async () => {
    const { store, last } = played()
    await listed(store, last, 0, 0)
    void store.tail()
    await settled()
    last().send(frames(10, 2)[0]!)
    last().tell({ waiting: null })
    store.pause(true)
    last().send(frames(12, 1)[0]!)
    last().tell({ waiting: { message: 'The broker is away.' } })
    last().tell({ waiting: { message: 'Still.' } })
    last().tell({ waiting: null })
    last().send(frames(13, 1)[0]!)
    store.pause(false)
    const kinds = [0, 1, 2, 3, 4].map((at) => store.lines.at(at)?.kind)
    expect(kinds).toEqual(['row', 'row', 'row', 'pause', 'row'])
    expect(store.lines.at(3)).toMatchObject({ pause: { reason: 'The broker is away.' } })
  })

  it('show what a pause held back when the tail is stopped', async () => {
    const { store, last } = played()
    await listed(store, last, 10, 10)
    const tail = store.tail()
    await settled()
    store.pause(true)
    last().send(frames(10, 5)[0]!)
    expect(store.getState()).toMatchObject({ waitingRows: 5, lineCount: 0 })
    store.stop()
    last().end({ reason: 'cancelled', forward: [{ partition: 0, offset: 15n }] })
    await tail
    expect(store.getState()).toMatchObject({ waitingRows: 0, lineCount: 5, isPaused: false })
  })

  it('lose nothing in a long pause: the stream waits', async () => {
    const { store, last } = played()
    await listed(store, last, 0, 0)
    void store.tail()
    await settled()
    store.pause(true)
    let at = 0
    let waited: unknown
    while (waited === undefined && at < 2 * CAPACITY) {
      waited = last().send(frames(at, 500)[0]!) as unknown
      at += 500
    }
    expect(waited).toBeInstanceOf(Promise)
    expect(store.getState().waitingRows).toBe(at)
    store.pause(false)
    await waited
    expect(store.getState()).toMatchObject({ waitingRows: 0, lineCount: at })
  })

  it('page on behind what arrived before a stop, not behind what was on its way', async () => {
    const { store, last } = played()
    const first = store.readFrom({ at: 'log-start' })
    last().send(frames(0, 500)[0]!)
    store.stop()
    last().end(done(0, 700, { reason: 'cancelled' }))
    await first
    void store.page('newer')
    expect(last().input.start?.offsets).toEqual([{ partition: 0, offset: 500n }])
  })

  it('do not show half of an older page that was stopped', async () => {
    const { store, last } = played()
    const first = store.readFrom({ at: 'high-watermark' })
    last().send(frames(1_000, 100)[0]!)
    last().end(done(1_000, 1_100))
    await first
    const page = store.page('older')
    last().send(frames(500, 400)[0]!)
    store.stop()
    last().end(done(1_000, 1_000, { reason: 'cancelled' }))
    await page
    expect(store.getState().lineCount).toBe(100)
    void store.page('older')
    expect(last().input.start?.offsets).toEqual([{ partition: 0, offset: 1_000n }])
  })

  it('say that the topic was created anew, and keep the rows of the former one apart', async () => {
    const { store, last } = played()
    const first = store.readFrom({ at: 'log-start' })
    last().send(frames(0, 100)[0]!)
    last().end(done(0, 100))
    await first
    const page = store.page('newer')
    last().send(frames(0, 100)[0]!)
    last().end(done(0, 100, { topicId: 'B' }))
    await page
    await settled()
    expect(store.getState().error).toMatchObject({ code: 'kafka.topic-recreated' })
    expect(store.getState().lineCount).toBe(100)
  })

  it('keep what was shown when a new read fails', async () => {
    const { store, last } = played()
    const first = store.readFrom({ at: 'log-start' })
    last().send(frames(0, 100)[0]!)
    last().end(done(0, 100))
    await first
    const again = store.readFrom({ at: 'high-watermark' })
    last().fail(new SeeklineError('kafka.topic-unknown', 'gone'))
    await again
    expect(store.getState()).toMatchObject({
      lineCount: 100,
      reading: undefined,
      error: { code: 'kafka.topic-unknown' },
    })
  })

  describe('and what was chosen', () => {
    const at = (partition: number, offset: bigint) => ({ at: 'offsets' as const, offsets: [{ partition, offset }] })

    it('stays chosen after a look at one offset: the next read and follow are of all partitions', async () => {
      const { store, last, requests } = played()
      const look = store.readFrom(at(3, 651n), [3])
      last().send(frames(651, 10)[0]!)
      last().end(done(651, 661))
      await look
      expect(store.getState().shown).toMatchObject({ start: at(3, 651n), partitions: [3] })
      void store.read()
      expect(last().input).not.toHaveProperty('partitions')
      expect(last().input.start).toEqual({ at: 'high-watermark' })
      last().end(done(0, 700))
      await settled()
      const again = store.readFrom(at(3, 651n), [3])
      last().end(done(651, 661))
      await again
      void store.tail()
      // First a list that answers the fields, then what comes behind it.
      expect(last().input.start).toEqual({ at: 'high-watermark' })
      last().end(done(0, 700))
      await settled()
      expect(requests.at(-1)).toMatchObject({
        route: 'messages.tail',
        input: { from: [{ partition: 0, offset: 700n }] },
      })
      expect(last().input).not.toHaveProperty('partitions')
    })

    it.each([
      ['From', { from: 'log-start' as const }],
      ['At most', { limit: 100 }],
      ['Show', { aborted: true }],
      ['the offset', { from: 'offset' as const, place: { offset: 4n } }],
      ['the group', { from: 'group' as const, place: { group: 'billing' } }],
      ['the time', { from: 'timestamp' as const, place: { timestamp: 4n } }],
    ])('keeps its partitions when %s changes', (_, change) => {
      const { store, last } = played()
      store.setPartitions([0, 1, 2, 3])
      store.change({ partitions: [2] })
      store.change(change)
      void store.read()
      expect(last().input).toMatchObject({ partitions: [2] })
    })

    it('follows the newest, not the end of a list read long ago', async () => {
      const { store, last } = played()
      const first = store.read()
      for (const frame of frames(9_500, 500)) last().send(frame)
      last().end(done(9_500, 10_000))
      await first
      void store.tail()
      for (const frame of frames(299_500, 500)) last().send(frame)
      last().end(done(299_500, 300_000))
      await settled()
      expect(last()).toMatchObject({ route: 'messages.tail', input: { from: [{ partition: 0, offset: 300_000n }] } })
      expect(store.lines.loaded).toBe(500)
      expect(store.lines.at(0)).toMatchObject({ row: { offset: 299_500n } })
    })

    it('loses and repeats nothing when little came since', async () => {
      const { store, last } = played()
      const first = store.read()
      for (const frame of frames(9_500, 500)) last().send(frame)
      last().end(done(9_500, 10_000))
      await first
      void store.tail()
      for (const frame of frames(9_600, 500)) last().send(frame)
      last().end(done(9_600, 10_100))
      await settled()
      expect(last()).toMatchObject({ route: 'messages.tail', input: { from: [{ partition: 0, offset: 10_000n }] } })
      expect(store.lines.loaded).toBe(500)
      expect(store.lines.at(0)).toMatchObject({ row: { offset: 9_500n } })
    })

    it('is what older and newer pages show, though the fields have changed since', async () => {
      const { store, last } = played()
      await listed(store, last, 100, 200)
      store.change({ aborted: true, open: false, partitions: [5] })
      void store.page('older')
      expect(last().input).toMatchObject({ show: { aborted: false, open: true }, partitions: [0] })
    })
  })

  it('tell of each partition that stopped, beside what the connection waits for', async () => {
    const { store, last } = played()
    await listed(store, last, 0, 0)
    void store.tail()
    await settled()
    const stopped = [1, 2].map((partition) => ({ partition, error: { message: `${partition} is damaged` } }))
    last().tell({ waiting: { message: 'away' }, stopped })
    expect(store.getState()).toMatchObject({ waiting: { message: 'away' }, stopped })
  })
})

describe('following by a filter', () => {
  const filter: RecordFilter = { kind: 'expression', source: 'value.id == 7' }

  it('begins at the end, says how many it looked at, and goes on where it was stopped', async () => {
    const { store, last } = played()
    const tail = store.tail({ filter, untilFirst: false })
    await settled()
    expect(last()).toMatchObject({ route: 'messages.tail', input: { filter, untilFirst: false, from: [{ partition: 0, offset: 1_000n }] } }) // oxfmt-ignore
    last().send(frames(1_007, 1)[0]!)
    last().tell({ waiting: null, looked: 40n, notJudged: { failed: 2n } })
    expect(store.getState().looked).toEqual({ records: 40n, notJudged: { failed: 2n } })
    expect(store.lines.count).toBe(1)
    store.stop()
    last().end({ reason: 'cancelled', forward: [] })
    await tail
    expect(store.getState()).toMatchObject({ reading: undefined, hasNewer: false })
    void store.tail({ filter, untilFirst: false })
    await settled()
    expect(last().input.from).toEqual([{ partition: 0, offset: 1_008n }])
    expect(store.lines.count).toBe(1)
  })

  it('tells of the first match where that ends it', async () => {
    const { store, first, last } = played()
    const tail = store.tail({ filter, untilFirst: true })
    await settled()
    last().send(frames(1_300, 1)[0]!)
    last().end({ reason: 'found', forward: [{ partition: 0, offset: 1_301n }] })
    await tail
    expect(first).toEqual([1_300n])
  })
})
