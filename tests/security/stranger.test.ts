import { once } from 'node:events'
import { createServer } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { WebSocket, WebSocketServer } from 'ws'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { route } from '#shared/contract/define.ts'
import { encodeWire } from '#shared/wire/codec.ts'
import { closeCodes } from '#shared/wire/frames.ts'
import {
  addressId,
  decodeChallenge,
  encodeChallenge,
  encodeHello,
  importKey,
  newNonce,
  prove,
} from '#shared/wire/handshake.ts'
import type { Pass } from '#shared/wire/handshake.ts'
import type { LinkState } from '../../renderer/api/link.ts'
import { socketTransport } from '../../renderer/api/transport-websocket.ts'
import { createPageKeys } from '../../electron/rpc/token-proof.ts'
import { startLoopback, type Loopback } from '../../electron/rpc/loopback-server.ts'
import { createRouter } from '../../electron/rpc/router.ts'
import { addressPass, pageSocket, proveSelf, wireSocket } from '../support/page-socket.ts'
import { until, untilHolds } from '../support/wait-for.ts'

// Any program can take the port of a server that died. Neither side may learn anything from the other or be trusted
// before it has proved that it knows the key, and no proof is valid a second time or for another purpose.

let root: string
let server: Loopback
let other: Loopback
const closers: (() => void)[] = []
const router = createRouter({
  contract: { 'test.echo': route({ input: z.strictObject({ text: z.string() }), output: z.string(), effect: 'read' }) },
  services: { 'test.echo': async ({ text }) => text },
  access: { modeOf: () => undefined },
})

/** A browser's says where its page is from; Node's own does not. */
class BrowserSocket extends WebSocket {
  constructor(url: string) {
    super(url, { origin: new URL(url).origin.replace('ws:', 'http:'), perMessageDeflate: false })
  }
}

beforeAll(async () => {
  vi.stubGlobal('WebSocket', BrowserSocket)
  root = await mkdtemp(path.join(tmpdir(), 'seekline-stranger-'))
  await writeFile(path.join(root, 'index.html'), '<title>Seekline</title>')
  server = await startLoopback({ router, root })
  other = await startLoopback({ router, root })
})
afterEach(() => {
  for (const close of closers.splice(0)) close()
})
afterAll(async () => {
  vi.unstubAllGlobals()
  await Promise.all([server.close(), other.close()])
  await rm(root, { recursive: true, force: true })
})

/** A program that has a page's port, and answers it as it likes; what it was sent is kept. */
async function stranger(onMessage: (socket: WebSocket, data: Buffer, count: number) => unknown) {
  const http = createServer()
  const sockets = new WebSocketServer({ server: http })
  const got: Buffer[] = []
  let visits = 0
  sockets.on('connection', (socket) => {
    visits += 1
    let count = 0
    socket.on('message', (data: Buffer) => {
      got.push(data)
      onMessage(socket, data, (count += 1))
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  closers.push(() => {
    for (const client of sockets.clients) client.terminate()
    http.close()
  })
  return { port: (http.address() as { port: number }).port, got, visits: () => visits }
}

interface Page {
  states: LinkState[]
  passes: (Pass | null)[]
  reaches(status: LinkState['status']): Promise<void>
  transport: ReturnType<typeof socketTransport>
}

/** The page's own transport, as it runs in a browser. */
function page(port: number, pass: Pass | null): Page {
  const states: LinkState[] = []
  const passes: (Pass | null)[] = []
  const waiting = new Map<LinkState['status'], () => void>()
  const transport = socketTransport({
    url: `ws://127.0.0.1:${port}/wire`,
    origin: `http://127.0.0.1:${port}`,
    pass,
    firstWaitMs: 5,
    onState: (state) => {
      states.push(state)
      waiting.get(state.status)?.()
    },
    onPass: (next) => void passes.push(next),
  })
  closers.push(() => transport.close())
  return {
    states,
    passes,
    transport,
    reaches: (status) =>
      states.some((state) => state.status === status)
        ? Promise.resolve()
        : new Promise((resolve) => waiting.set(status, resolve)),
  }
}

const call = (id: string, text: string) => ({ id, route: 'test.echo', input: { text } })
const typed = 'a password typed into the page'

describe('a page that meets a stranger', () => {
  const key = createPageKeys().newPass()
  it.each<[string, (socket: WebSocket, data: Buffer, count: number) => unknown]>([
    ['greets as the old server did', (socket) => socket.send(encodeWire({ type: 'ready', pass: key }))],
    ['gives back what it got', (socket, data) => socket.send(data)],
    ['guesses', (socket) => socket.send(encodeChallenge(newNonce(), newNonce()))],
    ['proves nothing with nothing', (socket) => socket.send(Buffer.alloc(64))],
    ['says too little', (socket) => socket.send(Buffer.alloc(63))],
    ['speaks text', (socket) => socket.send('hello')],
    ['says two things at once', (socket) => [1, 2].forEach(() => socket.send(Buffer.alloc(64)))],
    [
      'proves itself with a key of its own',
      async (socket, data) => {
        const said = { origin: 'http://127.0.0.1', id: addressId, pageNonce: new Uint8Array(data.subarray(17)), serverNonce: newNonce() } // oxfmt-ignore
        const proof = await prove(await importKey(new Uint8Array(32)), 'server', said)
        socket.send(encodeChallenge(said.serverNonce, proof))
      },
    ],
  ])('stops for good when it %s', async (_, onMessage) => {
    const program = await stranger(onMessage)
    const mine = page(program.port, key)
    const asked = mine.transport.call(call('a', typed))
    expect(await asked).toMatchObject({ ok: false, error: { code: 'call.lost' } })
    await mine.reaches('stranger')
    expect(mine.passes).toEqual([null])
    // Later input is not sent anywhere either.
    expect(await mine.transport.call(call('b', typed))).toMatchObject({ ok: false, error: { code: 'call.lost' } })
    expect(mine.states.at(-1)).toEqual({ status: 'stranger' })
    expect(program.visits()).toBe(1)
    const sent = Buffer.concat(program.got)
    expect(sent).toHaveLength(49)
    expect(sent.includes(Buffer.from(typed))).toBe(false)
    expect(sent.includes(Buffer.from(key.key))).toBe(false)
  })

  it('sends nothing to who takes its socket and keeps silent, or says that it ends', async () => {
    const program = await stranger((socket, _, count) => count === 1 && socket.close(closeCodes.ended))
    const mine = page(program.port, key)
    await mine.reaches('reconnecting')
    expect(mine.states.map((state) => state.status)).not.toContain('ended')
    expect(program.got.every((data) => data.length === 49)).toBe(true)
  })

  it('meets it where its own server died, and had been served before', async () => {
    const first = await startLoopback({ router, root })
    const mine = page(first.port, addressPass(first.token))
    expect(await mine.transport.call(call('a', 'x'))).toEqual({ ok: true, value: 'x' })
    await first.close()
    await mine.reaches('ended')
    expect(mine.passes.at(-1)).toBeNull()
    const second = await startLoopback({ router, root, port: first.port })
    closers.push(() => void second.close())
    // Another start of Seekline is a stranger to the pages of the one before.
    const late = page(first.port, mine.passes[0]!)
    await late.reaches('stranger')
  })

  it('is no stranger’s door to another page: each has a key of its own', async () => {
    const a = page(server.port, addressPass(server.token))
    const b = page(server.port, addressPass(server.token))
    await Promise.all([a.reaches('connected'), b.reaches('connected')])
    const [ofA, ofB] = [a.passes[0]!, b.passes[0]!]
    expect(ofA.key).not.toEqual(ofB.key)
    expect(Buffer.from(ofA.key).toString('base64url')).not.toBe(server.token)
    // Both come back with their own, and go on with a newer one.
    for (const pass of [ofA, ofB]) {
      const again = page(server.port, pass)
      await again.reaches('connected')
      expect(again.passes[0]!.key).not.toEqual(pass.key)
    }
    // A's key under B's name is none.
    const mixed = page(server.port, { id: ofB.id, key: ofA.key })
    await mixed.reaches('stranger')
  })
})

describe('the server that meets a stranger', () => {
  const code = async (socket: WebSocket): Promise<number> => ((await once(socket, 'close')) as [number])[0]
  const opened = async (): Promise<WebSocket> => {
    const socket = wireSocket(server.port)
    closers.push(() => socket.terminate())
    await once(socket, 'open')
    return socket
  }
  const challenged = async (socket: WebSocket, hello: Uint8Array): Promise<Buffer> => {
    const answer = once(socket, 'message') as Promise<[Buffer]>
    socket.send(hello)
    return (await answer)[0]
  }

  it('refuses its own proof given back', async () => {
    const socket = await opened()
    const { proof } = decodeChallenge(await challenged(socket, encodeHello(addressId, newNonce())))!
    socket.send(proof)
    expect(await code(socket)).toBe(closeCodes.badProof)
  })

  it('refuses its own challenge made anew with its nonce as the page’s', async () => {
    const first = await opened()
    const { serverNonce } = decodeChallenge(await challenged(first, encodeHello(addressId, newNonce())))!
    const second = await opened()
    const { proof } = decodeChallenge(await challenged(second, encodeHello(addressId, serverNonce)))!
    first.send(proof)
    expect(await code(first)).toBe(closeCodes.badProof)
  })

  it('refuses a proof that was good for another socket', async () => {
    const key = await importKey(addressPass(server.token).key)
    const pageNonce = newNonce()
    const first = await opened()
    const { serverNonce } = decodeChallenge(await challenged(first, encodeHello(addressId, pageNonce)))!
    const proof = await prove(key, 'page', { origin: server.origin, id: addressId, pageNonce, serverNonce })
    const ready = once(first, 'message')
    first.send(proof)
    await ready
    const second = await opened()
    await challenged(second, encodeHello(addressId, pageNonce))
    second.send(proof)
    expect(await code(second)).toBe(closeCodes.badProof)
  })

  it('refuses a page’s proof for another port, passed on between two', async () => {
    // The page believes that it talks to `port`; the program there passes everything on to the server, and back.
    const program = await stranger(async (socket, data, count) => {
      if (count > 1) return
      const there = await opened()
      there.on('message', (answer: Buffer) => socket.send(answer))
      there.send(data)
    })
    const mine = page(program.port, addressPass(server.token))
    await mine.reaches('stranger')
    expect(mine.passes).toEqual([null])
  })

  it.each<[string, (socket: WebSocket) => void]>([
    ['a proof of zeros', (socket) => socket.send(Buffer.alloc(32))],
    ['a proof cut short', (socket) => socket.send(Buffer.alloc(31))],
    ['nothing', (socket) => socket.send(Buffer.alloc(0))],
    ['text', (socket) => socket.send('x'.repeat(32))],
    ['the token', (socket) => socket.send(Buffer.from(server.token, 'base64url'))],
    ['another hello', (socket) => socket.send(encodeHello(addressId, newNonce()))],
    ['two things at once', (socket) => [1, 2].forEach(() => socket.send(Buffer.alloc(32)))],
    ['a call', (socket) => socket.send(encodeWire({ type: 'call', ...call('1', 'x') }))],
  ])('refuses %s in the place of a proof', async (_, answer) => {
    const socket = await opened()
    await challenged(socket, encodeHello(addressId, newNonce()))
    let answers = 0
    socket.on('message', () => (answers += 1))
    const closed = code(socket)
    answer(socket)
    expect(await closed).toBe(closeCodes.badProof)
    expect(answers).toBe(0)
  })

  it('refuses what comes before the question', async () => {
    const socket = await opened()
    const closed = code(socket)
    socket.send(encodeHello(addressId, newNonce()))
    socket.send(Buffer.alloc(32))
    expect(await closed).toBe(closeCodes.badProof)
  })

  it('refuses a key that is of another start, or made up', async () => {
    for (const pass of [addressPass(other.token), { id: newNonce().slice(0, 16), key: newNonce() }]) {
      const socket = wireSocket(server.port)
      closers.push(() => socket.terminate())
      await expect(proveSelf(socket, server.port, pass)).rejects.toThrow('did not prove')
    }
  })
})

describe('places', () => {
  const hello = (): Buffer => Buffer.from(encodeHello(addressId, newNonce()))

  it.each<[string, (socket: WebSocket) => void]>([
    ['wait', () => undefined],
    ['say hello and no more', (socket) => socket.send(hello())],
  ])('are not kept from pages by sockets that %s, and come again when they are closed', async (_, onOpen) => {
    let attempts = 0
    let going = true
    const loop = (): void => {
      if (!going) return
      attempts += 1
      const socket = wireSocket(server.port)
      closers.push(() => socket.terminate())
      socket.on('open', () => onOpen(socket))
      socket.on('close', loop)
    }
    closers.push(() => (going = false))
    // More than there are places for those who have proved nothing.
    for (let n = 0; n < 200; n += 1) loop()
    for (let n = 0; n < 20; n += 1) {
      // As a page does, it comes again if it was closed before it had proved itself: newer ones may come while it does.
      const socket = await until('a page is served', () => pageSocket(server))
      socket.terminate()
    }
    await untilHolds('those that were closed come again', () => expect(attempts).toBeGreaterThan(200))
  })

  it('are kept for a page through a thousand idle sockets, before and while it is served', async () => {
    const { connect } = await import('node:net')
    const before = await pageSocket(server)
    closers.push(() => before.terminate())
    const idle = Array.from({ length: 1_000 }, () => connect(server.port, '127.0.0.1').on('error', () => undefined))
    closers.push(() => idle.forEach((socket) => socket.destroy()))
    await Promise.all(idle.map((socket) => once(socket, 'connect')))
    const late = await pageSocket(server)
    closers.push(() => late.terminate())
    for (const socket of [before, late]) {
      const answer = once(socket, 'message')
      socket.send(encodeWire({ type: 'call', ...call('x', 'served') }))
      await answer
    }
    const got = await fetch(`${server.origin}/`)
    expect(await got.text()).toContain('Seekline')
  })

  it('run out for pages at a stated number, and are free again', async () => {
    const pages = await Promise.all(Array.from({ length: 64 }, () => pageSocket(other)))
    await expect(pageSocket(other)).rejects.toThrow(`closed with ${closeCodes.busy}`)
    const closed = once(pages[0]!, 'close')
    pages[0]!.terminate()
    await closed
    const next = await pageSocket(other)
    expect(next.readyState).toBe(WebSocket.OPEN)
    for (const one of [...pages, next]) one.terminate()
  })
})
