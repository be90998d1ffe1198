import { execFile } from 'node:child_process'
import { appendFile, mkdtemp, readdir, readFile, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { IntendedOf } from '#shared/contract/journal.ts'
import type { ApplyResult } from '#shared/contract/offsets.ts'
import { decodeLine, encodeLine } from './journal-codec.ts'
import { openJournal } from './journal.ts'
import { createChangesJournal } from './changes-journal.ts'

let folder = ''
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'seekline-journal-')), 'journal')
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

const open = (maxFileBytes?: number) =>
  openJournal({
    folder,
    name: 'test',
    intent: z.string(),
    result: z.bigint(),
    ...(maxFileBytes === undefined ? {} : { maxFileBytes }),
  })
const firstFile = () => join(folder, 'test-000001.jsonl')

describe('journal codec', () => {
  it.each([
    ['the least int64', -(2n ** 63n)],
    ['nested values', { a: 2n ** 63n - 1n, b: [0n, null, 'x\n\u2028', true, 1.5] }],
    ['bytes', new Uint8Array([0, 255, 10])],
    ['what looks like a mark', { $int64: '1' }],
    ['keys with dollars', { $$bytes: 'x', $: { $int64: 5n } }],
    ['an empty object', { a: {}, b: [] }],
    ['keys that JSON escapes', { 'a "b"\n': 1n, '': [{ ü: 'ü' }] }],
  ])('brings back %s', (_what, value) => {
    const line = encodeLine(value)
    expect(line.indexOf('\n')).toBe(line.length - 1)
    expect(decodeLine(line)).toEqual(value)
  })
})

describe('journal', () => {
  it('has the intent on disk before its id is known, and the result after', async () => {
    const journal = open()
    const id = await journal.intent('move')
    const line = decodeLine(await readFile(firstFile(), 'utf8'))
    expect(line).toMatchObject({ version: 2, phase: 'intent', id, data: 'move' })
    expect(await journal.get(id)).toMatchObject({ id, intent: 'move', result: null })
    expect(await journal.resultOf(id)).toBeNull()
    await journal.result(id, 7n)
    expect(await open().resultOf(id)).toBe(7n)
    expect(await journal.get('none')).toBeNull()
    expect((await stat(firstFile())).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
  })

  it('lists newest first, page by page, through many files, all of them kept', async () => {
    const journal = open(600)
    const ids: string[] = []
    for (let i = 0; i < 12; i += 1) ids.push(await journal.intent(`change ${i}`))
    // Results come late, in later files than their intents.
    for (const id of ids) await journal.result(id, 1n)
    expect((await readdir(folder)).filter((name) => name.endsWith('.jsonl')).length).toBeGreaterThan(3)
    const seen: string[] = []
    for (let before: string | undefined; ;) {
      const page = await journal.list({ limit: 5, before })
      expect(page.damaged).toEqual([])
      expect(page.items.every((entry) => entry.result === 1n)).toBe(true)
      seen.push(...page.items.map((entry) => entry.id))
      before = page.items.at(-1)?.id
      if (!page.more) break
    }
    expect(seen).toEqual(ids.toReversed())
    const even = await journal.list({ limit: 3, where: (entry) => /[02468]$/.test(entry.intent) })
    expect(even.items.map((entry) => entry.intent)).toEqual(['change 10', 'change 8', 'change 6'])
    expect(even.more).toBe(true)
  })

  it('sets a torn last line aside, says so, and goes on', async () => {
    const journal = open()
    const one = await journal.intent('one')
    await appendFile(firstFile(), '{"version":1,"phase":"intent","id":"torn","at":{"$int')
    const listed = await journal.list({ limit: 10 })
    expect(listed.items.map((entry) => entry.id)).toEqual([one])
    expect(listed.damaged).toEqual([expect.stringContaining('cut off while being written')])
    const torn = (await readdir(folder)).find((name) => name.includes('.torn-')) ?? ''
    expect(await readFile(join(folder, torn), 'utf8')).toContain('"torn"')
    const two = await journal.intent('two')
    expect((await journal.list({ limit: 10 })).items.map((entry) => entry.id)).toEqual([two, one])
  })

  it('appends behind a torn line without losing either', async () => {
    const journal = open()
    await journal.intent('one')
    const two = await journal.intent('two')
    await truncate(firstFile(), (await stat(firstFile())).size - 3)
    const three = await journal.intent('three')
    const { items } = await journal.list({ limit: 10 })
    expect(items.map((entry) => entry.intent)).toEqual(['three', 'one'])
    expect(items[0]?.id).toBe(three)
    const torn = (await readdir(folder)).find((name) => name.includes('.torn-')) ?? ''
    expect(await readFile(join(folder, torn), 'utf8')).toContain(two)
  })

  it('names lines it cannot read, leaves them, and shows the rest', async () => {
    const journal = open()
    const one = await journal.intent('one')
    const strange = [
      'garbage \u0000',
      '{"version":3,"phase":"intent"}',
      encodeLine({ version: 2, phase: 'intent', id: 'x', at: 1n, data: 5 }).trim(),
    ]
    await appendFile(firstFile(), `${strange.join('\n')}\n`)
    const two = await journal.intent('two')
    const { items, damaged } = await journal.list({ limit: 10 })
    expect(items.map((entry) => entry.id)).toEqual([two, one])
    expect(damaged).toHaveLength(3)
    expect(damaged.join(' ')).toContain('newer Seekline')
    expect(await readFile(firstFile(), 'utf8')).toContain('garbage')
  })

  it('writes nothing that its own schema would refuse to read', async () => {
    await expect(open().intent(5 as never)).rejects.toThrow('expected string')
    expect((await open().list({ limit: 1 })).items).toEqual([])
  })

  it('loses nothing when processes write at once', async () => {
    const child = fileURLToPath(new URL('../test-child.ts', import.meta.url))
    const run = () => promisify(execFile)(process.execPath, [child, 'journal', folder, '50'], { timeout: 100_000 })
    await Promise.all([run(), run()])
    const { items, damaged } = await open().list({ limit: 1_000 })
    expect(damaged).toEqual([])
    expect(new Set(items.map((entry) => entry.intent)).size).toBe(100)
    expect(items.every((entry) => entry.result === BigInt(entry.intent.split('-')[1] ?? ''))).toBe(true)
  })
})

describe('the journal of changes', () => {
  it('keeps what an undo needs: "none", metadata, leader epoch, topic id', async () => {
    const journal = createChangesJournal(folder)
    const intent: IntendedOf<'positions'> = {
      kind: 'positions',
      profileId: 'live',
      profileName: 'Live',
      clusterId: 'c1',
      group: 'billing',
      groupExisted: false,
      undoOf: null,
      rows: [
        {
          topic: 'orders',
          partition: 0,
          topicId: null,
          before: null,
          after: { offset: 2n ** 62n, metadata: '', leaderEpoch: -1 },
        },
        {
          topic: 'orders',
          partition: 1,
          topicId: 'xtzWWN4bTjitpL3kfd9s5g',
          before: { offset: 5n, metadata: 'at 5 ✓', leaderEpoch: 3 },
          after: null,
        },
      ],
    }
    const result: ApplyResult = { journalId: null, rows: [], summary: 'Done.', groupCreated: true, groupDeleted: false }
    const id = await journal.intent(intent)
    expect(await journal.get(id)).toMatchObject({ ...intent, id, result: null })
    await journal.result(id, 'positions', result)
    await journal.intent({ ...intent, group: 'other' })
    await journal.intent({ ...intent, clusterId: 'c2' })
    const page = await journal.list({ limit: 10, group: 'billing', clusterId: 'c1' })
    expect(page).toMatchObject({ items: [{ ...intent, id, result }], more: false, damaged: [] })
  })
})
