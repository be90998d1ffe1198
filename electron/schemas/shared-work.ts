import { SeeklineError } from '#shared/errors.ts'

/**
 * Work that several callers ask for at once is done once. A caller's cancel does not end it, because the work has its own time
 * limit and its result is cached.
 */
export class SharedWork<T> {
  readonly #running = new Map<string, Promise<T>>()

  run(key: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    let running = this.#running.get(key)
    if (running === undefined) {
      running = work().finally(() => this.#running.delete(key))
      // Waiting callers get the error; if all have given up, nobody has to.
      running.catch(() => undefined)
      this.#running.set(key, running)
    }
    return signal === undefined ? running : untilAborted(running, signal)
  }
}

/** The work's result, or `call.cancelled` as soon as the signal is aborted; the work goes on. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw cancelled()
  let abort = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(cancelled())
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

export function cancelled(): SeeklineError {
  return new SeeklineError('call.cancelled', 'Cancelled.', { retryable: true })
}
