import net from 'node:net'

/** A broker's view of its cluster. */
export interface SeenCluster {
  /** The ids of the brokers that it knows. */
  brokers: number[]
  /** For each partition of all topics: its replicas, and those of them that are in sync. */
  partitions: { replicas: number[]; inSync: number[] }[]
}

/**
 * What the broker on this port knows; null while it does not serve clients yet. A hand-written Metadata request (v1, for all
 * topics): start-up asks often, and a client library's retries and warnings would disturb that.
 */
export async function seenCluster(port: number, limitMs = 2_000): Promise<SeenCluster | null> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    let received = Buffer.alloc(0)
    const finish = (seen: SeenCluster | null) => {
      socket.destroy()
      resolve(seen)
    }
    socket.setTimeout(limitMs, () => finish(null))
    socket.on('error', () => finish(null))
    socket.on('close', () => finish(null))
    socket.on('connect', () => socket.write(metadataRequest()))
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      if (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) finish(clusterOf(received))
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
  const body = Buffer.concat([head, client, Buffer.alloc(4, 0xff)]) // a null array: all topics
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length, 0)
  return Buffer.concat([size, body])
}

function clusterOf(response: Buffer): SeenCluster {
  let at = 8 // size and correlation id
  const int32 = () => response.readInt32BE((at += 4) - 4)
  const skipText = () => void (at += 2 + Math.max(0, response.readInt16BE(at))) // it may be null
  const array = <T>(read: () => T): T[] => Array.from({ length: int32() }, read)
  const brokers = array(() => {
    const id = int32()
    skipText() // host
    at += 4 // port
    skipText() // rack
    return id
  })
  at += 4 // controller
  const partitions = array(() => {
    at += 2 // error
    skipText() // name
    at += 1 // internal?
    return array(() => {
      at += 2 + 4 + 4 // error, partition, leader
      return { replicas: array(int32), inSync: array(int32) }
    })
  })
  return { brokers, partitions: partitions.flat() }
}
