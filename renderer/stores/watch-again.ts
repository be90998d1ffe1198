import { tellFault } from './tell-fault.ts'

/** Watches until aborted; starts again when the connection to the app breaks, which the link shows. */
export async function watchOn(signal: AbortSignal, retryMs: number, watch: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    try {
      await watch()
    } catch (error) {
      // If the connection broke only retrying helps; an error in a callback is reported as well.
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
