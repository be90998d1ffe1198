import type { RawData, WebSocket } from 'ws'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'
import { closeCodes } from '#shared/wire/frames.ts'
import { wireLimits } from '#shared/wire/limits.ts'
import type { Envelope, ServerFrame, ServerMessage } from '#shared/wire/frames.ts'
import type { Pass } from '#shared/wire/handshake.ts'
import { createPeer } from './peer.ts'
import type { Router } from './router.ts'

/** How many stream frames may be in a socket's buffer. With more, a call's answer would wait behind a slow stream. */
const framesInBuffer = 2

/** Serves the router over a socket whose other end has authenticated. */
export function serveSocket(socket: WebSocket, router: Router, pass: Pass): void {
  const peer = createPeer(router, 'websocket')
  const gate = frameGate(framesInBuffer)

  const send = (message: ServerMessage, flushed?: () => void): void => {
    if (socket.readyState !== socket.OPEN) return flushed?.()
    socket.send(encodeWire(message), { binary: true, compress: false }, () => {
      if (socket.isPaused && socket.bufferedAmount < wireLimits.unreadBytes / 2) socket.resume()
      flushed?.()
    })
    // Otherwise the answers of a page that sends requests and never reads would pile up here.
    if (socket.bufferedAmount > wireLimits.unreadBytes) socket.pause()
  }
  const answer = (id: string, value: Envelope): void => {
    try {
      send({ type: 'answer', id, answer: value })
    } catch (error) {
      send({ type: 'answer', id, answer: { ok: false, error: router.errorValue(error) } })
    }
  }
  const sendFrame = (id: string, frame: ServerFrame, release: () => void): void => {
    try {
      send({ type: 'frame', id, frame }, release)
    } catch (error) {
      release()
      // A value that cannot be encoded fails its stream: a batch through its sink, a final frame by an error in its place.
      if (frame.type === 'batch' || frame.type === 'progress') throw error
      send({ type: 'frame', id, frame: { type: 'error', error: router.errorValue(error) } })
    }
  }
  const startStream = (id: string, request: Record<string, unknown>): void => {
    let release = (): void => undefined
    peer.stream(withoutType(request), {
      room: async (signal) => {
        release = await gate.enter(signal)
      },
      send: (frame) => {
        const free = release
        release = () => undefined
        sendFrame(id, frame, free)
      },
    })
  }

  /** A client that violates the protocol is no longer listened to: what it sends until the socket is closed is ignored. */
  const refuse = (): void => {
    peer.close()
    socket.close(closeCodes.malformed, 'malformed message')
  }

  socket.on('message', (data: RawData, isBinary: boolean) => {
    let message: unknown
    try {
      message = isBinary && data instanceof Uint8Array ? decodeWire(data, wireLimits.values) : undefined
    } catch {
      message = undefined
    }
    if (!isRecord(message)) return refuse()
    // Without a valid id there can be no answer: converting it to text may throw, and a huge one fits in no answer.
    const { id } = message
    if (typeof id !== 'string' || id.length > wireLimits.idLength) return refuse()
    switch (message['type']) {
      case 'call':
        void peer.call(withoutType(message)).then((value) => answer(id, value))
        return
      case 'cancel':
        return peer.cancel(id)
      case 'stream':
        return startStream(id, message)
      case 'frame':
        return peer.streamOf(id)?.receive(message['frame'])
      default:
        return refuse()
    }
  })
  socket.on('close', () => peer.close())
  // Without a listener an error would end the process; a close always follows.
  socket.on('error', () => undefined)
  send({ type: 'ready', pass })
}

function withoutType({ type: _, ...request }: Record<string, unknown>): Record<string, unknown> {
  return request
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Lets at most `places` in at a time, in order of arrival, so that streams share the socket evenly. */
function frameGate(places: number): { enter(signal: AbortSignal): Promise<() => void> } {
  let free = places
  const queue: (() => void)[] = []
  const leave = (): void => {
    free += 1
    if (queue.length > 0) queue.shift()?.()
  }
  return {
    enter: (signal) =>
      new Promise((resolve) => {
        let left = false
        const once = (): void => {
          if (left) return
          left = true
          leave()
        }
        const pass = (): void => {
          signal.removeEventListener('abort', onAbort)
          free -= 1
          resolve(once)
        }
        // A waiter that is aborted is released without a place; its stream checks the signal next.
        const onAbort = (): void => {
          const at = queue.indexOf(pass)
          if (at >= 0) queue.splice(at, 1)
          resolve(() => undefined)
        }
        if (signal.aborted) resolve(() => undefined)
        else if (free > 0) pass()
        else {
          queue.push(pass)
          signal.addEventListener('abort', onAbort, { once: true })
        }
      }),
  }
}
