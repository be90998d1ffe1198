import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { untilHolds } from '../../tests/support/wait-for.ts'
import { newProfile } from '#shared/model/profile.ts'
import { ProfileId } from '#shared/model/ids.ts'
import { createProfileStore } from './profiles.ts'
import { createSettingsFile } from './settings.ts'

let folder = ''
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'seekline-profiles-')), 'profiles')
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

const live = newProfile('live', { name: 'Live', environment: 'production' })
const demo = newProfile('demo', { name: 'Demo' })

describe('profiles', () => {
  it('saves, lists by name, replaces, deletes', async () => {
    const store = createProfileStore(folder)
    expect(await store.list()).toEqual({ items: [], damaged: [] })
    await store.save(live)
    await store.save(demo)
    expect((await store.list()).items).toEqual([demo, live])
    await store.save({ ...demo, name: 'Zoo' })
    expect((await store.list()).items.map((profile) => profile.name)).toEqual(['Live', 'Zoo'])
    expect(await store.byName('zoo')).toMatchObject({ id: 'demo' })
    await store.delete(demo.id)
    await store.delete(demo.id)
    await expect(store.get(demo.id)).rejects.toMatchObject({ code: 'profile.unknown' })
    await expect(store.byName('Zoo')).rejects.toMatchObject({ code: 'profile.unknown', hint: 'There are "Live".' })
    expect((await readdir(folder)).filter((name) => name.startsWith('demo'))).toEqual([])
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
    expect((await stat(join(folder, 'live.json'))).mode & 0o777).toBe(0o600)
  })

  it('reads what the format before kept, and writes it anew when it is saved', async () => {
    const store = createProfileStore(folder)
    await store.save(live)
    const path = join(folder, 'live.json')
    const { data } = JSON.parse(await readFile(path, 'utf8')) as { data: object }
    const write = async (sasl: object) =>
      writeFile(path, JSON.stringify({ kind: 'seekline.profile', version: 1, data: { ...data, sasl } }))
    await write({ mechanism: 'none', username: '' })
    expect(await store.list()).toEqual({ items: [live], damaged: [] })
    await write({ mechanism: 'none', username: 'left from before' })
    expect(await store.get(live.id)).toEqual(live)
    const alice = { mechanism: 'SCRAM-SHA-512', username: 'alice' } as const
    await write(alice)
    const read = await store.get(live.id)
    expect(read).toEqual({ ...live, sasl: alice })
    await store.save(read)
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ version: 3, data: { sasl: alice } })
  })

  it('keeps names unique, also when two windows save at once', async () => {
    const one = createProfileStore(folder)
    const other = createProfileStore(`${folder}/.`)
    const results = await Promise.allSettled([
      one.save(newProfile('a', { name: 'Same' })),
      other.save(newProfile('b', { name: 'same ' })),
    ])
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await one.list()).items).toHaveLength(1)
  })

  it('duplicates under a free name and a new id', async () => {
    const store = createProfileStore(folder)
    await store.save(live)
    const copy = await store.duplicate(live.id)
    expect(copy).toEqual({ ...live, id: copy.id, name: 'Live copy' })
    expect(copy.id).not.toBe(live.id)
    expect((await store.duplicate(live.id)).name).toBe('Live copy 2')
    const long = await store.save(newProfile('long', { name: 'x'.repeat(100) }))
    expect((await store.duplicate(long.id)).name).toHaveLength(100)
    await expect(store.duplicate(ProfileId.parse('none'))).rejects.toMatchObject({ code: 'profile.unknown' })
  })

  it('goes on with the others when one file is garbage, and says what became of it', async () => {
    const store = createProfileStore(folder)
    await store.save(live)
    await store.save(demo)
    await writeFile(join(folder, 'demo.json'), '<script>alert(1)</script>\u0000')
    const { items, damaged } = await store.list()
    expect(items).toEqual([live])
    expect(damaged).toEqual([expect.stringContaining('demo.json could not be read and was set aside as')])
    expect((await store.list()).damaged).toHaveLength(1)
    await store.save(demo)
    expect((await store.list()).items).toEqual([demo, live])
  })

  it('does not touch a newer version’s profile, and still lists the others', async () => {
    const store = createProfileStore(folder)
    await store.save(live)
    const newer = JSON.stringify({ kind: 'seekline.profile', version: 99, data: { id: 'demo', from: 'the future' } })
    await writeFile(join(folder, 'demo.json'), newer)
    const { items, damaged } = await store.list()
    expect(items).toEqual([live])
    expect(damaged).toEqual([expect.stringContaining('newer Seekline')])
    await expect(store.save(demo)).rejects.toMatchObject({ code: 'storage.failed' })
    expect(await readFile(join(folder, 'demo.json'), 'utf8')).toBe(newer)
  })

  it('does not take a copied file for a second profile of the same id', async () => {
    const store = createProfileStore(folder)
    await store.save(live)
    await copyFile(join(folder, 'live.json'), join(folder, 'other.json'))
    const { items, damaged } = await store.list()
    expect(items).toEqual([live])
    expect(damaged).toHaveLength(1)
  })

  it('never writes a field that could be a secret', async () => {
    const store = createProfileStore(folder)
    await expect(store.save({ ...demo, password: 'geheim' } as never)).rejects.toThrow('password')
  })

  it('tells of changes that another process made', async () => {
    const store = createProfileStore(folder)
    const changed = vi.fn<() => void>()
    const stop = store.watch(changed)
    // The system begins to watch when it likes, so the change is made until one is told.
    await untilHolds('the change is told', async () => {
      await createProfileStore(`${folder}/.`).save(demo)
      expect(changed).toHaveBeenCalled()
    })
    stop()
  })
})

describe('settings', () => {
  it('starts with defaults, saves parts, and survives garbage part by part', async () => {
    const home = join(folder, '..')
    const store = createSettingsFile(home)
    expect(await store.get()).toMatchObject({ theme: 'system', zone: 'UTC', tabs: [] })
    await store.save({ theme: 'dark' })
    await createSettingsFile(`${home}/.`).save({ pins: { demo: ['orders'] } })
    expect(await store.get()).toMatchObject({ theme: 'dark', pins: { demo: ['orders'] } })
    const path = join(home, 'settings.json')
    const text = await readFile(path, 'utf8')
    await writeFile(path, text.replace('"dark"', '"sepia"').replace('"UTC"', '17'))
    expect(await store.get()).toMatchObject({ theme: 'system', zone: 'UTC', pins: { demo: ['orders'] } })
    await writeFile(path, 'garbage')
    expect(await store.get()).toMatchObject({ theme: 'dark' })
    expect((await readdir(home)).some((name) => name.startsWith('settings.json.damaged-'))).toBe(true)
  })
})
