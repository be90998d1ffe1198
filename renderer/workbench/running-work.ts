import type { Api } from '../api/client.ts'

/** Something long that runs in this window: a replay. */
export interface RunningWork {
  /** The progress, 0 to 1; null if it is unknown. */
  update: (fraction: number | null) => void
  /** It ended; the system shows the sentence if the window is in the background. */
  end: (sentence: string) => void
}

export interface Work {
  begin: (title: string) => RunningWork
  /** Something that was waited for has happened; the system shows it if the window is in the background. */
  tell: (title: string, sentence: string) => void
}

/** How often the taskbar is updated. */
const TELL_EVERY_MS = 500
/** For shorter work no notification is shown. */
const WORTH_TELLING_MS = 10_000

/** Reports the work of this window to the desktop, for its dock or taskbar and its notifications; a browser has neither. */
export function createWork(api: Pick<Api, 'call'>, isDesktop: boolean, now: () => number = Date.now): Work {
  const running = new Map<object, number | null>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let toldAt = -Infinity
  const tell = (): void => {
    timer = undefined
    toldAt = now()
    const known = [...running.values()].filter((fraction) => fraction !== null)
    const isKnown = known.length === running.size && known.length > 0
    const fraction = isKnown ? known.reduce((sum, one) => sum + one, 0) / known.length : null
    void api.call('shell.showProgress', { running: running.size, fraction }).catch(() => undefined)
  }
  const changed = (): void => {
    if (isDesktop) timer ??= setTimeout(tell, Math.max(0, toldAt + TELL_EVERY_MS - now()))
  }
  const notify = (title: string, sentence: string): void => {
    if (!isDesktop) return
    void api.call('shell.notify', { title: title.slice(0, 200), body: sentence.slice(0, 500) }).catch(() => undefined)
  }
  return {
    tell: notify,
    begin: (title) => {
      const mine = {}
      const startedAt = now()
      running.set(mine, null)
      changed()
      return {
        update: (fraction) => {
          if (!running.has(mine)) return
          running.set(mine, fraction === null ? null : Math.min(1, Math.max(0, fraction)))
          changed()
        },
        end: (sentence) => {
          if (!running.delete(mine)) return
          changed()
          if (now() - startedAt >= WORTH_TELLING_MS) notify(title, sentence)
        },
      }
    },
  }
}
