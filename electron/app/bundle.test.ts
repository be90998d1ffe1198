import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { fakeElectron } from '../../tests/support/electron-fake.ts'

let root: string
afterEach(() => rm(root, { recursive: true, force: true }))

describe('the bundle’s scheme', () => {
  it('tells once when the first page has its files', async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'seekline-bundle-'))
    await writeFile(path.join(root, 'index.html'), '<!doctype html>')
    await writeFile(path.join(root, 'main.js'), '')
    const electron = fakeElectron()
    vi.doMock('electron', () => electron.module)
    const { serveBundle } = await import('./bundle.ts')
    const onQuiet = vi.fn<() => void>()
    serveBundle(root, onQuiet)
    const get = async (name: string) => electron.protocols.get('app')!({ url: `app://bundle/${name}`, method: 'GET' })
    expect(onQuiet).not.toHaveBeenCalled()
    expect((await get('')).status).toBe(200)
    expect((await get('main.js')).status).toBe(200)
    expect(onQuiet).not.toHaveBeenCalled()
    await vi.waitFor(() => expect(onQuiet).toHaveBeenCalledOnce())
    await get('main.js')
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(onQuiet).toHaveBeenCalledOnce()
  })
})
