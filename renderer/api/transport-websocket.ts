import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'
import { closeCodes } from '#shared/wire/frames.ts'
import type { ClientMessage, ClientTransport, Envelope, ServerFrame, ServerMessage } from '#shared/wire/frames.ts'
import type { LinkState } from './link.ts'

export interface SocketOptions {
  url: string
  token: string
  onState?: (state: LinkState) => void
  /** First wait before a new attempt, doubled up to {@link longestWaitMs}. */
  firstWaitMs?: number
}

const longestWaitMs = 10_000

/**
 * The wire over one WebSocket. When it breaks, everything under way fails as `call.lost` (retryable: only the caller knows
 * whether asking again is harmless), later requests wait for the next connection, and attempts follow with back-off.
 */
export function socketTransport(options: SocketOptions): ClientTransport & { close(): void } {
  const { firstWaitMs = 250 } = options
  const calls = new Map<string, (answer: Envelope) => void>()
  const streams = new Map<string, (frame: ServerFrame) => void>()
  let socket: WebSocket | undefined
  let ready = false
  let closed = false
  let attempt = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  /** What was asked for before the socket was ready; it goes out in order once it is. */
  let queue: ClientMessage[] = []

  const tell = (state: LinkState): void => options.onState?.(state)

  const connect = (): void => {
    timer = undefined
    const next = new WebSocket(options.url)
    socket = next
    next.binaryType = 'arraybuffer'
    next.addEventListener('open', () => next.send(options.token))
    next.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (socket === next) receive(event.data)
    })
    next.addEventListener('close', (event) => {
      if (socket === next) lost(event.code)
    })
  }

  const receive = (data: unknown): void => {
    let message: ServerMessage
    try {
      if (!(data instanceof ArrayBuffer)) throw new TypeError('not binary')
      message = decodeWire(new Uint8Array(data)) as ServerMessage
    } catch {
      socket?.close()
      return
    }
    if (message.type === 'ready') {
      ready = true
      attempt = 0
      tell({ status: 'connected' })
      const waiting = queue
      queue = []
      for (const item of waiting) post(item)
    } else if (message.type === 'answer') {
      calls.get(message.id)?.(message.answer)
      calls.delete(message.id)
    } else {
      const onFrame = streams.get(message.id)
      if (message.frame.type === 'done' || message.frame.type === 'error') streams.delete(message.id)
      onFrame?.(message.frame)
    }
  }

  const lost = (code: number): void => {
    ready = false
    socket = undefined
    const refused = code === closeCodes.badToken || code === closeCodes.noToken
    failAll(refused ? refusedError() : lostError())
    if (closed) return
    if (refused) return tell({ status: 'refused' })
    const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** attempt)
    attempt += 1
    tell({ status: 'reconnecting', attempt, waitMs })
    timer = setTimeout(connect, waitMs)
  }

  const failAll = (error: SeeklineError): void => {
    const value = toErrorValue(error)
    const openCalls = [...calls.values()]
    const openStreams = [...streams.values()]
    calls.clear()
    streams.clear()
    queue = []
    for (const settle of openCalls) settle({ ok: false, error: value })
    for (const onFrame of openStreams) onFrame({ type: 'error', error: value })
  }

  const post = (message: ClientMessage): void => {
    if (ready && socket !== undefined) socket.send(encodeWire(message))
    else queue.push(message)
  }

  tell({ status: 'connecting' })
  connect()
  return {
    call: (request) =>
      new Promise((resolve) => {
        calls.set(request.id, resolve)
        try {
          if (closed) throw lostError()
          post({ type: 'call', ...request })
        } catch (error) {
          calls.delete(request.id)
          resolve({ ok: false, error: toErrorValue(error) })
        }
      }),
    cancel: (id) => {
      if (calls.has(id)) post({ type: 'cancel', id })
    },
    stream: (request, onFrame) => {
      streams.set(request.id, onFrame)
      try {
        if (closed) throw lostError()
        post({ type: 'stream', ...request })
      } catch (error) {
        streams.delete(request.id)
        queueMicrotask(() => onFrame({ type: 'error', error: toErrorValue(error) }))
      }
      return (frame) => {
        if (streams.has(request.id)) post({ type: 'frame', id: request.id, frame })
      }
    },
    close: () => {
      closed = true
      clearTimeout(timer)
      socket?.close()
      failAll(lostError())
    },
  }
}

function lostError(): SeeklineError {
  return new SeeklineError('call.lost', 'The connection to Seekline broke; what became of this request is not known.', {
    hint: 'It is being restored. If it does not come back, look whether Seekline still runs.',
    retryable: true,
  })
}

function refusedError(): SeeklineError {
  return new SeeklineError('call.lost', 'Seekline did not accept this page: it was started anew since.', {
    hint: 'Open the address that Seekline prints, or use the window it opened.',
  })
}
