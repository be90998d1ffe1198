import { mkdirSync } from 'node:fs'
import { enableCompileCache } from 'node:module'
import path from 'node:path'
import { app, dialog, ipcMain, nativeTheme, powerMonitor } from 'electron'
import { isShellCommand } from '#shared/commands.ts'
import { toErrorValue } from '#shared/errors.ts'
import type { AppOptions, SeeklineApp } from './app-services.ts'
import { registerScheme, serveBundle } from './app/app-protocol.ts'
import { createClosing } from './app/closing.ts'
import { serveContextMenu } from './app/context-menu.ts'
import { catchFaults, watchPage } from './app/crashes.ts'
import { kafkaDocs, openDocs } from './app/doc-links.ts'
import { guardContents, guardSession } from './app/fences.ts'
import { becomeOnlyInstance } from './app/single-instance.ts'
import { mark, stages } from './app/start-marks.ts'
import { createMenu } from './app/menu.ts'
import { createShellPort, runShellCommand } from './app/shell-port.ts'
import { updateParts } from './app/update-parts.ts'
import { createUpdates } from './app/updates.ts'
import { createWindows } from './app/windows.ts'
import type { Windows } from './app/windows.ts'
import { windowTabs } from './app/window-tabs.ts'
import { serveIpc } from './rpc/ipc.ts'
import { lateRouter } from './rpc/late-router.ts'
import { createWorkTracker } from './rpc/running-writes.ts'
import { dataFolder, windowFolder } from './storage/data-folder.ts'
import { storageFailed } from './storage/atomic-files.ts'
import { createLog } from './storage/log.ts'
import type { Log } from './storage/log.ts'
import { keychainBox } from './storage/secret-encryption.ts'
import { memoryBox } from './storage/secrets.ts'
import { createSettingsFile } from './storage/settings.ts'
import { readSmallFile } from './storage/small-file.ts'
import { createWindowStateStore } from './storage/window-state.ts'

// Only the order of starting. What must happen before `ready` comes first: the folder, the sandbox, the scheme, the single
// instance. Everything that speaks to Kafka is loaded once a window is opening.

mark('main')
const folder = dataFolder()
// Chromium's own files are below our folder, so that SEEKLINE_HOME moves everything.
setUserData(windowFolder(folder))
// Not for a package: its code is covered by the checksum of its archive, and compiled code in a folder that any program of this
// user can write to would bypass that.
if (!app.isPackaged) enableCompileCache(path.join(windowFolder(folder), 'compile-cache'))
app.enableSandbox()
registerScheme()

let windows: Windows | undefined
const early: ((to: Windows) => void)[] = []
const whenOpen = (act: (to: Windows) => void): void => void (windows === undefined ? early.push(act) : act(windows))
const openFile = async (file: string): Promise<void> => {
  try {
    const text = await readSmallFile(file)
    whenOpen((to) => to.post({ kind: 'file', name: path.basename(file), text }))
  } catch (error) {
    // Whatever a command line names must not keep the app from starting.
    const { message, hint = '' } = toErrorValue(error)
    whenOpen((to) => to.post({ kind: 'notice', sentence: `${message} ${hint}`.trim() }))
  }
}
const isOnly = becomeOnlyInstance({
  onLink: (url) => whenOpen((to) => to.post({ kind: 'link', url })),
  onFile: (file) => void openFile(file),
  onAgain: () => whenOpen((to) => to.focus()),
})
if (isOnly) void boot()
else app.quit()

// oxlint-disable-next-line max-lines-per-function -- the order in which the app starts, read from top to bottom
async function boot(): Promise<void> {
  let secrets = (): Iterable<string> => []
  const log = createLog({ folder: path.join(folder, 'logs'), name: 'app', secrets: () => secrets() })
  catchFaults({ log, windows: () => windows, secrets: () => secrets() })
  guardContents()
  const [settings] = await Promise.all([
    createSettingsFile(folder)
      .get()
      .catch(() => undefined),
    app.whenReady(),
  ])
  mark('ready')
  nativeTheme.themeSource = settings?.theme ?? 'system'

  const work = createWorkTracker()
  const opening = createWindows({
    preload: path.join(import.meta.dirname, '../preload/preload.cjs'),
    store: createWindowStateStore(folder),
    onOpen: (opened) => {
      serveContextMenu(opened.window.webContents)
      watchPage(opened, log)
      closing.guard(opened)
      opened.window.webContents.once('dom-ready', () => mark('page'))
    },
  })
  guardSession(opening.origin)

  const updates = createUpdates(updateParts(opening))
  const checkForUpdates = (): void => void updates.check()
  const desktop: AppOptions['desktop'] = {
    shell: createShellPort({
      windows: opening,
      closing: { answer: (...given) => closing.answer(...given) },
      checkForUpdates,
      showCommands: (commands) => menu.show(commands),
      onUsable,
    }),
    windowTabs: windowTabs(opening),
    onSettings: ({ theme }) => {
      nativeTheme.themeSource = theme
    },
  }
  // Loading everything that speaks to Kafka takes this process a while, in which it could not serve the page: so the page's
  // files are served first, and while the page runs them, its first calls wait.
  serveBundle(path.join(import.meta.dirname, '../renderer'), () => void services())
  let started: Promise<SeeklineApp> | undefined
  const services = (): Promise<SeeklineApp> => (started ??= startServices())
  const startServices = async (): Promise<SeeklineApp> => {
    const made = await loadServices({ log, work, desktop })
    secrets = made.seenSecrets
    powerMonitor.on('resume', () => {
      log.write('info', 'shell', 'woke up')
      made.networkChanged()
    })
    mark('services')
    return made
  }
  const closing = createClosing({
    work,
    windows: opening,
    close: async () => {
      await (await started)?.close()
      await log.flush()
    },
  })
  serveIpc({
    ipcMain,
    router: lateRouter(async () => (await services()).router),
    origin: opening.origin,
    isOurs: opening.isOurs,
  })
  const menu = createMenu({
    run: (command) => {
      if (isShellCommand(command)) runShellCommand(command, { windows: opening, checkForUpdates }, opening.current())
      else opening.post({ kind: 'command', id: command })
    },
    openDocs: () => void openDocs(kafkaDocs),
  })
  app.on('activate', () => opening.focus())
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  await opening.restore()
  mark('window')
  windows = opening
  for (const act of early.splice(0)) act(opening)
}

interface ServiceParts extends Pick<AppOptions, 'work' | 'desktop'> {
  log: Log
}

/** Everything that speaks to Kafka, loaded while the first window draws itself. */
async function loadServices({ log, ...parts }: ServiceParts): Promise<SeeklineApp> {
  const { createApp, version } = await import('./app-services.ts')
  const { electron, node } = process.versions
  log.write('info', 'shell', `Seekline ${version} on Electron ${electron}, Node ${node}, ${process.platform}`)
  const secretBox = (await keychainBox()) ?? memoryBox('This system offers no keychain')
  return createApp({ dataDir: folder, secretBox, textLog: log, ...parts })
}

/** Electron needs the folder to exist; nobody else may read it. */
function setUserData(at: string): void {
  try {
    mkdirSync(at, { recursive: true, mode: 0o700 })
  } catch (error) {
    const { message, hint = '' } = toErrorValue(storageFailed(`The folder ${at} could not be made`, error))
    dialog.showErrorBox('Seekline could not start', `${message}\n${hint}`)
    app.exit(1)
  }
  app.setPath('userData', at)
}

/** For the measuring script: one line, and only when it asks. */
function onUsable(): void {
  mark('usable')
  if (process.env['SEEKLINE_STARTUP_MARKS'] === '1') {
    console.log(JSON.stringify({ startup: stages(process.getCreationTime()) }))
  }
}
