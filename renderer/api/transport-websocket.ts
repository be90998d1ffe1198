import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'
import { closeCodes } from '#shared/wire/frames.ts'
import type { ClientMessage, ClientTransport, Envelope, ServerFrame, ServerMessage } from '#shared/wire/frames.ts'
import { importKey } from '#shared/wire/handshake.ts'
import type { Pass, WireKey } from '#shared/wire/handshake.ts'
import { greet } from './handshake.ts'
import type { LinkEnd, LinkState } from './link.ts'
import { createReconnectWaits } from './reconnect.ts'

export interface SocketOptions {
  url: string
  /** As the browser shows it: the server's proof must name it. */
  origin: string
  /** null: the page has no key, and no request is sent. */
  pass: Pass | null
  onState?: (state: LinkState) => void
  /** The key to come back with after a reload; null once the server is gone for good. */
  onPass?: (pass: Pass | null) => void
  /** First wait before a new attempt, doubled each time. */
  firstWaitMs?: number
}

/** A program that accepts sockets and stays silent must not block the page; a server on a busy machine may be slow. */
const greetingMs = 15_000

/**
 * The transport over one WebSocket. Only random numbers are sent before the other end has proved that it is the server this
 * page came from; if it cannot, nothing more is tried, and no waiting request is sent. When the socket breaks, everything in
 * flight fails as `call.lost` (retryable: only the caller knows whether asking again is harmless), later requests wait for the
 * next connection, and attempts follow with back-off.
 */
// oxlint-disable-next-line max-lines-per-function -- one socket that is opened again when it closes, with the calls that wait for it, run over it and fail with it
export function socketTransport(options: SocketOptions): ClientTransport & { close(): void } {
  const waits = createReconnectWaits(options.firstWaitMs ?? 250)
  const calls = new Map<string, (answer: Envelope) => void>()
  const streams = new Map<string, (frame: ServerFrame) => void>()
  let pass = options.pass
  let socket: WebSocket | undefined
  let ready = false
  /** Why nothing is sent any more. */
  let closed: (() => SeeklineError) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Requests made before the socket was ready; they are sent in order once it is. */
  let queue: ClientMessage[] = []

  const tell = (state: LinkState): void => options.onState?.(state)

  const connect = (key: WireKey, id: Pass['id']): void => {
    const next = new WebSocket(options.url)
    socket = next
    next.binaryType = 'arraybuffer'
    const greeting = greet(next, { key, id, origin: options.origin })
    timer = setTimeout(() => next.close(), greetingMs)
    next.addEventListener('open', () => greeting.start())
    next.addEventListener('message', (event: MessageEvent<unknown>) => {
      if (socket !== next) return
      if (ready) return receive(event.data)
      greeting.receive(event.data).then(
        (given) => {
          if (given !== undefined && socket === next) begin(given)
        },
        () => {
          if (socket === next) stop('stranger')
        },
      )
    })
    next.addEventListener('close', (event) => {
      if (socket === next) lost(event.code)
    })
  }

  /** Each attempt uses the newest key: each `ready` brings one. */
  const attemptNow = (): void => {
    timer = undefined
    const current = pass
    if (current === null) return stop('refused')
    void importKey(current.key).then((key) => {
      if (closed === undefined) connect(key, current.id)
    })
  }

  const begin = (next: Pass): void => {
    clearTimeout(timer)
    ready = true
    waits.reset()
    pass = next
    options.onPass?.(next)
    tell({ status: 'connected' })
    const waiting = queue
    queue = []
    for (const item of waiting) post(item)
  }

  /** For good: nothing is sent from now on. */
  const stop = (end: LinkEnd): void => {
    closed = () => endError(end)
    clearTimeout(timer)
    const last = socket
    socket = undefined
    ready = false
    pass = null
    options.onPass?.(null)
    last?.close()
    failAll(endError(end))
    tell({ status: end })
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
    if (message.type === 'ready') return
    if (message.type === 'answer') {
      calls.get(message.id)?.(message.answer)
      calls.delete(message.id)
    } else {
      const onFrame = streams.get(message.id)
      if (message.frame.type === 'done' || message.frame.type === 'error') streams.delete(message.id)
      onFrame?.(message.frame)
    }
  }

  const lost = (code: number): void => {
    clearTimeout(timer)
    const wasReady = ready
    ready = false
    socket = undefined
    // From an end that has not proved itself, this code must not be believed.
    if (wasReady && code === closeCodes.ended) return stop('ended')
    if (code === closeCodes.badProof) return stop('refused')
    failAll(lostError())
    const next = waits.next()
    tell({ status: 'reconnecting', ...next })
    timer = setTimeout(attemptNow, next.waitMs)
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
  attemptNow()
  return {
    call: (request) =>
      new Promise((resolve) => {
        calls.set(request.id, resolve)
        try {
          if (closed !== undefined) throw closed()
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
        if (closed !== undefined) throw closed()
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
      closed ??= lostError
      clearTimeout(timer)
      const last = socket
      socket = undefined
      last?.close()
      failAll(lostError())
    },
  }
}

function lostError(): SeeklineError {
  return new SeeklineError('call.lost', 'The connection to Seekline broke; the outcome of this request is not known.', {
    hint: 'It is being restored. If it does not come back, check whether Seekline is still running.',
    retryable: true,
  })
}

function endError(end: LinkEnd): SeeklineError {
  const said: Record<LinkEnd, string> = {
    refused: 'Seekline did not accept this page: it was restarted since.',
    ended: 'Seekline has ended.',
    stranger: 'What answers in Seekline’s place is not the Seekline this page came from; nothing was sent to it.',
  }
  return new SeeklineError('call.lost', said[end], {
    hint: 'Open the address that Seekline prints, or use the window it opened.',
  })
}
