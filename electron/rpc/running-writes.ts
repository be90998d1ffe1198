/** A write that has started and not ended. */
export interface RoutedCall {
  readonly route: string
  /** The window that asked for it; absent for a shell or a browser. */
  readonly caller?: string
}

export interface WorkTracker {
  /** Runs it, counted as running until it settles. Its signal is aborted by the caller, or by `cancel`. */
  run<T>(work: RoutedCall, signal: AbortSignal, perform: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** The running writes of one window, or of all. */
  list(caller?: string): readonly RoutedCall[]
  /** Asks them to end; each still settles in its own way, and writes its receipt. */
  cancel(caller?: string): void
  /** Resolves once nothing is running (true), or when the time is over (false). */
  idle(options?: { caller?: string; patienceMs?: number }): Promise<boolean>
}

/** Knows which writes are running, so that closing can ask first, and wait until cancelled ones are journalled. */
export function createWorkTracker(): WorkTracker {
  const running = new Map<RoutedCall, AbortController>()
  const waiting = new Set<() => void>()
  const list = (caller?: string): RoutedCall[] =>
    [...running.keys()].filter((work) => caller === undefined || work.caller === caller)

  return {
    list,
    run: async (work, signal, perform) => {
      const abort = new AbortController()
      const follow = (): void => abort.abort(signal.reason)
      if (signal.aborted) follow()
      signal.addEventListener('abort', follow, { once: true })
      const mine = { ...work }
      running.set(mine, abort)
      try {
        return await perform(abort.signal)
      } finally {
        signal.removeEventListener('abort', follow)
        running.delete(mine)
        for (const look of waiting) look()
      }
    },
    cancel: (caller) => {
      for (const work of list(caller)) running.get(work)?.abort()
    },
    idle: ({ caller, patienceMs } = {}) =>
      new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined
        const look = (): void => {
          if (list(caller).length === 0) finish(true)
        }
        const finish = (isIdle: boolean): void => {
          waiting.delete(look)
          clearTimeout(timer)
          resolve(isIdle)
        }
        waiting.add(look)
        if (patienceMs !== undefined) timer = setTimeout(() => finish(false), patienceMs)
        look()
      }),
  }
}
