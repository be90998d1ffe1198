import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createWindowStateStore, WindowState } from './window-state.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seekline-windows-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the windows’ places', () => {
  it('survive a restart, tabs and all', async () => {
    const state = WindowState.parse({
      bounds: { x: -5, y: 0, width: 1000, height: 700 },
      isMaximized: true,
      zoom: 1.21,
      tabs: [{ id: 'a', intent: { kind: 'journal' } }],
      activeTab: 'a',
    })
    await createWindowStateStore(folder).save([state, WindowState.parse({})])
    expect(await createWindowStateStore(folder).load()).toEqual([state, WindowState.parse({})])
  })

  it('are none where there is no file or no sense in it, and one senseless window costs only itself', async () => {
    const store = createWindowStateStore(folder)
    expect(await store.load()).toEqual([])
    await store.save([WindowState.parse({ zoom: 2 })])
    const file = join(folder, 'windows.json')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('"data": [', '"data": [{"zoom": 900}, 7, '))
    expect(await store.load()).toEqual([WindowState.parse({ zoom: 2 })])
    await writeFile(file, 'not json')
    expect(await store.load()).toEqual([])
  })
})
