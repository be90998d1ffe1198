import { app, dialog } from 'electron'
import { toErrorValue } from '#shared/errors.ts'
import { scrubLine } from '../storage/log.ts'
import type { Log } from '../storage/log.ts'
import { redactError } from '../redact.ts'
import type { AppWindow, Windows } from './windows.ts'

/** After this many crashes of a page within a minute, loading it again will not help. */
const mostReloads = 3

// Electron's crash reporter is never started: a dump is an image of memory, and this memory holds passwords.

export interface FaultOptions {
  log: Log
  windows: () => Windows | undefined
  /** Every secret known in this run. */
  secrets: () => Iterable<string>
}

/**
 * Unexpected errors of the main process: they are logged and reported to the windows, which stay open. A message may quote
 * anything, so the windows get no more of it than the log does.
 */
export function catchFaults({ log, windows, secrets }: FaultOptions): void {
  const onFault = (kind: string) => (reason: unknown) => {
    const error = redactError(toErrorValue(reason), secrets(), scrubLine)
    log.write('error', 'main', `${kind}: ${error.message}`, reason instanceof Error ? reason.stack : undefined)
    const open = windows()?.all() ?? []
    if (open.length > 0) for (const { mailbox } of open) mailbox.post({ kind: 'fault', error })
    else failToStart(error.message)
  }
  process.on('uncaughtException', onFault('uncaught'))
  process.on('unhandledRejection', onFault('unhandled rejection'))
  app.on('child-process-gone', (_, { type, reason, exitCode }) => {
    if (reason !== 'clean-exit') log.write('error', 'shell', `${type} process gone: ${reason} (${exitCode})`)
  })
}

/** There is no window to show it in: shows a system dialog, and quits. */
function failToStart(message: string): void {
  dialog.showErrorBox('Seekline could not start', message)
  app.exit(1)
}

/** If a page crashes or hangs, it is loaded again with its tabs, and says what happened. */
export function watchPage(opened: AppWindow, log: Log): void {
  const { window, mailbox } = opened
  const contents = window.webContents
  let crashes: number[] = []
  contents.on('render-process-gone', (_, { reason, exitCode }) => {
    log.write('error', 'page', `renderer gone: ${reason} (${exitCode})`)
    if (reason === 'clean-exit' || window.isDestroyed()) return
    crashes = [...crashes.filter((at) => at > Date.now() - 60_000), Date.now()]
    if (crashes.length <= mostReloads) {
      // Not in this event: Chromium is still ending the old process, and reloading now would end the app; the old page also
      // still listens, and would receive the message.
      setTimeout(() => {
        mailbox.post({ kind: 'notice', sentence: recoveredSentence(reason) })
        if (!window.isDestroyed()) contents.reload()
      }, 0)
      return
    }
    void dialog
      .showMessageBox(window, {
        type: 'error',
        message: 'This window keeps crashing.',
        detail: 'What you saved is safe: profiles, journal and receipts are written by another process.',
        buttons: ['Load it again', 'Close the window'],
      })
      .then(({ response }) => {
        if (window.isDestroyed()) return
        if (response === 1) return window.destroy()
        crashes = []
        contents.reload()
      })
  })
  let isAsking = false
  window.on('unresponsive', () => {
    log.write('warn', 'page', 'the page does not respond')
    if (isAsking) return
    isAsking = true
    void dialog
      .showMessageBox(window, {
        type: 'warning',
        message: 'This window does not respond.',
        detail: 'Loading it again keeps its tabs. A replay that it runs is cancelled, with a receipt.',
        buttons: ['Wait', 'Load it again'],
        defaultId: 0,
        cancelId: 0,
      })
      .then(({ response }) => {
        isAsking = false
        if (response === 1 && !window.isDestroyed()) contents.forcefullyCrashRenderer()
      })
  })
  contents.on('preload-error', (_, path, error) => log.write('error', 'page', `preload failed: ${error.message}`, path))
}

function recoveredSentence(reason: string): string {
  return reason === 'oom'
    ? 'This window ran out of memory and was loaded again. Its tabs are as they were.'
    : 'This window crashed and was loaded again. Its tabs are as they were.'
}
