import { createHmac, randomBytes } from 'node:crypto'
import type { WebSocket } from 'ws'
import {
  addressId,
  decodeHello,
  encodeChallenge,
  handshake,
  importKey,
  newNonce,
  prove,
  proves,
} from '#shared/wire/handshake.ts'
import type { Pass, WireKey } from '#shared/wire/handshake.ts'
import { closeCodes } from '#shared/wire/frames.ts'
import { wireLimits } from '#shared/wire/limits.ts'

/** The keys with which pages of this run authenticate. */
export interface Keys {
  /** The token in the address, for a page's first visit. */
  token: string
  /** Any id has a key; only the page that was given it knows which. */
  keyOf(id: Uint8Array): Promise<WireKey>
  newPass(): Pass
}

/**
 * Each page gets a key of its own, so that a program that reads what one tab keeps for its reload (it may have taken over the
 * port and been asked for the page) can pose as the server to no other tab. All keys are derived from one secret, so nothing
 * has to be stored.
 */
export function createPageKeys(): Keys {
  const address = randomBytes(handshake.keyBytes)
  const secret = randomBytes(handshake.keyBytes)
  const made = (id: Uint8Array): Uint8Array<ArrayBuffer> =>
    new Uint8Array(createHmac('sha256', secret).update('page').update(id).digest())
  return {
    token: address.toString('base64url'),
    keyOf: (id) => importKey(addressId.every((byte, at) => byte === id[at]) ? new Uint8Array(address) : made(id)),
    newPass: () => {
      const id = new Uint8Array(randomBytes(handshake.idBytes))
      return { id, key: made(id) }
    },
  }
}

/** Authenticates this server to a page, then has the page authenticate in time; otherwise the socket is closed. */
export function greetSocket(socket: WebSocket, origin: string, keys: Keys, accepted: () => void): void {
  const heard = listen(socket)
  const end = (code: number, why: string): void => {
    heard.stop()
    clearTimeout(timer)
    socket.close(code, why)
  }
  socket.on('error', () => undefined)
  socket.once('close', () => clearTimeout(timer))
  const timer = setTimeout(() => end(closeCodes.noProof, 'no proof in time'), wireLimits.handshakeMs)

  const talk = async (): Promise<boolean> => {
    const hello = decodeHello(await heard.next())
    if (hello === undefined) return false
    const said = { origin, serverNonce: newNonce(), ...hello }
    const key = await keys.keyOf(hello.id)
    socket.send(encodeChallenge(said.serverNonce, await prove(key, 'server', said)), { binary: true })
    return proves(key, 'page', said, await heard.next())
  }
  talk().then(
    (isProved) => {
      // In the meantime its time may have run out, or it may have sent more than expected.
      if (heard.isOver()) return
      if (!isProved) return end(closeCodes.badProof, 'no proof')
      heard.stop()
      clearTimeout(timer)
      accepted()
    },
    () => end(closeCodes.badProof, 'no proof'),
  )
}

/** A page sends two messages, one at a time; a client that sends more, or anything but bytes, is refused. */
function listen(socket: WebSocket) {
  const heard: Uint8Array<ArrayBuffer>[] = []
  let count = 0
  let waiting: ((bytes: Uint8Array<ArrayBuffer>) => void) | undefined
  let refuse: (() => void) | undefined
  let over = false
  const stop = (): void => {
    over = true
    socket.off('message', onMessage)
  }
  const onMessage = (data: unknown, isBinary: boolean): void => {
    count += 1
    if (!isBinary || !(data instanceof Uint8Array) || count > 2) {
      stop()
      refuse?.()
      return socket.close(closeCodes.badProof, 'no proof')
    }
    const bytes = new Uint8Array(data)
    if (waiting === undefined) heard.push(bytes)
    else waiting(bytes)
    waiting = undefined
  }
  socket.on('message', onMessage)
  return {
    stop,
    isOver: () => over,
    next: () =>
      new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
        const first = heard.shift()
        if (first !== undefined) resolve(first)
        else waiting = resolve
        refuse = () => reject(new Error('It said something else.'))
      }),
  }
}
