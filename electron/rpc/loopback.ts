import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { closeCodes, wireLimits } from '#shared/wire/frames.ts'
import { readAsset } from '../static-files.ts'
import type { Router } from './router.ts'
import { serveSocket } from './websocket.ts'

/** Sockets that have not shown the token; more are turned away until one of them has, or its time is over. */
const mostUnauthenticated = 8

/**
 * How long one who is told to go may take; by default half a minute, in which he holds a place among those who wait for
 * their token. Apart, because the types of `ws` do not know it yet.
 */
const endsSoon: object = { closeTimeout: 1_000 }

export interface LoopbackOptions {
  router: Router
  /** The built renderer. */
  root: string
  /** 0 picks a free one. */
  port?: number
}

export interface Loopback {
  port: number
  /** Without the token. */
  origin: string
  /** With the token in its fragment, which no browser sends anywhere. */
  url: string
  token: string
  close(): Promise<void>
}

/**
 * The app's API for a browser on this machine. Every other program and every web page can reach a loopback port too, so:
 * the token proves who opened it; Host and Origin, compared exactly, keep out pages that reach it by name (DNS rebinding)
 * or from elsewhere; no cookie, because all ports of 127.0.0.1 share them; and nothing is read before the token that could
 * cost more than a few kilobytes.
 */
export async function startLoopback(options: LoopbackOptions): Promise<Loopback> {
  const token = randomBytes(32).toString('base64url')
  const http = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, connectionsCheckingInterval: 2_000 })
  http.maxConnections = 256
  // A page asks for some dozens of files. Whoever sends thousands in one go and reads no answer is not one.
  http.maxRequestsPerSocket = 256
  http.on('dropRequest', (_request, socket) => socket.destroy())
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: wireLimits.messageBytes,
    perMessageDeflate: false,
    clientTracking: true,
    ...endsSoon,
  })
  let origin = ''
  let unauthenticated = 0

  http.on('request', (request, response) => {
    serveFile(request, response).catch(() => response.destroy())
  })
  const serveFile = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refused = refuse(request, origin, false)
    if (refused !== undefined) return plain(response, refused.status, refused.sentence)
    if (request.method !== 'GET') {
      response.setHeader('allow', 'GET')
      return plain(response, 405, 'Only GET is answered here.')
    }
    const asset = await readAsset(options.root, pathOf(request), "'self'")
    response.writeHead(asset.status, { ...asset.headers, 'content-length': asset.body.byteLength })
    response.end(asset.body)
  }

  http.on('upgrade', (request, stream, head) => {
    const refused = refuse(request, origin, true)
    if (refused !== undefined) return refuseUpgrade(stream, refused.status, refused.sentence)
    if (request.method !== 'GET' || pathOf(request) !== '/wire') return refuseUpgrade(stream, 404, 'Not found.')
    if (unauthenticated >= mostUnauthenticated) {
      return refuseUpgrade(stream, 503, 'Too many sockets wait for their token.')
    }
    unauthenticated += 1
    let counted = true
    const settle = (): void => {
      if (counted) unauthenticated -= 1
      counted = false
    }
    stream.once('close', settle)
    const stopCounting = limitBytes(stream, wireLimits.handshakeBytes - head.byteLength)
    sockets.handleUpgrade(request, stream, head, (socket) => {
      authenticate(socket, token, () => {
        settle()
        stopCounting()
        serveSocket(socket, options.router)
      })
    })
  })

  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = http.address() as AddressInfo
  origin = `http://127.0.0.1:${port}`

  return {
    port,
    origin,
    url: `${origin}/#token=${token}`,
    token,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets.clients) socket.terminate()
        http.close(() => resolve())
        http.closeAllConnections()
      }),
  }
}

/** The first message must be the token, as text, in time. Hashing first makes the lengths equal, whatever is sent. */
function authenticate(socket: WebSocket, token: string, accepted: () => void): void {
  const expected = sha256(token)
  socket.on('error', () => undefined)
  const timer = setTimeout(() => socket.close(closeCodes.noToken, 'no token in time'), wireLimits.handshakeMs)
  socket.once('close', () => clearTimeout(timer))
  socket.once('message', (data, isBinary) => {
    clearTimeout(timer)
    const given = !isBinary && data instanceof Uint8Array ? sha256(data) : undefined
    if (given === undefined || !timingSafeEqual(given, expected))
      return socket.close(closeCodes.badToken, 'wrong token')
    accepted()
  })
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(data).digest()
}

/** Ends a socket that sends more than `most` bytes before it is trusted; `maxPayload` alone would buffer megabytes. */
function limitBytes(stream: Duplex, most: number): () => void {
  // Room for the frame's own header and a pong or two beside the message itself.
  let left = most + 64
  const count = (chunk: Buffer): void => {
    left -= chunk.byteLength
    if (left < 0) stream.destroy()
  }
  stream.on('data', count)
  return () => stream.off('data', count)
}

interface Refusal {
  status: number
  sentence: string
}

/** A browser always tells the truth in these two headers, so a wrong one is a page that should not be here. */
function refuse(request: IncomingMessage, origin: string, needsOrigin: boolean): Refusal | undefined {
  const { host = [], origin: from = [] } = request.headersDistinct
  // Two of them would be read differently by whatever stands in between.
  if (host.length !== 1 || `http://${host[0]}` !== origin) return { status: 421, sentence: 'Wrong host.' }
  const unasked = from.length === 0 && !needsOrigin
  if (!unasked && (from.length !== 1 || from[0] !== origin)) return { status: 403, sentence: 'Wrong origin.' }
  return undefined
}

/** As sent, not resolved: `new URL` would fold `..` away before anyone could object. */
function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split(/[?#]/, 1)[0] ?? ''
}

function plain(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    connection: 'close',
  })
  response.end(`${sentence}\n`)
}

function refuseUpgrade(stream: Duplex, status: number, sentence: string): void {
  stream.on('error', () => undefined)
  const head = `HTTP/1.1 ${status} Refused\r\nconnection: close\r\ncontent-length: ${sentence.length}\r\n\r\n`
  // Not only ended: the other side may keep its half open for ever, and each counts against the most there may be.
  stream.end(`${head}${sentence}`, () => stream.destroy())
}
