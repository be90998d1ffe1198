import { signInOf } from '#shared/model/sasl/mechanisms.ts'
import { Buffer } from 'node:buffer'
import { afterEach, expect, it } from 'vitest'
import {
  API_VERSIONS,
  SASL_HANDSHAKE,
  startFakeBroker,
  type FakeBroker,
  type Script,
} from '../../../tests/support/fake-broker.ts'
import { residentBytes } from '../../../tests/support/measure.ts'
import { openCluster } from '../cluster.ts'

// What a broker announces takes no memory before it is there.

let broker: FakeBroker | null = null
afterEach(() => broker?.close())

const sized = (size: number): Buffer => {
  const head = Buffer.alloc(64)
  head.writeInt32BE(size, 0)
  return head
}

it.each<[string, Script]>([
  ['an answer of 200 MB', ({ key, socket }) => (key === API_VERSIONS ? (socket.write(sized(200e6)), null) : undefined)],
  [
    'an answer of 2³¹ − 1 bytes',
    ({ key, socket }) => (key === API_VERSIONS ? (socket.write(sized(2 ** 31 - 1)), null) : undefined),
  ],
  [
    'a hundred million mechanisms',
    ({ key, correlationId, socket }) => {
      if (key !== SASL_HANDSHAKE) return undefined
      const head = Buffer.alloc(14)
      head.writeInt32BE(200e6, 0)
      head.writeInt32BE(correlationId, 4)
      head.writeInt32BE(100e6, 10)
      socket.write(head)
      return null
    },
  ],
])('%s', async (_, script) => {
  broker = await startFakeBroker(script)
  const sasl = signInOf({ mechanism: 'PLAIN', username: 'u' }, { password: 'correct-horse-battery' })!
  const brokers = [{ host: '127.0.0.1', port: broker.port }]
  const before = residentBytes()
  const opened = openCluster(
    { brokers, clientId: 'seekline-0.0.0', connectTimeoutMs: 1_500, sasl },
    { mode: 'read-only' },
  )
  await expect(opened).rejects.toMatchObject({ message: expect.stringContaining('127.0.0.1') })
  expect(residentBytes() - before).toBeLessThan(100e6)
})
