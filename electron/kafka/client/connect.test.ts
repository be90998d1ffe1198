import { Buffer } from 'node:buffer'
import net, { type AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { holdsFor, inTime, until } from '../../../tests/support/wait-for.ts'
import { openCluster } from '../cluster.ts'
import { metadata } from '../protocol/metadata.ts'
import { Writer } from '../protocol/writer.ts'
import { createKafkaClient, type KafkaClient } from './connect.ts'
import { KafkajsRequestQueue, type RequestQueue } from './kafkajs-internals.ts'
import { patchKafkajs } from './kafkajs-patches.ts'
import { faultOf } from './response-reader.ts'
import { checkKafkajs } from './self-check.ts'
import type { ConnectionSpec } from './connection-spec.ts'

const servers: net.Server[] = []
const clients: KafkaClient[] = []
afterEach(() => {
  clients.splice(0).forEach((client) => client.close())
  servers.splice(0).forEach((server) => server.close())
})

async function serve(onSocket: (socket: net.Socket) => void, host = '127.0.0.1'): Promise<number> {
  const server = net.createServer((socket) => {
    socket.on('error', () => undefined)
    onSocket(socket)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  return (server.address() as AddressInfo).port
}

/** A broker that greets, and answers Metadata v12 with one advertised address; `delayMs` holds each byte's neighbours apart. */
function fakeBroker(
  socket: net.Socket,
  advertised: { host: string; port: number },
  silentAfterGreeting = false,
  throttleMs = 0,
  onAsked: () => void = () => undefined,
): void {
  let held = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    held = Buffer.concat([held, chunk as Buffer])
    while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
      const frame = held.subarray(0, 4 + held.readInt32BE(0))
      held = held.subarray(frame.length)
      const key = frame.readInt16BE(4)
      const w = new Writer(true)
      if (key === 18) {
        w.int16(0)
          .array([3, 18], (k) =>
            w
              .int16(k)
              .int16(0)
              .int16(k === 3 ? 12 : 3)
              .tags(),
          )
          .int32(0)
          .tags()
      } else if (silentAfterGreeting) {
        onAsked()
        continue
      } else {
        onAsked()
        w.tags()
          .int32(throttleMs)
          .array([1], (id) => w.int32(id).string(advertised.host).int32(advertised.port).nullableString(null).tags())
        w.string('fake')
          .int32(1)
          .array([], () => undefined)
          .tags()
      }
      const head = Buffer.alloc(8)
      head.writeInt32BE(4 + w.bytes().length, 0)
      frame.copy(head, 4, 8, 12)
      const answer = Buffer.concat([head, w.bytes()])
      for (let at = 0; at < answer.length; at += 5) socket.write(answer.subarray(at, at + 5))
    }
  })
}

const specOf = (port: number, host = '127.0.0.1', more: Partial<ConnectionSpec> = {}): ConnectionSpec => ({
  brokers: [{ host, port }],
  clientId: 'seekline-0.1.0',
  connectTimeoutMs: 600,
  ...more,
})
const ask = async (spec: ConnectionSpec): Promise<unknown> => {
  const client = createKafkaClient(spec, 'read-only')
  clients.push(client)
  return await client.call('any', metadata, { topics: [] }, { timeoutMs: 600 })
}

it('finds in kafkajs all that it builds on', () => {
  expect(checkKafkajs).not.toThrow()
  const kept = KafkajsRequestQueue.prototype.checkPendingRequests
  KafkajsRequestQueue.prototype.checkPendingRequests = undefined as never
  try {
    expect(checkKafkajs).toThrow(/RequestQueue.checkPendingRequests missing/)
  } finally {
    KafkajsRequestQueue.prototype.checkPendingRequests = kept
  }
})

it('recognises what cannot be the size of a Kafka answer', () => {
  const fault = (...bytes: number[]): string | null => faultOf(Buffer.from(bytes), Buffer.from(bytes).readInt32BE(0))
  expect(fault(0x15, 3, 3, 0)).toMatch(/TLS/)
  expect(fault(...Buffer.from('HTTP'))).toMatch(/HTTP/)
  expect(fault(0xff, 0xff, 0xff, 0xff)).toMatch(/-1 bytes/)
  expect(fault(0, 0, 1, 0)).toBeNull()
})

describe('a failure to connect names the step', () => {
  it('name', async () => {
    await expect(ask(specOf(9092, 'no-such-host.invalid'))).rejects.toMatchObject({
      code: 'connect.name',
      retryable: true,
    })
  })
  it('refused port', async () => {
    const port = await serve(() => undefined)
    servers.pop()!.close()
    await expect(ask(specOf(port))).rejects.toMatchObject({
      code: 'connect.tcp',
      message: `127.0.0.1:${port} cannot be reached: nothing listens on that port.`,
    })
  })
  it('something that is not Kafka', async () => {
    const port = await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    await expect(ask(specOf(port))).rejects.toMatchObject({ code: 'connect.versions' })
  })
  it('a port that takes the connection and says nothing, within the limit', async () => {
    const port = await serve(() => undefined)
    await expect(inTime('the limit', ask(specOf(port)))).rejects.toMatchObject({ code: 'connect.versions' })
  })
  it('TLS spoken to a port that closes', async () => {
    const port = await serve((socket) => socket.once('data', () => socket.destroy()))
    await expect(ask(specOf(port, '127.0.0.1', { tls: {} }))).rejects.toMatchObject({
      code: 'connect.tls',
      retryable: false,
    })
  })
  it('an unreadable key, without its passphrase in the message', async () => {
    const port = await serve(() => undefined)
    const tls = { cert: 'nonsense', key: 'secret-key-text', passphrase: 'hunter2' }
    const error: Error = await ask(specOf(port, '127.0.0.1', { tls })).then(
      () => expect.unreachable(),
      (thrown: Error) => thrown,
    )
    expect(error).toMatchObject({ code: 'connect.tls' })
    expect(error.message).not.toMatch(/hunter2|secret-key-text/)
  })
  it('a listener that closes at the first request after the greeting wants SASL', async () => {
    const port = await serve((socket) => {
      fakeBroker(socket, { host: '127.0.0.1', port: 1 }, true)
      let frames = 0
      socket.on('data', () => ++frames === 2 && socket.destroy())
    })
    await expect(ask(specOf(port))).rejects.toMatchObject({ code: 'connect.sasl' })
  })
})

describe('the advertised address', () => {
  it('that nobody answers is named, with the bootstrap that did', async () => {
    const port = await serve((socket) => fakeBroker(socket, { host: 'kafka.internal.invalid', port: 9092 }))
    await expect(openCluster(specOf(port), { mode: 'read-only' })).rejects.toMatchObject({
      code: 'connect.advertised',
      details: { addresses: [{ nodeId: 1, address: 'kafka.internal.invalid:9092', code: 'connect.name' }] },
    })
  })
  it('is reached through the address map', async () => {
    const port = await serve((socket) => fakeBroker(socket, { host: 'kafka.internal.invalid', port: 9092 }))
    const addressMap = [{ from: 'kafka.internal.invalid:9092', to: `127.0.0.1:${port}` }]
    const cluster = await openCluster(specOf(port, '127.0.0.1', { addressMap }), { mode: 'read-only' })
    expect(cluster.info()).toMatchObject({ clusterId: 'fake', unreachable: [] })
    cluster.close()
  })
  it('may be IPv6, as may the bootstrap', async (context) => {
    let port = 0
    try {
      port = await serve((socket) => fakeBroker(socket, { host: '::1', port }), '::1')
    } catch {
      context.skip()
    }
    const cluster = await openCluster(specOf(port, '::1'), { mode: 'read-only' })
    expect(cluster.info().brokers[0]).toMatchObject({ host: '::1', port })
    cluster.close()
  })
})

describe('an open connection', () => {
  it('gives a call that gets no answer up in time, and the next one a new socket', async () => {
    let sockets = 0
    const port = await serve((socket) => fakeBroker(socket, { host: '127.0.0.1', port: 1 }, ++sockets === 1))
    const client = createKafkaClient(specOf(port), 'read-only')
    clients.push(client)
    await expect(client.call('any', metadata, { topics: [] }, { timeoutMs: 150 })).rejects.toMatchObject({
      code: 'call.timeout',
      details: { sent: true },
    })
    await expect(client.call('any', metadata, { topics: [] })).resolves.toMatchObject({ clusterId: 'fake' })
    expect(sockets).toBe(2)
  })
  it('ends a call at once when cancelled or closed', async () => {
    let asked = 0
    const count = () => void (asked += 1)
    const port = await serve((socket) => fakeBroker(socket, { host: '127.0.0.1', port: 1 }, true, 0, count))
    const client = createKafkaClient(specOf(port), 'read-only')
    clients.push(client)
    const abort = new AbortController()
    const cancelled = client.call('any', metadata, { topics: [] }, { signal: abort.signal })
    cancelled.catch(() => undefined)
    await until('the broker is asked', () => asked === 1)
    abort.abort()
    await expect(cancelled).rejects.toMatchObject({ code: 'call.cancelled' })
    const waiting = client.call('any', metadata, { topics: [] })
    waiting.catch(() => undefined)
    await until('the broker is asked again', () => asked === 2)
    client.close()
    await expect(waiting).rejects.toMatchObject({ retryable: true })
    await expect(client.call('any', metadata, { topics: [] })).rejects.toMatchObject({ code: 'connect.closed' })
  })
  it('once made, tells a broker that hangs up since then for one that is down, not for one that wants TLS', async () => {
    let isDown = false
    const port = await serve((socket) => {
      if (isDown) socket.once('data', () => socket.destroy())
      else fakeBroker(socket, { host: '127.0.0.1', port: 1 })
    })
    const client = createKafkaClient(specOf(port), 'read-only')
    clients.push(client)
    await client.call('any', metadata, { topics: [] })
    isDown = true
    client.dropAllSockets()
    const down = { code: 'connect.tcp', retryable: true, hint: expect.stringContaining('answered before') as string }
    await expect(client.call('any', metadata, { topics: [] })).rejects.toMatchObject(down)
    isDown = false
    await expect(client.call('any', metadata, { topics: [] })).resolves.toMatchObject({ clusterId: 'fake' })
  })
  it('that is still being made ends with a changed network, but not with a silent broker', async () => {
    const port = await serve(() => undefined)
    const client = createKafkaClient(specOf(port, '127.0.0.1', { connectTimeoutMs: 20_000 }), 'read-only')
    clients.push(client)
    const waiting = client.call('any', metadata, { topics: [] })
    let ended = false
    void waiting.catch(() => undefined).finally(() => (ended = true))
    client.dropAllSockets()
    await holdsFor(50, () => expect(ended).toBe(false))
    client.dropAllSockets({ opening: true })
    await expect(waiting).rejects.toMatchObject({ retryable: true })
  })
  it('has its answer also where this thread stood still past the limit: it came, and was not read yet', async () => {
    let standsMs = 0
    const standStill = (): void => {
      const until = performance.now() + standsMs
      while (performance.now() < until);
    }
    const port = await serve((socket) => {
      socket.setNoDelay(true)
      fakeBroker(socket, { host: '127.0.0.1', port: 1 }, false, 0, standStill)
    })
    const client = createKafkaClient(specOf(port), 'read-only')
    clients.push(client)
    await client.call('any', metadata, { topics: [] })
    standsMs = 300
    const answer = client.call('any', metadata, { topics: [] }, { timeoutMs: 100 })
    await expect(answer).resolves.toMatchObject({ clusterId: 'fake' })
  })
  it('is patient while a quota holds its queue back: the time for an answer counts from there', async () => {
    const port = await serve((socket) => fakeBroker(socket, { host: '127.0.0.1', port: 1 }, false, 3_000))
    const client = createKafkaClient(specOf(port), 'read-only')
    clients.push(client)
    await client.call('any', metadata, { topics: [] })
    const end = Date.now() + client.quietMs('admin')
    // Sooner than the quota's pause ends.
    await client.call('any', metadata, { topics: [] }, { timeoutMs: 1_000 })
    expect(Date.now()).toBeGreaterThanOrEqual(end)
  })
  it('opens one socket for calls made at the same time', async () => {
    let sockets = 0
    const port = await serve((socket) => {
      sockets++
      fakeBroker(socket, { host: '127.0.0.1', port: 1 })
    })
    const client = createKafkaClient(specOf(port), 'read-only')
    clients.push(client)
    await Promise.all(Array.from({ length: 20 }, () => client.call('any', metadata, { topics: [] })))
    expect(sockets).toBe(1)
    await client.call('any', metadata, { topics: [] }, { channel: 'tail' })
    expect(sockets).toBe(2)
  })
})

it('sends what a quota held back before what comes after it', () => {
  const { queue, sent, request } = newQueue()
  queue.throttledUntil = Date.now() + 60_000
  queue.push(request(1))
  queue.push(request(2))
  // The pause is over; the timer that would send the first two has not fired yet.
  queue.throttledUntil = Date.now() - 1
  queue.push(request(3))
  queue.destroy()
  expect(sent).toEqual([1, 2, 3])
})

it('keeps that order when the pause ends between two looks at the clock', () => {
  const { queue, sent, request } = newQueue()
  const clock = vi.spyOn(Date, 'now')
  try {
    queue.throttledUntil = 100
    clock.mockReturnValue(50)
    queue.push(request(1))
    let looks = 0
    clock.mockImplementation(() => 99 + looks++)
    queue.push(request(2))
    clock.mockReturnValue(200)
    queue.checkPendingRequests()
  } finally {
    clock.mockRestore()
    queue.destroy()
  }
  expect(sent).toEqual([1, 2])
})

function newQueue() {
  patchKafkajs()
  const Queue = KafkajsRequestQueue as unknown as new (options: object) => RequestQueue
  const logger = { debug: () => undefined }
  const queue = new Queue({ maxInFlightRequests: null, requestTimeout: 1, enforceRequestTimeout: false, logger })
  const sent: number[] = []
  const request = (correlationId: number) => ({
    entry: { correlationId, resolve: () => undefined, reject: () => undefined },
    expectResponse: true,
    sendRequest: () => sent.push(correlationId),
  })
  return { queue, sent, request }
}
