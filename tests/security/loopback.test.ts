import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { WebSocket } from 'ws'
import type { ClientOptions } from 'ws'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startLoopback } from '../../electron/rpc/loopback-server.ts'
import type { Loopback } from '../../electron/rpc/loopback-server.ts'
import { createRouter } from '../../electron/rpc/router.ts'
import { route } from '#shared/contract/define.ts'
import { decodeWire, encodeWire } from '#shared/wire/codec.ts'
import { closeCodes } from '#shared/wire/frames.ts'
import { wireLimits } from '#shared/wire/limits.ts'
import { addressId, encodeHello, newNonce } from '#shared/wire/handshake.ts'
import { addressPass, proveSelf, wireSocket } from '../support/page-socket.ts'
import { every, inTime } from '../support/wait-for.ts'

// What protects the loopback server from every other program and page that can reach a port of this machine.

let root: string
let server: Loopback
const opened: WebSocket[] = []

const contract = {
  'test.echo': route({ input: z.strictObject({ text: z.string() }), output: z.string(), effect: 'read' }),
}
const router = createRouter({
  contract,
  services: { 'test.echo': async ({ text }) => text },
  access: { modeOf: () => undefined },
})

beforeAll(async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'seekline-loopback-'))
  root = path.join(folder, 'renderer')
  await mkdir(path.join(root, 'assets'), { recursive: true })
  await writeFile(path.join(folder, 'secret.json'), '"secret"')
  await writeFile(
    path.join(root, 'index.html'),
    '<meta property="csp-nonce" nonce="__CSP_NONCE__"><title>Seekline</title>',
  )
  await writeFile(path.join(root, 'assets', 'main-abc.js'), 'export {}')
  await writeFile(path.join(root, '.hidden.json'), '"hidden"')
  server = await startLoopback({ router, root })
})
afterEach(async () => {
  const closing = opened.splice(0).filter((socket) => socket.readyState !== WebSocket.CLOSED)
  await Promise.all(
    closing.map((socket) => {
      const closed = new Promise((resolve) => socket.on('close', resolve))
      socket.terminate()
      return closed
    }),
  )
})
afterAll(async () => {
  await server.close()
  await rm(path.dirname(root), { recursive: true, force: true })
})

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** A raw request: `fetch` would tidy the path and refuse to lie about the host. */
function get(target: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: server.port, path: target, headers, method, timeout: 5_000 })
    sent.on('error', reject)
    sent.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    sent.end()
  })
}

function open(options: ClientOptions = {}, target?: string): WebSocket {
  const socket = wireSocket(server.port, options, target)
  opened.push(socket)
  return socket
}

/** How an upgrade ended: its HTTP status when refused, 101 when not. */
function upgrade(options: ClientOptions, target?: string): Promise<number> {
  const socket = open(options, target)
  const answer = new Promise<number>((resolve) => {
    socket.on('open', () => resolve(101))
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
  })
  return inTime('an answer to the upgrade', answer)
}

async function authenticated(): Promise<WebSocket> {
  const socket = open()
  await proveSelf(socket, server.port, addressPass(server.token))
  return socket
}

/** What ws writes into, for bytes that it would not send. */
function rawSocket(socket: WebSocket): Socket {
  return (socket as unknown as { _socket: Socket })._socket
}

async function nextMessage(socket: WebSocket): Promise<unknown> {
  const [data] = (await once(socket, 'message')) as [Buffer]
  return decodeWire(data)
}

async function closeCode(socket: WebSocket): Promise<number> {
  const [code] = (await once(socket, 'close')) as [number]
  return code
}

async function echo(socket: WebSocket, text: string): Promise<unknown> {
  const answer = nextMessage(socket)
  socket.send(encodeWire({ type: 'call', id: text, route: 'test.echo', input: { text } }))
  return answer
}

describe('the loopback server’s files', () => {
  it('come with a strict policy and a nonce of their own each load', async () => {
    const [first, second] = [await get('/'), await get('/')]
    expect(first.status).toBe(200)
    const policies = [first, second].map((answer) => String(answer.headers['content-security-policy']))
    const nonces = policies.map((policy) => /'nonce-([^']+)'/.exec(policy)?.[1])
    expect(first.body).toContain(`nonce="${nonces[0]}"`)
    expect(nonces[0]).not.toBe(nonces[1])
    for (const part of [
      "default-src 'none'",
      "connect-src 'self'",
      "frame-ancestors 'none'",
      "script-src 'self';",
      "require-trusted-types-for 'script'",
    ]) {
      expect(policies[0]).toContain(part)
    }
    expect(policies[0]).not.toContain('unsafe')
    expect(first.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    })
    expect(first.headers['set-cookie']).toBeUndefined()
    expect(first.headers['access-control-allow-origin']).toBeUndefined()
  })

  it('are found by plain paths only', async () => {
    expect((await get('/assets/main-abc.js?v=1')).headers['content-type']).toContain('text/javascript')
    expect((await get('/assets/gone.js')).status).toBe(404)
  })

  it.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/..%2fsecret.json',
    '/%2e%2e/secret.json',
    '/..\\secret.json',
    '/%5c..%5csecret.json',
    '//secret.json',
    '/./index.html',
    '/.hidden.json',
    '/C:/secret.json',
    '/index.html%00.js',
    '/index.html::$DATA',
    '/assets',
    '/assets/',
    'secret.json',
    'http://127.0.0.1/secret.json',
  ])('are not found by %s', async (target) => {
    const answer = await get(target).catch((error: NodeJS.ErrnoException) => ({ status: error.code, body: '' }))
    // A path that is no path at all ends in the parser, with 400.
    expect([404, 400]).toContain(answer.status)
    expect(answer.body).not.toMatch(/secret|hidden/)
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE'])('are not for %s', async (method) => {
    expect((await get('/', {}, method)).status).toBe(405)
  })

  it.each(['attacker.example', 'localhost', '127.0.0.1', '127.0.0.1:1', '127.0.0.1.nip.io', '[::1]'])(
    'are not for the host "%s" (DNS rebinding)',
    async (host) => {
      const withPort = host === 'localhost' || host === 'attacker.example' ? `${host}:${server.port}` : host
      expect((await get('/', { host: withPort })).status).toBe(421)
    },
  )

  it('are not for pages from elsewhere', async () => {
    for (const origin of ['https://attacker.example', 'null', 'http://localhost', `https://127.0.0.1:${server.port}`]) {
      expect((await get('/', { origin })).status).toBe(403)
    }
    expect((await get('/', { origin: server.origin })).status).toBe(200)
  })

  it('are served on 127.0.0.1 only', async () => {
    const other = connect({ host: '127.0.0.2', port: server.port })
    const [error] = (await once(other, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).toBe('ECONNREFUSED')
  })
})

describe('the loopback server’s socket', () => {
  it('serves who proves that he knows the token', async () => {
    const socket = await authenticated()
    expect(await echo(socket, 'hello')).toEqual({ type: 'answer', id: 'hello', answer: { ok: true, value: 'hello' } })
    expect(server.token).toHaveLength(43)
    expect(server.url).toBe(`${server.origin}/#token=${server.token}`)
    expect(socket.extensions).toBe('')
  })

  it('is not opened for another host, another origin, no origin or another path', async () => {
    const port = server.port
    expect(await upgrade({ headers: { host: `attacker.example:${port}` } })).toBe(421)
    expect(await upgrade({ headers: { host: `localhost:${port}` }, origin: `http://localhost:${port}` })).toBe(421)
    expect(await upgrade({ origin: 'https://attacker.example' })).toBe(403)
    expect(await upgrade({ origin: 'null' })).toBe(403)
    expect(await upgrade({ origin: `http://127.0.0.1:${port + 1}` })).toBe(403)
    expect(await upgrade({}, '/other')).toBe(404)
    const bare = new WebSocket(`ws://127.0.0.1:${port}/wire`)
    opened.push(bare)
    bare.on('error', () => undefined)
    const [, response] = (await once(bare, 'unexpected-response')) as [unknown, { statusCode: number }]
    expect(response.statusCode).toBe(403)
  })

  it.each([
    ['the token itself', () => server.token],
    ['the token’s bytes', () => Buffer.from(server.token, 'base64url')],
    ['nothing', () => Buffer.alloc(0)],
    ['a hello of another version', () => Buffer.from([2, ...encodeHello(addressId, newNonce()).slice(1)])],
    ['a hello with something behind it', () => Buffer.concat([encodeHello(addressId, newNonce()), Buffer.alloc(1)])],
    ['a hello as text', () => 'x'.repeat(49)],
    [
      'a call instead of a hello',
      () => encodeWire({ type: 'call', id: '1', route: 'test.echo', input: { text: 'x' } }),
    ],
  ])('is closed on %s, without an answer', async (_, message) => {
    const socket = open()
    await once(socket, 'open')
    let answers = 0
    socket.on('message', () => (answers += 1))
    const closed = closeCode(socket)
    socket.send(message())
    socket.send(encodeHello(addressId, newNonce()))
    expect(await closed).toBe(closeCodes.badProof)
    expect(answers).toBe(0)
  })

  it('is closed when no proof comes in time', async () => {
    const socket = open()
    await once(socket, 'open')
    const from = performance.now()
    expect(await closeCode(socket)).toBe(closeCodes.noProof)
    expect(performance.now() - from).toBeGreaterThan(wireLimits.handshakeMs - 500)
  })

  it('takes no more than a few kilobytes before the proof, in one frame or in many', async () => {
    const one = open()
    await once(one, 'open')
    const oneClosed = closeCode(one)
    one.send('x'.repeat(1_000_000))
    expect(await oneClosed).toBe(1006)

    const many = open()
    await once(many, 'open')
    const manyClosed = closeCode(many)
    const trickle = every(5, () => many.send('x'.repeat(1_000), { fin: false }))
    expect(await manyClosed).toBe(1006)
    trickle.stop()
  })

  it('closes who announces a frame of 100 MB at its header, before any of it is gathered', async () => {
    const socket = await authenticated()
    const closed = closeCode(socket)
    // FIN and binary; masked with a 64-bit length; the length; the mask. Not one byte of the frame itself follows, so a
    // server that waited for more would never close.
    const header = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4])
    header.writeBigUInt64BE(100n * 1024n * 1024n, 2)
    rawSocket(socket).write(header)
    expect(await closed).toBe(1009)
  })

  it('survives 200,000 nested arrays and closes who sent them', async () => {
    const socket = await authenticated()
    const nested = new Uint8Array(200_001).fill(0x91)
    nested[200_000] = 0xc0
    const closed = closeCode(socket)
    socket.send(nested)
    expect(await closed).toBe(closeCodes.malformed)
    expect(await echo(await authenticated(), 'alive')).toMatchObject({ answer: { ok: true } })
  })

  it.each([
    ['text', 'hello'],
    ['bytes that are no message', new Uint8Array([0xc1, 1, 2])],
    ['a message that is no object', encodeWire([1, 2])],
    ['a message of no known type', encodeWire({ type: 'exec', id: '1' })],
    ['a key that reaches a prototype', new Uint8Array([0x81, 0xa9, ...Buffer.from('__proto__'), 0x80])],
  ])('is closed on %s', async (_, message) => {
    const socket = await authenticated()
    const closed = closeCode(socket)
    socket.send(message)
    expect(await closed).toBe(closeCodes.malformed)
  })

  it('answers odd requests with an error and stays open', async () => {
    const socket = await authenticated()
    for (const odd of [
      { id: 'a', route: '__proto__', input: {} },
      { id: 'b', route: 'test.echo', input: { text: 5 } },
    ]) {
      const answer = nextMessage(socket)
      socket.send(encodeWire({ type: 'call', ...odd }))
      expect(await answer).toMatchObject({ type: 'answer', id: odd.id, answer: { ok: false } })
    }
    socket.send(encodeWire({ type: 'cancel', id: 'unknown' }))
    socket.send(encodeWire({ type: 'frame', id: 'unknown', frame: { type: 'credit', frames: 1 } }))
    expect(await echo(socket, 'alive')).toMatchObject({ answer: { ok: true } })
  })
})
