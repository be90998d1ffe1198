import type { Batch, Contract, Done, Output, ProgressOf, RawInput, RouteDef, StreamDef } from '../contract/define.ts'
import { SeeklineError, fromErrorValue } from '../errors.ts'
import type { ClientFrame, ClientTransport, ServerFrame } from './frames.ts'

export type RouteNames<C extends Contract> = { [K in keyof C]: C[K] extends RouteDef ? K : never }[keyof C] & string
export type StreamNames<C extends Contract> = { [K in keyof C]: C[K] extends StreamDef ? K : never }[keyof C] & string

type AsRoute<D> = D extends RouteDef ? D : never
type AsStream<D> = D extends StreamDef ? D : never

export interface StreamOptions<D extends StreamDef> {
  /**
   * The frame's credit is given back when this returns, or when the promise it returns resolves: a slow reader slows the source
   * down.
   */
  onBatch?: (rows: Batch<D>) => void | Promise<void>
  onProgress?: (value: ProgressOf<D>) => void
  signal?: AbortSignal | undefined
  /** How many frames the reader has room for. More hides latency; fewer limit memory. */
  credit?: number
}

/** The contract as functions: each returns an answer, or throws a SeeklineError. */
export interface Client<C extends Contract> {
  /** Rejects after an abort, even if the answer was already on its way. */
  call<K extends RouteNames<C>>(
    route: K,
    input: RawInput<AsRoute<C[K]>>,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Output<AsRoute<C[K]>>>
  /** Resolves with the stream's final frame. After an abort it still waits for it, because `done` may hold what was read. */
  openStream<K extends StreamNames<C>>(
    route: K,
    input: RawInput<AsStream<C[K]>>,
    options?: StreamOptions<AsStream<C[K]>>,
  ): Promise<Done<AsStream<C[K]>>>
}

export function createClient<C extends Contract>(transport: ClientTransport): Client<C> {
  return {
    call: async (route, input, options = {}) => {
      const { signal } = options
      const isAborted = () => signal?.aborted === true
      if (isAborted()) throw cancelled()
      const id = newId()
      const unlisten = onceAborted(signal, () => transport.cancel(id))
      try {
        const answer = await transport.call({ id, route, input })
        // The caller stopped waiting while it was on its way: shown now, it would replace newer data.
        if (isAborted()) throw cancelled()
        if (!answer.ok) throw fromErrorValue(answer.error)
        return answer.value as never
      } finally {
        unlisten()
      }
    },
    openStream: async (route, input, options = {}) => {
      if (options.signal?.aborted === true) throw cancelled()
      return (await readStream(transport, { id: newId(), route, input }, options as StreamOptions<StreamDef>)) as never
    },
  }
}

/** Without crypto.randomUUID: the oldest Electron that the shell is tested with does not have it. */
function newId(): string {
  counter += 1
  return `c${counter}`
}
let counter = 0

function readStream(
  transport: ClientTransport,
  request: { id: string; route: string; input: unknown },
  options: StreamOptions<StreamDef>,
): Promise<unknown> {
  const { signal, onBatch, onProgress } = options
  return new Promise((resolve, reject) => {
    let failure: unknown
    const unlisten = onceAborted(signal, () => send({ type: 'cancel' }))
    const finish = (settle: () => void): void => {
      unlisten()
      settle()
    }
    /** An error thrown by the reader itself ends the stream, and the caller gets it. */
    const fail = (error: unknown): void => {
      if (failure !== undefined) return
      failure = error instanceof Error ? error : new Error(String(error))
      send({ type: 'cancel' })
    }
    // One frame at a time, so that an asynchronous reader gets batches in order and credit returns at the right time.
    let last: Promise<void> = Promise.resolve()
    const handle = async (frame: ServerFrame): Promise<void> => {
      if (frame.type === 'done') {
        finish(() => (failure === undefined ? resolve(frame.value) : reject(failure as Error)))
      } else if (frame.type === 'error') {
        finish(() => reject((failure as Error | undefined) ?? fromErrorValue(frame.error)))
      } else if (failure === undefined) {
        try {
          if (frame.type === 'batch') await onBatch?.(frame.rows)
          else onProgress?.(frame.value)
          send({ type: 'credit', frames: 1 })
        } catch (error) {
          fail(error)
        }
      }
    }
    const send: (frame: ClientFrame) => void = transport.stream(request, (frame) => {
      last = last.then(() => handle(frame))
    })
    send({ type: 'credit', frames: options.credit ?? 4 })
  })
}

/** `shared` is compiled without DOM and Node types, so the two methods that both have are declared here. */
type Listens = Record<'addEventListener' | 'removeEventListener', (type: 'abort', listener: () => void) => void>

function onceAborted(signal: AbortSignal | undefined, listener: () => void): () => void {
  const events = signal as (AbortSignal & Listens) | undefined
  events?.addEventListener('abort', listener)
  return () => events?.removeEventListener('abort', listener)
}

function cancelled(): SeeklineError {
  return new SeeklineError('call.cancelled', 'Cancelled.', { retryable: true })
}
