import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { WebSocket } from 'ws'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { route } from '#shared/contract/define.ts'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'
import { startLoopback, type Loopback } from '../../electron/rpc/loopback-server.ts'
import { createRouter } from '../../electron/rpc/router.ts'
import { heldBytes } from '../support/measure.ts'
import { pageSocket } from '../support/page-socket.ts'
import { every, inTime, settled, until, untilHolds } from '../support/wait-for.ts'

// What a program on this machine can do to the loopback server with bare sockets: requests that two readers would read
// differently, sockets that wait, drip, flood, or never let go. A page's own socket must be served all the while.

let root: string
let server: Loopback
const sockets: Socket[] = []
const router = createRouter({
  contract: { 'test.echo': route({ input: z.strictObject({ text: z.string() }), output: z.string(), effect: 'read' }) },
  services: { 'test.echo': async ({ text }) => text },
  access: { modeOf: () => undefined },
})

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'seekline-floods-'))
  await writeFile(path.join(root, 'index.html'), '<title>Seekline</title>')
  server = await startLoopback({ router, root })
})
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})
afterAll(async () => {
  await server.close()
  await rm(root, { recursive: true, force: true })
})

function raw(text?: string | Uint8Array, options: { allowHalfOpen?: boolean } = {}): Socket {
  const socket = connect({ host: '127.0.0.1', port: server.port, ...options })
  sockets.push(socket)
  socket.on('error', () => undefined)
  // Without a reader its end would never be told.
  socket.resume()
  if (text !== undefined) socket.write(text)
  return socket
}

/** Of events.once, but an error is none here: a reset is one of the answers looked for. */
function happens(socket: Socket, event: string): Promise<void> {
  return new Promise((resolve) => {
    socket.once(event, () => resolve())
    socket.once('close', () => resolve())
  })
}

/** All that comes until the other side ends it, or for a while after the first answer. */
async function answer(text: string): Promise<string> {
  const socket = raw(text)
  let got = ''
  let isClosed = false
  socket.on('data', (chunk: Buffer) => (got += chunk.toString('latin1')))
  const closed = happens(socket, 'close').then(() => (isClosed = true))
  await until('an answer or the end', () => isClosed || got.includes('\r\n\r\n'))
  await inTime('the end', closed, 1_500).catch(() => undefined)
  socket.destroy()
  return got
}

/** The server lets go of a socket. */
async function letGo(socket: Socket): Promise<void> {
  await until('the server lets go', () => socket.destroyed || socket.readableEnded)
}

const hostLine = (): string => `Host: 127.0.0.1:${server.port}`
const upgradeLines = (...more: string[]): string =>
  [
    'GET /wire HTTP/1.1',
    hostLine(),
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...more,
    '',
    '',
  ].join('\r\n')

async function page(): Promise<{ socket: WebSocket; echo(text: string): Promise<unknown> }> {
  const socket = await pageSocket(server)
  return {
    socket,
    echo: async (text) => {
      const message = once(socket, 'message') as Promise<[Buffer]>
      socket.send(encodeWire({ type: 'call', id: text, route: 'test.echo', input: { text } }))
      const [data] = await inTime('an answer', message)
      return decodeWire(data)
    },
  }
}

/** A masked frame as a client sends it. */
function frame(opcode: number, payload: Uint8Array, { fin = true, rsv1 = false } = {}): Buffer {
  const head = [(fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode]
  if (payload.length < 126) head.push(0x80 | payload.length)
  else head.push(0x80 | 126, payload.length >> 8, payload.length & 0xff)
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload])
}

describe('a request that could be read in two ways', () => {
  it.each<[string, () => string, RegExp]>([
    ['HTTP/1.0 without a host', () => 'GET / HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 421/],
    ['HTTP/1.1 without a host', () => 'GET / HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 4/],
    ['a host with a dot behind', () => `GET / HTTP/1.1\r\n${hostLine()}.\r\n\r\n`, /^HTTP\/1\.1 421/],
    ['a host with a user before', () => `GET / HTTP/1.1\r\nHost: x@127.0.0.1:${server.port}\r\n\r\n`, / 421/],
    ['two hosts', () => `GET / HTTP/1.1\r\n${hostLine()}\r\nHost: evil.example\r\n\r\n`, /^HTTP\/1\.1 4/],
    ['two hosts turned', () => `GET / HTTP/1.1\r\nHost: evil.example\r\n${hostLine()}\r\n\r\n`, /^HTTP\/1\.1 4/],
    [
      'two origins',
      () => `GET / HTTP/1.1\r\n${hostLine()}\r\nOrigin: ${server.origin}\r\nOrigin: null\r\n\r\n`,
      / 403/,
    ],
    ['an empty origin', () => `GET / HTTP/1.1\r\n${hostLine()}\r\nOrigin:\r\n\r\n`, / 403/],
    ['a whole address as its path', () => `GET http://127.0.0.1/ HTTP/1.1\r\n${hostLine()}\r\n\r\n`, / 404/],
    ['a tunnel', () => `CONNECT 127.0.0.1:1 HTTP/1.1\r\n${hostLine()}\r\n\r\n`, /^$|^HTTP\/1\.1 4/],
    ['bare line feeds', () => `GET / HTTP/1.1\n${hostLine()}\n\n`, /^HTTP\/1\.1 4/],
    ['a folded header', () => `GET / HTTP/1.1\r\nHost:\r\n 127.0.0.1:${server.port}\r\n\r\n`, /^HTTP\/1\.1 4/],
    ['a space before the colon', () => `GET / HTTP/1.1\r\nHost : 127.0.0.1:${server.port}\r\n\r\n`, /^HTTP\/1\.1 4/],
    ['a zero byte', () => `GET / HTTP/1.1\r\n${hostLine()}\r\nX: a\0b\r\n\r\n`, /^HTTP\/1\.1 4/],
    ['headers of 100 KB', () => `GET / HTTP/1.1\r\n${hostLine()}\r\nX: ${'x'.repeat(1e5)}\r\n\r\n`, / 431|^$/],
    [
      'two lengths',
      () => `GET / HTTP/1.1\r\n${hostLine()}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 4/,
    ],
    ['HTTP/2 by upgrade', () => upgradeLines(`Origin: ${server.origin}`).replace('websocket', 'h2c'), /^HTTP\/1\.1 4/],
    ['no key', () => upgradeLines(`Origin: ${server.origin}`).replace(/Sec-WebSocket-Key.*\r\n/, ''), / 400/],
    [
      'two origins for a socket',
      () => upgradeLines(`Origin: ${server.origin}`, 'Origin: https://evil.example'),
      / 403/,
    ],
    ['a socket of origin null', () => upgradeLines('Origin: null'), / 403/],
    ['a socket without origin', () => upgradeLines(), / 403/],
  ])('is refused: %s', async (_, text, expected) => {
    const got = await answer(text())
    expect(got.split('\r\n')[0]).toMatch(expected)
    expect(got).not.toContain('<title>')
  })

  it('is not found behind another’s body', async () => {
    const hidden = `GET / HTTP/1.1\r\n${hostLine()}\r\n\r\n`
    const got = await answer(`POST / HTTP/1.1\r\n${hostLine()}\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`)
    expect(got).toMatch(/^HTTP\/1\.1 405/)
    expect(got.match(/HTTP\/1\.1/g)).toHaveLength(1)
  })

  it('is not compressed, whatever is offered', async () => {
    const socket = raw(upgradeLines(`Origin: ${server.origin}`, 'Sec-WebSocket-Extensions: permessage-deflate'))
    const [head] = (await once(socket, 'data')) as [Buffer]
    expect(head.toString()).toMatch(/^HTTP\/1\.1 101/)
    expect(head.toString().toLowerCase()).not.toContain('extensions')
    socket.write(frame(1, Buffer.from(server.token), { rsv1: true }))
    await letGo(socket)
    expect(socket.destroyed || socket.readableEnded).toBe(true)
  })
})

describe('sockets that do not let go', () => {
  it('are closed after a refused upgrade, though the other half stays open', async () => {
    const refused = Array.from({ length: 20 }, () => raw(upgradeLines('Origin: null'), { allowHalfOpen: true }))
    await Promise.all(refused.map((socket) => happens(socket, 'end')))
    // A write is answered by a reset, which a later one meets.
    await untilHolds('all are reset', () => {
      for (const socket of refused) if (!socket.destroyed) socket.write('x')
      expect(refused.filter((socket) => !socket.destroyed)).toHaveLength(0)
    })
  })

  it('wait and drip in hundreds while a page is served', async () => {
    const { socket, echo } = await page()
    const silent = Array.from({ length: 100 }, () => raw())
    const dripping = Array.from({ length: 100 }, () => raw('GET / HTTP/1.1\r\n'))
    const drip = every(500, () => {
      for (const one of dripping) if (!one.destroyed) one.write('X: y\r\n')
    })
    for (let n = 0; n < 20; n += 1) {
      expect(await echo(`n${n}`)).toMatchObject({ answer: { ok: true } })
      await settled()
    }
    await Promise.all([...silent, ...dripping].map(letGo))
    drip.stop()
    expect(await echo('after')).toMatchObject({ answer: { ok: true } })
    socket.terminate()
  })
})

describe('floods', () => {
  it('of pings nobody reads the answers to leave nothing behind', async () => {
    const { socket } = await page()
    const { socket: other, echo } = await page()
    const bare = (socket as unknown as { _socket: Socket })._socket
    bare.pause()
    const before = await heldBytes()
    const pings = Buffer.concat(Array.from({ length: 1_000 }, () => frame(9, Buffer.alloc(125, 1))))
    for (let n = 0; n < 200 && bare.writable; n += 1) {
      if (!bare.write(pings)) await settled(50)
    }
    expect(await echo('meanwhile')).toMatchObject({ answer: { ok: true } })
    expect((await heldBytes()) - before).toBeLessThan(60e6)
    socket.terminate()
    other.terminate()
  })

  it('of fragments are ended', async () => {
    const { socket } = await page()
    const bare = (socket as unknown as { _socket: Socket })._socket
    const closed = once(socket, 'close')
    bare.write(frame(2, Buffer.from([1]), { fin: false }))
    const more = Buffer.concat(Array.from({ length: 1_000 }, () => frame(0, Buffer.from([1]), { fin: false })))
    for (let n = 0; n < 40 && bare.writable; n += 1) {
      bare.write(more)
      await settled(1)
    }
    await inTime('the end', closed)
    const next = await page()
    expect(await next.echo('alive')).toMatchObject({ answer: { ok: true } })
    next.socket.terminate()
  })

  it('are survived in one frame of 100 MB', async () => {
    const { socket } = await page()
    const before = await heldBytes()
    const closed = once(socket, 'close')
    socket.send(Buffer.alloc(100 * 1024 * 1024), () => undefined)
    // Refused as too big, not taken in and then found to be malformed. 1006: the rest was still under way.
    expect([1006, 1009]).toContain((await closed)[0])
    // The frame's own bytes are the sender's, in this same process; the server must not have gathered a second copy.
    expect((await heldBytes()) - before).toBeLessThan(150 * 1024 * 1024)
    const next = await page()
    expect(await next.echo('alive')).toMatchObject({ answer: { ok: true } })
    next.socket.terminate()
  })

  it('of requests nobody reads the answers to leave nothing behind', async () => {
    const socket = raw()
    socket.pause()
    const before = await heldBytes()
    const many = `GET / HTTP/1.1\r\n${hostLine()}\r\n\r\n`.repeat(500)
    for (let n = 0; n < 100 && !socket.destroyed; n += 1) {
      if (!socket.write(many)) await settled(20)
    }
    const held = (await heldBytes()) - before - socket.writableLength
    expect(held).toBeLessThan(20e6)
  })
})

describe('the token', () => {
  it.runIf(process.platform === 'linux')('stands in no argument, variable or file of the process', async () => {
    const home = await mkdtemp(path.join(tmpdir(), 'seekline-token-'))
    const program = `
      import { startServer } from ${JSON.stringify(path.join(import.meta.dirname, '../../electron/server.ts'))}
      const server = await startServer({ router: {}, root: ${JSON.stringify(root)} })
      console.log(server.token)
      process.stdin.once('data', () => server.close().then(() => process.exit(0)))`
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: path.join(import.meta.dirname, '../..'),
      env: { ...process.env, SEEKLINE_HOME: home },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const token = line.toString().trim()
    expect(token).toHaveLength(43)
    for (const name of ['cmdline', 'environ']) {
      expect((await readFile(`/proc/${child.pid}/${name}`, 'latin1')).includes(token)).toBe(false)
    }
    child.stdin.write('end\n')
    await once(child, 'exit')
    await rm(home, { recursive: true, force: true })
  })
})
