import net from 'node:net'

const PRODUCE = 0

export interface LossyProxy {
  address: string
  /** Produce requests that went through so far. */
  produced(): number
  /** Whether the answer was swallowed. */
  lost(): boolean
  close(): Promise<void>
}

/**
 * Stands between a client and one broker. The `nth` Produce request is passed on, its answer is swallowed and the
 * connection cut: the client cannot know whether it was written. No real network loses so exactly.
 */
export async function startLossyProxy(broker: string, nth: number): Promise<LossyProxy> {
  const [host = '', port = ''] = broker.split(/:(?=\d+$)/)
  const sockets = new Set<net.Socket>()
  let produced = 0
  let lost = false
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(port), host)
    let waiting: number | undefined
    const end = () => {
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
    let fromClient: Buffer = Buffer.alloc(0)
    client.on('data', (chunk: Buffer) => {
      fromClient = Buffer.concat([fromClient, chunk])
      while (fromClient.length >= 12 && fromClient.length >= 4 + fromClient.readInt32BE(0)) {
        const frame = fromClient.subarray(0, 4 + fromClient.readInt32BE(0))
        if (frame.readInt16BE(4) === PRODUCE) {
          produced += 1
          if (produced === nth) waiting = frame.readInt32BE(8)
        }
        upstream.write(frame)
        fromClient = fromClient.subarray(frame.length)
      }
    })
    let fromBroker: Buffer = Buffer.alloc(0)
    upstream.on('data', (chunk: Buffer) => {
      fromBroker = Buffer.concat([fromBroker, chunk])
      while (fromBroker.length >= 8 && fromBroker.length >= 4 + fromBroker.readInt32BE(0)) {
        const frame = fromBroker.subarray(0, 4 + fromBroker.readInt32BE(0))
        if (frame.readInt32BE(4) === waiting) {
          lost = true
          end()
          return
        }
        client.write(frame)
        fromBroker = fromBroker.subarray(frame.length)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: own } = server.address() as net.AddressInfo
  return {
    address: `127.0.0.1:${own}`,
    produced: () => produced,
    lost: () => lost,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}
