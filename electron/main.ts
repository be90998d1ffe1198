import path from 'node:path'
import { app, ipcMain } from 'electron'
import { createApp } from './app-services.ts'
import { registerScheme, serveBundle } from './app/bundle.ts'
import { guardContents, guardPermissions } from './app/guards.ts'
import { createWindows } from './app/window.ts'
import { serveIpc } from './rpc/ipc.ts'
import { dataFolder, windowFolder } from './storage/data-dir.ts'
import { keychainBox } from './storage/secret-box.ts'
import { memoryBox } from './storage/secrets.ts'

// Boot order only. What must happen before `ready` comes first: the sandbox, the scheme, the single instance.

// Chromium's own files go below our folder, so that SEEKLINE_HOME moves everything.
app.setPath('userData', windowFolder(dataFolder()))
app.enableSandbox()
registerScheme()
// Two processes may share the data folder (an app and a server), but a second window belongs to the first app.
if (app.requestSingleInstanceLock()) void boot()
else app.quit()

async function boot(): Promise<void> {
  // Electron only warns of these; going on with half an answer lost would be worse than ending.
  process.on('unhandledRejection', (reason) => {
    console.error(reason)
    app.exit(1)
  })
  guardContents()
  const windows = createWindows({ preload: path.join(import.meta.dirname, '../preload/preload.cjs') })
  app.on('second-instance', () => windows.focus())
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })

  await app.whenReady()
  const services = await createApp({ secretBox: (await keychainBox()) ?? memoryBox('This system offers no keychain') })
  guardPermissions()
  serveBundle(path.join(import.meta.dirname, '../renderer'))
  serveIpc({ ipcMain, router: services.router, origin: windows.origin, isOurs: windows.isOurs })
  closeBeforeQuit(() => services.close())
  app.on('activate', () => windows.open())
  windows.open()
}

/** Connections say goodbye to their brokers, but a broker that does not listen holds nothing up. */
function closeBeforeQuit(close: () => Promise<void>): void {
  let closed = false
  app.on('before-quit', (event) => {
    if (closed) return
    event.preventDefault()
    closed = true
    const patience = new Promise((resolve) => setTimeout(resolve, 2_000))
    void Promise.race([close().catch(console.error), patience]).then(() => app.quit())
  })
}
