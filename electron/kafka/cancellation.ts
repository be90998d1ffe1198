import { SeeklineError } from '#shared/errors.ts'

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

export function cancelledError(): SeeklineError {
  return new SeeklineError('call.cancelled', 'Cancelled.', { retryable: true })
}
