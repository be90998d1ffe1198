import { Worker } from 'node:worker_threads'
import { SeeklineError } from '#shared/errors.ts'
import type { KeyReply, KeyTask } from './key-task.ts'

/** Real files take a fraction of a second, most of it to start a thread. */
const limitMs = 20_000
const heapMegabytes = 256

/** Reads the files in a thread of its own, within limits of time and memory. */
export function askKeyWorker(task: KeyTask, { entry = workerUrl(), timeoutMs = limitMs } = {}): Promise<KeyReply> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(entry, {
      name: 'keys',
      // Flags of the parent process (a test runner's loaders, an inspector) are not for the worker.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapMegabytes, maxYoungGenerationSizeMb: 32 },
    })
    const timer = setTimeout(() => end(() => reject(tooHard(`more than ${timeoutMs / 1_000} s`))), timeoutMs)
    const end = (settle: () => void): void => {
      clearTimeout(timer)
      settle()
      worker.terminate().catch(() => undefined)
    }
    worker.once('message', (reply: KeyReply) => end(() => resolve(reply)))
    worker.once('error', (error: Error & { code?: string }) =>
      end(() =>
        reject(
          error.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? tooHard(`more than ${heapMegabytes} MB`)
            : new SeeklineError('connect.tls', `The certificates and keys cannot be read: ${error.message}`, {
                hint: 'Check the TLS part of the profile.',
                details: { step: 'tls' },
              }),
        ),
      ),
    )
    worker.once('exit', () =>
      end(() => reject(new SeeklineError('internal', 'The thread that reads keys ended early.'))),
    )
    worker.postMessage(task)
  })
}

function tooHard(what: string): SeeklineError {
  return new SeeklineError('connect.tls', `The certificates and keys of this profile take ${what} to open.`, {
    hint: 'No ordinary file does: look at where they come from, and export them again.',
    details: { step: 'tls' },
  })
}

/** Next to this file as source, next to the bundle when built; see `kafka/workers/entry-url.ts`. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './key-worker.ts' : './key-worker.js', import.meta.url)
}
