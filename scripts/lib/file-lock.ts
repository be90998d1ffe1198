import { SeeklineError } from '#shared/errors.ts'
import { withLock } from '../../electron/storage/lock.ts'
import { SetupError } from './setup-error.ts'

const LIMIT_MS = 300_000

/**
 * The app's own lock, for the cache folder that two test runs, or a test run and a demo, share. A holder may be blocked by a
 * program for minutes (Maven, a build), so only a process that no longer exists counts as dead.
 */
export async function withFileLock<T>(
  file: string,
  work: () => Promise<T>,
  limitMs: number = LIMIT_MS,
  busy?: string,
): Promise<T> {
  let isHeld = false
  try {
    return await withLock(
      file,
      async () => {
        isHeld = true
        return work()
      },
      { timeoutMs: limitMs, staleMs: LIMIT_MS },
    )
  } catch (error) {
    const isBusy = !isHeld && busy !== undefined && error instanceof SeeklineError && error.retryable
    throw isBusy ? new SetupError(busy, { cause: error }) : error
  }
}
