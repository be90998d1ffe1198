import { BrowserWindow, app, nativeTheme } from 'electron'
import type { WebContents } from 'electron'
import { bundleOrigin } from './bundle.ts'

export interface Windows {
  /** The one origin our pages have. */
  readonly origin: string
  /** Opens the window, or brings the open one to the front. */
  open(): void
  focus(): void
  isOurs(contents: WebContents): boolean
}

export function createWindows({ preload }: { preload: string }): Windows {
  const devServer = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL']
  const origin = devServer === undefined ? bundleOrigin : new URL(devServer).origin
  let window: BrowserWindow | undefined

  const focus = (): void => {
    if (window === undefined) return
    if (window.isMinimized()) window.restore()
    window.focus()
  }
  return {
    origin,
    focus,
    isOurs: (contents) => window !== undefined && !window.isDestroyed() && window.webContents === contents,
    open: () => {
      if (window !== undefined) return focus()
      const created = new BrowserWindow({
        width: 1440,
        height: 900,
        minWidth: 900,
        minHeight: 560,
        show: false,
        title: 'Seekline',
        // The page's own ground, so that no white flashes before it is drawn.
        backgroundColor: nativeTheme.shouldUseDarkColors ? '#14161a' : '#ffffff',
        webPreferences: {
          preload,
          sandbox: true,
          contextIsolation: true,
          nodeIntegration: false,
          spellcheck: false,
          devTools: !app.isPackaged,
        },
      })
      window = created
      created.once('ready-to-show', () => created.show())
      created.once('closed', () => {
        window = undefined
      })
      void created.loadURL(devServer ?? `${bundleOrigin}/`)
    },
  }
}
