import type { RawData, WebSocket } from 'ws'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'
import { closeCodes } from '#shared/wire/frames.ts'
import type { Envelope, ServerFrame, ServerMessage } from '#shared/wire/frames.ts'
import { createPeer } from './peer.ts'
import type { Router } from './router.ts'

/** Stream frames that may lie in a socket's buffer. More, and a call's answer would wait behind a slow stream. */
const framesInBuffer = 2

/** Serves the router over a socket whose other end has shown the token already. */
export function serveSocket(socket: WebSocket, router: Router): void {
  const peer = createPeer(router, 'websocket')
  const gate = frameGate(framesInBuffer)

  const send = (message: ServerMessage, flushed?: () => void): void => {
    if (socket.readyState !== socket.OPEN) flushed?.()
    else socket.send(encodeWire(message), { binary: true, compress: false }, () => flushed?.())
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
      // What cannot be encoded fails its stream: a batch through its sink, a last word by an error in its place.
      if (frame.type === 'batch' || frame.type === 'progress') throw error
      send({ type: 'frame', id, frame: { type: 'error', error: router.errorValue(error) } })
    }
  }
  const startStream = (request: Record<string, unknown>): void => {
    const id = String(request['id'])
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

  socket.on('message', (data: RawData, isBinary: boolean) => {
    let message: unknown
    try {
      message = isBinary && data instanceof Uint8Array ? decodeWire(data) : undefined
    } catch {
      message = undefined
    }
    if (!isRecord(message)) return socket.close(closeCodes.malformed, 'malformed message')
    switch (message['type']) {
      case 'call':
        void peer.call(withoutType(message)).then((value) => answer(String(message['id']), value))
        return
      case 'cancel':
        return peer.cancel(message['id'])
      case 'stream':
        return startStream(message)
      case 'frame':
        return peer.streamOf(message['id'])?.receive(message['frame'])
      default:
        return socket.close(closeCodes.malformed, 'malformed message')
    }
  })
  socket.on('close', () => peer.close())
  // Without a listener an error would end the process; a close always follows.
  socket.on('error', () => undefined)
  send({ type: 'ready' })
}

function withoutType({ type: _, ...request }: Record<string, unknown>): Record<string, unknown> {
  return request
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Lets at most `places` in at once, in the order they came, so that streams share the pipe evenly. */
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
        // An aborted waiter is let go without a place; its stream checks the signal next.
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
