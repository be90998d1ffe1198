import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { holdsFor, settled, untilHolds } from '../../tests/support/wait-for.ts'
import { fakeElectron } from '../../tests/support/electron-fake.ts'

let root: string
afterEach(() => rm(root, { recursive: true, force: true }))

describe('the bundle’s scheme', () => {
  it('tells once when the first page has the files that its HTML names', async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'seekline-bundle-'))
    const html = '<link rel="icon" href="./icon.svg"><link href="./main.css"><script src="./main.js"></script>'
    for (const [name, text] of Object.entries({ 'index.html': html, 'main.js': '', 'main.css': '', 'later.js': '' }))
      await writeFile(path.join(root, name), text)
    const electron = fakeElectron()
    vi.doMock('electron', () => electron.module)
    const { serveBundle } = await import('./app-protocol.ts')
    const onServed = vi.fn<() => void>()
    serveBundle(root, onServed)
    const get = async (name: string) => electron.protocols.get('app')!({ url: `app://bundle/${name}`, method: 'GET' })
    for (const name of ['', 'main.js', 'later.js']) expect((await get(name)).status).toBe(200)
    await settled()
    expect(onServed).not.toHaveBeenCalled()
    await get('main.css')
    expect(onServed).not.toHaveBeenCalled()
    await untilHolds('the page has its files', () => expect(onServed).toHaveBeenCalledOnce())
    for (const name of ['', 'main.js', 'main.css']) await get(name)
    await holdsFor(60, () => expect(onServed).toHaveBeenCalledOnce())
  })
})
