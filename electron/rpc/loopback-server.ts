import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'
import { closeCodes } from '#shared/wire/frames.ts'
import { wireLimits } from '#shared/wire/limits.ts'
import { createPageKeys, greetSocket } from './token-proof.ts'
import { createPageFiles } from './page-files.ts'
import { createPlaces } from './unproved-sockets.ts'
import type { Router } from './router.ts'
import { serveSocket } from './websocket.ts'

/**
 * How many sockets of each kind may be open. The first two are counted separately, so that neither requests for files nor
 * unauthenticated web sockets push out the other; authenticated pages are counted with neither.
 */
const most = { asking: 256, unproved: 128, pages: 64 } as const

/**
 * How long a socket that is being closed may take; by default half a minute, in which it takes up a place among the
 * unauthenticated ones. A constant of its own, because the types of `ws` do not have it yet.
 */
const endsSoon: object = { closeTimeout: 1_000 }

export interface LoopbackOptions {
  router: Router
  /** The folder of the built renderer. */
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
 * The app's API for a browser on this machine. Every other program and every web page can reach a loopback port too, so: a key
 * from the address authenticates the page to the server, and the server to the page; Host and Origin, compared exactly, keep
 * out pages that reach it by name (DNS rebinding) or from elsewhere; there is no cookie, because all ports of 127.0.0.1 share
 * them; nothing larger than a few kilobytes is read before authentication; and no number of unauthenticated sockets keeps a
 * page from connecting.
 */
// oxlint-disable-next-line max-lines-per-function -- one server from start to close; serving files, the upgrade and the keys of pages have files of their own
export async function startLoopback(options: LoopbackOptions): Promise<Loopback> {
  const keys = createPageKeys()
  const readFile = createPageFiles(options.root)
  const asking = createPlaces(most.asking)
  const unproved = createPlaces(most.unproved)
  const http = createServer({ requestTimeout: 10_000, headersTimeout: 5_000, connectionsCheckingInterval: 2_000 })
  // For clients that send a request and do not read the answer.
  http.setTimeout(15_000)
  http.on('connection', asking.enter)
  // A page requests a few dozen files. A client that sends thousands at once and reads no answer is not a page.
  http.maxRequestsPerSocket = 256
  http.on('dropRequest', (_request, socket) => socket.destroy())
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: wireLimits.messageBytes,
    perMessageDeflate: false,
    clientTracking: true,
    ...endsSoon,
  })
  const pages = new Set<WebSocket>()
  let origin = ''

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
    const asset = await readFile(pathOf(request))
    response.writeHead(asset.status, { ...asset.headers, 'content-length': asset.body.byteLength })
    response.end(asset.body)
  }

  http.on('upgrade', (request, stream, head) => {
    const refused = refuse(request, origin, true)
    if (refused !== undefined) return refuseUpgrade(stream, refused.status, refused.sentence)
    if (request.method !== 'GET' || pathOf(request) !== '/wire') return refuseUpgrade(stream, 404, 'Not found.')
    asking.leave(stream)
    unproved.enter(stream)
    const stopCounting = limitBytes(stream, wireLimits.handshakeBytes - head.byteLength)
    sockets.handleUpgrade(request, stream, head, (socket) => {
      greetSocket(socket, origin, keys, () => {
        unproved.leave(stream)
        stopCounting()
        if (pages.size >= most.pages) return socket.close(closeCodes.busy, 'too many pages')
        pages.add(socket)
        socket.once('close', () => pages.delete(socket))
        serveSocket(socket, options.router, keys.newPass())
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
    url: `${origin}/#token=${keys.token}`,
    token: keys.token,
    close: async () => {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      // A page that knows that the server is gone for good never connects to whatever takes the port next.
      for (const socket of pages) socket.close(closeCodes.ended, 'Seekline has ended')
      const told = Promise.all([...pages].map((socket) => new Promise((resolve) => socket.once('close', resolve))))
      const late = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate()
      }, goodbyeMs)
      for (const socket of sockets.clients) if (!pages.has(socket)) socket.terminate()
      await told
      clearTimeout(late)
      http.closeAllConnections()
      await closed
    },
  }
}

/** Time for a page to be told that the server ends; a page that does not react must not delay that. */
const goodbyeMs = 500

/**
 * Closes a socket that sends more than this many bytes before authentication; with `maxPayload` alone megabytes would be
 * buffered.
 */
function limitBytes(stream: Duplex, bytes: number): () => void {
  // Includes room for the frame's own header and a pong or two.
  let left = bytes + 64
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

/** A browser always sends these two headers truthfully, so a wrong one means a page that must not be served. */
function refuse(request: IncomingMessage, origin: string, needsOrigin: boolean): Refusal | undefined {
  const { host = [], origin: from = [] } = request.headersDistinct
  // With two Host headers, intermediaries might use another one than we do.
  if (host.length !== 1 || `http://${host[0]}` !== origin) return { status: 421, sentence: 'Wrong host.' }
  const unasked = from.length === 0 && !needsOrigin
  if (!unasked && (from.length !== 1 || from[0] !== origin)) return { status: 403, sentence: 'Wrong origin.' }
  return undefined
}

/** As sent, not resolved: `new URL` would already have removed `..`. */
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
  // Not only ended: the other side may keep its half open for ever, and each counts against the limit.
  stream.end(`${head}${sentence}`, () => stream.destroy())
}
