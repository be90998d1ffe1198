/** Watches until aborted; begins again when the wire breaks, which shows itself through the link. */
export async function watchOn(signal: AbortSignal, retryMs: number, watch: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    try {
      await watch()
    } catch {
      // Only trying again helps.
    }
    if (!signal.aborted) await rest(retryMs, signal)
  }
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}
