import { Buffer } from 'node:buffer'
import net, { type AddressInfo } from 'node:net'
import { Writer } from '../../electron/kafka/protocol/writer.ts'

// A scripted broker, for faults that a real one cannot be made to show.

export const METADATA = 3
export const SASL_HANDSHAKE = 17
export const API_VERSIONS = 18
export const SASL_AUTHENTICATE = 36

export interface Asked {
  key: number
  version: number
  correlationId: number
  /** The bytes after the request's header, for SASL. */
  body: Buffer
  socket: net.Socket
}
/** The body of an answer, or null if the script has answered by itself, or not at all. */
export type Script = (asked: Asked) => Uint8Array | null | undefined

export interface FakeBroker {
  port: number
  close(): void
}

/** Answers like an ordinary broker, unless the script returns something other than `undefined`. */
export async function startFakeBroker(script: Script): Promise<FakeBroker> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    let held = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      // A TLS handshake is not a request; waiting for the rest of one would never end.
      if (held.length === 0 && chunk[0] === 0x16) return socket.destroy()
      held = Buffer.concat([held, chunk])
      while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
        const frame = held.subarray(0, 4 + held.readInt32BE(0))
        held = held.subarray(frame.length)
        const clientId = Math.max(frame.readInt16BE(12), 0)
        const asked: Asked = {
          key: frame.readInt16BE(4),
          version: frame.readInt16BE(6),
          correlationId: frame.readInt32BE(8),
          body: frame.subarray(14 + clientId),
          socket,
        }
        const scripted = script(asked)
        const body = scripted === undefined ? ordinary(asked, port) : scripted
        if (body !== null) socket.write(framed(asked.correlationId, body))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

export function framed(correlationId: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(4 + body.length, 0)
  head.writeInt32BE(correlationId, 4)
  return Buffer.concat([head, body])
}

export function ordinary(asked: Asked, port: number): Uint8Array {
  if (asked.key === API_VERSIONS) return greeting()
  if (asked.key === METADATA) return metadataAnswer([{ id: 1, host: '127.0.0.1', port }], [])
  if (asked.key === SASL_HANDSHAKE) return mechanisms(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])
  return new Writer(true).tags().int32(0).tags().bytes()
}

export function greeting(): Uint8Array {
  const top = [
    [METADATA, 12],
    [API_VERSIONS, 3],
    [SASL_HANDSHAKE, 1],
    [SASL_AUTHENTICATE, 1],
  ] as const
  const w = new Writer(true).int16(0)
  w.array(top, ([key, max]) => w.int16(key).int16(0).int16(max).tags())
  return w.int32(0).tags().bytes()
}

export interface Advertised {
  id: number
  host: string
  port: number
}
export interface Topic {
  name: string
  error?: number
  partitions?: number
}

/** Metadata v12. */
export function metadataAnswer(brokers: Advertised[], topics: Topic[], throttle = 0): Uint8Array {
  const w = new Writer(true).tags().int32(throttle)
  w.array(brokers, ({ id, host, port }) => w.int32(id).string(host).int32(port).nullableString(null).tags())
  w.string('fake').int32(1)
  w.array(topics, ({ name, error = 0, partitions = 1 }) => {
    w.int16(error).nullableString(name).uuid(null).boolean(false)
    const numbers = Array.from({ length: partitions }, (_, n) => n)
    w.array(numbers, (n) => {
      w.int16(0).int32(n).int32(1).int32(0)
      for (let list = 0; list < 3; list += 1) w.array([1], () => w.int32(1))
      w.tags()
    })
    w.int32(-2147483648).tags()
  })
  return Uint8Array.from(w.tags().bytes())
}

function mechanisms(names: string[]): Uint8Array {
  const w = new Writer(false).int16(0)
  w.array(names, (name) => w.string(name))
  return w.bytes()
}

/** SaslAuthenticate v1. */
export function authenticated(error: number, message: string | null, bytes: string): Uint8Array {
  const text = Buffer.from(bytes)
  const w = new Writer(false).int16(error).nullableString(message).int32(text.length)
  return Buffer.concat([w.bytes(), text, Buffer.alloc(8)])
}
