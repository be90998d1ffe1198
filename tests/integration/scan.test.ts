import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import {
  advanced,
  newLedger,
  rangesLeft,
  tallyOf,
  widened,
  type Covered,
  type ScanLedger,
} from '#shared/model/ledger.ts'
import { rowAt, type RowColumns } from '#shared/model/rows.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { CODECS } from '../../electron/kafka/records/batch-types.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { fill } from '../bench/search-data.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume, kcatProduce } from '../support/tools.ts'

// A scan hands over what kcat finds, and its ledger accounts for every offset once, however often it is ended and gone on with.

let app: TestApp
let id: ConnectionId
let bootstrap: string
let wire: WireClient

beforeAll(async () => {
  ;({ bootstrap } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
})
afterAll(async () => {
  wire?.close()
  await app?.close()
})

type Frame = { rows: RowColumns; covered: Covered[] }
interface Options {
  text?: string
  direction?: 'forward' | 'backward'
  want?: 'rows' | 'count'
  time?: { from?: bigint; to?: bigint }
  matchCase?: boolean
  most?: { matches?: number; bytes?: bigint; milliseconds?: number }
  signal?: AbortSignal
  show?: { aborted: boolean; open: boolean }
}

/** What came of one call, and the ledger as the client added it up. */
async function step(
  ledger: ScanLedger,
  { text, matchCase = false, most = {}, signal, show, ...how }: Options,
  onFrame = (_: Frame): void => undefined,
) {
  // oxfmt-ignore
  const found: string[] = []
  const covered: Covered[] = []
  let own = ledger
  const onBatch = (frame: Frame): void => {
    for (let i = 0; i < frame.rows.count; i += 1) {
      const { partition, offset } = rowAt(frame.rows, i)
      found.push(`${partition}/${offset}`)
      // Rows lie in what their frame covers, or frames would not tell what was found in it.
      expect(frame.covered.some((one) => one.partition === partition && one.from <= offset && offset < one.to)).toBe(true) // oxfmt-ignore
    }
    covered.push(...frame.covered)
    own = advanced(own, frame.covered)
    onFrame(frame)
  }
  const filter = text === undefined ? null : ({ kind: 'text', text, matchCase } as const)
  const input = { connectionId: id, ledger, filter, most, ...how, ...(show === undefined ? {} : { show }) }
  const done = await app.openStream('messages.scan', input, { onBatch, ...(signal === undefined ? {} : { signal }) })
  expect(done.ledger).toEqual(own)
  return { found, covered, done, ledger: own }
}

/** Goes on until nothing is left, each time as `options` says. */
async function scanned(topic: string, options: Options | ((call: number) => Options), show?: { open: boolean }) {
  let { ledger } = await app.call('messages.ledger', { connectionId: id, topic, ...(show === undefined ? {} : { show }) }) // oxfmt-ignore
  const { parts } = ledger
  const found: string[] = []
  const covered: Covered[] = []
  let calls = 0
  while (rangesLeft(ledger).length > 0) {
    const made = await step(ledger, typeof options === 'function' ? options(calls) : options)
    expect(made.done.failures).toEqual([])
    found.push(...made.found)
    covered.push(...made.covered)
    // As a file would keep it: a value, and nothing else, is what going on takes.
    ledger = structuredClone(made.ledger)
    calls += 1
  }
  return { found, covered, parts, calls, tally: tallyOf(ledger) }
}

/** Every offset once: ranges of a partition join without a gap and without an overlap, in whatever order they were read. */
function expectOnce(covered: readonly Covered[], parts: ScanLedger['parts']): void {
  for (const { partition, from, to } of parts) {
    let next = from
    for (const one of covered.filter((c) => c.partition === partition).toSorted((a, b) => Number(a.from - b.from))) {
      expect([partition, one.from]).toEqual([partition, next])
      next = one.to
    }
    expect([partition, next]).toEqual([partition, to])
  }
}

async function judged(topic: string, text: string, readUncommitted = false): Promise<string[]> {
  const all = await kcatConsume(bootstrap, { topic, readUncommitted })
  const has = (bytes: Buffer | null) => bytes?.toString().toLowerCase().includes(text.toLowerCase()) === true
  return all
    .filter(({ key, value, headers }) => has(key) || has(value) || headers.toLowerCase().includes(text.toLowerCase()))
    .map(({ partition, offset }) => `${partition}/${offset}`)
    .toSorted()
}

/** Three partitions of which the last stays empty. */
async function filled(codec: string, count: number): Promise<string> {
  const topic = uniqueName(`scan-${codec}`)
  await wire.createTopic(topic, 3, { 'retention.ms': '-1' })
  for (const partition of [0, 1]) {
    const input = Array.from({ length: count }, (_, i) => `key-${i}\t{"n":${i},"city":"${i % 7 === partition ? 'Zürich' : 'Basel'}","pad":"${'x'.repeat(i % 90)}"}`).join('\n') // oxfmt-ignore
    const settings = { 'compression.codec': codec, 'linger.ms': '20', 'batch.num.messages': '500' }
    await kcatProduce(bootstrap, { topic, partition, input, keyDelimiter: '\t', settings })
  }
  return topic
}

describe('a scan finds what kcat finds', () => {
  it.each(CODECS)('in one call, and ended after every 37th match: %s', async (codec) => {
    const topic = await filled(codec, 3_000)
    const judge = await judged(topic, 'zürich')
    expect(judge.length).toBeGreaterThan(800)
    const whole = await scanned(topic, { text: 'zürich' })
    expect(whole.calls).toBe(1)
    expect(whole.found.toSorted()).toEqual(judge)
    expectOnce(whole.covered, whole.parts)
    const pieces = await scanned(topic, { text: 'zürich', most: { matches: 37 } })
    expect(pieces.calls).toBe(Math.ceil(judge.length / 37) + (judge.length % 37 === 0 ? 1 : 0))
    expect(pieces.found.toSorted()).toEqual(judge)
    expectOnce(pieces.covered, pieces.parts)
    const exact = await scanned(topic, { text: 'Zürich', matchCase: true })
    expect(exact.found.toSorted()).toEqual(judge)
    expect((await scanned(topic, { text: 'zürich', matchCase: true })).found).toEqual([])
  })

  it('over transactions, aborted ones and their markers, with a limit of bytes', async () => {
    const topic = uniqueName('scan-tx')
    await wire.createTopic(topic, 1, { 'retention.ms': '-1' })
    const producer = await wire.initProducer(uniqueName('tx'), 60_000)
    const { producerId, epoch: producerEpoch, transactionalId } = producer
    let baseSequence = 0
    for (let round = 0; round < 40; round += 1) {
      await wire.addToTransaction(producer, topic, [0])
      const records = Array.from({ length: 1 + (round % 7) }, (_, i) => ({
        timestamp: 1_700_000_000_000n + BigInt(round),
        key: Buffer.from(`k${round}-${i}`),
        value: Buffer.from(`v${round}-${i} ${'x'.repeat(3_000)}`),
        headers: i % 3 === 0 ? [{ name: Buffer.from('hit'), value: null }] : [],
      }))
      const batch = writeBatch(records, { producerId, producerEpoch, baseSequence, transactional: true })
      await wire.produce(topic, 0, batch, transactionalId ?? undefined)
      baseSequence += records.length
      await wire.endTransaction(producer, round % 3 !== 1)
    }
    for (const text of ['v1', 'hit']) {
      const found = await scanned(topic, { text, most: { bytes: 1n } })
      expect(found.found.toSorted()).toEqual(await judged(topic, text))
      expect(found.calls).toBeGreaterThan(1)
      expectOnce(found.covered, found.parts)
      const aborted = await scanned(topic, { text, show: { aborted: true, open: true } })
      expect(aborted.found.toSorted()).toEqual(await judged(topic, text, true))
    }
  })

  it('up to the last stable offset where open transactions are left out', async () => {
    const topic = uniqueName('scan-open')
    await wire.createTopic(topic, 1)
    await kcatProduce(bootstrap, { topic, partition: 0, input: 'a one\nb one' })
    const producer = await wire.initProducer(uniqueName('tx'), 60_000)
    const { producerId, epoch: producerEpoch, transactionalId } = producer
    await wire.addToTransaction(producer, topic, [0])
    const record = { timestamp: 1n, key: null, value: Buffer.from('c one'), headers: [] }
    const batch = writeBatch([record], { producerId, producerEpoch, baseSequence: 0, transactional: true })
    await wire.produce(topic, 0, batch, transactionalId ?? undefined)
    const show = { aborted: false, open: false }
    const found = await scanned(topic, { text: 'one', show }, { open: false })
    expect([found.found.toSorted(), found.parts[0]!.to]).toEqual([['0/0', '0/1'], 2n])
    expect((await scanned(topic, { text: 'one' })).found.toSorted()).toEqual(['0/0', '0/1', '0/2'])
    await wire.endTransaction(producer, false)
  })
})

describe('from the newest to the oldest', () => {
  it.each(['none', 'lz4'])(
    'the same is found, in order in each partition, however often it is ended: %s',
    async (codec) => {
      const topic = await filled(codec, 3_000)
      const judge = await judged(topic, 'zürich')
      for (const most of [{}, { matches: 37 }, { matches: 1_000, bytes: 1n }]) {
        const made = await scanned(topic, { text: 'zürich', direction: 'backward', most })
        expect(made.found.toSorted()).toEqual(judge)
        for (const partition of [0, 1]) {
          const offsets = made.found.filter((one) => one.startsWith(`${partition}/`)).map((one) => Number(one.slice(2)))
          expect(offsets).toEqual(offsets.toSorted((a, b) => b - a))
        }
        expectOnce(made.covered, made.parts)
        expect(made.tally).toMatchObject({ records: 6_000n, matched: BigInt(judge.length), notJudged: {} })
      }
    },
  )

  it('the first hit comes before much has been read', async () => {
    const topic = await filled('none', 40_000)
    const { ledger } = await app.call('messages.ledger', { connectionId: id, topic, partitions: [0] })
    const { found, done } = await step(ledger, { text: 'key-39999', direction: 'backward', most: { matches: 1 } })
    expect(found).toEqual(['0/39999'])
    expect(done.counts.bytes).toBeLessThan(1_000_000n)
  })

  it('and turned round in the middle, back again, and widened, each offset is read once', async () => {
    const topic = await filled('zstd', 4_000)
    const at = { connectionId: id, topic }
    const { ledger: whole } = await app.call('messages.ledger', at)
    const { ledger: some } = await app.call('messages.ledger', { ...at, start: { at: 'offset', offset: 1_000n }, end: { at: 'offset', offset: 3_000n } }) // oxfmt-ignore
    expect(rangesLeft(some).map(({ from, to }) => [from, to])).toEqual([[1_000n, 3_000n], [1_000n, 3_000n]]) // oxfmt-ignore
    const found: string[] = []
    const covered: Covered[] = []
    let ledger = some
    for (let call = 0; rangesLeft(ledger).length > 0; call += 1) {
      const direction = call % 2 === 0 ? 'forward' : 'backward'
      const made = await step(ledger, { text: 'zürich', direction, most: { matches: 60 } })
      found.push(...made.found)
      covered.push(...made.covered)
      ledger = call === 4 ? widened(made.ledger, rangesLeft(whole)) : made.ledger
    }
    expect(found.toSorted()).toEqual(await judged(topic, 'zürich'))
    expectOnce(covered, whole.parts)
    expect(tallyOf(ledger)).toMatchObject({ records: 8_000n, matched: BigInt(found.length) })
  })
})

describe('a time', () => {
  it('is held by each record, and batches that lie outside it are not opened', async () => {
    const topic = uniqueName('scan-time')
    await wire.createTopic(topic, 1, { 'retention.ms': '-1' })
    // Producers set timestamps themselves, so they go back and forth.
    const timestamps = Array.from({ length: 40 }, (_, batch) =>
      Array.from({ length: 50 }, (_, i) => 1_700_000_000_000 + ((batch * 7) % 40) * 1_000 + ((i * 13) % 50)),
    )
    for (const of of timestamps) {
      const records = of.map((ms) => ({ timestamp: BigInt(ms), key: null, value: Buffer.from('x'), headers: [] }))
      await wire.produce(topic, 0, writeBatch(records))
    }
    const [from, to] = [1_700_000_010_020, 1_700_000_020_030]
    const wanted = timestamps.flat().flatMap((ms, offset) => (ms >= from && ms < to ? [`0/${offset}`] : []))
    for (const direction of ['forward', 'backward'] as const) {
      const made = await scanned(topic, { time: { from: BigInt(from), to: BigInt(to) }, direction })
      expect(made.found.toSorted()).toEqual(wanted.toSorted())
      expectOnce(made.covered, made.parts)
      const passed = made.covered.filter(({ why }) => why === 'time').reduce((sum, one) => sum + one.to - one.from, 0n)
      // Ten of the forty batches are older as a whole; of newer ones no header says so.
      expect(passed).toBe(500n)
      expect(made.tally).toMatchObject({ records: 1_500n, matched: BigInt(wanted.length) })
    }
  })
})

describe('counting', () => {
  it.each(['forward', 'backward'] as const)('takes no row, and no limit of rows ends it: %s', async (direction) => {
    const topic = await filled('snappy', 3_000)
    const judge = await judged(topic, 'zürich')
    const made = await scanned(topic, { text: 'zürich', direction, want: 'count', most: { matches: 1 } })
    expect(made.found).toEqual([])
    expect(made.calls).toBe(1)
    expect(made.tally).toMatchObject({ records: 6_000n, matched: BigInt(judge.length) })
    expectOnce(made.covered, made.parts)
  })
})

describe('a scan of many records', () => {
  let topic: string
  const count = 400_000
  const partitions = 8
  beforeAll(async () => {
    topic = uniqueName('scan-many')
    await fill(bootstrap, { topic, partitions, records: count })
  })

  /** Of every partition, how much of it has been handed over. */
  const scanMany = async (how: object, onFrame: (shares: number[]) => void, signal?: AbortSignal) => {
    const { ledger } = await app.call('messages.ledger', { connectionId: id, topic })
    const shares = Array.from({ length: partitions }, () => 0)
    const onBatch = ({ covered }: Frame): void => {
      for (const { partition, from, to } of covered) shares[partition]! += Number(to - from) / (count / partitions)
      onFrame(shares)
    }
    const input = { connectionId: id, ledger, filter: null, most: { matches: count }, ...how }
    return await app.openStream('messages.scan', input, { onBatch, ...(signal === undefined ? {} : { signal }) })
  }

  it.each(['forward', 'backward'] as const)('%s leaves no partition far behind', async (direction) => {
    let slowest = 0
    const done = await scanMany({ want: 'count', direction }, (shares) => {
      if (slowest === 0 && Math.max(...shares) > 0.999) slowest = Math.min(...shares)
    })
    expect(done.found).toMatchObject({ records: BigInt(count) })
    expect(slowest).toBeGreaterThan(0.4)
  })

  it.each(['forward', 'backward'] as const)(
    '%s ends at once when it is cancelled, and hands over nothing more',
    async (direction) => {
      const filter = { kind: 'expression', source: 'value.customer.id >= 0' }
      for (let round = 1; round <= 3; round += 1) {
        const stop = new AbortController()
        let frames = 0
        let late = 0
        let cpu = process.threadCpuUsage()
        const done = await scanMany(
          { want: 'rows', direction, filter },
          () => {
            if (stop.signal.aborted) late += 1
            frames += 1
            if (frames !== 20 * round) return
            cpu = process.threadCpuUsage()
            stop.abort()
          },
          stop.signal,
        )
        const { user, system } = process.threadCpuUsage(cpu)
        expect(done.reason).toBe('cancelled')
        // One may be on its way.
        expect(late).toBeLessThan(2)
        // Of this thread's own time: what others leave of a busy machine says nothing.
        expect((user + system) / 1_000).toBeLessThanOrEqual(100)
        expect(done.found.records).toBeLessThan(BigInt(count))
      }
    },
  )
})

describe('a ledger', () => {
  it('is exact when a scan is cancelled at any of its frames and gone on with', async () => {
    const topic = await filled('zstd', 6_000)
    const judge = (await kcatConsume(bootstrap, { topic })).map(({ partition, offset }) => `${partition}/${offset}`)
    let { ledger } = await app.call('messages.ledger', { connectionId: id, topic })
    const { parts } = ledger
    const found: string[] = []
    const covered: Covered[] = []
    let cancelled = 0
    for (let call = 0; rangesLeft(ledger).length > 0; call += 1) {
      const stop = new AbortController()
      let frames = 0
      const made = await step(ledger, { signal: stop.signal, most: { matches: 100_000 } }, () => {
        frames += 1
        if (frames > call % 3) stop.abort()
      })
      if (made.done.reason === 'cancelled') cancelled += 1
      found.push(...made.found)
      covered.push(...made.covered)
      ledger = made.ledger
    }
    expect(cancelled).toBeGreaterThan(3)
    expect(found.toSorted()).toEqual(judge.toSorted())
    expectOnce(covered, parts)
  })

  it('ends by its time, with what was found until then', async () => {
    const topic = await filled('none', 2_000)
    const found = await scanned(topic, (call) => ({ text: 'basel', most: { milliseconds: call < 3 ? 1 : 30_000 } }))
    expect(found.found.toSorted()).toEqual(await judged(topic, 'basel'))
    expect(found.calls).toBeGreaterThan(1)
    expectOnce(found.covered, found.parts)
  })

  it('says which offsets were gone before they could be read', async () => {
    const topic = await filled('lz4', 100)
    const { ledger } = await app.call('messages.ledger', { connectionId: id, topic, partitions: [0] })
    await wire.deleteRecords(topic, 0, 60n)
    const { covered, found, done } = await step(ledger, { text: 'basel' })
    expect(covered).toMatchObject([
      { partition: 0, from: 0n, to: 60n, why: 'gone', records: 0n },
      { partition: 0, from: 60n, to: 100n, why: 'read', records: 40n },
    ])
    expect(found.toSorted()).toEqual(await judged(topic, 'basel').then((all) => all.filter((one) => one.startsWith('0/')))) // oxfmt-ignore
    expect(done).toMatchObject({ reason: 'end', limit: null })
  })

  it('starts from a place, and of a partition that is passed over by it nothing is left', async () => {
    const topic = await filled('gzip', 50)
    const at = { connectionId: id, topic }
    const { ledger } = await app.call('messages.ledger', { ...at, start: { at: 'offsets', offsets: [{ partition: 1, offset: 40n }] } }) // oxfmt-ignore
    expect(rangesLeft(ledger)).toEqual([{ partition: 1, from: 40n, to: 50n }])
    const end = await app.call('messages.ledger', { ...at, start: { at: 'high-watermark' } })
    expect(rangesLeft(end.ledger)).toEqual([])
    const { done } = await step(end.ledger, {})
    expect(done).toMatchObject({ reason: 'end', found: { matched: 0n }, failures: [] })
  })

  it('is refused by another topic of its name and by another cluster', async () => {
    const topic = await filled('none', 10)
    const { ledger } = await app.call('messages.ledger', { connectionId: id, topic })
    const scan = (other: Partial<ScanLedger>) => app.openStream('messages.scan', { connectionId: id, ledger: { ...ledger, ...other } }) // oxfmt-ignore
    await expect(scan({ clusterId: 'another' })).rejects.toMatchObject({ code: 'call.invalid', hint: expect.stringContaining('another') }) // oxfmt-ignore
    await wire.deleteTopic(topic)
    await wire.createTopic(topic, 3)
    await expect(scan({})).rejects.toMatchObject({ code: 'kafka.topic-recreated' })
  })
})

it('a text that is in no record at all is looked for within the profile’s read limit', async () => {
  const topic = await filled('none', 8_000)
  const { ledger } = await app.call('messages.ledger', { connectionId: id, topic })
  const open = newLedger(ledger, rangesLeft(ledger))
  await app.call('connections.setReadLimit', { connectionId: id, readLimit: 1 })
  try {
    const before = performance.now()
    const { done } = await step(open, { text: 'nowhere' })
    const seconds = (performance.now() - before) / 1_000
    expect(done).toMatchObject({ reason: 'end', found: { matched: 0n } })
    // The last answer is paid for by nobody.
    expect(Number(done.counts.bytes) - 1_048_576).toBeLessThanOrEqual(seconds * 1_000_000)
  } finally {
    await app.call('connections.setReadLimit', { connectionId: id, readLimit: null })
  }
})
