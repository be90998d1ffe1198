import net from 'node:net'

export interface KafkaRequest {
  apiKey: number
  /** The number of earlier requests with this key. */
  nth: number
}
/**
 * `hold` passes a request on only once it is released; `mute` passes it on and never answers; `cut` ends the connection before it,
 * `lose` after it was passed on and answered.
 */
export type Verdict = 'pass' | 'hold' | 'mute' | 'cut' | 'lose'

export interface FrameProxy {
  address: string
  /** Decides about each request from now on. */
  judge: (request: KafkaRequest) => Verdict
  /** Passes on the held requests of connections that are still open. */
  release(): void
  /** Ends every connection; later ones are allowed again. */
  cutAll(): void
  close(): Promise<void>
}

/** A proxy between a client and one broker that reads whole requests and answers: no real network fails so precisely. */
export async function startFrameProxy(broker: string): Promise<FrameProxy> {
  const [host = '', port = ''] = broker.split(/:(?=\d+$)/)
  const sockets = new Set<net.Socket>()
  const seen = new Map<number, number>()
  const held: (() => void)[] = []
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(port), host)
    const losing = new Set<number>()
    const muted = new Set<number>()
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        sockets.delete(socket)
        end()
      })
    }
    client.on('data', frames((frame) => {
        const apiKey = frame.readInt16BE(4)
        const nth = seen.get(apiKey) ?? 0
        seen.set(apiKey, nth + 1)
        const verdict = proxy.judge({ apiKey, nth })
        if (verdict === 'cut') return end()
        if (verdict === 'hold') return void held.push(() => upstream.write(frame))
        if (verdict === 'lose') losing.add(frame.readInt32BE(8))
        if (verdict === 'mute') muted.add(frame.readInt32BE(8))
        upstream.write(frame)
      })) // oxfmt-ignore
    upstream.on('data', frames((frame) => {
        if (losing.has(frame.readInt32BE(4))) return end()
        if (muted.has(frame.readInt32BE(4))) return
        client.write(frame)
      })) // oxfmt-ignore
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as net.AddressInfo
  const proxy: FrameProxy = {
    address: `127.0.0.1:${own}`,
    judge: () => 'pass',
    release: () => held.splice(0).forEach((pass) => pass()),
    cutAll: () => sockets.forEach((socket) => socket.destroy()),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
  return proxy
}

function frames(take: (frame: Buffer) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = []
  let size = 0
  return (chunk) => {
    chunks.push(chunk)
    size += chunk.length
    let held: Buffer | undefined
    for (;;) {
      if (size < 4) return
      held ??= chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
      const whole = held.length < 4 ? Infinity : 4 + held.readInt32BE(0)
      if (held.length < whole) {
        chunks = held.length === 0 ? [] : [held]
        return
      }
      const frame = held.subarray(0, whole)
      held = held.subarray(whole)
      chunks = held.length === 0 ? [] : [held]
      size = held.length
      take(frame)
    }
  }
}
