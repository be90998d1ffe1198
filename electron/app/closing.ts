import { app, dialog } from 'electron'
import type { ClosingAnswer } from '#shared/contract/shell.ts'
import type { WorkTracker } from '../rpc/running-writes.ts'
import { workSentences } from './closing-words.ts'
import type { AppWindow, Windows } from './windows.ts'

/** A cancelled replay awaits answers and writes its receipt; a broker that does not answer delays that. */
const cancelPatienceMs = 30_000
/** Connections say goodbye to their brokers, but a broker that does not react must not delay quitting. */
const goodbyeMs = 2_000

export interface ClosingOptions {
  work: WorkTracker
  windows: Pick<Windows, 'all' | 'focus' | 'current' | 'leave' | 'flush'>
  /** Closes connections, workers, files. */
  close: () => Promise<void>
  cancelPatienceMs?: number
}

export interface Closing {
  /** Asks before this window is closed while its work is running. */
  guard(opened: AppWindow): void
  answer(opened: AppWindow, answer: ClosingAnswer): void
}

/** Closing a window never loses a running replay: it asks, waits or cancels cleanly, and only then closes. */
// oxlint-disable-next-line max-lines-per-function -- which question was asked, what still runs and whether the app may quit depend on each other; the page shows the questions
export function createClosing(options: ClosingOptions): Closing {
  const { work, windows } = options
  /** Open questions, by the window that shows them. */
  const asked = new Map<string, (answer: ClosingAnswer) => void>()
  /**
   * The latest answer by window, or for quitting without a window. While an earlier answer still waits for work to end, the
   * user may change it.
   */
  const newest = new Map<string | undefined, object>()
  let isCancelling = false
  let isEnding = false
  let mayQuit = false

  const ask = (opened: AppWindow, caller: string | undefined, isQuit: boolean): Promise<ClosingAnswer> => {
    const sentences = workSentences(work.list(caller))
    const pending = asked.get(opened.caller)
    if (pending === undefined && opened.mailbox.hasListener) {
      return new Promise((resolve) => {
        asked.set(opened.caller, resolve)
        opened.window.show()
        opened.mailbox.post({ kind: 'closing', isQuit, work: sentences })
      })
    }
    // There is no page to ask, or the page did not answer: a system dialog does not depend on it.
    pending?.('stay')
    return askBySystem(opened, sentences, isQuit)
  }

  /** true: none of it is running any more. */
  const settle = async (answer: ClosingAnswer, caller?: string): Promise<boolean> => {
    if (answer === 'stay') return false
    const whose = caller === undefined ? {} : { caller }
    if (answer === 'when-done') return work.idle(whose)
    work.cancel(caller)
    if (caller === undefined) isCancelling = true
    await work.idle({ ...whose, patienceMs: options.cancelPatienceMs ?? cancelPatienceMs })
    if (caller === undefined) isCancelling = false
    return true
  }

  /** Asks, and waits as answered; false: it stays open, or a later answer replaced this one. */
  const mayEnd = async (opened: AppWindow, caller: string | undefined, isQuit: boolean): Promise<boolean> => {
    const given = await ask(opened, caller, isQuit)
    const mine = {}
    newest.set(caller, mine)
    return (await settle(given, caller)) && newest.get(caller) === mine
  }

  const quit = async (): Promise<void> => {
    if (work.list().length > 0) {
      const opened = windows.current() ?? windows.focus()
      if (!(await mayEnd(opened, undefined, true))) return
    }
    if (isEnding) return
    isEnding = true
    windows.leave()
    const patience = new Promise((resolve) => setTimeout(resolve, goodbyeMs))
    await Promise.race([Promise.allSettled([options.close(), windows.flush()]), patience])
    mayQuit = true
    app.quit()
  }

  app.on('before-quit', (event) => {
    if (mayQuit) return
    event.preventDefault()
    // While work is being cancelled there is nothing left to ask; while it is being waited for, or a question is open, there
    // is.
    if (!isEnding && !isCancelling) void quit()
  })

  const answer = (opened: AppWindow, given: ClosingAnswer): void => {
    const resolve = asked.get(opened.caller)
    asked.delete(opened.caller)
    resolve?.(given)
  }

  return {
    answer,
    guard: (opened) => {
      let mayClose = false
      opened.window.on('close', (event) => {
        const isAlone = windows.all().length <= 1
        // Closing the last window ends the app, including work that a closed window left running.
        const caller = isAlone && process.platform !== 'darwin' ? undefined : opened.caller
        if (mayClose || mayQuit || work.list(caller).length === 0) return
        event.preventDefault()
        void mayEnd(opened, caller, caller === undefined).then((isOver) => {
          if (!isOver || opened.window.isDestroyed()) return
          mayClose = true
          opened.window.close()
        })
      })
      // If the window of a question is closed, the question is answered, or quitting would wait for it for ever.
      opened.window.once('closed', () => {
        answer(opened, 'stay')
        newest.delete(opened.caller)
      })
    },
  }
}

async function askBySystem(opened: AppWindow, work: string[], isQuit: boolean): Promise<ClosingAnswer> {
  const verb = isQuit ? 'quit' : 'close'
  const { response } = await dialog.showMessageBox(opened.window, {
    type: 'question',
    message: work.join('\n'),
    detail: 'What was written stays. Stopping settles what is on its way and writes a receipt.',
    buttons: ['Keep open', `Stop and ${verb}`, `${isQuit ? 'Quit' : 'Close'} when done`],
    defaultId: 0,
    cancelId: 0,
  })
  return (['stay', 'cancel-work', 'when-done'] as const)[response] ?? 'stay'
}
