import { tellFault } from './tell-fault.ts'

/** Watches until aborted; begins again when the wire breaks, which shows itself through the link. */
export async function watchOn(signal: AbortSignal, retryMs: number, watch: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    try {
      await watch()
    } catch (error) {
      // Where the wire broke only trying again helps; what a callback throws is told as well.
      tellFault(error)
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
