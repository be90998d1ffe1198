import { describe, expect, it, vi } from 'vitest'
import { Settings } from '#shared/model/settings.ts'
import { fakeElectron, type FakeElectron } from '../../tests/support/electron-fake.ts'
import { createAppService } from '../services/app.ts'
import { memoryBox } from '../storage/secrets.ts'
import type { SecretStore } from '../storage/secrets.ts'
import { WindowState } from '../storage/window-state.ts'

let electron: FakeElectron

async function start(kept: WindowState[] = []) {
  electron = fakeElectron()
  vi.resetModules()
  vi.doMock('electron', () => electron.module)
  const { createWindows } = await import('./windows.ts')
  const { windowTabs } = await import('./window-tabs.ts')
  const { createShellPort } = await import('./shell-port.ts')
  const saved: (readonly WindowState[])[] = []
  const windows = createWindows({
    preload: '/preload.cjs',
    store: { load: () => Promise.resolve(kept), save: async (states) => void saved.push([...states]) },
    onOpen: () => undefined,
  })
  const port = createShellPort({
    windows,
    closing: { answer: () => undefined },
    checkForUpdates: () => undefined,
    showCommands: () => undefined,
    onUsable: () => undefined,
  })
  return { windows, windowTabs, port, saved }
}

const tab = (id: string) => ({ id, intent: { kind: 'journal' } })

describe('windows', () => {
  it('come back as they were left: each at its place, with its zoom, maximised or not', async () => {
    const bounds = { x: 100, y: 50, width: 1200, height: 800 }
    const { windows } = await start([
      WindowState.parse({ bounds, isMaximized: true, zoom: 1.2 }),
      WindowState.parse({ bounds: { ...bounds, x: 90_000 } }),
    ])
    await windows.restore()
    const [first, second] = electron.windows
    expect(first!.options).toMatchObject({ ...bounds, show: false })
    first!.emit('ready-to-show')
    expect(first!.maximize).toHaveBeenCalledOnce()
    first!.webContents.emit('did-finish-load')
    expect(first!.webContents.setZoomFactor).toHaveBeenCalledWith(1.2)
    // Its screen is gone.
    expect(second!.options.x).toBeLessThan(1920)
    second!.emit('ready-to-show')
    expect(second!.maximize).not.toHaveBeenCalled()
  })

  it('have tabs of their own; a new one starts with none, the first ever with those of the settings', async () => {
    const { windows, windowTabs } = await start()
    await windows.restore()
    let settings = Settings.parse({ tabs: [tab('shared')], activeTab: 'shared' })
    const service = createAppService({
      version: '1',
      dataFolder: '/',
      secrets: { box: memoryBox() } as unknown as SecretStore,
      settings: {
        get: () => Promise.resolve(settings),
        save: (patch) => Promise.resolve((settings = { ...settings, ...patch } as Settings)),
      },
      windowTabs: windowTabs(windows),
    })
    const signal = new AbortController().signal
    const first = { signal, caller: windows.current()!.caller }
    const second = { signal, caller: windows.open().caller }
    expect((await service['settings.get']({}, first)).tabs).toEqual([tab('shared')])
    expect((await service['settings.get']({}, second)).tabs).toEqual([])
    await service['settings.save']({ tabs: [tab('a')], activeTab: 'a', theme: 'dark' }, second)
    expect(await service['settings.get']({}, second)).toMatchObject({ tabs: [tab('a')], theme: 'dark' })
    expect(await service['settings.get']({}, first)).toMatchObject({ tabs: [tab('shared')], theme: 'dark' })
    // A browser has no window of ours: its tabs are the settings'.
    await service['settings.save']({ tabs: [] }, { signal })
    expect(settings.tabs).toEqual([])
    expect((await service['settings.get']({}, second)).tabs).toEqual([tab('a')])
  })

  it('are forgotten when closed beside others, and all kept when the app is left', async () => {
    const { windows, saved } = await start()
    const first = windows.open()
    const second = windows.open()
    second.window.close()
    await windows.flush()
    expect(saved.at(-1)).toHaveLength(1)
    windows.open()
    first.keep({ zoom: 1.5 })
    windows.leave()
    for (const { window } of windows.all()) window.close()
    await windows.flush()
    expect(saved.at(-1)).toHaveLength(2)
  })

  it('get what the shell has to say while their page is not there yet, and the focused one gets it', async () => {
    const { windows } = await start()
    windows.post({ kind: 'link', url: 'seekline://p/t/0/1' })
    const first = windows.current()!
    const heard: string[] = []
    first.mailbox.listen((event) => heard.push(`first ${event.kind}`))
    expect(heard).toEqual(['first link'])
    const second = windows.open()
    second.mailbox.listen((event) => heard.push(`second ${event.kind}`))
    windows.post({ kind: 'command', id: 'go.topics' })
    first.window.focus()
    windows.post({ kind: 'command', id: 'go.topics' })
    expect(heard).toEqual(['first link', 'second command', 'first command'])
  })
})

describe('what a page may ask of the shell', () => {
  it('zooms its own window, within bounds, and the zoom is kept', async () => {
    const { windows, port } = await start()
    const { caller } = windows.open()
    port.run(caller, 'view.zoomIn')
    expect(electron.windows[0]!.webContents.setZoomFactor).toHaveBeenLastCalledWith(1.1)
    for (let n = 0; n < 30; n += 1) port.run(caller, 'view.zoomIn')
    expect(windows.current()!.state.zoom).toBe(3)
    port.run(caller, 'view.zoomReset')
    expect(windows.current()!.state.zoom).toBe(1)
  })

  it('notifies only in the background, and a click brings the window back', async () => {
    const { windows, port } = await start()
    const { caller, window } = windows.open()
    expect(port.notify(caller, { title: 'Replay done', body: '10 records' })).toBe(false)
    vi.mocked(window.isFocused).mockReturnValue(false)
    expect(port.notify(caller, { title: 'Replay done', body: '10 records' })).toBe(true)
    expect(port.notify(caller, { title: 'Replay <b>x</b>', body: 'a & b \u202ec' })).toBe(true)
    expect(electron.notifications[1]!.options).toEqual({
      title: 'Replay \u2039b\u203ax\u2039/b\u203a',
      body: 'a \uff06 b  c',
    })
    electron.notifications[0]!.emit('click')
    expect(window.focus).toHaveBeenCalled()
  })

  it('shows how far it is on its own window, and how much runs on the app', async () => {
    const { windows, port } = await start()
    const first = windows.open()
    const second = windows.open()
    port.showProgress(first.caller, { running: 1, fraction: 0.25 })
    port.showProgress(second.caller, { running: 2, fraction: null })
    expect(first.window.setProgressBar).toHaveBeenLastCalledWith(0.25)
    expect(second.window.setProgressBar).toHaveBeenLastCalledWith(2)
    expect(electron.app.setBadgeCount).toHaveBeenLastCalledWith(3)
    port.showProgress(first.caller, { running: 0, fraction: null })
    expect(first.window.setProgressBar).toHaveBeenLastCalledWith(-1)
  })

  it('is refused when it names a window that is none of ours', async () => {
    const { port } = await start()
    await expect(port.saveFile('window-99', { name: 'a', content: 'b' })).rejects.toMatchObject({
      code: 'shell.absent',
    })
  })
})
