import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SearchOf } from '#shared/contract/searches.ts'
import type { ProfileId } from '#shared/model/ids.ts'
import { newLedger, noTally, tallyOf } from '#shared/model/ledger.ts'
import { createSearchFiles } from '../../storage/search-files.ts'
import { FrameBuilder } from '../messages/row-frames.ts'
import { OpenSearch } from './open-search.ts'
import { KeptSearches } from './kept-searches.ts'
import { rounds } from '../../../tests/support/rounds.ts'

const profile = 'p' as ProfileId
let folder: string
let store: KeptSearches

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seekline-searches-'))
  store = new KeptSearches(createSearchFiles(folder))
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

const changing = (name: string | null = null) => ({
  of: SearchOf.parse({ topics: { by: 'names', names: ['orders'] } }),
  ledgers: [newLedger({ clusterId: 'c', topic: 'orders', topicId: 't' }, [{ partition: 0, from: 0n, to: 1_000n }])],
  name,
  direction: 'forward' as const,
  order: 'found' as const,
})

/** So many hits at the offsets from `from` on. */
function rowsFrom(from: number, count: number) {
  const numbers = (value: number) => new Int32Array(count).fill(value)
  return {
    ...new FrameBuilder().take(),
    count,
    partition: numbers(0),
    offset: BigInt64Array.from({ length: count }, (_, i) => BigInt(from + i)),
    timestamp: new BigInt64Array(count),
    flags: numbers(3),
    keySize: numbers(-1),
    valueSize: numbers(-1),
    headerCount: numbers(0),
    ends: numbers(0).length === 0 ? new Int32Array(0) : new Int32Array(2 * count),
    decodedAs: numbers(0),
  }
}
const coveredFrom = (from: number, count: number) => ({ partition: 0, from: BigInt(from), to: BigInt(from + count), why: 'read' as const, ...noTally(), records: BigInt(count), matched: BigInt(count) }) // oxfmt-ignore

it('has of a file that was cut anywhere as many hits as its ledger says, and all of both', async () => {
  const open = await store.begin(profile, changing('cut'))
  for (let at = 0; at < 500; at += 50) await open.keep(0, rowsFrom(at, 50), [coveredFrom(at, 50)], [])
  await store.close()
  const path = createSearchFiles(folder).pathOf(profile, open.search)
  const whole = await readFile(path)
  const seen = new Set<number>()
  const step = Math.ceil(whole.length / rounds(600))
  for (let length = whole.length; length > 0; length -= step) {
    await writeFile(path, whole.subarray(0, length))
    const found = await OpenSearch.open(path, 0)
    if (found === null) continue
    const [ledger] = found.ledgers
    seen.add(found.hits.count)
    expect(tallyOf(ledger!).matched).toBe(BigInt(found.hits.count))
    expect(ledger!.parts[0]!.covered).toEqual(found.hits.count === 0 ? [] : [{ from: 0n, to: BigInt(found.hits.count), why: 'read' }]) // oxfmt-ignore
    const page = await found.hits.page('partition', false, 0, 500)
    expect([...page.rows.offset]).toEqual(Array.from({ length: found.hits.count }, (_, i) => BigInt(i)))
    await found.close()
  }
  expect(seen.size).toBe(11)
})

it('lists by the last block what it would by all of the file, and names what is no search', async () => {
  const open = await store.begin(profile, changing('one'))
  await store.writing(open.search, (it) => it.keep(0, rowsFrom(0, 10), [coveredFrom(0, 10)], []))
  const here = await store.list(profile)
  const anew = new KeptSearches(createSearchFiles(folder))
  const { searches, damaged } = await anew.list(profile)
  expect(searches).toMatchObject([{ name: 'one', hits: 10, topics: [{ topic: 'orders', covered: 10n, left: 990n, matched: 10n }] }]) // oxfmt-ignore
  const { changedAt: _, ...rest } = searches[0]!
  expect(here.searches).toMatchObject([rest])
  expect(damaged).toEqual([])
  await writeFile(join(folder, 'searches', 'p', `${'0'.repeat(32)}.search`), 'text')
  expect((await anew.list(profile)).damaged).toEqual([expect.stringContaining('no search')])
  await anew.close()
})

it('makes room by number and age: the oldest first, those with a name last', async () => {
  const files = createSearchFiles(folder)
  const names: string[] = []
  for (let i = 0; i < 100; i += 1) {
    const { search } = await store.begin(profile, changing(i < 3 ? 'named' : null))
    names.push(search)
    const at = new Date(Date.now() - (200 - i) * 60_000)
    await utimes(files.pathOf(profile, search), at, at)
  }
  await store.close()
  const here = async () => (await readdir(join(folder, 'searches', 'p'))).filter((name) => name.endsWith('.search')).map((name) => name.slice(0, 32)) // oxfmt-ignore
  expect((await here()).length).toBe(100)
  await store.begin(profile, changing())
  const left = await here()
  expect(left.length).toBe(100)
  expect([left.includes(names[0]!), left.includes(names[3]!)]).toEqual([true, false])
  const old = new Date(Date.now() - 40 * 86_400_000)
  await utimes(files.pathOf(profile, names[0]!), old, old)
  await store.begin(profile, changing())
  expect((await here()).includes(names[0]!)).toBe(false)
})

it('is written by one process at a time', async () => {
  const { search } = await store.begin(profile, changing())
  const other = new KeptSearches(createSearchFiles(folder))
  const began = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  const order: string[] = []
  const first = store.writing(search, async (open) => {
    began.resolve()
    await end.promise
    await open.keep(0, rowsFrom(0, 5), [coveredFrom(0, 5)], [])
    order.push('first')
  })
  await began.promise
  const second = other.writing(search, async (open) => {
    await open.keep(0, rowsFrom(5, 5), [coveredFrom(5, 5)], [])
    order.push('second')
  })
  end.resolve()
  await Promise.all([first, second])
  expect(order).toEqual(['first', 'second'])
  const found = await store.get(search)
  expect([found.hits.count, tallyOf(found.ledgers[0]!).matched]).toEqual([10, 10n])
  await other.close()
})

it('searches also where the disk takes nothing, and says that nothing is kept', async () => {
  await writeFile(join(folder, 'searches'), 'a file where the folder would be')
  const open = await store.begin(profile, changing())
  await open.keep(0, rowsFrom(0, 5), [coveredFrom(0, 5)], [])
  const whole = (await store.get(open.search)).whole()
  expect(whole.kept).toMatchObject({ hits: 0, stopped: { why: 'disk', error: { code: 'storage.failed' } } })
  expect(tallyOf(whole.ledgers[0]!).matched).toBe(5n)
})
