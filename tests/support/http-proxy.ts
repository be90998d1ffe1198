import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'

export interface SeenRequest {
  method: string
  path: string
  headers: http.IncomingHttpHeaders
  /** The client has presented a certificate, and it is trusted. */
  certified: boolean
}

export interface ReverseProxy {
  url: string
  seen: SeenRequest[]
  stop(): Promise<void>
}

/** Answers instead of the target; if it returns nothing, the request is passed on. */
export type Guard = (request: SeenRequest, answer: http.ServerResponse) => boolean | void

/** A reverse proxy before a real server, as companies use them: it can require sign-in and TLS. */
export async function reverseProxy(target: string, guard: Guard, tls?: https.ServerOptions): Promise<ReverseProxy> {
  const seen: SeenRequest[] = []
  const handle = (incoming: http.IncomingMessage, answer: http.ServerResponse): void => {
    const { method = '', url = '', headers } = incoming
    const request = { method, path: url, headers, certified: (incoming.socket as TLSSocket).authorized === true }
    seen.push(request)
    if (guard(request, answer) === true) return
    const outgoing = http.request(`${target}${url}`, { method, headers: { ...headers, host: new URL(target).host } })
    outgoing.on('response', (given) => {
      answer.writeHead(given.statusCode ?? 502, given.headers)
      given.pipe(answer)
    })
    outgoing.on('error', () => answer.writeHead(502).end())
    incoming.pipe(outgoing)
  }
  const server = tls === undefined ? http.createServer(handle) : https.createServer(tls, handle)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    seen,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function answerWith(
  answer: http.ServerResponse,
  status: number,
  body: unknown,
  type = 'application/json',
): true {
  answer.writeHead(status, { 'content-type': type })
  answer.end(typeof body === 'string' ? body : JSON.stringify(body))
  return true
}
