import type { Api } from '../api/client.ts'

/** Something long that runs in this window: a replay. */
export interface RunningWork {
  /** How much is done, 0 to 1; null while nobody knows. */
  update: (fraction: number | null) => void
  /** It ended; the sentence is shown by the system if nobody is looking. */
  end: (sentence: string) => void
}

export interface Work {
  begin: (title: string) => RunningWork
  /** What was waited for has happened; the system shows it while this window is in the background. */
  tell: (title: string, sentence: string) => void
}

/** The taskbar is for glances. */
const TELL_EVERY_MS = 500
/** Who waits less than this is still looking. */
const WORTH_TELLING_MS = 10_000

/** Tells the desktop what runs here, for its dock or taskbar and its notifications; a browser has neither. */
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
