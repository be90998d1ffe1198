import { appendFile, cp, mkdtemp, readdir, readFile, rename, rm, truncate, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { JournalEntry } from '#shared/contract/journal.ts'
import { createChangesJournal } from './changes-journal.ts'
import { decodeLine } from './journal-codec.ts'
import { withPlaces } from './older-ranges.ts'
import { takeOverOldJournals } from './older-journals.ts'

// The two files are what the last version with two journals wrote on a real cluster: four changes of positions, one of them
// an undo, and four replays of one range each.
const written = fileURLToPath(new URL('../../../tests/fixtures/journal', import.meta.url))
const old = ['positions-000001.jsonl', 'replays-000001.jsonl'] as const

let folder = ''
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'seekline-migration-')), 'journal')
  await cp(written, folder, { recursive: true })
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

const at = (name: string) => join(folder, name)
const read = () => createChangesJournal(folder).list({ limit: 100 })
const ofKind = (items: JournalEntry[], kind: string) => items.filter((entry) => entry.kind === kind)

async function lines(name: string): Promise<{ id: string; phase: string; data: Record<string, unknown> }[]> {
  const text = await readFile(join(written, name), 'utf8')
  return text.trim().split('\n').map((line) => decodeLine(line) as Awaited<ReturnType<typeof lines>>[number]) // oxfmt-ignore
}

it('holds all that the old ones held, in the order of time, and keeps their files as they were', async () => {
  const { items, damaged } = await read()
  expect(damaged).toEqual([])
  expect(items).toHaveLength(8)
  expect(items.map((entry) => entry.at)).toEqual(items.map((entry) => entry.at).toSorted((a, b) => (a < b ? 1 : -1)))
  for (const [name, kind] of [
    [old[0], 'positions'],
    [old[1], 'replay'],
  ] as const) {
    // oxfmt-ignore
    for (const { id, phase, data } of await lines(name)) {
      const entry = items.find((one) => one.id === id)!
      expect(entry.kind).toBe(kind)
      const planned = 'plan' in data ? { ...data, plan: withPlaces(data['plan']) } : data
      expect(phase === 'intent' ? entry : entry.result).toMatchObject(planned)
    }
    expect(await readFile(join(folder, 'migrated', name))).toEqual(await readFile(join(written, name)))
  }
  const ranges = items.toReversed().flatMap((entry) => (entry.kind === 'replay' ? [entry.plan.spec] : []))
  const timed = { by: 'places', from: { at: 'timestamp', timestamp: 1000n }, to: { at: 'timestamp', timestamp: 2n ** 41n } } // oxfmt-ignore
  expect(ranges.map(({ range }) => range)).toMatchObject([
    { by: 'places', from: { at: 'log-start' } },
    timed,
    { by: 'records', records: [{ partition: 0, offset: 1n }, { partition: 1, offset: 3n }] }, // oxfmt-ignore
    { by: 'offsets', ranges: [{ partition: 0, from: 1n, to: 3n }, { partition: 1, from: 2n }] }, // oxfmt-ignore
  ])
  expect(ranges[1]?.ifNone).toBe('end')
  expect(ofKind(items, 'replay')[0]).toMatchObject({ profileId: 'test-1', clusterId: expect.any(String) })
  expect((await readdir(folder)).filter((name) => old.includes(name as never))).toEqual([])
  // Once is enough; and what comes now is the newest.
  const journal = createChangesJournal(folder)
  const { id: _id, at: _at, result: _result, ...intent } = ofKind(items, 'positions')[0]!
  const id = await journal.intent(intent)
  expect((await journal.list({ limit: 100 })).items.map((entry) => entry.id)).toEqual([
    id,
    ...items.map((one) => one.id),
  ])
})

it('takes a change without a result along, and a torn end and unreadable lines, which it names', async () => {
  const size = (await stat(at(old[0]))).size
  // In the middle of the last line: the result of the newest change.
  await truncate(at(old[0]), size - 40)
  await appendFile(
    at(old[1]),
    'garbage \u0000\n{"version":1,"phase":"intent","id":"x","at":{"$int64":"1"},"data":{"odd":1}}\n',
  )
  const { items, damaged } = await read()
  expect(items).toHaveLength(8)
  expect(ofKind(items, 'positions').map((entry) => entry.result === null)).toEqual([true, false, false, false])
  expect(damaged).toHaveLength(3)
  expect(damaged.join(' ')).toMatch(/cannot be read.*other than this version.*cut off while being written|cut off/)
  const torn = (await readdir(folder)).find((name) => name.includes('.torn-')) ?? ''
  expect((await readFile(at(torn), 'utf8')).length).toBeGreaterThan(100)
  expect(await readFile(join(folder, 'migrated', old[1]), 'utf8')).toContain('garbage')
  expect(await readFile(at('changes-000001.jsonl'), 'utf8')).toContain('garbage')
})

it('can be cut short anywhere and is begun again: nothing is lost, nothing twice', async () => {
  // Small files, so that there is much to be cut off between.
  await takeOverOldJournals(folder, 'changes', 2_000)
  const whole = await read()
  const made = (await readdir(folder)).filter((name) => name.endsWith('.jsonl')).toSorted()
  expect(made.length).toBeGreaterThan(4)
  // As a crash leaves it after each of the renames: the newest files still under their unfinished names, the old ones there.
  for (let done = 0; done <= made.length; done += 1) {
    const crashed = `${folder}-${done}`
    await cp(folder, crashed, { recursive: true })
    for (const name of made.slice(done)) await rename(join(crashed, name), join(crashed, `${name}.migrating`))
    for (const name of old) await rename(join(crashed, 'migrated', name), join(crashed, name))
    const again = await createChangesJournal(crashed).list({ limit: 100 })
    expect(again).toEqual(whole)
    expect((await readdir(crashed)).filter((name) => name.endsWith('.migrating'))).toEqual([])
  }
  // Between the two old files being moved.
  await rename(join(folder, 'migrated', old[1]), at(old[1]))
  expect(await read()).toEqual(whole)
})

it('clears away a half-written file of a crash', async () => {
  await writeFile(at('changes-000001.jsonl.migrating'), '{"version":2,"phase":"int')
  expect((await read()).items).toHaveLength(8)
})

it('takes over again what an older Seekline writes afterwards', async () => {
  await read()
  const later = (await readFile(join(written, old[0]), 'utf8')).replaceAll('20261128T1448', '20261129T1448')
  await writeFile(at(old[0]), later)
  const { items, damaged } = await read()
  expect(damaged).toEqual([])
  expect(items).toHaveLength(12)
  expect(await readdir(join(folder, 'migrated'))).toHaveLength(3)
})
