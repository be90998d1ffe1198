const longestWaitMs = 10_000

export interface ReconnectWaits {
  /** How long to wait before the next attempt, and which one that is. */
  next(): { attempt: number; waitMs: number }
  /** It is connected: the next loss starts anew. */
  reset(): void
}

/** The waits before a lost connection is tried again: the first, doubled each time up to ten seconds. */
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
