import { Worker } from 'node:worker_threads'
import { fromErrorValue, SeeklineError, type ErrorValue } from '#shared/errors.ts'
import type { Imported } from './import-settings.ts'

export interface ImportTask {
  text: string
  cluster: string | undefined
}

export type ImportReply = { value: Imported } | { error: ErrorValue }

export interface ImportLimits {
  milliseconds?: number
  /** Another entry, for tests. */
  entry?: URL
}

/** Far more than any settings take: 256 KiB are read in a fraction of a second, and a busy computer is slower. */
const mostMilliseconds = 20_000

/**
 * Reads pasted settings in a thread of its own, one per text: untrusted text may be slow or large to parse, and neither the
 * window nor a running replay may be affected. Above its limits of time or memory the thread is ended, and that is the answer.
 */
export function importInThread(task: ImportTask, signal: AbortSignal, limits: ImportLimits = {}): Promise<Imported> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(limits.entry ?? entryUrl(), {
      // Flags of the parent process (a test runner's loaders, an inspector) are not for the worker.
      execArgv: [],
      name: 'import',
      workerData: task,
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32 },
    })
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancel)
      void worker.terminate()
      settle()
    }
    const cancel = (): void => end(() => reject(new SeeklineError('call.cancelled', 'Cancelled.', { retryable: true })))
    const timer = setTimeout(
      () => end(() => reject(tooMuch('takes too long to read'))),
      limits.milliseconds ?? mostMilliseconds,
    )
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
    worker.once('message', (reply: ImportReply) =>
      end(() => ('value' in reply ? resolve(reply.value) : reject(fromErrorValue(reply.error)))),
    )
    // Its message is not passed on: an engine's error may quote what it was reading.
    worker.once('error', () => end(() => reject(tooMuch('cannot be read'))))
    worker.once('exit', () => end(() => reject(tooMuch('cannot be read'))))
  })
}

function tooMuch(what: string): SeeklineError {
  return new SeeklineError('profile.invalid', `The text ${what} as settings.`, {
    hint: 'Paste only the part about reaching Kafka, or fill in the form.',
  })
}

/** Next to this file as source, next to the bundle as `import-worker.js`. */
function entryUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './import-worker.ts' : './import-worker.js', import.meta.url)
}
