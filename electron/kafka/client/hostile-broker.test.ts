import { Buffer } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import net, { type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import { type KafkaCluster, openCluster } from '../cluster.ts'
import { Writer } from '../protocol/writer.ts'
import type { ConnectionSpec } from './spec.ts'

// A broker that means harm, or something that only poses as one. No real broker can be made to answer so; everything that
// one can be made to do is tested on real Kafka.

const METADATA = 3
const SASL_HANDSHAKE = 17
const API_VERSIONS = 18
const SASL_AUTHENTICATE = 36

interface Asked {
  key: number
  version: number
  correlationId: number
  /** What follows the request's header, for SASL. */
  body: Buffer
  socket: net.Socket
}
/** The body of an answer, or null where the script has answered by itself, or not at all. */
type Script = (asked: Asked) => Uint8Array | null | undefined

const servers: net.Server[] = []
const sockets = new Set<net.Socket>()
const clusters: KafkaCluster[] = []
afterEach(() => {
  clusters.splice(0).forEach((cluster) => cluster.close())
  sockets.forEach((socket) => socket.destroy())
  servers.splice(0).forEach((server) => server.close())
})

/** Answers as an ordinary broker would, but where the script does not say `undefined`. */
async function broker(script: Script): Promise<{ spec: ConnectionSpec; port: number }> {
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    let held = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      held = Buffer.concat([held, chunk])
      while (held.length >= 4 && held.length >= 4 + held.readInt32BE(0)) {
        const frame = held.subarray(0, 4 + held.readInt32BE(0))
        held = held.subarray(frame.length)
        const clientId = Math.max(frame.readInt16BE(12), 0)
        const asked: Asked = {
          key: frame.readInt16BE(4),
          version: frame.readInt16BE(6),
          correlationId: frame.readInt32BE(8),
          body: frame.subarray(14 + clientId),
          socket,
        }
        const scripted = script(asked)
        const body = scripted === undefined ? ordinary(asked, port) : scripted
        if (body !== null) socket.write(framed(asked.correlationId, body))
      }
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const spec: ConnectionSpec = {
    brokers: [{ host: '127.0.0.1', port }],
    clientId: 'seekline-0.0.0',
    connectTimeoutMs: 1_500,
    requestTimeoutMs: 1_500,
  }
  return { spec, port }
}

function framed(correlationId: number, body: Uint8Array): Buffer {
  const head = Buffer.alloc(8)
  head.writeInt32BE(4 + body.length, 0)
  head.writeInt32BE(correlationId, 4)
  return Buffer.concat([head, body])
}

function ordinary(asked: Asked, port: number): Uint8Array {
  if (asked.key === API_VERSIONS) return greeting()
  if (asked.key === METADATA) return metadataAnswer([{ id: 1, host: '127.0.0.1', port }], [])
  if (asked.key === SASL_HANDSHAKE) return mechanisms(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])
  return new Writer(true).tags().int32(0).tags().bytes()
}

function greeting(): Uint8Array {
  const top = [
    [METADATA, 12],
    [API_VERSIONS, 3],
    [SASL_HANDSHAKE, 1],
    [SASL_AUTHENTICATE, 1],
  ] as const
  const w = new Writer(true).int16(0)
  w.array(top, ([key, max]) => w.int16(key).int16(0).int16(max).tags())
  return w.int32(0).tags().bytes()
}

interface Advertised {
  id: number
  host: string
  port: number
}
interface Topic {
  name: string
  error?: number
  partitions?: number
}

/** Metadata v12. */
function metadataAnswer(brokers: Advertised[], topics: Topic[], throttle = 0): Uint8Array {
  const w = new Writer(true).tags().int32(throttle)
  w.array(brokers, ({ id, host, port }) => w.int32(id).string(host).int32(port).nullableString(null).tags())
  w.string('fake').int32(1)
  w.array(topics, ({ name, error = 0, partitions = 1 }) => {
    w.int16(error).nullableString(name).uuid(null).boolean(false)
    const numbers = Array.from({ length: partitions }, (_, n) => n)
    w.array(numbers, (n) => {
      w.int16(0).int32(n).int32(1).int32(0)
      for (let list = 0; list < 3; list += 1) w.array([1], () => w.int32(1))
      w.tags()
    })
    w.int32(-2147483648).tags()
  })
  return Uint8Array.from(w.tags().bytes())
}

function mechanisms(names: string[]): Uint8Array {
  const w = new Writer(false).int16(0)
  w.array(names, (name) => w.string(name))
  return w.bytes()
}

/** SaslAuthenticate v1. */
function authenticated(error: number, message: string | null, bytes: string): Uint8Array {
  const text = Buffer.from(bytes)
  const w = new Writer(false).int16(error).nullableString(message).int32(text.length)
  return Buffer.concat([w.bytes(), text, Buffer.alloc(8)])
}

async function open(spec: ConnectionSpec): Promise<KafkaCluster> {
  const cluster = await openCluster(spec, { mode: 'read-only' })
  clusters.push(cluster)
  return cluster
}

/** The error, which must come soon and be one of ours. */
async function failure(work: Promise<unknown>, withinMs = 8_000): Promise<SeeklineError> {
  const from = performance.now()
  const error = await Promise.race([
    work.then(
      () => new Error('it passed'),
      (thrown: unknown) => thrown,
    ),
    sleep(withinMs, new Error('no end')),
  ])
  expect(error).toBeInstanceOf(SeeklineError)
  expect(performance.now() - from).toBeLessThan(withinMs)
  return error as SeeklineError
}

const raw = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes)
const sized = (size: number): Buffer => {
  const head = Buffer.alloc(64)
  head.writeInt32BE(size, 0)
  return head
}

describe('a greeting that is none', () => {
  it.each<[string, (asked: Asked) => Uint8Array | null]>([
    ['a negative size', ({ socket }) => (socket.write(sized(-1)), null)],
    ['a size of 2³¹ − 1', ({ socket }) => (socket.write(sized(2 ** 31 - 1)), null)],
    ['a size of 200 MB', ({ socket }) => (socket.write(sized(200e6)), null)],
    ['a size of 3', ({ socket }) => (socket.write(sized(3)), null)],
    ['nothing', () => raw()],
    ['a list of 2³⁵ versions', () => raw(0, 0, 0xff, 0xff, 0xff, 0xff, 0x7f)],
    ['a number without end', () => raw(0, 0, ...Array.from({ length: 200 }, () => 0xff))],
    ['an unknown error code', () => raw(0x7f, 0xff, 1, 0, 0, 0, 0, 0)],
    ['versions upside down', () => raw(0, 0, 2, 0, 3, 0, 9, 0, 1, 0, 0, 0, 0, 0, 0)],
    [
      'another request’s answer',
      ({ socket, correlationId }) => (socket.write(framed(correlationId + 7, greeting())), null),
    ],
    ['silence', () => null],
    ['the end', ({ socket }) => (socket.destroy(), null)],
  ])('ends in an error of ours: %s', async (_, answer) => {
    const { spec } = await broker((asked) => (asked.key === API_VERSIONS ? answer(asked) : undefined))
    const before = process.memoryUsage().rss
    const error = await failure(openCluster(spec, { mode: 'read-only' }))
    expect(error.message).toContain(`127.0.0.1`)
    expect(error.hint).toBeTruthy()
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6)
  })

  it('is read though it comes byte by byte', async () => {
    const { spec, port } = await broker((asked) => {
      if (asked.key > API_VERSIONS) return undefined
      const bytes = framed(asked.correlationId, ordinary(asked, port))
      void (async () => {
        asked.socket.setNoDelay(true)
        for (const byte of bytes) {
          asked.socket.write(Uint8Array.of(byte))
          await sleep(1)
        }
      })()
      return null
    })
    expect((await open(spec)).info().clusterId).toBe('fake')
  })

  it('is found among ten thousand answers that nobody asked for', async () => {
    const { spec } = await broker(({ key, socket }) => {
      if (key !== API_VERSIONS) return undefined
      for (let n = 0; n < 10_000; n += 1) socket.write(framed(1_000_000 + n, raw(0, 0, 1)))
      return undefined
    })
    expect((await open(spec)).info().clusterId).toBe('fake')
  })
})

describe('metadata that lie', () => {
  const opened = async (answer: (port: number) => Uint8Array): Promise<KafkaCluster> => {
    const { spec, port } = await broker(({ key }) => (key === METADATA ? answer(port) : undefined))
    return open(spec)
  }

  it.each<[string, () => Uint8Array]>([
    ['2³⁵ brokers', () => raw(0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x7f)],
    ['a name longer than the answer', () => raw(0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0xff, 0x7f, 0)],
    ['nothing at all', () => raw(0)],
  ])('end in an error of ours: %s', async (_, answer) => {
    const error = await failure(opened(answer))
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ sent an answer that cannot be read\. Metadata v12/)
    expect(error.hint).toBeTruthy()
  })

  it.each<[string, Omit<Advertised, 'id'>]>([
    ['port −1', { host: '127.0.0.1', port: -1 }],
    ['port 70,000', { host: '127.0.0.1', port: 70_000 }],
    ['port 0', { host: '127.0.0.1', port: 0 }],
    ['no host', { host: '', port: 9092 }],
    ['a host of ten thousand letters', { host: 'x'.repeat(10_000), port: 9092 }],
    ['a host with control characters', { host: 'a\r\nb\0c\u202e', port: 9092 }],
    ['a host that looks like a path', { host: '../../etc/passwd', port: 9092 }],
  ])('about addresses are told as such: %s', async (_, where) => {
    const error = await failure(opened(() => metadataAnswer([{ id: 1, ...where }], [])))
    expect(error).toMatchObject({ code: 'connect.advertised' })
    expect(error.message.length).toBeLessThan(2_000)
  })

  it('with strange topics are taken as they are', async () => {
    const names = ['a\u0000b', '\u202egnp.exe', '<script>', '__proto__', 'constructor', 'x'.repeat(30_000), '']
    const topics: Topic[] = [...names, '__proto__'].map((name) => ({ name }))
    topics.push({ name: 'wide', partitions: 100_000 }, { name: 'odd', error: 32_000, partitions: 0 })
    const cluster = await opened((port) => metadataAnswer([{ id: 1, host: '127.0.0.1', port }], topics))
    await cluster.refresh()
    expect(cluster.topic('wide')?.partitions).toHaveLength(100_000)
    expect(cluster.topic('__proto__')?.partitions).toHaveLength(1)
    expect(cluster.topic('toString')).toBeUndefined()
    const error = await failure(cluster.requireTopic('odd'))
    expect(error).toMatchObject({ code: 'kafka.refused', message: expect.stringContaining('32000') })
  })
})

describe('a broker that asks for silence', () => {
  it('for ever is told as the reason, and another connection is tried', async () => {
    let asked = 0
    const { spec, port } = await broker(({ key }) => {
      if (key !== METADATA) return undefined
      asked += 1
      return metadataAnswer([{ id: 1, host: '127.0.0.1', port }], [], asked === 3 ? 2 ** 31 - 1 : 0)
    })
    const cluster = await open(spec)
    while (asked < 3) await cluster.refresh()
    const error = await failure(cluster.refresh())
    expect(error).toMatchObject({ code: 'call.timeout', message: expect.stringContaining('s of silence') })
    await cluster.refresh()
  })
})

describe('a log-in at a hostile broker', () => {
  const password = 'correct-horse-battery'
  const login = async (
    mechanism: 'plain' | 'scram-sha-256',
    script: (asked: Asked) => Uint8Array | null | undefined,
  ): Promise<SeeklineError> => {
    const { spec } = await broker(script)
    return failure(openCluster({ ...spec, sasl: { mechanism, username: 'u', password } }, { mode: 'read-only' }))
  }

  it.each([2 ** 31 - 1, 50_000_000, 1e300, Number.NaN])('does not hash for ever: %s rounds', async (rounds) => {
    const error = await login('scram-sha-256', ({ key, body }) => {
      if (key !== SASL_AUTHENTICATE) return undefined
      const nonce = /r=([^,]+)/.exec(body.toString('latin1'))?.[1] ?? ''
      return authenticated(0, null, `r=${nonce}server,s=${Buffer.from('salt').toString('base64')},i=${rounds}`)
    })
    expect(error.code).toBe('connect.sasl')
    expect(error.message).toMatch(/rounds of hashing|iterations/i)
    // The threads that would hash are those that read files.
    const from = performance.now()
    await Promise.all(Array.from({ length: 8 }, () => readFile(import.meta.filename)))
    expect(performance.now() - from).toBeLessThan(2_000)
  })

  it('does not take a hundred million mechanisms', async () => {
    const before = process.memoryUsage().rss
    const error = await login('plain', ({ key, correlationId, socket }) => {
      if (key !== SASL_HANDSHAKE) return undefined
      const head = Buffer.alloc(14)
      head.writeInt32BE(200e6, 0)
      head.writeInt32BE(correlationId, 4)
      head.writeInt32BE(100e6, 10)
      socket.write(head)
      return null
    })
    expect(error.message).toContain('127.0.0.1')
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6)
  })

  it('does not repeat the password that the broker repeats', async () => {
    const error = await login('plain', ({ key }) =>
      key === SASL_AUTHENTICATE ? authenticated(58, `No user u with password ${password}`, '') : undefined,
    )
    expect(error.code).toBe('connect.sasl')
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain(password)
  })

  it('does not go on when the server cannot prove that it knows the password', async () => {
    const error = await login('scram-sha-256', ({ key, body }) => {
      if (key !== SASL_AUTHENTICATE) return undefined
      const text = body.toString('latin1')
      if (text.includes('p=')) return authenticated(0, null, `v=${Buffer.alloc(32).toString('base64')}`)
      const nonce = /r=([^,]+)/.exec(text)?.[1] ?? ''
      return authenticated(0, null, `r=${nonce}server,s=${Buffer.from('salt').toString('base64')},i=4096`)
    })
    expect(error.code).toBe('connect.sasl')
  })
})
