import { mkdtemp, rm } from 'node:fs/promises'
import { EventEmitter } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { fakeElectron } from '../support/electron-fake.ts'
import { until } from '../support/wait-for.ts'

// electron/main.ts itself, booted on the fake: that the fences are put up, and before anything could need them.

const electron = fakeElectron()
vi.mock('electron', () => electron.module)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'seekline-boot-'))
  vi.stubEnv('SEEKLINE_HOME', folder)
  electron.app.whenReady = vi.fn<() => Promise<void>>(() => {
    order.push('ready')
    return Promise.resolve()
  })
  vi.mocked(electron.app.enableSandbox).mockImplementation(() => void order.push('sandbox'))
  electron.startCrashReporter.mockImplementation(() => void order.push('crash reporter'))
  vi.mocked(electron.app.requestSingleInstanceLock).mockImplementation(() => {
    order.push('lock')
    return true
  })
  electron.module['ipcMain'] = Object.assign(new EventEmitter(), {
    handle: (channel: string, listener: Handler) => handlers.set(channel, listener),
    removeHandler: () => undefined,
  })
  electron.module['safeStorage'] = {
    getSelectedStorageBackend: () => 'basic_text',
    isAsyncEncryptionAvailable: () => Promise.resolve(false),
  }
  await import('../../electron/main.ts')
  await booting('the window loads its page', () => (electron.windows[0]?.loadURL.mock.calls.length ?? 0) > 0)
  const calls = (mock: unknown): unknown[][] => vi.mocked(mock as () => void).mock.calls
  booted = {
    fenced:
      calls(electron.session.setPermissionRequestHandler).length === 1 &&
      calls(electron.session.webRequest.onBeforeRequest).length === 1,
    paths: calls(electron.app.setPath),
    loaded: calls(electron.windows[0]!.loadURL),
  }
})
afterAll(async () => {
  electron.app.quit()
  await booting('the window is gone', () => electron.windows[0]!.isDestroyed())
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
})

const order: string[] = []
/** Or the box in which it said why not. */
const booting = async (event: string, holds: () => boolean): Promise<void> => {
  const boxes = () => vi.mocked(electron.dialog.showErrorBox).mock.calls as unknown[][]
  await until(event, () => holds() || boxes().length > 0)
  expect(boxes()).toEqual([])
}

type Handler = (...given: unknown[]) => Promise<unknown>
const handlers = new Map<string, Handler>()
/** What was called while booting; a test starts with every mock's calls forgotten. */
let booted: { fenced: boolean; paths: unknown[]; loaded: unknown[] }

describe('booting', () => {
  it('sandboxes every renderer, and takes the lock, before the app is ready', () => {
    expect(order.indexOf('sandbox')).toBeGreaterThanOrEqual(0)
    expect(order.indexOf('sandbox')).toBeLessThan(order.indexOf('ready'))
    expect(order.indexOf('lock')).toBeGreaterThanOrEqual(0)
    expect(order.indexOf('lock')).toBeLessThan(order.indexOf('ready'))
  })

  it('keeps all that Chromium writes below the data folder, and starts no crash reporter: a dump would hold secrets', () => {
    expect(booted.paths).toEqual([['userData', path.join(folder, 'window')]])
    expect(order).not.toContain('crash reporter')
  })

  it('fences contents and session before the first page loads', () => {
    const { webContents } = electron.windows[0]!
    expect(webContents.listenerCount('will-navigate')).toBeGreaterThan(0)
    expect(booted.fenced).toBe(true)
    expect(electron.protocols.has('app')).toBe(true)
  })

  it('talks to the page of its own window, in the top frame, and to nobody else', async () => {
    const call = handlers.get('rpc')!
    const ours = electron.windows[0]!.webContents
    const request = { id: '1', route: 'settings.get', input: {} }
    const frame = { parent: null, origin: 'app://bundle' }
    const refused = { ok: false, error: { code: 'call.refused-sender' } }
    expect(await call({ sender: ours, senderFrame: frame }, request)).toMatchObject({ ok: true })
    expect(await call({ sender: ours, senderFrame: null }, request)).toMatchObject(refused)
    expect(await call({ sender: ours, senderFrame: { ...frame, parent: frame } }, request)).toMatchObject(refused)
    expect(
      await call({ sender: ours, senderFrame: { ...frame, origin: 'https://evil.example' } }, request),
    ).toMatchObject(refused)
    expect(await call({ sender: new EventEmitter(), senderFrame: frame }, request)).toMatchObject(refused)
  })

  it('leaves a link to the page: it is neither loaded nor opened', () => {
    electron.app.emit('second-instance', {}, ['/seekline', '--flag', 'seekline://prod/orders/3/42'], '/')
    expect(booted.loaded).toEqual([['app://bundle/']])
    expect(electron.windows[0]!.loadURL).not.toHaveBeenCalled()
    expect(electron.openExternal).not.toHaveBeenCalled()
  })
})
