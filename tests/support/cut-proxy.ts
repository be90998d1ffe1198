import net from 'node:net'

export interface CutProxy {
  address: string
  /** The number of connections through it that are open now. */
  open(): number
  /** The number of all connections that were made to it. */
  taken(): number
  /** Destroys every connection and accepts no new one, like a network that is gone. */
  cut(): void
  mend(): void
  close(): Promise<void>
}

/** A proxy between the app and one broker, so that the network can fail without harming the broker. */
export async function startCutProxy(broker: string): Promise<CutProxy> {
  const [host = '', port = ''] = broker.split(/:(?=\d+$)/)
  const clients = new Set<net.Socket>()
  let isCut = false
  let taken = 0
  const server = net.createServer((client) => {
    taken += 1
    if (isCut) {
      client.resetAndDestroy()
      return
    }
    const upstream = net.connect(Number(port), host)
    clients.add(client)
    client.pipe(upstream).pipe(client)
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        clients.delete(client)
        other.destroy()
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as net.AddressInfo
  const drop = (): void => {
    for (const client of clients) client.resetAndDestroy()
  }
  return {
    address: `127.0.0.1:${own}`,
    open: () => clients.size,
    taken: () => taken,
    cut: () => {
      isCut = true
      drop()
    },
    mend: () => {
      isCut = false
    },
    close: () =>
      new Promise((resolve) => {
        drop()
        server.close(() => resolve())
      }),
  }
}
