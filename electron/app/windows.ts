import { BrowserWindow, app, nativeTheme, screen } from 'electron'
import type { WebContents } from 'electron'
import type { ShellEvent } from '#shared/contract/shell.ts'
import { callerOf } from '../rpc/ipc.ts'
import { WindowState } from '../storage/window-state.ts'
import type { WindowStateStore } from '../storage/window-state.ts'
import { bundleOrigin } from './app-protocol.ts'
import { createMailbox } from './window-events.ts'
import type { Mailbox } from './window-events.ts'
import { createSaver, followPlace, placeWindow, smallest } from './window-state.ts'

export interface AppWindow {
  /** The id by which the router and services know its page. */
  readonly caller: string
  readonly window: BrowserWindow
  readonly mailbox: Mailbox
  /** Its stored state; change it with `keep`. */
  readonly state: WindowState
  keep(change: Partial<WindowState>): void
  progress: { running: number; fraction: number | null }
}

export interface Windows {
  /** The one origin our pages have. */
  readonly origin: string
  /** Opens the windows that were open when the app was last quit, or one. */
  restore(): Promise<void>
  /** Opens another window, without tabs. */
  open(): AppWindow
  all(): readonly AppWindow[]
  byCaller(caller: string): AppWindow | undefined
  /** The focused one, or the one that was focused last. */
  current(): AppWindow | undefined
  /** Brings the current one to the front, or opens one. */
  focus(): AppWindow
  /** Sends an event to the current window, opening one if there is none. */
  post(event: ShellEvent): void
  isOurs(contents: WebContents): boolean
  /** From now on windows that are closed stay in the stored list. */
  leave(): void
  /** Resolves when the state has been written. */
  flush(): Promise<void>
}

export interface WindowsOptions {
  preload: string
  store: WindowStateStore
  /** Called with each new window, before its page loads. */
  onOpen: (opened: AppWindow) => void
}

// oxlint-disable-next-line max-lines-per-function -- opening, finding and closing a window all change the same list, and the saved positions of windows follow from it
export function createWindows({ preload, store, onOpen }: WindowsOptions): Windows {
  const devServer = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']
  const origin = devServer === undefined ? bundleOrigin : new URL(devServer).origin
  /** The most recently focused one is last. */
  let windows: AppWindow[] = []
  let isLeaving = false
  let lastState: WindowState | undefined
  const saver = createSaver(() => store.save(statesToKeep()))
  /** The last window's place is kept after it is closed, so that the next start looks the same. */
  const statesToKeep = (): WindowState[] =>
    windows.length > 0 ? windows.map(({ state }) => state) : lastState === undefined ? [] : [lastState]

  const create = (start: WindowState, step: number): AppWindow => {
    const window = new BrowserWindow({
      ...placeWindow(start.bounds, workAreas(), step),
      minWidth: smallest.width,
      minHeight: smallest.height,
      show: false,
      title: 'Seekline',
      // The page's background, so that no white flash appears before it is drawn.
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#14161a' : '#ffffff',
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    })
    let state = start
    const opened: AppWindow = {
      caller: callerOf(window.webContents),
      window,
      mailbox: createMailbox(),
      get state() {
        return state
      },
      keep: (change) => {
        state = { ...state, ...change }
        saver.later()
      },
      progress: { running: 0, fraction: null },
    }
    windows.push(opened)
    saver.later()
    followPlace(window, opened.keep)
    window.on('focus', () => {
      windows = [...windows.filter((other) => other !== opened), opened]
    })
    window.once('closed', () => {
      lastState = opened.state
      // When quitting, the windows are closed one after the other, and all are to be restored.
      if (isLeaving) return
      windows = windows.filter((other) => other !== opened)
      saver.later()
    })
    window.once('ready-to-show', () => {
      if (start.isMaximized) window.maximize()
      if (start.isFullScreen) window.setFullScreen(true)
      window.show()
    })
    window.webContents.on('did-finish-load', () => window.webContents.setZoomFactor(opened.state.zoom))
    onOpen(opened)
    void window.loadURL(devServer ?? `${bundleOrigin}/`)
    return opened
  }

  const alive = (): AppWindow[] => windows.filter(({ window }) => !window.isDestroyed())
  const current = (): AppWindow | undefined => alive().at(-1)
  const open = (): AppWindow => {
    const over = current()
    const start = over === undefined ? lastState : { ...over.state, bounds: over.window.getNormalBounds() }
    return create(
      WindowState.parse({
        bounds: start?.bounds ?? null,
        zoom: start?.zoom ?? 1,
        tabs: over === undefined ? null : [],
      }),
      over === undefined ? 0 : 24,
    )
  }
  const focus = (): AppWindow => {
    const found = current()
    if (found === undefined) return open()
    if (found.window.isMinimized()) found.window.restore()
    found.window.show()
    found.window.focus()
    return found
  }
  return {
    origin,
    open,
    focus,
    current,
    all: alive,
    restore: async () => {
      const states = await store.load()
      // A link may have opened one in the meantime.
      if (alive().length > 0) return
      for (const state of states.length === 0 ? [WindowState.parse({})] : states) create(state, 0)
    },
    byCaller: (caller) => alive().find((one) => one.caller === caller),
    post: (event) => focus().mailbox.post(event),
    isOurs: (contents) => alive().some(({ window }) => window.webContents === contents),
    leave: () => {
      isLeaving = true
    },
    flush: saver.flush,
  }
}

/** The primary screen comes first. */
function workAreas(): Electron.Rectangle[] {
  const primary = screen.getPrimaryDisplay()
  return [primary, ...screen.getAllDisplays().filter(({ id }) => id !== primary.id)].map(({ workArea }) => workArea)
}
