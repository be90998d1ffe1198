import { Notification, app, dialog } from 'electron'
import { writeFile } from 'node:fs/promises'
import type { MenuCommand, ShellCommandId } from '#shared/commands.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ShellPort } from '../services/desktop.ts'
import { storageFailed } from '../storage/atomic-files.ts'
import { readSmallFile } from '../storage/small-file.ts'
import type { Closing } from './closing.ts'
import type { AppWindow, Windows } from './windows.ts'

const zoomStep = 1.1

export interface ShellPortOptions {
  windows: Windows
  closing: Pick<Closing, 'answer'>
  checkForUpdates: () => void
  showCommands: (commands: readonly MenuCommand[]) => void
  onUsable: () => void
}

/** What the desktop does for its pages, implemented with Electron. */
export function createShellPort({
  windows,
  closing,
  checkForUpdates,
  showCommands,
  onUsable,
}: ShellPortOptions): ShellPort {
  const windowOf = (caller: string): AppWindow => {
    const found = windows.byCaller(caller)
    if (found === undefined) throw new SeeklineError('shell.absent', 'The window that asked is gone.')
    return found
  }
  return {
    listen: (caller, listener) => windowOf(caller).mailbox.listen(listener),
    usable: onUsable,
    run: (caller, command) => runShellCommand(command, { windows, checkForUpdates }, windowOf(caller)),
    setCommands: (_, commands) => showCommands(commands),
    answerClosing: (caller, answer) => closing.answer(windowOf(caller), answer),
    saveFile: async (caller, { name, content }) => {
      const { canceled, filePath } = await dialog.showSaveDialog(windowOf(caller).window, { defaultPath: name })
      if (canceled || filePath === '') return null
      try {
        // Exports may hold names and addresses of a company's clusters.
        await writeFile(filePath, content, { mode: 0o600 })
      } catch (error) {
        throw storageFailed(`${filePath} could not be written`, error)
      }
      return filePath
    },
    openFile: async (caller, { title, extensions, mostBytes }) => {
      const { canceled, filePaths } = await dialog.showOpenDialog(windowOf(caller).window, {
        title,
        properties: ['openFile'],
        filters: [
          { name: 'Settings', extensions },
          { name: 'All files', extensions: ['*'] },
        ],
      })
      const path = filePaths[0]
      return canceled || path === undefined ? null : { path, text: await readSmallFile(path, mostBytes) }
    },
    notify: (caller, { title, body }) => {
      const { window } = windowOf(caller)
      if (window.isFocused() || !Notification.isSupported()) return false
      const note = new Notification({ title: plain(title), body: plain(body) })
      note.on('click', () => {
        window.show()
        window.focus()
      })
      note.show()
      return true
    },
    showProgress: (caller, progress) => {
      const opened = windowOf(caller)
      opened.progress = progress
      // 2 means indeterminate progress.
      opened.window.setProgressBar(progress.running === 0 ? -1 : (progress.fraction ?? 2))
      app.setBadgeCount(windows.all().reduce((sum, one) => sum + one.progress.running, 0))
    },
  }
}

/** A broker's text may be in it, and some desktops interpret markup in notifications. */
function plain(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]+/gu, ' ')
    .replaceAll('<', '\u2039')
    .replaceAll('>', '\u203a')
    .replaceAll('&', '\uff06')
}

/** Also for the menu, which needs no page. */
export function runShellCommand(
  command: ShellCommandId,
  { windows, checkForUpdates }: Pick<ShellPortOptions, 'windows' | 'checkForUpdates'>,
  at: AppWindow | undefined,
): void {
  if (command === 'help.checkForUpdates') return checkForUpdates()
  if (command === 'window.new') return void windows.open()
  if (at === undefined) return
  const zoom = command === 'view.zoomReset' ? 1 : at.state.zoom * (command === 'view.zoomIn' ? zoomStep : 1 / zoomStep)
  const bounded = Math.round(Math.min(3, Math.max(0.5, zoom)) * 100) / 100
  at.keep({ zoom: bounded })
  at.window.webContents.setZoomFactor(bounded)
}
