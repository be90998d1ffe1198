const longestWaitMs = 10_000

export interface ReconnectWaits {
  /** How long to wait before the next attempt, and its number. */
  next(): { attempt: number; waitMs: number }
  /** It is connected: the next loss starts again with the first wait. */
  reset(): void
}

/** The waits before a lost connection is tried again: doubled each time, up to ten seconds. */
export function createReconnectWaits(firstWaitMs: number): ReconnectWaits {
  let attempt = 0
  return {
    next: () => {
      const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** attempt)
      attempt += 1
      return { attempt, waitMs }
    },
    reset: () => {
      attempt = 0
    },
  }
}
