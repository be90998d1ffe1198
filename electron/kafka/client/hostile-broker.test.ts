import { signInOf } from '#shared/model/sasl/mechanisms.ts'
import { Buffer } from 'node:buffer'
import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { SeeklineError } from '#shared/errors.ts'
import {
  API_VERSIONS,
  authenticated,
  framed,
  greeting,
  METADATA,
  metadataAnswer,
  ordinary,
  SASL_AUTHENTICATE,
  SASL_HANDSHAKE,
  startFakeBroker,
  type Advertised,
  type Asked,
  type FakeBroker,
  type Script,
  type Topic,
} from '../../../tests/support/fake-broker.ts'
import { type KafkaCluster, openCluster } from '../cluster.ts'
import type { ConnectionSpec } from './connection-spec.ts'
import { inTime, settled } from '../../../tests/support/wait-for.ts'

// A broker that means harm, or something that only poses as one. No real broker can be made to answer so; everything that
// one can be made to do is tested on real Kafka.

const brokers: FakeBroker[] = []
const clusters: KafkaCluster[] = []
afterEach(() => {
  clusters.splice(0).forEach((cluster) => cluster.close())
  brokers.splice(0).forEach((one) => one.close())
})

async function broker(script: Script): Promise<{ spec: ConnectionSpec; port: number }> {
  const started = await startFakeBroker(script)
  brokers.push(started)
  const spec: ConnectionSpec = {
    brokers: [{ host: '127.0.0.1', port: started.port }],
    clientId: 'seekline-0.0.0',
    connectTimeoutMs: 1_500,
    requestTimeoutMs: 1_500,
  }
  return { spec, port: started.port }
}

async function open(spec: ConnectionSpec): Promise<KafkaCluster> {
  const cluster = await openCluster(spec, { mode: 'read-only' })
  clusters.push(cluster)
  return cluster
}

/** The error, which must come and be one of ours. */
async function failure(work: Promise<unknown>): Promise<SeeklineError> {
  const ended = work.then(
    () => new Error('it passed'),
    (thrown: unknown) => thrown,
  )
  const error = await inTime('the end', ended)
  expect(error).toBeInstanceOf(SeeklineError)
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
    const error = await failure(openCluster(spec, { mode: 'read-only' }))
    expect(error.message).toContain(`127.0.0.1`)
    expect(error.hint).toBeTruthy()
  })

  it('is read though it comes byte by byte', async () => {
    const { spec, port } = await broker((asked) => {
      if (asked.key > API_VERSIONS) return undefined
      const bytes = framed(asked.correlationId, ordinary(asked, port))
      void (async () => {
        asked.socket.setNoDelay(true)
        for (const byte of bytes) {
          asked.socket.write(Uint8Array.of(byte))
          await settled(1)
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
    mechanism: 'PLAIN' | 'SCRAM-SHA-256',
    script: (asked: Asked) => Uint8Array | null | undefined,
  ): Promise<SeeklineError> => {
    const { spec } = await broker(script)
    return failure(
      openCluster({ ...spec, sasl: signInOf({ mechanism, username: 'u' }, { password })! }, { mode: 'read-only' }),
    )
  }

  it.each([2 ** 31 - 1, 50_000_000, 1e300, Number.NaN, '4096abc', ' 4096', '+4096', '4096.0', '0x1000', '-1', ''])(
    'does not hash for ever: %s rounds',
    async (rounds) => {
      const error = await login('SCRAM-SHA-256', ({ key, body }) => {
        if (key !== SASL_AUTHENTICATE) return undefined
        const nonce = /r=([^,]+)/.exec(body.toString('latin1'))?.[1] ?? ''
        return authenticated(0, null, `r=${nonce}server,s=${Buffer.from('salt').toString('base64')},i=${rounds}`)
      })
      expect(error.code).toBe('connect.sasl')
      expect(error.message).toMatch(/rounds of hashing|iterations/i)
      // The threads that would hash are those that read files.
      await Promise.all(Array.from({ length: 8 }, () => inTime('a file', readFile(import.meta.filename))))
    },
  )

  it('does not take a hundred million mechanisms', async () => {
    const error = await login('PLAIN', ({ key, correlationId, socket }) => {
      if (key !== SASL_HANDSHAKE) return undefined
      const head = Buffer.alloc(14)
      head.writeInt32BE(200e6, 0)
      head.writeInt32BE(correlationId, 4)
      head.writeInt32BE(100e6, 10)
      socket.write(head)
      return null
    })
    expect(error.message).toContain('127.0.0.1')
  })

  it('does not repeat the password that the broker repeats', async () => {
    const error = await login('PLAIN', ({ key }) =>
      key === SASL_AUTHENTICATE ? authenticated(58, `No user u with password ${password}`, '') : undefined,
    )
    expect(error.code).toBe('connect.sasl')
    expect(JSON.stringify([error.message, error.hint, error.details])).not.toContain(password)
  })

  it('does not go on when the server cannot prove that it knows the password', async () => {
    const error = await login('SCRAM-SHA-256', ({ key, body }) => {
      if (key !== SASL_AUTHENTICATE) return undefined
      const text = body.toString('latin1')
      if (text.includes('p=')) return authenticated(0, null, `v=${Buffer.alloc(32).toString('base64')}`)
      const nonce = /r=([^,]+)/.exec(text)?.[1] ?? ''
      return authenticated(0, null, `r=${nonce}server,s=${Buffer.from('salt').toString('base64')},i=4096`)
    })
    expect(error.code).toBe('connect.sasl')
  })
})
