import { settled } from './wait-for.ts'
import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import { vi, type Mock } from 'vitest'

// The part of Electron 45 that the app uses, without Electron. Each piece is checked against Electron's own declarations, so a
// call that is renamed there does not compile here; it does only what tests need.

type Members<T, K extends keyof T> = Pick<T, K>
type Fn = (...given: never[]) => unknown

/** The same names, each callable; a fake may return anything. */
type Mocked<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? Mock<Fn> : T[K] }

export interface FakeElectron {
  app: EventEmitter & Omit<Mocked<AppMembers>, 'quit' | 'isPackaged'> & { quit: () => void; isPackaged: boolean }
  session: EventEmitter &
    Mocked<Omit<SessionMembers, 'webRequest'>> & { webRequest: Mocked<SessionMembers['webRequest']> }
  /** In the order in which they were opened, including closed ones. */
  windows: FakeWindow[]
  /** Every menu that was built: the application's and context menus. */
  menus: Electron.MenuItemConstructorOptions[][]
  protocols: Map<string, (request: { url: string; method: string }) => Promise<Response>>
  dialog: Mocked<DialogMembers>
  notifications: (EventEmitter & { options: Electron.NotificationConstructorOptions })[]
  openExternal: Mock<Fn>
  startCrashReporter: Mock<Fn>
  /** The module for `vi.mock('electron', …)`. */
  module: Record<string, unknown>
  /** Waits a moment, for handlers that continue asynchronously. */
  settle: () => Promise<void>
}

type AppMembers = Members<
  Electron.App,
  | 'quit'
  | 'exit'
  | 'getVersion'
  | 'whenReady'
  | 'requestSingleInstanceLock'
  | 'setAsDefaultProtocolClient'
  | 'setBadgeCount'
  | 'enableSandbox'
  | 'setPath'
  | 'isPackaged'
>
type SessionMembers = Members<
  Electron.Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
> & { webRequest: Members<Electron.WebRequest, 'onBeforeRequest'> }
type DialogMembers = Members<Electron.Dialog, 'showMessageBox' | 'showSaveDialog' | 'showOpenDialog' | 'showErrorBox'>

type ContentsMembers = Members<
  Electron.WebContents,
  'id' | 'setWindowOpenHandler' | 'setZoomFactor' | 'reload' | 'forcefullyCrashRenderer'
>
type FakeContents = EventEmitter & Mocked<ContentsMembers>

type WindowMembers = Members<
  Electron.BrowserWindow,
  | 'loadURL'
  | 'show'
  | 'focus'
  | 'restore'
  | 'close'
  | 'destroy'
  | 'maximize'
  | 'setFullScreen'
  | 'isDestroyed'
  | 'isMinimized'
  | 'isMaximized'
  | 'isFullScreen'
  | 'isFocused'
  | 'getNormalBounds'
  | 'setProgressBar'
>
export type FakeWindow = EventEmitter &
  Omit<Mocked<WindowMembers>, 'isDestroyed' | 'close'> & {
    isDestroyed: () => boolean
    close: () => void
    webContents: FakeContents
    options: Electron.BrowserWindowConstructorOptions
    moveTo: (bounds: Electron.Rectangle) => void
  }

export function fakeElectron(): FakeElectron {
  const windows: FakeWindow[] = []
  const menus: Electron.MenuItemConstructorOptions[][] = []
  const notifications: FakeElectron['notifications'] = []
  const protocols = new Map<string, (request: { url: string; method: string }) => Promise<Response>>()
  const settle = (): Promise<void> => settled()

  const app = Object.assign(new EventEmitter(), {
    quit: vi.fn<() => void>(() => quit()),
    exit: vi.fn<Fn>(),
    getVersion: vi.fn<() => string>(() => '0.0.0'),
    whenReady: vi.fn<Fn>(() => Promise.resolve()),
    requestSingleInstanceLock: vi.fn<Fn>(() => true),
    setAsDefaultProtocolClient: vi.fn<Fn>(() => true),
    setBadgeCount: vi.fn<Fn>(() => true),
    enableSandbox: vi.fn<Fn>(),
    setPath: vi.fn<Fn>(),
    isPackaged: false,
  } satisfies Record<keyof AppMembers, unknown>)

  let isQuitting = false
  /** Quits like Electron: emits `before-quit`, then closes each window, then ends. */
  const quit = (): void => {
    if (!emitCancellable(app, 'before-quit')) return
    isQuitting = true
    for (const window of windows.filter((one) => !one.isDestroyed())) {
      window.close()
      if (!window.isDestroyed()) {
        isQuitting = false
        return
      }
    }
    app.emit('will-quit')
  }

  let count = 0
  const newContents = (): FakeContents => {
    count += 1
    const contents = Object.assign(new EventEmitter(), {
      id: count,
      setWindowOpenHandler: vi.fn<Fn>(),
      setZoomFactor: vi.fn<Fn>(),
      reload: vi.fn<Fn>(),
      forcefullyCrashRenderer: vi.fn<Fn>(),
    } satisfies Record<keyof ContentsMembers, unknown>)
    app.emit('web-contents-created', {}, contents)
    return contents
  }

  class BrowserWindow extends EventEmitter {
    static fromWebContents = (contents: unknown): FakeWindow | null =>
      windows.find((window) => window.webContents === contents) ?? null
    readonly webContents = newContents()
    readonly options: Electron.BrowserWindowConstructorOptions
    private bounds: Electron.Rectangle
    private gone = false
    constructor(options: Electron.BrowserWindowConstructorOptions) {
      super()
      this.options = options
      const { x = 0, y = 0, width = 800, height = 600 } = options
      this.bounds = { x, y, width, height }
      windows.push(this as unknown as FakeWindow)
    }
    loadURL = vi.fn<Fn>(() => Promise.resolve())
    show = vi.fn<Fn>()
    focus = vi.fn<() => void>(() => this.emit('focus'))
    restore = vi.fn<Fn>()
    maximize = vi.fn<Fn>()
    setFullScreen = vi.fn<Fn>()
    setProgressBar = vi.fn<Fn>()
    isDestroyed = vi.fn<() => boolean>(() => this.gone)
    isMinimized = vi.fn<() => boolean>(() => false)
    isMaximized = vi.fn<() => boolean>(() => false)
    isFullScreen = vi.fn<() => boolean>(() => false)
    isFocused = vi.fn<() => boolean>(() => true)
    getNormalBounds = vi.fn<() => Electron.Rectangle>(() => this.bounds)
    close = vi.fn<() => void>(() => {
      if (!this.gone && emitCancellable(this, 'close')) this.destroy()
    })
    destroy = vi.fn<() => void>(() => {
      this.gone = true
      this.emit('closed')
      // As documented: not while quitting.
      if (!isQuitting && windows.every((window) => window.isDestroyed())) app.emit('window-all-closed')
    })
    /** For tests: the user moves the window. */
    moveTo(bounds: Electron.Rectangle): void {
      this.bounds = bounds
      this.emit('move')
    }
  }
  // The app constructs the class above; this checks that it has everything that the app calls, by Electron's names.
  BrowserWindow.prototype satisfies { [K in keyof Omit<WindowMembers, never>]: unknown }

  const session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: vi.fn<Fn>(),
    setPermissionCheckHandler: vi.fn<Fn>(),
    setDevicePermissionHandler: vi.fn<Fn>(),
    setDisplayMediaRequestHandler: vi.fn<Fn>(),
    webRequest: { onBeforeRequest: vi.fn<Fn>() } satisfies Record<keyof SessionMembers['webRequest'], unknown>,
  } satisfies Record<keyof SessionMembers, unknown>)

  class Notification extends EventEmitter {
    static isSupported = vi.fn<() => boolean>(() => true)
    readonly options: Electron.NotificationConstructorOptions
    constructor(options: Electron.NotificationConstructorOptions) {
      super()
      this.options = options
    }
    show(): void {
      notifications.push(this)
    }
  }

  const dialog = {
    showMessageBox: vi.fn<Fn>(() => Promise.resolve({ response: 0, checkboxChecked: false })),
    showSaveDialog: vi.fn<Fn>(() => Promise.resolve({ canceled: true, filePath: '' })),
    showOpenDialog: vi.fn<Fn>(() => Promise.resolve({ canceled: true, filePaths: [] as string[] })),
    showErrorBox: vi.fn<Fn>(),
  } satisfies Record<keyof DialogMembers, unknown>
  const openExternal = vi.fn<Fn>(() => Promise.resolve())
  const startCrashReporter = vi.fn<Fn>()

  const module = {
    app,
    BrowserWindow,
    Notification,
    session: { defaultSession: session },
    Menu: {
      setApplicationMenu: vi.fn<Fn>(),
      buildFromTemplate: vi.fn<(template: Electron.MenuItemConstructorOptions[]) => { popup: Mock<Fn> }>(
        (template: Electron.MenuItemConstructorOptions[]) => {
          menus.push(template)
          return { popup: vi.fn<Fn>() }
        },
      ),
    } satisfies Record<keyof Members<typeof Electron.Menu, 'setApplicationMenu' | 'buildFromTemplate'>, unknown>,
    dialog,
    shell: { openExternal } satisfies Record<keyof Members<Electron.Shell, 'openExternal'>, unknown>,
    nativeTheme: { shouldUseDarkColors: false, themeSource: 'system' } satisfies Members<
      Electron.NativeTheme,
      'shouldUseDarkColors' | 'themeSource'
    >,
    powerMonitor: new EventEmitter(),
    crashReporter: { start: startCrashReporter } satisfies Record<
      keyof Members<Electron.CrashReporter, 'start'>,
      unknown
    >,
    screen: {
      getPrimaryDisplay: vi.fn<Fn>(() => display),
      getAllDisplays: vi.fn<Fn>(() => [display]),
    } satisfies Record<keyof Members<Electron.Screen, 'getPrimaryDisplay' | 'getAllDisplays'>, unknown>,
    protocol: {
      registerSchemesAsPrivileged: vi.fn<Fn>(),
      handle: vi.fn<(scheme: string, handler: (request: { url: string; method: string }) => Promise<Response>) => void>(
        (scheme: string, handler: (request: { url: string; method: string }) => Promise<Response>) => {
          protocols.set(scheme, handler)
        },
      ),
    } satisfies Record<keyof Members<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'>, unknown>,
  }
  return {
    app,
    session,
    windows,
    menus,
    protocols,
    dialog,
    notifications,
    openExternal: openExternal,
    startCrashReporter,
    module,
    settle,
  }
}

const display = { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1080 } }

/** Emits with an event that listeners may prevent; false if one did. */
export function emitCancellable(target: EventEmitter, name: string, ...rest: unknown[]): boolean {
  let isPrevented = false
  target.emit(name, { preventDefault: () => (isPrevented = true) }, ...rest)
  return !isPrevented
}
