import { execFile } from 'node:child_process'
import { mkdtemp, mkdir, readFile, readdir, readlink, rm, symlink, truncate, writeFile, chmod } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { SeeklineError } from '#shared/errors.ts'
import { brokersOf } from '#shared/model/endpoints.ts'
import { newProfile } from '#shared/model/profile.ts'
import { freeName, mostFileBytes, setAside } from './atomic-files.ts'
import { openJournal } from './journal/journal.ts'
import { withLock } from './lock.ts'
import { createLog, readLogs } from './log.ts'
import { createProfileStore } from './profiles.ts'
import { createSecretStore } from './secrets.ts'
import { createSettingsFile } from './settings.ts'
import { readSmallFile } from './small-file.ts'
import { longestTurn } from '../../tests/support/measure.ts'

// What a full disk, another program, a careless hand or a set-back clock may do to our folder. Nothing may be lost, and
// each must be said in a sentence.

const run = promisify(execFile)
const child = fileURLToPath(new URL('./test-child.ts', import.meta.url))
let home = ''
let folder = ''
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'seekline-hostile-'))
  folder = join(home, 'profiles')
})
afterEach(() => rm(home, { recursive: true, force: true }))

const live = newProfile('live', { name: 'Live' })
const unix = process.platform !== 'win32'

describe('a profile folder that somebody was at', () => {
  const deep = `{"kind":"seekline.profile","version":1,"data":${'['.repeat(500_000)}${']'.repeat(500_000)}}`
  it.each([
    ['binary garbage', Buffer.from([0xff, 0xfe, 0, 1, 2])],
    ['half a million nested lists', deep],
    ['half a million open brackets', '['.repeat(500_000)],
    ['keys that reach a prototype', '{"kind":"seekline.profile","version":1,"data":{"__proto__":{"id":"bad"}}}'],
    ['version 1e400', '{"kind":"seekline.profile","version":1e400,"data":{}}'],
    ['version -1', '{"kind":"seekline.profile","version":-1,"data":{}}'],
    ['another kind of file', '{"kind":"seekline.settings","version":1,"data":{}}'],
    ['nothing', ''],
  ])('sets %s aside and keeps the rest', async (_what, content) => {
    const store = createProfileStore(folder)
    await store.save(live)
    await writeFile(join(folder, 'bad.json'), content)
    const { items, damaged } = await store.list()
    expect(items).toEqual([live])
    expect(damaged).toEqual([expect.stringMatching(/^bad\.json could not be read and was set aside/)])
    const aside = (await readdir(folder)).find((name) => name.startsWith('bad.json.damaged-'))!
    expect(await readFile(join(folder, aside))).toEqual(Buffer.from(content))
  })

  it('reads no file that is far too large, and no pipe that nobody writes to', async () => {
    const store = createProfileStore(folder)
    await store.save(live)
    await writeFile(join(folder, 'huge.json'), '{')
    await truncate(join(folder, 'huge.json'), 200 * mostFileBytes)
    await mkdir(join(folder, 'folder.json'))
    if (unix) await run('mkfifo', [join(folder, 'pipe.json'), join(home, 'settings.json')])
    const { items, damaged } = await store.list()
    expect(items).toEqual([live])
    expect(damaged.filter((text) => text.includes('was set aside'))).toHaveLength(unix ? 3 : 2)
    expect(await createSettingsFile(home).get()).toMatchObject({ theme: 'system' })
    expect((await store.list()).items).toEqual([live])
  })

  it.runIf(unix)('writes through a link, whose owner keeps the file elsewhere', async () => {
    const store = createProfileStore(folder)
    await store.save(live)
    const elsewhere = join(home, 'dotfiles.json')
    await writeFile(elsewhere, await readFile(join(folder, 'live.json')))
    await rm(join(folder, 'live.json'))
    await symlink(elsewhere, join(folder, 'live.json'))
    await store.save({ ...live, name: 'Renamed' })
    expect(await readlink(join(folder, 'live.json'))).toBe(elsewhere)
    expect(await readFile(elsewhere, 'utf8')).toContain('Renamed')
    expect((await store.list()).items.map((profile) => profile.name)).toEqual(['Renamed'])
    expect(await readdir(home)).not.toContainEqual(expect.stringMatching(/tmp$/))
  })

  it.runIf(unix)('says that a lock cannot be had when a link to nothing stands in its place', async () => {
    await mkdir(folder)
    await symlink(join(home, 'nowhere'), join(folder, '.lock'))
    const waiting = withLock(join(folder, '.lock'), () => Promise.resolve(), { timeoutMs: 300 })
    await expect(waiting).rejects.toMatchObject({ code: 'storage.failed', hint: expect.stringContaining('delete') })
  })
})

describe('what is no ordinary small file', () => {
  /** Each at a path of its own: how it is made, and what is said of it. */
  const kinds: [string, (at: string) => Promise<unknown>, RegExp][] = [
    ['a folder', (at) => mkdir(at), /is no ordinary file/],
    ['a file far too large', (at) => writeFile(at, '').then(() => truncate(at, 200 * mostFileBytes)), /far more than/],
    ...(unix
      ? ([
          ['a pipe that nobody writes to', (at) => run('mkfifo', [at]), /is no ordinary file/],
          ['a device without an end', (at) => symlink('/dev/zero', at), /is no ordinary file/],
          ['a file that says it is empty and is not', (at) => symlink('/proc/kallsyms', at), /far more than|read/],
          ['a link to itself', (at) => symlink(at, at), /could not be read/],
          ['a socket', (at) => listening(at), /could not be read|no ordinary file/],
        ] satisfies typeof kinds)
      : []),
  ]
  const listening = (at: string): Promise<void> => {
    const server = createServer()
    servers.push(server)
    return new Promise((resolve) => server.listen(at, resolve))
  }
  const servers: Server[] = []
  afterEach(() => servers.splice(0).forEach((server) => server.close()))

  it.each(kinds)('is no lock: %s', async (_what, make, said) => {
    const path = join(home, 'lock')
    await make(path)
    const from = performance.now()
    const waiting = withLock(path, () => Promise.resolve(), { timeoutMs: 300, staleMs: 100 })
    await expect(waiting).rejects.toMatchObject({ message: expect.stringMatching(said) })
    await expect(waiting).rejects.toBeInstanceOf(SeeklineError)
    expect(performance.now() - from).toBeLessThan(5_000)
  })

  it.each(kinds)('is no chosen file: %s', async (_what, make, said) => {
    const path = join(home, 'chosen.properties')
    await make(path)
    const reading = readSmallFile(path)
    await expect(reading).rejects.toBeInstanceOf(SeeklineError)
    await expect(reading).rejects.toMatchObject({ message: expect.stringMatching(said) })
  })

  it.each(kinds)('is no log: %s', async (_what, make) => {
    const logs = join(home, 'logs')
    await mkdir(logs)
    await make(join(logs, 'app.log'))
    const log = createLog({ folder: logs, name: 'app', secrets: () => [] })
    log.write('info', 'test', 'a line')
    await log.flush()
    expect((await readLogs(logs, ['app'])).every(({ text }) => text.length < 4e6)).toBe(true)
  })

  it('ends the wait for a lock whose dead holder cannot be removed', async () => {
    const path = join(home, 'lock')
    await writeFile(path, '999999999@elsewhere#x')
    // Somebody else is about to break it, and stands still: this process, which lives.
    await writeFile(`${path}.break`, `${process.pid}@${hostname()}#break`)
    const from = performance.now()
    // Ten times as long as a holder takes to look stale, the breaker does as well: far beyond the limit, on any machine.
    const waiting = withLock(path, () => Promise.resolve(), { timeoutMs: 1_200, staleMs: 1_000 })
    await expect(waiting).rejects.toMatchObject({ code: 'storage.failed', hint: expect.stringContaining('delete') })
    expect(performance.now() - from).toBeLessThan(10_000)
  })

  it('holds up nothing: a profile file of 60 MB of brackets', async () => {
    const store = createProfileStore(folder)
    await store.save(live)
    await writeFile(join(folder, 'deep.json'), '['.repeat(60_000_000))
    await writeFile(join(folder, 'less.json'), '['.repeat(4_000_000))
    let listed: Awaited<ReturnType<typeof store.list>> | undefined
    const longest = await longestTurn(async () => (listed = await store.list()))
    const { items, damaged } = listed!
    expect(items).toEqual([live])
    expect(damaged).toHaveLength(2)
    expect(longest).toBeLessThan(250)
  })
})

describe('a disk that is full', () => {
  it.runIf(unix)('keeps what there was, leaves no half file, and says so', async () => {
    const store = createProfileStore(folder)
    await store.save(newProfile('big', { name: 'Kept' }))
    const kept = await readFile(join(folder, 'big.json'))
    const journal = openJournal({ folder: join(home, 'journal'), name: 'test', intent: z.string(), result: z.bigint() })
    const one = await journal.intent('one')
    // The signal that a limit sends is ignored, as a full disk sends none; then the write itself fails.
    const limited = `trap '' XFSZ; ulimit -f 2; exec "${process.execPath}" "${child}" full "${home}"`
    const { stdout } = await run('bash', ['-c', limited], { timeout: 100_000 })
    const told = JSON.parse(stdout) as { code: string; message: string; hint: string }[]
    expect(told[0]).toMatchObject({ code: 'storage.failed', message: expect.stringContaining('big.json could not be') })
    expect(told[0]!.hint).toContain('make room')
    expect(told[1]).toMatchObject({ code: 'storage.failed', message: expect.stringContaining('journal') })
    expect(told[2]).toBe('ok')
    expect(await readFile(join(folder, 'big.json'))).toEqual(kept)
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([])
    const { items, damaged } = await journal.list({ limit: 10 })
    expect(items.map((entry) => entry.intent)).toEqual(['small', 'one'])
    expect(items.at(-1)?.id).toBe(one)
    expect(damaged).toEqual([])
  })

  it.runIf(unix)('is read from a folder that may not be written to', async () => {
    await createProfileStore(folder).save(live)
    for (const path of [folder, home]) await chmod(path, 0o555)
    await chmod(join(folder, 'live.json'), 0o444)
    const { stdout } = await run(process.execPath, [child, 'read-only', home], { timeout: 100_000 })
    for (const path of [folder, home]) await chmod(path, 0o755)
    const told = JSON.parse(stdout) as { saved: { code: string; hint: string }; listed: string[] }
    expect(told.saved).toMatchObject({ code: 'storage.failed', hint: expect.stringContaining('lack the right') })
    expect(told.listed).toEqual(['Live'])
  })
})

describe('two processes', () => {
  it('save profiles at once: none is lost, and no name is had twice', async () => {
    const two = () => run(process.execPath, [child, 'profiles', folder, '15'], { timeout: 100_000 })
    await Promise.all([two(), two()])
    const { items, damaged } = await createProfileStore(folder).list()
    expect(damaged).toEqual([])
    expect(items.filter((profile) => profile.id.startsWith('p'))).toHaveLength(30)
    expect(items.filter((profile) => profile.name.startsWith('same'))).toHaveLength(15)
  })
})

describe('a clock that jumps', () => {
  it('puts no damaged file over another', async () => {
    const now = new Date('2026-01-01T00:00:00Z')
    const path = join(home, 'x.json')
    for (const text of ['one', 'two', 'three']) {
      await writeFile(path, text)
      await setAside(path, now)
    }
    const names = (await readdir(home)).sort()
    expect(names).toHaveLength(3)
    expect(await Promise.all(names.map((name) => readFile(join(home, name), 'utf8')))).toEqual(['one', 'two', 'three'])
    expect(await freeName(`${path}.damaged`, now)).toMatch(/-4$/)
  })

  it('does not change the order of the journal', async () => {
    const times = [5_000, 1_000_000, 0, 1, -1_000]
    let n = 0
    const journal = openJournal({
      folder: join(home, 'journal'),
      name: 'test',
      intent: z.string(),
      result: z.bigint(),
      maxFileBytes: 200,
      now: () => times[n++ % times.length]!,
    })
    const ids = []
    for (const what of ['a', 'b', 'c', 'd', 'e', 'f']) ids.push(await journal.intent(what))
    const listed = await journal.list({ limit: 10 })
    expect(listed.items.map((entry) => entry.id)).toEqual(ids.toReversed())
    const older = await journal.list({ limit: 2, before: ids[3]! })
    expect(older.items.map((entry) => entry.intent)).toEqual(['c', 'b'])
  })
})

describe('a journal that somebody was at', () => {
  const open = () =>
    openJournal({ folder: join(home, 'journal'), name: 'test', intent: z.string(), result: z.bigint() })

  it('goes on beside a file that is far too large or none at all, and says so', async () => {
    await mkdir(join(home, 'journal'))
    const huge = join(home, 'journal', 'test-000004.jsonl')
    await writeFile(huge, '')
    await truncate(huge, 100 * mostFileBytes)
    await mkdir(join(home, 'journal', 'test-000002.jsonl'))
    const id = await open().intent('still')
    const { items, damaged } = await open().list({ limit: 10 })
    expect(items.map((entry) => entry.id)).toEqual([id])
    expect(damaged).toHaveLength(2)
    expect(damaged.join(' ')).toMatch(/bytes.*is no ordinary file/s)
  })

  it('passes over lines that nest for ever, end nowhere, or bear a prototype', async () => {
    const one = await open().intent('one')
    const file = join(home, 'journal', 'test-000001.jsonl')
    const strange = [
      `{"version":1,"phase":"intent","id":"x","at":{"$int64":"1"},"data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      '{"version":1,"phase":"intent","id":"x","at":{"$int64":"9e9"},"data":"x"}',
      '{"__proto__":{"version":1},"phase":"intent"}',
      'x'.repeat(1_000_000),
    ]
    await writeFile(file, `${await readFile(file, 'utf8')}${strange.join('\n')}\n`)
    const two = await open().intent('two')
    const { items, damaged } = await open().list({ limit: 10 })
    expect(items.map((entry) => entry.id)).toEqual([two, one])
    expect(damaged).toHaveLength(strange.length)
  })
})

it('asks for secrets again when their file is garbage, and keeps the garbage aside', async () => {
  await writeFile(join(home, 'secrets.json'), '{"kind":"seekline.secrets","version":1,"data":{"live":{"password":')
  const box = {
    kind: 'keychain' as const,
    sentence: '',
    encrypt: (text: string) => Promise.resolve(Buffer.from(text).toString('base64')),
    decrypt: (text: string) => Promise.resolve({ text: Buffer.from(text, 'base64').toString(), reEncrypt: false }),
  }
  const store = createSecretStore(home, box)
  const profile = newProfile('live', { sasl: { mechanism: 'PLAIN', username: 'u' } })
  await expect(store.resolve(brokersOf(profile))).rejects.toMatchObject({ code: 'connect.secret' })
  await store.set(brokersOf(profile), { password: 'again' })
  expect(await createSecretStore(home, box).resolve(brokersOf(profile))).toEqual({ password: 'again' })
  expect((await readdir(home)).some((name) => name.startsWith('secrets.json.damaged-'))).toBe(true)
})
