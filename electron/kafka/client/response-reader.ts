import { Buffer } from 'node:buffer'
import { type Connection, KafkajsConnection } from './kafkajs-internals.ts'

/**
 * The largest answer accepted. The size of Fetch answers is limited by our request; only a single oversized batch may exceed
 * that.
 */
export const MAX_RESPONSE_BYTES = 256 * 1024 * 1024
/**
 * The limit before authentication has succeeded. An ApiVersions answer has two kilobytes, and kafkajs' own decoders are limited
 * only by their input.
 */
const MAX_GREETING_BYTES = 1024 * 1024
/** Less than this is not worth a separate read. */
const READ_IN_PLACE_BYTES = 32 * 1024

interface Frame {
  header: Buffer
  headerFilled: number
  body: Buffer | null
  bodyFilled: number
}

const frames = new WeakMap<Connection, Frame>()
const trusted = new WeakSet<Connection>()

/** Raises the limit on its answers: it has authenticated, so it is the cluster as far as can be known. */
export function trustConnection(connection: Connection): void {
  trusted.add(connection)
}

/** Replaces kafkajs' reader with ours. */
export function patchReader(): void {
  KafkajsConnection.prototype.processData = processData
}

/**
 * Replaces kafkajs' reader, which concatenates chunks repeatedly and keeps a slice of each answer's memory as its remainder.
 * Here every answer gets one ArrayBuffer of exactly its size, filled once, so that it can be transferred to a worker.
 */
function processData(this: Connection, chunk: Buffer): void {
  let frame = frames.get(this)
  if (frame === undefined) {
    frame = { header: Buffer.alloc(4), headerFilled: 0, body: null, bodyFilled: 0 }
    frames.set(this, frame)
  }
  const socket = this.socket
  if (frame.body !== null && chunk.buffer === frame.body.buffer) {
    // Read in place, see below.
    frame.bodyFilled += chunk.length
    if (frame.bodyFilled === frame.body.length) finish(this, frame, frame.body)
    if (socket) socket.readInto = rest(frame)
    return
  }
  let at = 0
  while (at < chunk.length) {
    if (frame.body === null) {
      const take = Math.min(4 - frame.headerFilled, chunk.length - at)
      chunk.copy(frame.header, frame.headerFilled, at, at + take)
      frame.headerFilled += take
      at += take
      if (frame.headerFilled < 4) return
      const size = frame.header.readInt32BE(0)
      const fault = this.authHandlers
        ? 'a broker without SaslAuthenticate is not supported'
        : faultOf(frame.header, size, trusted.has(this) ? MAX_RESPONSE_BYTES : MAX_GREETING_BYTES)
      if (fault !== null) {
        socket?.destroy(Object.assign(new Error(fault), { code: 'NOT_KAFKA' }))
        return
      }
      // Not zeroed: every byte is written before it is read.
      frame.body = Buffer.allocUnsafeSlow(size)
      frame.bodyFilled = 0
    }
    const take = Math.min(frame.body.length - frame.bodyFilled, chunk.length - at)
    chunk.copy(frame.body, frame.bodyFilled, at, at + take)
    frame.bodyFilled += take
    at += take
    if (frame.bodyFilled === frame.body.length) finish(this, frame, frame.body)
  }
  // The socket checks this before each read. Once an answer is complete, nothing more may be written into it.
  if (socket) socket.readInto = rest(frame)
}

function rest({ body, bodyFilled }: Frame): Buffer | null {
  return body !== null && body.length - bodyFilled >= READ_IN_PLACE_BYTES ? body.subarray(bodyFilled) : null
}

function finish(connection: Connection, frame: Frame, body: Buffer): void {
  frame.body = null
  frame.headerFilled = 0
  connection.requestQueue.fulfillRequest({
    size: body.length,
    correlationId: body.readInt32BE(0),
    payload: body.subarray(4),
  })
}

/** Describes the first four bytes of an answer if they cannot be a Kafka size; null if they can. */
export function faultOf(header: Uint8Array, size: number, most = MAX_RESPONSE_BYTES): string | null {
  if ((header[0] === 0x15 || header[0] === 0x16) && header[1] === 0x03) return 'the answer is TLS'
  if (header[0] === 0x48 && header[1] === 0x54 && header[2] === 0x54 && header[3] === 0x50) return 'the answer is HTTP'
  if (size < 4 || size > most) return `the answer announces ${size} bytes`
  return null
}
