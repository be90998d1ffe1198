import http from 'node:http'
import net, { type AddressInfo } from 'node:net'

export interface ForwardProxy {
  port: number
  /** The addresses that it was asked to connect to. */
  targets: string[]
  /** Requests that it was asked to make itself, instead of opening a tunnel. */
  plain: string[]
  stop(): Promise<void>
}

const listening = async (server: net.Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** An HTTP proxy that tunnels by CONNECT, for clients with this user and password; null: for all clients. */
export async function connectProxy(credentials: string | null): Promise<ForwardProxy> {
  const targets: string[] = []
  const plain: string[] = []
  const sockets = new Set<net.Socket>()
  const server = http.createServer((request, answer) => {
    plain.push(request.url ?? '')
    answer.writeHead(400).end()
  })
  server.on('connect', (request, socket: net.Socket) => {
    sockets.add(socket)
    const wanted = credentials === null ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`
    if (request.headers['proxy-authorization'] !== wanted) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    targets.push(request.url ?? '')
    const [host = '', port = ''] = (request.url ?? '').split(':')
    const out = net.connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(out).pipe(socket)
    })
    for (const one of [socket, out]) one.on('error', () => [socket, out].forEach((each) => each.destroy()))
    sockets.add(out)
  })
  const port = await listening(server)
  return { port, targets, plain, stop: () => stop(server, sockets) }
}

/** A SOCKS5 proxy (RFC 1928) with a user and a password (RFC 1929). */
export async function socksProxy(username: string, password: string): Promise<ForwardProxy> {
  const targets: string[] = []
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    let step: 'greeting' | 'sign-in' | 'connect' = 'greeting'
    socket.on('data', function onData(data: Buffer) {
      if (step === 'greeting') {
        step = 'sign-in'
        socket.write(Buffer.from([5, data.includes(2, 2) ? 2 : 0xff]))
      } else if (step === 'sign-in') {
        const nameEnd = 2 + data[1]!
        const given = [data.subarray(2, nameEnd), data.subarray(nameEnd + 1, nameEnd + 1 + data[nameEnd]!)].map(String)
        const isRight = given[0] === username && given[1] === password
        step = 'connect'
        socket.write(Buffer.from([1, isRight ? 0 : 1]))
        if (!isRight) socket.end()
      } else {
        socket.off('data', onData)
        const isName = data[3] === 3
        const host = isName ? data.subarray(5, 5 + data[4]!).toString() : [...data.subarray(4, 8)].join('.')
        const port = data.readUInt16BE(isName ? 5 + data[4]! : 8)
        targets.push(`${host}:${port}`)
        const out = net.connect(port, host, () => {
          socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]))
          socket.pipe(out).pipe(socket)
        })
        sockets.add(out)
        out.on('error', () => socket.destroy())
      }
    })
  })
  const port = await listening(server)
  return { port, targets, plain: [], stop: () => stop(server, sockets) }
}

async function stop(server: net.Server, sockets: Iterable<net.Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => server.close(resolve))
}
