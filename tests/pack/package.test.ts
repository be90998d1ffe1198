import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { listPackage, statFile, extractFile } from '@electron/asar'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildIfStale } from '../../scripts/lib/build-app.ts'
import { packedPrograms, readFuses } from '../../scripts/lib/fuses.ts'
import { packApp } from '../../scripts/lib/packager.ts'
import { repoRoot } from '../../scripts/lib/paths.ts'
import { fakeElectron } from './fake-electron.ts'

// `npm run pack` on a copy of the build with added files that must not be packed. electron-builder itself refuses a
// configuration that its schema does not allow. On other systems than Linux the release workflow checks the real package.
let folder: string
let packed: string
const archive = (): string => path.join(packed, 'resources', 'app.asar')

const strays = {
  'out/main/main.js.map': '{}',
  'out/main/main.ts': 'export {}',
  'out/renderer/assets/index.css.map': '{}',
  'out/types/electron/main.d.ts': 'export {}',
  'electron/main.ts': 'export {}',
  'node_modules/kafkajs/package.json': '{ "name": "kafkajs", "version": "2.2.4" }',
  'node_modules/vite/package.json': '{ "name": "vite", "version": "8.0.0" }',
  '.env': 'SECRET=1',
  'dist/old.txt': '',
}

describe.runIf(process.platform === 'linux')('the packed folder', () => {
  beforeAll(async () => {
    await buildIfStale(console.log)
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-pack-'))
    const appFolder = path.join(folder, 'app')
    for (const part of ['main', 'preload', 'renderer']) {
      await fs.cp(path.join(repoRoot, 'out', part), path.join(appFolder, 'out', part), { recursive: true })
    }
    await fs.copyFile(path.join(repoRoot, 'package.json'), path.join(appFolder, 'package.json'))
    for (const [name, text] of Object.entries(strays)) {
      await fs.mkdir(path.dirname(path.join(appFolder, name)), { recursive: true })
      await fs.writeFile(path.join(appFolder, name), text)
    }
    const electronDist = await fakeElectron(path.join(folder, 'electron'), '45.4.1')
    await packApp({ targets: 'folder', appFolder, electronDist, output: path.join(folder, 'dist') })
    packed = path.join(folder, 'dist', 'linux-unpacked')
  }, 240_000)

  afterAll(() => fs.rm(folder, { recursive: true, force: true }))

  it('holds in its archive what was built, package.json, and nothing else', async () => {
    const built = await fs.readdir(path.join(repoRoot, 'out'), { recursive: true, withFileTypes: true })
    const wanted = built
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(repoRoot, path.join(entry.parentPath, entry.name)))
      .filter((name) => /^out.(main|preload|renderer)./.test(name) && !name.endsWith('licenses.md'))
    const found = listPackage(archive(), { isPack: false })
      .map((name) => name.slice(1))
      .filter((name) => !('files' in statFile(archive(), name)))
    expect(found.toSorted()).toEqual([...wanted, 'package.json'].toSorted())
    expect(found).toEqual(expect.arrayContaining(['out/main/decode-worker.js', 'out/main/key-worker.js']))
  })

  it('keeps the archive small, and no file of the app beside it', async () => {
    expect((await fs.stat(archive())).size).toBeLessThan(15 * 2 ** 20)
    const resources = await fs.readdir(path.join(packed, 'resources'))
    expect(resources.toSorted()).toEqual(['app.asar', 'licenses'])
    const locales = await fs.readdir(path.join(packed, 'locales'))
    expect(locales).toEqual(['en-US.pak'])
  })

  it('says who and what it is, without the scripts and tools of development', () => {
    const metadata = JSON.parse(extractFile(archive(), 'package.json').toString()) as Record<string, unknown>
    expect(metadata).toMatchObject({ name: 'seekline', productName: 'Seekline', desktopName: 'seekline.desktop' })
    expect(metadata).not.toHaveProperty('scripts')
    expect(metadata).not.toHaveProperty('devDependencies')
  })

  it('carries the licenses of all that is bundled', async () => {
    const text = async (name: string) => fs.readFile(path.join(packed, 'resources', 'licenses', name), 'utf8')
    expect(await text('seekline.txt')).toContain('Apache License')
    expect(await text('main.md')).toContain('kafkajs')
    expect(await text('window.md')).toContain('react-dom')
    for (const font of ['inter.txt', 'jetbrains-mono.txt']) expect(await text(font)).toContain('SIL OPEN FONT LICENSE')
  })

  it('blows the fuses', async () => {
    const fuses = await readFuses(path.join(packed, 'seekline'))
    expect(Object.fromEntries(fuses.map(({ name, found }) => [name, found]))).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      grantFileProtocolExtraPrivileges: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
      enableCookieEncryption: true,
    })
    expect(await packedPrograms(path.join(folder, 'dist'))).toEqual([path.join(packed, 'seekline')])
  })
})
