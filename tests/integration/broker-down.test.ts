import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { addressOf } from '#shared/model/addresses.ts'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { produceLink } from '../../electron/kafka/sending/produce-link.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatProduce } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// A broker that is down, and with it all replicas of a partition: said everywhere as that, not as a leader that is missing.

const neverRead = () => {
  throw new Error('Nothing is looked for here.')
}
const topic = 'on-three'
const IS_DOWN = `${topic}[0]: broker 3, which has its only replica, is down.`
let kafka: RunningKafka
let app: TestApp
let id: ConnectionId

beforeAll(async () => {
  kafka = await startKafka({ nodes: 3 })
  app = await startApp()
  await kafka.tools.topics('--create', '--topic', topic, '--replica-assignment', '3')
  await kcatProduce(kafka.bootstrap, { topic, partition: 0, input: 'a\nb\nc' })
  id = await app.connect(kafka.bootstrap)
  await app.call('topics.describe', { connectionId: id, topic })
  await kafka.killNode(3)
  await until('the cluster knows that broker 3 is down', async () => {
    const { partitions } = await app.call('topics.describe', { connectionId: id, topic })
    return partitions[0]?.leader === null
  })
})

afterAll(async () => {
  await app?.close()
  await kafka?.stop()
})

it('how the partitions lie on the brokers, judged by Kafka’s own log directories', async () => {
  const load = await app.call('connections.load', { connectionId: id })
  expect(load).toMatchObject({ partitions: 1, leaderless: 1, underReplicated: 1, failures: [] })
  expect(load.brokers.map(({ id: broker, leads, replicas }) => ({ broker, leads, replicas }))).toEqual([
    { broker: 1, leads: 0, replicas: 0 },
    { broker: 2, leads: 0, replicas: 0 },
  ])
  await kafka.tools.topics('--create', '--topic', 'on-two', '--replica-assignment', '1:2,2:1,1:2')
  for (const partition of [0, 1, 2])
    await kcatProduce(kafka.bootstrap, { topic: 'on-two', partition, input: 'a\nb\nc' })
  const told = async () => {
    const { stdout } = await kafka.tools.call('LogDirsCommand', ['--bootstrap-server', kafka.bootstrap, '--describe', '--broker-list', '1,2']) // oxfmt-ignore
    const json = stdout.split('\n').find((line) => line.startsWith('{')) ?? '{}'
    const { brokers } = JSON.parse(json) as { brokers: { broker: number; logDirs: { partitions: { size: number }[] }[] }[] } // oxfmt-ignore
    return brokers.map(({ broker, logDirs }) => ({
      broker,
      size: BigInt(logDirs.flatMap((dir) => dir.partitions).reduce((sum, one) => sum + one.size, 0)),
    }))
  }
  // A follower has fetched what the leader took a moment later.
  await until('both tell the same', async () => {
    const now = await app.call('connections.load', { connectionId: id })
    const sizes = now.brokers.map(({ id: broker, size }) => ({ broker, size }))
    return String(JSON.stringify(sizes, spell)) === JSON.stringify(await told(), spell) && now.underReplicated === 1
  })
  const after = await app.call('connections.load', { connectionId: id })
  expect(after.brokers).toMatchObject([
    { id: 1, leads: 2, replicas: 3, behind: 0 },
    { id: 2, leads: 1, replicas: 3, behind: 0 },
  ])
  expect(after.brokers.every(({ disk }) => disk !== null && disk.usable > 0n && disk.usable <= disk.total)).toBe(true)
  await kafka.tools.topics('--delete', '--topic', 'on-two')
})

const spell = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

it('is named by totals, pages and plans', async () => {
  const totals = await app.call('topics.totals', { connectionId: id, topics: [topic] })
  expect(totals.items[0]?.error).toMatchObject({ code: 'kafka.no-leader', message: IS_DOWN })
  const start = { at: 'log-start' } as const
  const page = app.openStream('messages.browse', { connectionId: id, topic, start }, {})
  await expect(page).rejects.toMatchObject({ code: 'kafka.no-leader', message: IS_DOWN })
  const scope = [{ topic }]
  const plan = await app.call('offsets.plan', { connectionId: id, group: 'any', scope, target: { at: 'log-start' } })
  expect(plan.rows.map((row) => row.note)).toEqual([IS_DOWN])
})

it('is named by whoever follows, who waits for it or is refused', async () => {
  const abort = new AbortController()
  const told = new Promise<Pick<ErrorValue, 'message'>>((resolve) => {
    app
      .openStream(
        'messages.tail',
        { connectionId: id, topic },
        { signal: abort.signal, onProgress: ({ waiting }) => waiting !== null && resolve(waiting) },
      )
      .catch((error: Error) => resolve(error))
  })
  expect(await told).toMatchObject({ message: IS_DOWN })
  abort.abort()
})

it('is named where records are to be written', async () => {
  const spec = { brokers: kafka.bootstrap.split(',').map(addressOf), clientId: 'down-test', connectTimeoutMs: 5_000 }
  const cluster = await openCluster(spec, { mode: 'read-write' })
  try {
    const link = produceLink({ cluster, reader: { rawBatches: neverRead } }, topic, null)
    const bytes = writeBatch([{ timestamp: 1n, key: null, value: Buffer.from('x'), headers: [] }])
    const refusal = { message: IS_DOWN, retryable: true }
    await expect(link.produce(0, bytes)).rejects.toMatchObject({ ...refusal, details: { sent: false } })
    await expect(link.end(0)).rejects.toMatchObject(refusal)
  } finally {
    cluster.close()
  }
})
