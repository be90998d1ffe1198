import { Worker } from 'node:worker_threads'
import { SeeklineError } from '#shared/errors.ts'
import type { ParquetAsk, ParquetReply } from './parquet-worker.ts'

/** For a group of rows as objects; their bytes are outside the heap. */
const HEAP_MEGABYTES = 256

/** Makes a Parquet file from packed rows in a thread of its own; returns the bytes to write, in order. */
export class ParquetThread {
  readonly #worker = new Worker(workerUrl(), {
    name: 'parquet',
    // Flags of the parent process (a test runner's loaders, an inspector) are not for the worker.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES, maxYoungGenerationSizeMb: 32 },
  })
  #failed: Error | null = null
  #waiting: PromiseWithResolvers<ParquetReply> | null = null

  constructor() {
    this.#worker.on('message', (reply: ParquetReply) => this.#waiting?.resolve(reply))
    this.#worker.on('error', (error) => this.#fail(error))
    this.#worker.on('exit', () => this.#fail(new Error('The thread that writes Parquet ended early.')))
  }

  add(rows: Uint8Array): Promise<Uint8Array | null> {
    return this.#ask({ rows })
  }

  finish(): Promise<Uint8Array | null> {
    return this.#ask({ finish: true })
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  /** One at a time: the reader waits until its rows were taken. */
  async #ask(ask: ParquetAsk): Promise<ParquetReply> {
    if (this.#failed !== null) throw this.#failed
    this.#waiting = Promise.withResolvers<ParquetReply>()
    // Transferred if nothing else is in the same buffer: the reader no longer needs it.
    const isOwn = 'rows' in ask && ask.rows.byteLength === ask.rows.buffer.byteLength
    this.#worker.postMessage(ask, isOwn ? [ask.rows.buffer as ArrayBuffer] : [])
    return await this.#waiting.promise
  }

  #fail(error: Error): void {
    this.#failed ??= new SeeklineError('worker.crashed', `The Parquet file could not be made: ${error.message}`, {
      hint: 'Export it as NDJSON instead.',
      cause: error,
    })
    this.#waiting?.reject(this.#failed)
  }
}

/** Beside this file as source, beside the bundle when built; see `kafka/workers/entry-url.ts`. */
function workerUrl(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? './parquet-worker.ts' : './parquet-worker.js', import.meta.url)
}
