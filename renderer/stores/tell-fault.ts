import { SeeklineError } from '#shared/errors.ts'

/**
 * For whoever goes on after an error: one that the app has a sentence for is somebody's to show; any other is a mistake of ours, and
 * has to reach the window's fault log, not vanish where it was caught.
 */
export function tellFault(error: unknown): void {
  if (error instanceof SeeklineError) return
  // `reportError` is missing in the oldest engine that the shell is tried in.
  queueMicrotask(() => {
    throw error
  })
}
