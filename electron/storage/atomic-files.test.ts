import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { dataFolder } from './data-folder.ts'
import { damagedFiles, makeFolder, readTextFile, writeFileAtomically } from './atomic-files.ts'
import { jsonFile } from './json-file.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seekline-files-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const modeOf = async (path: string) => (await stat(path)).mode & 0o777

describe('files', () => {
  it('writes for the owner alone, leaves no temporary file, and keeps one backup', async () => {
    const path = join(folder, 'a.json')
    await writeFileAtomically(path, 'one', { backup: true })
    await chmod(path, 0o644)
    await writeFileAtomically(path, 'two', { backup: true })
    await writeFileAtomically(path, 'three', { backup: true })
    expect(await readFile(path, 'utf8')).toBe('three')
    expect(await readFile(`${path}.bak`, 'utf8')).toBe('two')
    expect(await modeOf(path)).toBe(0o600)
    expect(await modeOf(`${path}.bak`)).toBe(0o600)
    expect((await readdir(folder)).sort()).toEqual(['a.json', 'a.json.bak'])
  })

  it('says what to do when it cannot write', async () => {
    const failing = writeFileAtomically(join(folder, 'none', 'a.json'), 'x')
    await expect(failing).rejects.toMatchObject({ code: 'storage.failed', message: expect.stringContaining('a.json') })
  })

  it('closes folders it makes and empty ones, not those that hold something', async () => {
    await makeFolder(join(folder, 'made', 'below'))
    expect(await modeOf(join(folder, 'made'))).toBe(0o700)
    expect(await modeOf(join(folder, 'made', 'below'))).toBe(0o700)
    await mkdir(join(folder, 'empty'), { mode: 0o755 })
    await makeFolder(join(folder, 'empty'))
    expect(await modeOf(join(folder, 'empty'))).toBe(0o700)
    await mkdir(join(folder, 'used'), { mode: 0o755 })
    await writeFile(join(folder, 'used', 'theirs'), '')
    await makeFolder(join(folder, 'used'))
    expect(await modeOf(join(folder, 'used'))).toBe(0o755)
  })

  it('tells a missing file from an unreadable one', async () => {
    expect(await readTextFile(join(folder, 'none'))).toBeNull()
    await expect(readTextFile(folder)).rejects.toMatchObject({ code: 'storage.damaged' })
  })
})

describe('json file', () => {
  const open = (version = 1, migrations = {}) =>
    jsonFile({
      path: join(folder, 'a.json'),
      kind: 'test',
      version,
      schema: z.strictObject({ n: z.number() }),
      migrations,
      backup: true,
    })

  it.each([
    ['cut off', '{"kind":"test","version":1,"da'],
    ['empty', ''],
    ['binary', '\u0000\u0001\ufffd'],
    ['of another kind', '{"kind":"other","version":1,"data":{"n":1}}'],
    ['without version', '{"kind":"test","data":{"n":1}}'],
    ['of a wrong shape', '{"kind":"test","version":1,"data":{"n":"1"}}'],
    ['null', 'null'],
  ])('sets a file aside that is %s, says so, and takes the backup', async (_what, text) => {
    const file = open()
    await file.update(() => ({ n: 1 }))
    await file.update(() => ({ n: 2 }))
    await writeFile(join(folder, 'a.json'), text)
    expect(await file.read()).toEqual({ n: 1 })
    const names = await readdir(folder)
    const aside = names.find((name) => name.startsWith('a.json.damaged-')) ?? ''
    expect(await readFile(join(folder, aside), 'utf8')).toBe(text)
    expect(await damagedFiles(folder)).toEqual([expect.stringContaining(aside)])
    expect(await file.read()).toEqual({ n: 1 })
  })

  it('starts anew when there is no sound backup either', async () => {
    await writeFile(join(folder, 'a.json'), 'x')
    await writeFile(join(folder, 'a.json.bak'), 'y')
    expect(await open().update((current) => ({ n: current === null ? 7 : 0 }))).toEqual({ n: 7 })
  })

  it('neither overwrites nor sets aside what a newer version wrote', async () => {
    await open(3).update(() => ({ n: 1 }))
    const text = await readFile(join(folder, 'a.json'), 'utf8')
    await expect(open(2).read()).rejects.toMatchObject({
      code: 'storage.failed',
      message: expect.stringContaining('newer'),
    })
    await expect(open(2).update(() => ({ n: 2 }))).rejects.toMatchObject({ code: 'storage.failed' })
    expect(await readFile(join(folder, 'a.json'), 'utf8')).toBe(text)
  })

  it('writes nothing that would be too large to be read again, and says what to do', async () => {
    const path = join(folder, 'long.json')
    const tooLarge = { message: 'The words are too many', hint: 'Delete some.' }
    const file = jsonFile({ path, kind: 'test', version: 1, schema: z.string(), backup: true, tooLarge })
    await file.update(() => 'kept')
    // As many characters as bytes would be allowed, of three bytes each.
    const failing = file.update(() => '\u20ac'.repeat(2 << 20))
    await expect(failing).rejects.toMatchObject({ code: 'call.invalid', message: 'The words are too many: at most 4 MiB are kept.', hint: 'Delete some.' }) // oxfmt-ignore
    expect(await file.read()).toBe('kept')
  })

  it('migrates step by step', async () => {
    await open(1).update(() => ({ n: 1 }))
    const add = (by: number) => (data: unknown) => ({ n: (data as { n: number }).n + by })
    expect(await open(3, { 1: add(10), 2: add(100) }).read()).toEqual({ n: 111 })
  })

  it('takes a migration that throws for damage', async () => {
    await open(1).update(() => ({ n: 1 }))
    const broken = open(2, {
      1: () => {
        throw new Error('unforeseen')
      },
    })
    expect(await broken.read()).toBeNull()
  })
})

describe('data folder', () => {
  it('follows each platform, and SEEKLINE_HOME before all', () => {
    const linux = { platform: 'linux', home: '/home/a' } as const
    expect(dataFolder({ ...linux, env: {} })).toBe('/home/a/.local/share/seekline')
    expect(dataFolder({ ...linux, env: { XDG_DATA_HOME: '/data' } })).toBe('/data/seekline')
    expect(dataFolder({ ...linux, env: { XDG_DATA_HOME: 'relative' } })).toBe('/home/a/.local/share/seekline')
    expect(dataFolder({ ...linux, env: { SEEKLINE_HOME: '/x' } })).toBe('/x')
    expect(dataFolder({ ...linux, env: { SEEKLINE_HOME: '' } })).toBe('/home/a/.local/share/seekline')
    expect(dataFolder({ platform: 'darwin', home: '/Users/a', env: {} })).toBe(
      '/Users/a/Library/Application Support/Seekline',
    )
    expect(dataFolder({ platform: 'win32', home: 'C:\\Users\\a', env: {} })).toBe(
      'C:\\Users\\a\\AppData\\Roaming\\Seekline',
    )
    expect(dataFolder({ platform: 'win32', home: 'C:\\', env: { APPDATA: 'D:\\R' } })).toBe('D:\\R\\Seekline')
  })
})
