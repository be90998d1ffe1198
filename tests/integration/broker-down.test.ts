import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { parseAddress } from '../../electron/kafka/client/spec.ts'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { clusterLink } from '../../electron/kafka/replay/link.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type KafkaCluster } from '../support/kafka.ts'
import { kcatProduce } from '../support/tools.ts'
import { until } from '../support/waiting.ts'

// A broker that is down, and with it all replicas of a partition: said everywhere as that, not as a leader that is missing.

const neverRead = () => {
  throw new Error('Nothing is looked for here.')
}
const topic = 'on-three'
const IS_DOWN = `${topic}[0]: broker 3, which has its only replica, is down.`
let kafka: KafkaCluster
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
}, 300_000)

afterAll(async () => {
  await app?.close()
  await kafka?.stop()
})

it('is named by totals, pages and plans', { timeout: 180_000 }, async () => {
  const totals = await app.call('topics.totals', { connectionId: id, topics: [topic] })
  expect(totals.items[0]?.error).toMatchObject({ code: 'kafka.no-leader', message: IS_DOWN })
  const start = { at: 'log-start' } as const
  const page = app.openStream('messages.browse', { connectionId: id, topic, start }, {})
  await expect(page).rejects.toMatchObject({ code: 'kafka.no-leader', message: IS_DOWN })
  const scope = [{ topic }]
  const plan = await app.call('offsets.plan', { connectionId: id, group: 'any', scope, target: { at: 'log-start' } })
  expect(plan.rows.map((row) => row.note)).toEqual([IS_DOWN])
})

it('is named by whoever follows, who waits for it or is refused', { timeout: 120_000 }, async () => {
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

it('is named where records are to be written', { timeout: 120_000 }, async () => {
  const spec = { brokers: kafka.bootstrap.split(',').map(parseAddress), clientId: 'down-test', connectTimeoutMs: 5_000 }
  const cluster = await openCluster(spec, { mode: 'read-write' })
  try {
    const link = clusterLink({ cluster, reader: { rawBatches: neverRead } }, topic, null)
    const bytes = writeBatch([{ timestamp: 1n, key: null, value: Buffer.from('x'), headers: [] }])
    const refusal = { message: IS_DOWN, retryable: true }
    await expect(link.produce(0, bytes)).rejects.toMatchObject({ ...refusal, details: { sent: false } })
    await expect(link.end(0)).rejects.toMatchObject(refusal)
  } finally {
    cluster.close()
  }
})
