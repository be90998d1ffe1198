import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { SeeklineError } from '#shared/errors.ts'
import { cancelledError } from '../cancellation.ts'
import { Asks, FAILURE_MS, type ResolveSchema } from './schema-asks.ts'
import { decodeWorkerUrl } from './entry-url.ts'
import type { DecodeResult, DecodeTask, Kept, ReplyMessage, TaskMessage, WorkerData } from './tasks.ts'

export interface DecodePool {
  /**
   * Runs the task in a worker. Rejects with `worker.crashed` if that worker dies over it or has to be stopped, and with
   * `call.cancelled` by the signal. The buffer of `columns` is transferred; if such a task was only waiting behind the one that
   * the worker died of, its buffer is lost all the same, and `details.displaced` says that the task is not to blame.
   */
  run<K extends DecodeTask['kind']>(
    task: Extract<DecodeTask, { kind: K }>,
    signal?: AbortSignal,
  ): Promise<Extract<DecodeResult, { kind: K }>>
  /**
   * Gives every worker something to keep from the next task on, including workers that are started later, until it is released.
   * Tasks refer to it by `ref`.
   */
  keep(kept: Kept): { readonly ref: number; release(): void }
  /**
   * Resolves once a worker is loaded, starting one if there is none, and also if it cannot be started: the next task then says
   * why. For time limits of a few seconds that are about reading, and must not be spent on loading.
   */
  loaded(): Promise<void>
  /** Drops the schemas of a connection: it is closed, or has another registry. */
  forgetSchemas(connection: string): void
  readonly size: number
  close(): Promise<void>
}

interface Job {
  id: number
  task: DecodeTask
  resolve: (result: DecodeResult) => void
  reject: (error: SeeklineError) => void
}

interface Slot {
  worker: Worker
  /** Running and waiting tasks, in the order given. */
  jobs: Map<number, Job>
  /** Tasks that wait in the worker for something to be loaded. */
  parked: Set<number>
  running: WorkerData['running']
  /** Seconds since its last message. */
  seconds: number
  /** It is loaded and accepts tasks: before that, seconds measure how busy the machine is, not how long a task takes. */
  ready: boolean
}

export interface PoolOptions {
  /** Loads the schemas that workers lack; left out: there is no registry. */
  resolveSchema?: ResolveSchema
  /** Called when a schema that workers lacked, or the reason why it is missing, is in all of them. */
  onSchema?: (connection: string) => void
  size?: number
  /** Another entry file, for tests. */
  entry?: URL
  /** A task that takes longer is ended together with its worker. Default 60. */
  limitSeconds?: number
  /**
   * Limit of a worker's heap; buffers outside it are limited where they are made. Default 512. Node lets a worker exceed its
   * limit by 16 MB (`NearHeapLimit` in its node_worker.cc): growing by more in one step may end the whole process instead, so
   * no code here may allocate in such steps.
   */
  limitMegabytes?: number
}

/** For a worker to load, whatever the limit of its tasks. */
const START_SECONDS = 60
/** A second task waits in the worker itself, so that it is not idle while a reply is on its way. */
const AT_ONCE = 2
/** A worker with this many waiting tasks gets no more. */
const MOST_PARKED = 32
/** How many things workers keep; each is bounded where it is made. */
const MOST_KEPT = 1_000
/**
 * The limit on tasks that no reader bounds. Answers are not counted: each reader limits the bytes of its answers, and a quiet
 * topic may send hundreds of small ones per second.
 */
const QUEUE_LIMIT = 256

/**
 * A few threads that decode records, started when first needed and replaced when they die. Readers limit the bytes they send;
 * the queue's own limit is a fallback.
 */
// oxlint-disable-next-line max-lines-per-function -- the workers, the queue and what every worker is told once belong together: losing a worker changes all three
export function createDecodePool(options: PoolOptions = {}): DecodePool {
  const size = options.size ?? Math.min(4, Math.max(2, availableParallelism() - 1))
  const entry = options.entry ?? decodeWorkerUrl()
  const limitSeconds = options.limitSeconds ?? 60
  const resourceLimits = { maxOldGenerationSizeMb: options.limitMegabytes ?? 512 }
  const slots: Slot[] = []
  const kept = new Map<number, Kept>()
  const asks = new Asks(options.resolveSchema ?? noSchemas, keep, options.onSchema)
  let queue: Job[] = []
  let loading: PromiseWithResolvers<void> | null = null
  let lastId = 0
  let lastRef = 0
  let closed = false
  // Seconds are counted one by one: by the clock, all tasks would exceed their limit after a laptop slept.
  const watch = setInterval(() => {
    for (const slot of slots.slice()) {
      const limit = slot.ready ? limitSeconds : Math.max(limitSeconds, START_SECONDS)
      const isWaitedFor = busy(slot) > 0 || (!slot.ready && loading !== null)
      if (!isWaitedFor || ++slot.seconds <= limit) continue
      lost(slot, `it took longer than ${limit} s`)
      void slot.worker.terminate()
    }
  }, 1_000)
  watch.unref()

  function start(): Slot {
    // Flags of the parent process (a test runner's loaders, an inspector) are not for the worker.
    const running = new Int32Array(new SharedArrayBuffer(4))
    const workerData: WorkerData = { running }
    const worker = new Worker(entry, { execArgv: [], name: 'decode', resourceLimits, workerData })
    const slot: Slot = { worker, jobs: new Map(), parked: new Set(), running, seconds: 0, ready: false }
    worker.unref()
    for (const [ref, one] of kept) tell(slot, { keep: ref, kept: one })
    worker.on('message', (reply: ReplyMessage) => {
      if ('ask' in reply) return asks.ask(reply.ask)
      slot.seconds = 0
      if (!slot.ready) tellLoaded()
      slot.ready = true
      if ('ready' in reply) return slot.jobs.size === 0 ? worker.unref() : undefined
      const job = slot.jobs.get(reply.id)
      if ('waits' in reply) {
        slot.parked.add(reply.id)
        return dispatch()
      }
      slot.parked.delete(reply.id)
      slot.jobs.delete(reply.id)
      if (slot.jobs.size === 0) worker.unref()
      if ('error' in reply) job?.reject(new SeeklineError('internal', `Records could not be decoded: ${reply.error}`))
      else {
        asks.used(reply.used)
        job?.resolve(reply.result)
      }
      dispatch()
    })
    worker.on('error', (error: unknown) => lost(slot, error instanceof Error ? error.message : String(error)))
    worker.on('exit', (code) => lost(slot, `it ended with code ${code}`))
    slots.push(slot)
    return slot
  }

  /**
   * Removes a dead worker. Its current task fails; tasks that waited behind it go to another worker if their buffer is still
   * here.
   */
  function lost(slot: Slot, reason: string): void {
    const place = slots.indexOf(slot)
    if (place < 0) return
    slots.splice(place, 1)
    if (slots.length === 0) tellLoaded()
    // The worker itself records which task it runs; if it died before it could, it died of the first.
    const at = Atomics.load(slot.running, 0)
    const jobs = [...slot.jobs.values()]
    const current = jobs.find(({ id }) => id === at) ?? jobs.find(({ id }) => !slot.parked.has(id))
    const waiting = jobs.filter((job) => job !== current)
    slot.jobs.clear()
    current?.reject(crashed(reason))
    for (const job of waiting) if (job.task.kind === 'columns') job.reject(crashed(reason, true))
    queue.unshift(...waiting.filter((job) => job.task.kind !== 'columns'))
    if (!closed) dispatch()
  }

  function tellLoaded(): void {
    loading?.resolve()
    loading = null
  }

  function dispatch(): void {
    while (queue.length > 0) {
      const able = slots.filter((slot) => slot.parked.size < MOST_PARKED)
      const idle = able.find((slot) => busy(slot) === 0)
      const slot =
        idle ?? (slots.length < size ? start() : able.reduce((a, b) => (busy(b) < busy(a) ? b : a), able[0]!)) // undefined if every worker is parked: `slot === undefined` is checked below
      if (slot === undefined || busy(slot) >= AT_ONCE) return
      const job = queue.shift()! // its length was checked
      slot.jobs.set(job.id, job)
      slot.worker.ref()
      // Only a response's own memory is worth transferring; a copy of the rest allows giving it to another worker.
      tell(slot, { id: job.id, task: job.task }, job.task.kind === 'columns' ? [job.task.buffer] : [])
    }
  }

  function keep(one: Kept): ReturnType<DecodePool['keep']> {
    if (kept.size >= MOST_KEPT) {
      throw new SeeklineError('internal', 'Too much is being looked for at once.', { retryable: true })
    }
    const ref = ++lastRef
    kept.set(ref, one)
    for (const slot of slots) tell(slot, { keep: ref, kept: one })
    return {
      ref,
      release: () => {
        if (kept.delete(ref)) for (const slot of slots) tell(slot, { keep: ref, kept: null })
      },
    }
  }

  return {
    size,
    run<K extends DecodeTask['kind']>(task: Extract<DecodeTask, { kind: K }>, signal?: AbortSignal) {
      return new Promise<Extract<DecodeResult, { kind: K }>>((resolve, reject) => {
        if (closed) return reject(crashed('the pool is closed'))
        if (signal?.aborted === true) return reject(cancelledError())
        if (task.kind !== 'columns' && queue.filter((job) => job.task.kind !== 'columns').length >= QUEUE_LIMIT) {
          return reject(new SeeklineError('internal', 'Too much is being decoded at once.', { retryable: true }))
        }
        const id = ++lastId
        const abort = (): void => {
          // A task that a worker has started is finished, though nobody waits for it.
          queue = queue.filter((job) => job.id !== id)
          reject(cancelledError())
        }
        const done = (): void => signal?.removeEventListener('abort', abort)
        signal?.addEventListener('abort', abort, { once: true })
        queue.push({
          id,
          task,
          resolve: (result) => {
            done()
            resolve(result as Extract<DecodeResult, { kind: K }>)
          },
          reject: (error) => {
            done()
            reject(error)
          },
        })
        dispatch()
      })
    },
    keep,
    loaded() {
      if (closed || slots.some(({ ready }) => ready)) return Promise.resolve()
      const { worker } = slots[0] ?? start()
      worker.ref()
      loading ??= Promise.withResolvers()
      return loading.promise
    },
    forgetSchemas: (connection) => asks.forget(connection),
    async close() {
      closed = true
      clearInterval(watch)
      for (const job of queue) job.reject(crashed('the pool is closed'))
      queue = []
      tellLoaded()
      await Promise.all(slots.slice().map((slot) => slot.worker.terminate()))
    },
  }
}

const noSchemas: ResolveSchema = () => Promise.resolve({ reason: 'there is no registry to ask', holdsMs: FAILURE_MS })

/** How many tasks it runs, or has next. */
const busy = (slot: Slot): number => slot.jobs.size - slot.parked.size

function tell(slot: Slot, message: TaskMessage, transfer: ArrayBuffer[] = []): void {
  slot.worker.postMessage(message, transfer)
}

function crashed(reason: string, displaced = false): SeeklineError {
  return new SeeklineError('worker.crashed', `The decoder stopped: ${reason}.`, {
    hint: 'It was started again; try once more. If it stops at the same records, please report it.',
    retryable: true,
    details: { reason, displaced },
  })
}
