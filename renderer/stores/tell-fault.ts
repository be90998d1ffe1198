import { SeeklineError } from '#shared/errors.ts'

/**
 * For code that continues after an error: an error with a code is shown by a view; any other is a bug and must reach the
 * window's error log instead of vanishing.
 */
export function tellFault(error: unknown): void {
  if (error instanceof SeeklineError) return
  // `reportError` is missing in the oldest Electron that the shell is tested with.
  queueMicrotask(() => {
    throw error
  })
}
