import { once } from 'node:events'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { afterEach, describe, expect, it } from 'vitest'
import { freePorts } from '../../scripts/lib/ports.ts'
import { holdsFor, until } from '../../tests/support/wait-for.ts'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'
import { closeCodes } from '#shared/wire/frames.ts'
import { createPageKeys, greetSocket } from '../../electron/rpc/token-proof.ts'
import type { LinkState } from './link.ts'
import { socketTransport } from './transport-websocket.ts'

const keys = createPageKeys()
const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** Reserved: it stays free while nobody listens on it. */
const freePort = async (): Promise<number> => (await freePorts(1))[0]!

/** A server that proves itself, answers calls to "echo", and leaves "hang" unanswered. */
async function serve(port: number, onSocket?: (socket: WebSocket) => void): Promise<WebSocketServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    if (onSocket !== undefined) return onSocket(socket)
    greetSocket(socket, `http://127.0.0.1:${port}`, keys, () => {
      socket.on('message', (data: Buffer) => {
        const message = decodeWire(data) as { type: string; id: string; route: string }
        if (message.route === 'echo') {
          socket.send(encodeWire({ type: 'answer', id: message.id, answer: { ok: true, value: message.id } }))
        }
      })
      socket.send(encodeWire({ type: 'ready', pass: keys.newPass() }))
    })
  })
  closers.push(() => stop(server))
  return server
}

function stop(server: WebSocketServer): void {
  for (const client of server.clients) client.terminate()
  server.close()
}

function start(port: number) {
  const states: LinkState[] = []
  const transport = socketTransport({
    url: `ws://127.0.0.1:${port}`,
    origin: `http://127.0.0.1:${port}`,
    pass: keys.newPass(),
    firstWaitMs: 20,
    onState: (state) => void states.push(state),
  })
  closers.push(() => transport.close())
  return { states, transport }
}

describe('the page’s socket', () => {
  it('fails what was under way when it breaks, says so, comes back, and sends what was asked meanwhile', async () => {
    const port = await freePort()
    const server = await serve(port)
    const { states, transport } = start(port)
    expect(await transport.call({ id: 'a', route: 'echo', input: {} })).toEqual({ ok: true, value: 'a' })

    const frames: unknown[] = []
    const hanging = transport.call({ id: 'b', route: 'hang', input: {} })
    transport.stream({ id: 's', route: 'hang', input: {} }, (frame) => void frames.push(frame))
    stop(server)
    expect(await hanging).toMatchObject({ ok: false, error: { code: 'call.lost', retryable: true } })
    expect(frames).toMatchObject([{ type: 'error', error: { code: 'call.lost' } }])
    await until('it tries again', () => states.some((state) => state.status === 'reconnecting'))

    await serve(port)
    // Asked for before the new connection stands: it waits for it.
    expect(await transport.call({ id: 'c', route: 'echo', input: {} })).toEqual({ ok: true, value: 'c' })
    expect(states[0]).toEqual({ status: 'connecting' })
    expect(states.at(-1)).toEqual({ status: 'connected' })
  })

  it('waits longer after each failed attempt', async () => {
    const { states } = start(await freePort())
    await until('four attempts', () => states.filter((state) => state.status === 'reconnecting').length >= 4)
    const waits = states.flatMap((state) => (state.status === 'reconnecting' ? [state.waitMs] : []))
    expect(waits.slice(0, 4)).toEqual([20, 40, 80, 160])
  })

  it('does not try again with a key that was refused', async () => {
    const port = await freePort()
    const server = await serve(port, (socket) => socket.close(closeCodes.badProof))
    let sockets = 0
    server.on('connection', () => (sockets += 1))
    const { states, transport } = start(port)
    expect(await transport.call({ id: 'a', route: 'echo', input: {} })).toMatchObject({ error: { code: 'call.lost' } })
    // Far longer than the 20 ms after which it would try.
    await holdsFor(150, () => {
      expect(states.map((state) => state.status)).toEqual(['connecting', 'refused'])
      expect(sockets).toBe(1)
    })
  })
})
