import { z } from 'zod'
import type { StreamDef, StreamSink } from '#shared/contract/define.ts'
import { SeeklineError } from '#shared/errors.ts'
import { wireLimits } from '#shared/wire/limits.ts'
import type { ServerFrame } from '#shared/wire/frames.ts'
import type { Router, TransportKind } from './router.ts'

/** How a transport accepts frames. `room` resolves when one more frame would not queue up in front of calls. */
export interface FramePort {
  room(signal: AbortSignal): Promise<void>
  send(frame: ServerFrame): void
}

/** One running stream, as its transport holds it. */
export interface StreamHandle {
  /** A frame from the reader; a malformed one is ignored, because the reader can only harm itself. */
  receive(frame: unknown): void
  /** The reader is gone: stop the source and send nothing more. */
  abandon(): void
  readonly ended: Promise<void>
}

export interface StreamRequest {
  route: unknown
  input: unknown
  transport: TransportKind
  caller?: string
}

const ReaderFrame = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('credit'), frames: z.number().int().min(1).max(wireLimits.credit) }),
  z.strictObject({ type: z.literal('cancel') }),
])

/** A service that does not end within this time after a cancel loses its final frame. */
const cancelGraceMs = 5_000

/** Progress is for display: sending it more often only costs frames. */
const progressEveryMs = 100

/**
 * Runs a stream's service and guarantees to the reader: no batch without credit, progress only if room is left, exactly one
 * terminal frame, nothing after it.
 */
// oxlint-disable-next-line max-lines-per-function -- one stream: credit, a cancel and the last frame may each end it, and exactly one of them does
export function startStream(router: Router, request: StreamRequest, port: FramePort): StreamHandle {
  const abort = new AbortController()
  let credit = 0
  let over = false
  let grace: ReturnType<typeof setTimeout> | undefined
  const ended = Promise.withResolvers<void>()
  const waiting: (() => void)[] = []
  const progress = newestOnly((value) => {
    if (over || credit === 0 || waiting.length > 0) return false
    credit -= 1
    port.send({ type: 'progress', value })
    return true
  })

  const finish = (frame: ServerFrame | undefined): void => {
    if (over) return
    over = true
    clearTimeout(grace)
    progress.stop()
    wake()
    if (frame !== undefined) port.send(frame)
    ended.resolve()
  }
  const wake = (): void => {
    while (waiting.length > 0 && (credit > 0 || over || abort.signal.aborted)) {
      const next = waiting.shift()
      if (!over && !abort.signal.aborted) credit -= 1
      next?.()
    }
  }
  const stopped = (): boolean => over || abort.signal.aborted
  const cancel = (): void => {
    if (stopped()) return
    abort.abort(cancelled())
    wake()
    grace = setTimeout(() => finish({ type: 'error', error: router.errorValue(cancelled()) }), cancelGraceMs)
    grace.unref()
  }

  // Batches queue up one behind the other, so a service that forgets to await still sends them in order.
  let turn: Promise<void> = Promise.resolve()
  const sendBatch = async (rows: unknown): Promise<void> => {
    if (stopped()) throw cancelled()
    if (credit > 0) credit -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    if (stopped()) throw cancelled()
    await port.room(abort.signal)
    if (stopped()) throw cancelled()
    port.send({ type: 'batch', rows })
  }
  const sink: StreamSink<StreamDef> = {
    batch: (rows) => {
      const sent = turn.then(() => sendBatch(rows))
      turn = sent.catch(() => undefined)
      return sent
    },
    progress: (value) => {
      if (!stopped()) progress.offer(value)
    },
  }

  const run = async (): Promise<void> => {
    try {
      const value = await router.stream(request.route, request.input, sink, {
        signal: abort.signal,
        transport: request.transport,
        ...(request.caller === undefined ? {} : { caller: request.caller }),
      })
      await turn
      finish({ type: 'done', value })
    } catch (error) {
      finish({ type: 'error', error: router.errorValue(abort.signal.aborted ? cancelled() : error) })
    }
  }

  void run()
  return {
    receive: (frame) => {
      const parsed = ReaderFrame.safeParse(frame)
      if (!parsed.success || over) return
      if (parsed.data.type === 'cancel') return cancel()
      credit = Math.min(wireLimits.credit, credit + parsed.data.frames)
      wake()
      progress.flush()
    },
    abandon: () => {
      cancel()
      finish(undefined)
    },
    ended: ended.promise,
  }
}

/** Keeps only the newest value, and offers it at most every {@link progressEveryMs} until it is accepted. */
function newestOnly(take: (value: unknown) => boolean): { offer(value: unknown): void; flush(): void; stop(): void } {
  let pending: { value: unknown } | undefined
  let takenAt = -Infinity
  let timer: ReturnType<typeof setTimeout> | undefined
  const flush = (): void => {
    if (pending === undefined || timer !== undefined) return
    const wait = takenAt + progressEveryMs - performance.now()
    if (wait > 0) {
      timer = setTimeout(() => {
        timer = undefined
        flush()
      }, wait)
      timer.unref()
    } else if (take(pending.value)) {
      takenAt = performance.now()
      pending = undefined
    }
  }
  return {
    offer: (value) => {
      pending = { value }
      flush()
    },
    flush,
    stop: () => {
      clearTimeout(timer)
      pending = undefined
    },
  }
}

function cancelled(): SeeklineError {
  return new SeeklineError('call.cancelled', 'Cancelled.', { retryable: true })
}
