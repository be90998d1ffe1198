import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionState } from '#shared/contract/connections.ts'
import { newProfile } from '#shared/model/profile.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { rowAt } from '#shared/model/rows.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { uniqueName } from '../support/shared-kafka.ts'
import { kcatConsume } from '../support/tools.ts'
import { holdsFor, untilHolds } from '../support/wait-for.ts'

// What a cluster's administrator may set against its clients: sessions that end (KIP-368), and quotas.

const SESSION_MS = 12_000

let kafka: RunningKafka
let app: TestApp
let wire: WireClient

beforeAll(async () => {
  // Quotas are counted over two seconds instead of ten, so that a few megabytes show them.
  const properties = { 'connections.max.reauth.ms': `${SESSION_MS}`, 'quota.window.num': '3' }
  kafka = await startKafka({ security: { sasl: true }, properties })
  app = await startApp()
  wire = await connectWire(kafka.bootstrap)
})

afterAll(async () => {
  wire?.close()
  await app?.close()
  await kafka?.stop()
})

const value = (text: string, size = 0) => ({
  timestamp: BigInt(Date.now()),
  key: null,
  value: Buffer.from(text.padEnd(size, '.')),
  headers: [],
})

async function fill(topic: string, count: number, size: number): Promise<void> {
  await wire.createTopic(topic, 1, { 'retention.ms': '-1' })
  for (let at = 0; at < count; at += 500) {
    await wire.produce(topic, 0, writeBatch(Array.from({ length: 500 }, (_, i) => value(`${at + i} `, size))))
  }
}

async function expectSame(of: string, copy: string): Promise<void> {
  const values = async (topic: string) =>
    (await kcatConsume(kafka.bootstrap, { topic })).map((one) => `${one.timestamp} ${one.value?.toString('hex')}`)
  expect(await values(copy)).toEqual(await values(of))
}

const create = (name: string) => ({ create: true as const, name, partitions: 1, replicationFactor: 1, configs: [] })

describe('sessions that end', () => {
  it.each(['PLAIN', 'SCRAM-SHA-512'] as const)(
    'are renewed under way: browse, tail and replay go on across them, %s',
    async (mechanism) => {
      const { username, password } = kafka.users.admin
      const profile = newProfile('session', { sasl: { mechanism, username }, accessMode: 'full' })
      const id = await app.connect(kafka.listeners.saslPlaintext!, {
        name: uniqueName('Session'),
        profile: { sasl: profile.sasl, accessMode: 'full', readLimit: 0.4 },
        secrets: { password },
      })
      const states: ConnectionState['status'][] = []
      const stop = new AbortController()
      const watched = app.openStream('connections.watch', {}, {
        signal: stop.signal,
        onBatch: (batch) => {
          states.push(...batch.filter((one) => one.connectionId === id).map((one) => one.status))
        },
      }) // oxfmt-ignore
      const [source, followed] = [uniqueName('source'), uniqueName('followed')]
      await fill(source, 6_000, 1_000)
      await wire.createTopic(followed, 1)
      // Taken by its leader: then the broker that is asked knows the topic, too, which it may not at once.
      await wire.produce(followed, 0, writeBatch([value('0')]))
      const rows: string[] = []
      const waits: unknown[] = []
      const tail = app.openStream('messages.tail', { connectionId: id, topic: followed, from: [{ partition: 0, offset: 0n }] }, {
        signal: stop.signal,
        onBatch: (frame) => {
          for (let i = 0; i < frame.count; i++) rows.push(Buffer.from(rowAt(frame, i).value!).toString())
        },
        onProgress: ({ waiting }) => waiting !== null && waits.push(waiting),
      }) // oxfmt-ignore
      const plan = await app.call('replay.plan', { source: id, target: id, topic: source, range: { by: 'places', from: { at: 'log-start' } }, targetTopic: create(`${source}-copy`) }) // oxfmt-ignore
      const started = Date.now()
      const running = app.openStream('replay.run', { source: id, target: id, plan })
      let produced = 1
      let over = false
      const replay = running.finally(() => (over = true))
      // At least two sessions long, however quick the copy is.
      while (!over || Date.now() - started < 2 * SESSION_MS + 1_000) {
        await wire.produce(followed, 0, writeBatch([value(`${produced++}`)]))
        await app.openStream('messages.browse', { connectionId: id, topic: followed, start: { at: 'high-watermark' }, limit: 5 }) // oxfmt-ignore
        await app.call('groups.list', { connectionId: id })
        await holdsFor(200, () => expect(waits).toEqual([]))
      }
      const receipt = await replay
      expect(receipt).toMatchObject({ outcome: 'complete', copied: 6_000n })
      expect(Date.now() - started).toBeGreaterThan(2 * SESSION_MS)
      await untilHolds('all that was produced', () => expect(rows.length).toBe(produced))
      stop.abort()
      await Promise.all([tail, watched])
      expect(rows).toEqual(Array.from({ length: produced }, (_, i) => `${i}`))
      // No connection was lost on the way, and the sessions were renewed on the sockets that were there.
      expect(waits).toEqual([])
      expect(states.filter((status) => status !== 'connected')).toEqual([])
      const { sent } = await app.call('connections.describe', { connectionId: id })
      expect(sent.find((one) => one.api === 'SaslAuthenticate')?.count).toBeGreaterThan(8)
      await expectSame(source, `${source}-copy`)
      await app.call('connections.close', { connectionId: id })
    },
  )
})

describe('a quota set with Kafka’s own tool', () => {
  const client = async () => `seekline-${(await app.call('app.info', {})).version}`
  const alter = async (...change: string[]) =>
    kafka.tools.configs('--alter', ...change, '--entity-type', 'clients', '--entity-name', await client())

  it('is obeyed by a replay and a page, which say so and lose nothing', async () => {
    const source = uniqueName('quota')
    await fill(source, 4_000, 1_000)
    const id = await app.connect(kafka.bootstrap, { name: uniqueName('Quota'), profile: { accessMode: 'full' } })
    await alter('--add-config', 'producer_byte_rate=800000,consumer_byte_rate=800000')
    try {
      const plan = await app.call('replay.plan', { source: id, target: id, topic: source, range: { by: 'places', from: { at: 'log-start' } }, targetTopic: create(`${source}-copy`) }) // oxfmt-ignore
      const notes = new Set<string>()
      const started = Date.now()
      const receipt = await app.openStream(
        'replay.run',
        { source: id, target: id, plan },
        { onProgress: ({ note }) => note !== null && notes.add(note) },
      )
      expect(receipt).toMatchObject({ outcome: 'complete', copied: 4_000n })
      // 4 MB at 0.8 MB/s, of which the broker lets the first two seconds' worth pass. Fetches beyond that are answered with
      // a pause and nothing else.
      expect(Date.now() - started).toBeGreaterThan(1_000)
      expect([...notes].join('\n')).toContain('quota')
      await expectSame(source, `${source}-copy`)

      const codes = new Set<string>()
      const done = await app.openStream('messages.browse', { connectionId: id, topic: source, start: { at: 'log-start' }, limit: 4_000 }, {
        onProgress: ({ waiting }) => waiting !== null && codes.add(waiting.code),
      }) // oxfmt-ignore
      expect(done).toMatchObject({ counts: { records: 4_000n }, failures: [] })
      expect([...codes]).toEqual(['kafka.throttled'])
      const { items } = await app.call('connections.list', {})
      expect(items.find((one) => one.connectionId === id)?.status).toBe('connected')
    } finally {
      await alter('--delete-config', 'producer_byte_rate,consumer_byte_rate')
    }
  })
})
