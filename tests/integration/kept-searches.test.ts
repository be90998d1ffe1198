import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SeeklineContract } from '#shared/contract/index.ts'
import type { Batch } from '#shared/contract/define.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { coverageOf, rangesLeft, tallyOf, type ScanLedger } from '#shared/model/ledger.ts'
import { newProfile } from '#shared/model/profile.ts'
import { rowAt } from '#shared/model/rows.ts'
import type { Client } from '#shared/wire/client.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startChildApp, type ChildApp } from '../support/child-client.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// A search that the app keeps is, whatever happened to the app in between, what one run would have been: by what kcat reads.

type Frame = Batch<SeeklineContract['search.run']>

const PARTITIONS = 3
const BATCHES = 20
const PER_BATCH = 200
const ALL = BigInt(PARTITIONS * BATCHES * PER_BATCH)

let app: TestApp
let id: ConnectionId
let bootstrap: string
let wire: WireClient
let topic: string
let judge: string[]

const placeOf = (one: { partition: number; offset: bigint }): string => `${one.partition}/${one.offset}`

beforeAll(async () => {
  ;({ bootstrap } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap)
  wire = await connectWire(bootstrap)
  topic = uniqueName('kept-search')
  await wire.createTopic(topic, PARTITIONS, { 'retention.ms': '-1' })
  for (let batch = 0; batch < BATCHES; batch += 1) {
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      const records = Array.from({ length: PER_BATCH }, (_, i) => ({ timestamp: BigInt(batch * PER_BATCH + i), key: Buffer.from(`k${i}`), value: Buffer.from(`${i % 3 === 0 ? 'hit' : 'miss'} ${batch} ${'x'.repeat(400)}`), headers: [] })) // oxfmt-ignore
      await wire.produce(topic, partition, writeBatch(records))
    }
  }
  const all = await kcatConsume(bootstrap, { topic })
  judge = all.filter(({ value }) => value?.toString().startsWith('hit')).map(placeOf)
})
afterAll(async () => {
  wire?.close()
  await app?.close()
})

const byName = (...names: string[]) => ({ by: 'names' as const, names })
const filter = { kind: 'text', text: 'hit' } as const

async function hitsOf(client: Client<SeeklineContract>, search: string, order: 'found' | 'timestamp' = 'found') {
  const places: string[] = []
  for (let from = 0; ;) {
    const page = await client.call('search.page', { search, order, from, count: 500 })
    for (let i = 0; i < page.rows.count; i += 1) places.push(`${page.topics[page.topic[i]!]} ${placeOf(rowAt(page.rows, i))}`) // oxfmt-ignore
    from += page.rows.count
    if (from >= page.total) return places
  }
}

const ofTopic = (places: readonly string[], of = topic): string[] => places.map((place) => `${of} ${place}`).toSorted()

function expectExact(hits: readonly string[], ledger: ScanLedger): void {
  expect(hits.toSorted()).toEqual(ofTopic(judge))
  expect(rangesLeft(ledger)).toEqual([])
  expect(tallyOf(ledger)).toEqual({ records: ALL, matched: BigInt(judge.length), notJudged: {} })
}

describe('a kept search', () => {
  it.each(['forward', 'backward'] as const)(
    'run %s tells of all that is covered, however few of its hits are shown',
    async (direction) => {
      const spreads = [{ over: null, by: 'partition' as const }]
      for (const shown of [0, 7, 1_000_000]) {
        const { kept } = await app.call('search.start', { connectionId: id, topics: byName(topic), filter, direction, spreads }) // oxfmt-ignore
        let rows = 0
        const covered = new Map<string, bigint>()
        const counts = new Map<string | null, number>()
        const onBatch = (frame: Frame) => {
          rows += frame.rows.count
          for (const { partition, from, to, matched } of frame.covered) {
            covered.set(`offsets of ${partition}`, (covered.get(`offsets of ${partition}`) ?? 0n) + to - from)
            covered.set('matched', (covered.get('matched') ?? 0n) + matched)
          }
          for (const { of, counts: more } of frame.spreads[0] ?? []) counts.set(of, (counts.get(of) ?? 0) + more[0]!)
        }
        const done = await app.openStream('search.run', { connectionId: id, search: kept.search, shown }, { onBatch })
        const each = Array.from({ length: PARTITIONS }, (_, partition) => [`offsets of ${partition}`, ALL / BigInt(PARTITIONS)] as const) // oxfmt-ignore
        expect(Object.fromEntries(covered)).toEqual(Object.fromEntries([['matched', BigInt(judge.length)], ...each]))
        expect([...counts.values()].reduce((sum, one) => sum + one, 0)).toBe(judge.length)
        expect(shown < judge.length ? rows < judge.length : rows === judge.length).toBe(true)
        expect(shown === 0 ? rows === 0 : rows >= Math.min(shown, judge.length)).toBe(true)
        expectExact(await hitsOf(app, kept.search), done.ledgers[0]!)
      }
    },
  )

  it.each(['forward', 'backward'] as const)(
    'begun %s, whose app is killed at two fifths, goes on in the next from the other side, and is one',
    async (direction) => {
      const dataDir = await mkdtemp(join(tmpdir(), 'seekline-killed-'))
      const connect = async (child: ChildApp): Promise<ConnectionId> => {
        const profile = newProfile('killed', { name: 'killed', brokers: [bootstrap] })
        await child.call('profiles.save', { profile, secrets: {} })
        return (await child.call('connections.open', { profileId: profile.id })).connectionId
      }
      let child = await startChildApp(dataDir)
      try {
        let connectionId = await connect(child)
        const started = await child.call('search.start', { connectionId, topics: byName(topic), filter, name: 'the hits', direction }) // oxfmt-ignore
        const { search } = started.kept
        await child.call('connections.setReadLimit', { connectionId, readLimit: 1 })
        let covered = 0n
        const onBatch = (frame: Frame) => {
          for (const one of frame.covered) covered += one.to - one.from
        }
        const run = child.openStream('search.run', { connectionId, search }, { onBatch }).catch(() => null)
        await until('two fifths are read', () => (covered > (ALL * 2n) / 5n ? covered : undefined))
        await child.kill()
        void run

        child = await startChildApp(dataDir)
        connectionId = await connect(child)
        const { searches, damaged } = await child.call('search.list', { connectionId })
        expect(damaged).toEqual([])
        expect(searches).toMatchObject([{ search, name: 'the hits', direction, isRunning: false }])
        const [ledger] = (await child.call('search.get', { connectionId, search })).ledgers
        const { covered: kept, left } = coverageOf(ledger!)
        // What was told was kept, and what was kept was found.
        expect([kept >= covered, left > 0n]).toEqual([true, true])
        expect(tallyOf(ledger!).matched).toBe(BigInt((await hitsOf(child, search)).length))
        const other = direction === 'forward' ? 'backward' : 'forward'
        const done = await child.openStream('search.run', { connectionId, search, direction: other })
        expect(done).toMatchObject({ reason: 'end', failures: [], changes: [], kept: { direction: other } })
        expectExact(await hitsOf(child, search), done.ledgers[0]!)
      } finally {
        await child.kill()
        await rm(dataDir, { recursive: true, force: true })
      }
    },
  )

  it('that is stopped, turned round in the middle and widened reads nothing twice', async () => {
    const end = { at: 'offset', offset: 3_500n } as const
    const spreads = [{ over: null, by: 'partition' as const }]
    const { kept } = await app.call('search.start', { connectionId: id, topics: byName(topic), filter, end, spreads })
    const input = { connectionId: id, search: kept.search }
    await app.call('connections.setReadLimit', { connectionId: id, readLimit: 1 })
    for (const direction of ['forward', 'backward', 'forward'] as const) {
      const stop = new AbortController()
      let frames = 0
      const onBatch = () => {
        if ((frames += 1) > 3) stop.abort()
      }
      await app.openStream('search.run', { ...input, direction }, { onBatch, signal: stop.signal })
    }
    await app.call('connections.setReadLimit', { connectionId: id, readLimit: null })
    const narrow = await app.call('search.get', input)
    const wider = await app.call('search.widen', { ...input, end: null })
    const [before, after] = [narrow, wider].map(({ ledgers }) => coverageOf(ledgers[0]!))
    expect([before!.left > 0n, after!.left - before!.left, after!.covered]).toEqual([true, 1_500n, before!.covered])
    const done = await app.openStream('search.run', { ...input, direction: 'backward' })
    expectExact(await hitsOf(app, kept.search), done.ledgers[0]!)
    expect(done.spreads[0]!.map(({ of, counts }) => `${of}: ${counts[0]}`).toSorted()).toEqual([0, 1, 2].map((partition) => `${partition}: ${judge.filter((place) => place.startsWith(`${partition}/`)).length}`)) // oxfmt-ignore
    const again = await app.openStream('search.run', { ...input, direction: 'forward' })
    expect(again.found.records).toBe(0n)
  })

  it('is one search for who asks for it twice: the later goes on, the earlier ends', async () => {
    const { kept } = await app.call('search.start', { connectionId: id, topics: byName(topic), filter })
    const input = { connectionId: id, search: kept.search }
    await app.call('connections.setReadLimit', { connectionId: id, readLimit: 1 })
    const began = Promise.withResolvers<void>()
    const first = app.openStream('search.run', input, { onBatch: () => began.resolve() })
    await began.promise
    const listed = await app.call('search.list', { connectionId: id })
    expect(listed.searches.find(({ search }) => search === kept.search)).toMatchObject({ isRunning: true })
    expect(await app.call('search.change', { ...input, name: 'while it runs', order: 'newest' })).toMatchObject({ name: 'while it runs', order: 'newest' }) // oxfmt-ignore
    const second = app.openStream('search.run', input)
    expect((await first).reason).toBe('cancelled')
    await app.call('connections.setReadLimit', { connectionId: id, readLimit: null })
    const done = await second
    expect(done).toMatchObject({ reason: 'end', kept: { name: 'while it runs' } })
    expectExact(await hitsOf(app, kept.search), done.ledgers[0]!)
  })

  it('says what has become of its topic: more partitions, records deleted, made anew', async () => {
    const { tools } = await sharedKafka()
    const changing = uniqueName('changing')
    await wire.createTopic(changing, 1)
    const batch = (value: string) =>
      writeBatch(Array.from({ length: 10 }, (_, i) => ({ timestamp: BigInt(i), key: null, value: Buffer.from(`hit ${value} ${i}`), headers: [] }))) // oxfmt-ignore
    await wire.produce(changing, 0, batch('a'))
    await wire.produce(changing, 0, batch('b'))
    const { kept } = await app.call('search.start', { connectionId: id, topics: byName(changing), filter })
    const input = { connectionId: id, search: kept.search }
    expect(await app.call('search.check', input)).toEqual({ changes: [] })

    await tools.topics('--alter', '--topic', changing, '--partitions', '2')
    await wire.deleteRecords(changing, 0, 5n)
    const added = { what: 'partitions-added', topic: changing, partitions: [1] }
    const deleted = { what: 'deleted', topic: changing, ranges: [{ partition: 0, from: 0n, to: 5n }] }
    await until('the leader tells of both', async () => {
      const { changes } = await app.call('search.check', input)
      return changes.length === 2 ? changes : undefined
    })
    expect((await app.call('search.check', input)).changes).toEqual([added, deleted])
    const done = await app.openStream('search.run', input)
    expect(done).toMatchObject({ reason: 'end', changes: [added, deleted] })
    expect(done.ledgers[0]!.parts[0]!.covered).toEqual([{ from: 0n, to: 5n, why: 'gone' }, { from: 5n, to: 20n, why: 'read' }]) // oxfmt-ignore
    expect((await hitsOf(app, kept.search)).length).toBe(15)

    await wire.produce(changing, 1, batch('c'))
    await app.call('search.widen', input)
    const more = await app.openStream('search.run', input)
    expect([more.changes, more.kept.hits]).toEqual([[], 25])

    await wire.deleteTopic(changing)
    expect((await app.call('search.check', input)).changes).toMatchObject([{ what: 'gone', error: { code: 'kafka.topic-unknown' } }]) // oxfmt-ignore
    await wire.createTopic(changing, 2)
    await wire.produce(changing, 0, batch('d'))
    expect((await app.call('search.check', input)).changes).toEqual([{ what: 'made-anew', topic: changing }])
    const anew = await app.call('search.widen', input)
    expect(anew.failures).toMatchObject([{ topic: changing, partition: null, error: { code: 'kafka.topic-recreated' } }]) // oxfmt-ignore
    const after = await app.openStream('search.run', input)
    expect([after.found.records, after.kept.hits]).toEqual([0n, 25])
  })

  it('that has something left of a topic made anew fails, and reads nothing of the other', async () => {
    const short = uniqueName('anew')
    await wire.createTopic(short, 1)
    const record = { timestamp: 1n, key: null, value: Buffer.from('hit'), headers: [] }
    await wire.produce(short, 0, writeBatch([record]))
    const { kept } = await app.call('search.start', { connectionId: id, topics: byName(short), filter })
    await wire.deleteTopic(short)
    await wire.createTopic(short, 1)
    await wire.produce(short, 0, writeBatch([record, record]))
    await expect(app.openStream('search.run', { connectionId: id, search: kept.search })).rejects.toMatchObject({ code: 'kafka.topic-recreated' }) // oxfmt-ignore
    expect(await hitsOf(app, kept.search)).toEqual([])
  })

  it('goes with its file, and with its profile', async () => {
    const other = await app.connect(bootstrap)
    const { kept } = await app.call('search.start', { connectionId: other, topics: byName(topic), filter })
    const folder = join(app.dataDir, 'searches', other)
    expect((await readdir(folder)).length).toBe(1)
    expect(((await stat(join(folder, `${kept.search}.search`))).mode & 0o077) === 0).toBe(true)
    await app.call('search.forget', { search: kept.search })
    expect(await readdir(folder)).toEqual([])
    await expect(hitsOf(app, kept.search)).rejects.toMatchObject({ code: 'call.invalid' })
    await app.call('search.start', { connectionId: other, topics: byName(topic), filter })
    await app.call('connections.close', { connectionId: other })
    await app.call('profiles.delete', { id: other as never })
    await expect(stat(folder)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})

describe('a search of several topics', () => {
  it('takes those whose names fit, leaves out Kafka’s own, and says of each hit its topic', async () => {
    const stem = uniqueName('many')
    const judged: string[] = []
    const topics = Array.from({ length: 7 }, (_, i) => `${stem}-${i}`)
    for (const [i, name] of topics.entries()) {
      await wire.createTopic(name, 2)
      for (let partition = 0; partition < 2; partition += 1) {
        const records = Array.from({ length: 50 + 10 * i }, (_, n) => ({ timestamp: BigInt(1_000 * n + i), key: null, value: Buffer.from(n % 5 === i % 5 ? 'hit' : 'miss'), headers: [] })) // oxfmt-ignore
        await wire.produce(name, partition, writeBatch(records))
      }
      for (const one of await kcatConsume(bootstrap, { topic: name })) if (one.value?.toString() === 'hit') judged.push(`${name} ${placeOf(one)}`) // oxfmt-ignore
    }
    const choice = { by: 'pattern', pattern: `^${stem}-[0-6]$` } as const
    expect(await app.call('search.topics', { connectionId: id, topics: choice })).toEqual({ topics: topics.map((name) => ({ topic: name, partitions: 2 })), more: 0, internal: 0 }) // oxfmt-ignore
    const { kept, ledgers } = await app.call('search.start', { connectionId: id, topics: choice, filter })
    expect(ledgers.map((ledger) => ledger.topic)).toEqual(topics)
    const done = await app.openStream('search.run', { connectionId: id, search: kept.search })
    expect(done).toMatchObject({ reason: 'end', failures: [], changes: [] })
    expect(done.ledgers.flatMap(rangesLeft)).toEqual([])
    expect((await hitsOf(app, kept.search)).toSorted()).toEqual(judged.toSorted())
    const byTime = await hitsOf(app, kept.search, 'timestamp')
    expect(new Set(byTime.slice(0, 7).map((place) => place.split(' ')[0])).size).toBeGreaterThan(1)

    await wire.createTopic(`${stem}-5x`, 1)
    const wider = { by: 'pattern', pattern: `^${stem}-` } as const
    await app.call('search.widen', { connectionId: id, search: kept.search, topics: wider })
    await wire.createTopic(`${stem}-z`, 1)
    const { changes } = await app.call('search.check', { connectionId: id, search: kept.search })
    expect(changes).toEqual([{ what: 'topics-added', topics: [`${stem}-z`] }])

    const own = await app.call('search.topics', { connectionId: id, topics: { by: 'pattern', pattern: '^__' } })
    expect([own.topics, own.internal > 0 || (await wireHasNone())]).toEqual([[], true])
    await expect(app.call('search.topics', { connectionId: id, topics: { by: 'pattern', pattern: '(a' } })).rejects.toMatchObject({ code: 'call.invalid', details: { path: 'topics.pattern' } }) // oxfmt-ignore
  })

  it('of which one is gone reads the others, and says so', async () => {
    const [stays, goes] = [uniqueName('stays'), uniqueName('goes')]
    for (const name of [stays, goes]) {
      await wire.createTopic(name, 1)
      await wire.produce(name, 0, writeBatch([{ timestamp: 1n, key: null, value: Buffer.from('hit'), headers: [] }]))
    }
    const missing = uniqueName('never')
    const begun = await app.call('search.start', { connectionId: id, topics: byName(stays, goes, missing), filter })
    expect(begun.failures).toMatchObject([{ topic: missing, partition: null, error: { code: 'kafka.topic-unknown' } }])
    await wire.deleteTopic(goes)
    const done = await app.openStream('search.run', { connectionId: id, search: begun.kept.search })
    expect(done.failures).toMatchObject([{ topic: goes, partition: null, error: { code: 'kafka.topic-unknown' } }])
    expect(await hitsOf(app, begun.kept.search)).toEqual([`${stays} 0/0`])
  })
})

/** Of a cluster that never had a group or a transaction there are no topics of Kafka's own. */
async function wireHasNone(): Promise<boolean> {
  const { tools } = await sharedKafka()
  return !(await tools.topics('--list')).stdout.includes('__')
}
