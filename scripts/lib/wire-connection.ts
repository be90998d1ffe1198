import net from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { WireReader, wire } from './wire-format.ts'

/** One socket to a broker, and the requests that wait for an answer. */
export interface WireConnection {
  request: (api: number, version: number, body: Buffer) => Promise<WireReader>
  /** Repeats the request while a coordinator is still loading or a transaction still ending. */
  patiently: (what: string, ask: () => Promise<number>) => Promise<void>
  /** Also makes the broker create the internal topic in which the coordinator works. */
  findCoordinator: (key: string, type: 0 | 1) => Promise<void>
  close: () => void
}

/** For one answer, and for repeating a request. Only against hanging: a busy machine is slow. */
const LIMIT_MS = 60_000

export async function openWire(address: string, clientId = 'seekline-fixtures'): Promise<WireConnection> {
  const [host = '', port = ''] = address.split(',')[0]!.split(/:(?=\d+$)/) // split always gives at least one piece
  const socket = net.connect(Number(port), host)
  const waiting = new Map<number, { resolve: (body: WireReader) => void; reject: (error: Error) => void }>()
  let received: Buffer = Buffer.alloc(0)
  let correlation = 0
  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error(`${address} closed the connection.`)))
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
      const end = 4 + received.readInt32BE(0)
      const reader = new WireReader(received.subarray(4, end))
      received = received.subarray(end)
      const id = reader.int32()
      waiting.get(id)?.resolve(reader)
      waiting.delete(id)
    }
  })

  const request = (api: number, version: number, body: Buffer): Promise<WireReader> => {
    correlation += 1
    const id = correlation
    const frame = Buffer.concat([wire.int16(api), wire.int16(version), wire.int32(id), wire.string(clientId), body])
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${address} did not answer request ${api} in 60 s.`)), LIMIT_MS)
      const done = () => clearTimeout(timer)
      waiting.set(id, {
        resolve: (value) => (done(), resolve(value)),
        reject: (error) => (done(), reject(error)),
      })
      socket.write(Buffer.concat([wire.int32(frame.length), frame]))
    })
  }

  const patiently = async (what: string, ask: () => Promise<number>): Promise<void> => {
    const deadline = Date.now() + LIMIT_MS
    for (;;) {
      const code = await ask()
      if (code === 0) return
      if (!transient.has(code) || Date.now() > deadline) throw new Error(`${what} failed with Kafka's error ${code}.`)
      await sleep(100)
    }
  }

  return {
    request,
    patiently,
    findCoordinator: (key, type) =>
      patiently(`FindCoordinator ${key}`, async () => {
        const answer = await request(10, 1, Buffer.concat([wire.string(key), wire.int8(type)]))
        answer.int32()
        return answer.int16()
      }),
    close: () => socket.destroy(),
  }
}

export const unknownTopic = 3
/** TOPIC_ALREADY_EXISTS. */
export const stillThere = 36

/** UNKNOWN_TOPIC_OR_PARTITION just after creation, leader and coordinator still settling, a transaction still ending. */
const transient = new Set([unknownTopic, 5, 6, 14, 15, 16, stillThere, 51])
