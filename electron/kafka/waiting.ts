import { SeeklineError } from '#shared/errors.ts'

/** Milliseconds before the next attempt: doubles from `first` up to `most`, then up to a quarter off, so that clients do not march in step. */
export function backOff(attempt: number, first = 100, most = 2_000, random: () => number = Math.random): number {
  const full = Math.min(first * 2 ** Math.min(attempt, 20), most)
  return Math.round(full * (0.75 + 0.25 * random()))
}

/** Resolves after `ms`, or throws `call.cancelled` at once when the signal is aborted. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  throwIfAborted(signal)
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer)
      reject(cancelledError())
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}

/** The work's result, or `call.cancelled` at once when the signal is aborted; the work itself goes on for others. */
export async function abandonable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await work
  work.catch(() => undefined)
  throwIfAborted(signal)
  let abort = (): void => undefined
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(cancelledError())
    signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw cancelledError()
}

export const isCancelled = (error: unknown): boolean =>
  error instanceof SeeklineError && error.code === 'call.cancelled'

export function asSeeklineError(error: unknown): SeeklineError {
  if (error instanceof SeeklineError) return error
  return new SeeklineError('internal', error instanceof Error ? error.message : String(error), { cause: error })
}

/** Runs over the items, at most `width` at a time; results in the order of the items. After a failure no further one is begun. */
export async function mapLimited<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++
      try {
        results[index] = await work(items[index]!) // index < items.length
      } catch (error) {
        next = items.length
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane))
  return results
}

export function cancelledError(): SeeklineError {
  return new SeeklineError('call.cancelled', 'Cancelled.', { retryable: true })
}
