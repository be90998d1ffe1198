import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { ClientOptions } from 'ws'
import { addressId, importKey } from '#shared/wire/handshake.ts'
import type { Pass } from '#shared/wire/handshake.ts'
import { greet } from '../../renderer/api/handshake.ts'

/** The headers that a browser's socket sends with its upgrade. */
export function wireSocket(port: number, options: ClientOptions = {}, target = '/wire'): WebSocket {
  const origin = `http://127.0.0.1:${port}`
  const socket = new WebSocket(`ws://127.0.0.1:${port}${target}`, { origin, perMessageDeflate: false, ...options })
  socket.on('error', () => undefined)
  return socket
}

/** The pass in the start address. */
export function addressPass(token: string): Pass {
  return { id: addressId, key: new Uint8Array(Buffer.from(token, 'base64url')) }
}

/** Does the handshake as a page does; rejects if the socket closes first, or the other end does not prove itself. */
export async function proveSelf(socket: WebSocket, port: number, { id, key }: Pass): Promise<Pass> {
  const closed = once(socket, 'close').then(([code]) => Promise.reject(new Error(`closed with ${code}`)))
  closed.catch(() => undefined)
  const greeting = greet({ send: (data) => socket.send(data as Uint8Array) }, { id, key: await importKey(key), origin: `http://127.0.0.1:${port}` }) // oxfmt-ignore
  if (socket.readyState === WebSocket.CONNECTING) await Promise.race([once(socket, 'open'), closed])
  greeting.start()
  for (;;) {
    const [data] = await Promise.race([once(socket, 'message') as Promise<[Buffer]>, closed])
    const pass = await greeting.receive(new Uint8Array(data).buffer)
    if (pass !== undefined) return pass
  }
}

/** A page's socket after its handshake. */
export async function pageSocket({ port, token }: { port: number; token: string }): Promise<WebSocket> {
  const socket = wireSocket(port)
  await proveSelf(socket, port, addressPass(token))
  return socket
}
