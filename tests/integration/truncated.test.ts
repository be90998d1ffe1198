import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatConsume } from '../support/tools.ts'
import { inTime, untilHolds } from '../support/wait-for.ts'

// An unclean election: the leader is lost with records that its follower, which was down, has never had.

const topic = 'cut-back'
let kafka: RunningKafka
let app: TestApp

beforeAll(async () => {
  kafka = await startKafka({ nodes: 3 })
  app = await startApp()
})

afterAll(async () => {
  await app?.close()
  await kafka?.stop()
})

async function produce(node: number, text: string): Promise<void> {
  const wire = await connectWire(kafka.bootstrap.split(',')[node - 1]!)
  const record = (i: number) => ({ timestamp: BigInt(Date.now()), key: null, value: Buffer.from(`${text} ${i}`), headers: [] }) // oxfmt-ignore
  await wire.produce(topic, 0, writeBatch(Array.from({ length: 100 }, (_, i) => record(i))))
  wire.close()
}

async function described(words: string): Promise<void> {
  const describe = async () => (await kafka.tools.topics('--describe', '--topic', topic)).stdout
  await untilHolds(`the topic with "${words.trim()}"`, async () => expect(await describe()).toContain(words))
}

it('a read does not go on in a log that was cut back and has grown again', async () => {
  await kafka.tools.topics('--create', '--topic', topic, '--replica-assignment', '1:2', '--config', 'unclean.leader.election.enable=true', '--config', 'min.insync.replicas=1') // oxfmt-ignore
  await produce(1, 'kept')
  await kafka.killNode(2)
  await described('Isr: 1\t')
  await produce(1, 'lost')

  const id = await app.connect(kafka.bootstrap, { name: 'Three nodes' })
  let rows = 0
  const tail = app.openStream(
    'messages.tail',
    { connectionId: id, topic, from: [{ partition: 0, offset: 0n }] },
    {
      onBatch: ({ count }) => {
        rows += count
      },
    },
  )
  const ended = tail.then(
    () => null,
    (error: unknown) => error,
  )
  await untilHolds('all that was there', () => expect(rows).toBe(200))

  await kafka.killNode(1)
  await kafka.startNode(2)
  await described('Leader: 2\t')
  await produce(2, 'instead')
  await produce(2, 'instead')
  // Judged by kcat: the offsets that were read as "lost" are others now, and the log is longer than what was read.
  const now = await kcatConsume(kafka.bootstrap, { topic })
  expect(now[100]?.value?.toString()).toBe('instead 0')
  expect(now.length).toBeGreaterThan(200)

  expect(await inTime('the end of the read', ended)).toMatchObject({
    code: 'kafka.log-truncated',
    details: { endOffset: 100n },
  })
  expect(rows).toBe(200)
})
