import net from 'node:net'

/**
 * The ids of the brokers that the one on this port knows of; none while it does not serve clients yet. A Metadata
 * request (v1, for no topic) by hand: start-up asks often, and a client library's retries and warnings are in the way.
 */
export async function registeredBrokers(port: number, limitMs = 2_000): Promise<number[]> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    let received = Buffer.alloc(0)
    const finish = (ids: number[]) => {
      socket.destroy()
      resolve(ids)
    }
    socket.setTimeout(limitMs, () => finish([]))
    socket.on('error', () => finish([]))
    socket.on('close', () => finish([]))
    socket.on('connect', () => socket.write(metadataRequest()))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) finish(brokerIds(received))
    })
  })
}

function metadataRequest(): Buffer {
  const client = Buffer.from('seekline-setup')
  const head = Buffer.alloc(10)
  head.writeInt16BE(3, 0) // Metadata
  head.writeInt16BE(1, 2)
  head.writeInt32BE(1, 4) // correlation id
  head.writeInt16BE(client.length, 8)
  const body = Buffer.concat([head, client, Buffer.alloc(4)]) // an empty array: no topics
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length, 0)
  return Buffer.concat([size, body])
}

function brokerIds(response: Buffer): number[] {
  let at = 8 // size and correlation id
  const count = response.readInt32BE(at)
  at += 4
  return Array.from({ length: count }, () => {
    const id = response.readInt32BE(at)
    at += 4
    at += 2 + response.readInt16BE(at) // host
    at += 4 // port
    at += 2 + Math.max(0, response.readInt16BE(at)) // rack, which may be null
    return id
  })
}
