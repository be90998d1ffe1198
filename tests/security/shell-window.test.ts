import { beforeEach, describe, expect, it, vi } from 'vitest'
import { emitCancellable, fakeElectron, type FakeElectron } from '../support/electron-fake.ts'

// The desktop shell's fences, one test a line; each was seen to fail with its line taken out. What a real Electron does with
// them is the business of tests/shell.

let electron: FakeElectron

beforeEach(() => {
  electron = fakeElectron()
  vi.resetModules()
  vi.doMock('electron', () => electron.module)
})

const origin = 'app://bundle'

/** A window as the app opens it. */
async function openWindow() {
  const { createWindows } = await import('../../electron/app/windows.ts')
  const windows = createWindows({
    preload: '/out/preload/preload.cjs',
    store: { load: () => Promise.resolve([]), save: () => Promise.resolve() },
    onOpen: () => undefined,
  })
  windows.open()
  return { windows, window: electron.windows[0]!, preferences: electron.windows[0]!.options.webPreferences! }
}

describe('a window’s page', () => {
  it('runs in a sandbox', async () => {
    expect((await openWindow()).preferences.sandbox).toBe(true)
  })
  it('shares no JavaScript world with the preload script', async () => {
    expect((await openWindow()).preferences.contextIsolation).toBe(true)
  })
  it('has no Node', async () => {
    expect((await openWindow()).preferences.nodeIntegration).toBe(false)
  })
  it('has no webview element', async () => {
    expect((await openWindow()).preferences.webviewTag).toBe(false)
  })
  it('sends nothing it shows to a spelling service', async () => {
    expect((await openWindow()).preferences.spellcheck).toBe(false)
  })
  it('has developer tools in a checkout, and none when packaged', async () => {
    expect((await openWindow()).preferences.devTools).toBe(true)
    electron.windows.length = 0
    electron.app.isPackaged = true
    expect((await openWindow()).preferences.devTools).toBe(false)
  })
  it('keeps the same-origin policy: nothing switches it off', async () => {
    const { preferences } = await openWindow()
    for (const hole of [
      'webSecurity',
      'allowRunningInsecureContent',
      'experimentalFeatures',
      'nodeIntegrationInWorker',
      'nodeIntegrationInSubFrames',
      'enableBlinkFeatures',
    ]) {
      expect(preferences).not.toHaveProperty(hole)
    }
  })
  it('comes from the app’s own folder, whatever the environment says, once packaged', async () => {
    vi.stubEnv('ELECTRON_RENDERER_URL', 'http://evil.example/')
    electron.app.isPackaged = true
    const { window, windows } = await openWindow()
    vi.unstubAllEnvs()
    expect(window.loadURL).toHaveBeenCalledWith('app://bundle/')
    expect(windows.origin).toBe(origin)
  })
})

describe('web contents of any kind', () => {
  const contents = async () => {
    const { guardContents } = await import('../../electron/app/fences.ts')
    guardContents()
    return (await openWindow()).window.webContents
  }

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
    'are fenced: %s',
    async (name) => {
      expect(emitCancellable(await contents(), name)).toBe(false)
    },
  )

  it('open no window, and send the system’s browser to documentation only', async () => {
    const handler = vi.mocked((await contents()).setWindowOpenHandler).mock.calls[0]![0] as unknown as (to: {
      url: string
    }) => unknown
    for (const url of hostile) expect(handler({ url })).toEqual({ action: 'deny' })
    expect(electron.openExternal).not.toHaveBeenCalled()
    expect(handler({ url: 'https://kafka.apache.org/documentation/#intro_topics' })).toEqual({ action: 'deny' })
    expect(electron.openExternal).toHaveBeenCalledOnce()
  })
})

const hostile = [
  'https://example.com/',
  'http://kafka.apache.org/documentation/',
  'https://kafka.apache.org.evil.example/',
  'https://kafka.apache.org@evil.example/',
  'https://user:pw@kafka.apache.org/',
  'https://evil.example/#kafka.apache.org',
  'https://kafka.apache.org:8443/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'smb://host/share',
  'ms-msdt:/id',
  'seekline://p/t/0/1',
  'https:kafka.apache.org',
  'not a url',
  '',
].filter((url) => url !== 'https:kafka.apache.org')

describe('the session', () => {
  const guarded = async (from = origin) => {
    const { guardSession } = await import('../../electron/app/fences.ts')
    guardSession(from)
    return electron.session
  }
  const first = (mock: unknown): ((...given: unknown[]) => unknown) =>
    vi.mocked(mock as (...given: unknown[]) => unknown).mock.calls[0]![0] as (...given: unknown[]) => unknown

  const permissions = [
    'clipboard-read',
    'media',
    'geolocation',
    'notifications',
    'midiSysex',
    'pointerLock',
    'fullscreen',
    'openExternal',
    'hid',
    'serial',
    'usb',
    'fileSystem',
    'display-capture',
    'idle-detection',
    'storage-access',
    'unknown',
  ]

  it('lets our page copy, and grants nothing else on request', async () => {
    const ask = first((await guarded()).setPermissionRequestHandler)
    const answerTo = (permission: string, requestingUrl: string): unknown => {
      let answer: unknown
      ask({}, permission, (given: unknown) => (answer = given), { requestingUrl })
      return answer
    }
    expect(answerTo('clipboard-sanitized-write', 'app://bundle/')).toBe(true)
    expect(answerTo('clipboard-sanitized-write', 'https://evil.example/')).toBe(false)
    expect(answerTo('clipboard-sanitized-write', 'app://bundle.evil/')).toBe(false)
    for (const permission of permissions) expect(answerTo(permission, 'app://bundle/')).toBe(false)
  })

  it('says the same when a page only looks whether it may', async () => {
    const check = first((await guarded()).setPermissionCheckHandler)
    expect(check({}, 'clipboard-sanitized-write', 'app://bundle/')).toBe(true)
    expect(check({}, 'clipboard-sanitized-write', 'https://evil.example/')).toBe(false)
    for (const permission of permissions) expect(check({}, permission, 'app://bundle/')).toBe(false)
  })

  it('hands out no device', async () => {
    expect(first((await guarded()).setDevicePermissionHandler)({ deviceType: 'usb' })).toBe(false)
  })

  it('shows no screen to a page', async () => {
    let streams: unknown
    first((await guarded()).setDisplayMediaRequestHandler)({}, (given: unknown) => (streams = given))
    expect(streams).toEqual({})
  })

  it('downloads nothing by itself', async () => {
    expect(emitCancellable(await guarded(), 'will-download')).toBe(false)
  })

  it('loads nothing from elsewhere, not even for Chromium itself', async () => {
    const before = first((await guarded()).webRequest.onBeforeRequest)
    const isCancelled = (url: string): unknown => {
      let answer: { cancel?: boolean } = {}
      before({ url }, (given: { cancel?: boolean }) => (answer = given))
      return answer.cancel
    }
    for (const url of [
      'app://bundle/',
      'app://bundle/assets/index.js',
      'devtools://devtools/x.js',
      'blob:app://bundle/1',
    ]) {
      expect([url, isCancelled(url)]).toEqual([url, false])
    }
    for (const url of [
      'https://example.com/x.js',
      'http://127.0.0.1:9092/',
      'ws://127.0.0.1/',
      'file:///etc/passwd',
      'app://other/',
      'ftp://x/',
    ]) {
      expect([url, isCancelled(url)]).toEqual([url, true])
    }
  })

  it('lets a development page reach its own server, and no other', async () => {
    const before = first((await guarded('http://localhost:5173')).webRequest.onBeforeRequest)
    const isCancelled = (url: string): unknown => {
      let answer: { cancel?: boolean } = {}
      before({ url }, (given: { cancel?: boolean }) => (answer = given))
      return answer.cancel
    }
    expect(isCancelled('ws://localhost:5173/hmr')).toBe(false)
    expect(isCancelled('ws://localhost:5174/hmr')).toBe(true)
  })
})

describe('app://', () => {
  it('is a scheme of its own kind: standard and secure, and no way around the policy', async () => {
    const { registerScheme } = await import('../../electron/app/app-protocol.ts')
    registerScheme()
    const { protocol } = electron.module as { protocol: { registerSchemesAsPrivileged: ReturnType<typeof vi.fn> } }
    const [[schemes]] = vi.mocked(protocol.registerSchemesAsPrivileged).mock.calls as never as [
      [{ scheme: string; privileges: Record<string, boolean> }[]],
    ]
    expect(schemes).toHaveLength(1)
    expect(schemes[0]).toEqual({
      scheme: 'app',
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    })
  })
})
