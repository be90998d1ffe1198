import { app, dialog } from 'electron'
import type { ClosingAnswer } from '#shared/contract/shell.ts'
import type { WorkTracker } from '../rpc/work.ts'
import { workSentences } from './work-words.ts'
import type { AppWindow, Windows } from './windows.ts'

/** A cancelled replay settles what is on its way and writes its receipt; a broker that does not answer holds that up. */
const cancelPatienceMs = 30_000
/** Connections say goodbye to their brokers, but a broker that does not listen holds nothing up. */
const goodbyeMs = 2_000

export interface ClosingOptions {
  work: WorkTracker
  windows: Pick<Windows, 'all' | 'focus' | 'current' | 'leave' | 'flush'>
  /** Closes connections, workers, files. */
  close: () => Promise<void>
  cancelPatienceMs?: number
}

export interface Closing {
  /** Asks before this window closes over work of its own. */
  guard(opened: AppWindow): void
  answer(opened: AppWindow, answer: ClosingAnswer): void
}

/** Nobody loses a running replay to a closed window: closing asks, waits or cancels cleanly, and only then ends. */
export function createClosing(options: ClosingOptions): Closing {
  const { work, windows } = options
  /** Open questions, by the window that shows them. */
  const asked = new Map<string, (answer: ClosingAnswer) => void>()
  let isQuitting = false
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
    // No page to ask, or one that was asked and did not answer: the system's own box does not depend on it.
    pending?.('stay')
    return askBySystem(opened, sentences, isQuit)
  }

  /** true: nothing of it is under way any more. */
  const settle = async (answer: ClosingAnswer, caller?: string): Promise<boolean> => {
    if (answer === 'stay') return false
    const whose = caller === undefined ? {} : { caller }
    if (answer === 'when-done') return work.idle(whose)
    work.cancel(caller)
    await work.idle({ ...whose, patienceMs: options.cancelPatienceMs ?? cancelPatienceMs })
    return true
  }

  const quit = async (): Promise<void> => {
    if (work.list().length > 0) {
      const opened = windows.current() ?? windows.focus()
      if (!(await settle(await ask(opened, undefined, true)))) return
    }
    windows.leave()
    const patience = new Promise((resolve) => setTimeout(resolve, goodbyeMs))
    await Promise.race([Promise.allSettled([options.close(), windows.flush()]), patience])
    mayQuit = true
    app.quit()
  }

  app.on('before-quit', (event) => {
    if (mayQuit) return
    event.preventDefault()
    // Asked again while a question stands: the page may hang, so the system's own box asks.
    const isAgain = isQuitting && asked.size > 0
    if (isQuitting && !isAgain) return
    isQuitting = true
    void quit().finally(() => {
      isQuitting = false
    })
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
        // Closing the last window ends the app, and with it work that a closed window left behind.
        const caller = isAlone && process.platform !== 'darwin' ? undefined : opened.caller
        if (mayClose || mayQuit || work.list(caller).length === 0) return
        event.preventDefault()
        void ask(opened, caller, caller === undefined)
          .then((given) => settle(given, caller))
          .then((isOver) => {
            if (!isOver || opened.window.isDestroyed()) return
            mayClose = true
            opened.window.close()
          })
      })
      // A question whose window is gone is answered, or quitting would wait for it for ever.
      opened.window.once('closed', () => answer(opened, 'stay'))
    },
  }
}

async function askBySystem(opened: AppWindow, work: string[], isQuit: boolean): Promise<ClosingAnswer> {
  const verb = isQuit ? 'quit' : 'close'
  const { response } = await dialog.showMessageBox(opened.window, {
    type: 'question',
    message: work.join('\n'),
    detail: 'What was written stays. Cancelling settles what is on its way and writes a receipt.',
    buttons: ['Keep open', `Cancel it and ${verb}`, `Let it finish, then ${verb}`],
    defaultId: 0,
    cancelId: 0,
  })
  return (['stay', 'cancel-work', 'when-done'] as const)[response] ?? 'stay'
}
