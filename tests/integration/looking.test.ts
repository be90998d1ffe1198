import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { newRegistry, type Registry } from '#shared/model/registry.ts'
import { startApicurio, type RunningApicurio } from '../../scripts/lib/apicurio.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { clusterByScripts, lookAtEverything } from '../support/looking.ts'
import { kcatProduce, type LiveConsumer } from '../support/tools.ts'

// Looking changes nothing. A broker of its own, untouched at first: the very first question must not create anything,
// although this broker makes whatever topic is asked for.

let broker: RunningKafka
let app: TestApp
const live: LiveConsumer[] = []
let apicurio: RunningApicurio
let registry: Registry

beforeAll(async () => {
  const [started, answers] = await Promise.all([
    startKafka({ properties: { 'auto.create.topics.enable': 'true' } }),
    startApicurio('2.6.13.Final'),
  ])
  broker = started
  apicurio = answers!
  registry = newRegistry({ kind: 'apicurio', urls: [apicurio.url] })
  const headers = { 'content-type': 'application/vnd.schemaregistry.v1+json' }
  await fetch(`${apicurio.ccompat}/subjects/orders-value/versions`, { method: 'POST', headers, body: '{"schema":"\\"long\\""}' }) // oxfmt-ignore
  app = await startApp()
})

afterAll(async () => {
  await Promise.all(live.map((consumer) => consumer.stop()))
  await app?.close()
  await Promise.all([broker?.stop(), apicurio?.stop()])
})

/** Everything the gate let out on this connection, as the app itself tells it. */
async function expectReadsOnly(id: Awaited<ReturnType<TestApp['connect']>>): Promise<void> {
  const { sent } = await app.call('connections.describe', { connectionId: id })
  expect(sent.length).toBeGreaterThan(3)
  expect(sent.filter((one) => one.effect !== 'read')).toEqual([])
}

/** What the registry holds, asked straight. */
async function registryItself(): Promise<Record<string, unknown>> {
  const paths = ['/subjects', '/subjects?deleted=true', '/subjects/orders-value/versions', '/config', '/config/orders-value'] // oxfmt-ignore
  const all = paths.map(async (path) => [path, await (await fetch(apicurio.ccompat + path)).json()] as const)
  return Object.fromEntries(await Promise.all(all))
}

describe('a virgin broker', () => {
  it('has no topic after every read route was called, made-up groups and topics included', async () => {
    // Even where writing is allowed: it is the questions that must be harmless, not only the gate.
    const id = await app.connect(broker.bootstrap, { profile: { accessMode: 'full', registry } })
    const kept = await registryItself()
    const { topics } = await lookAtEverything(app, id, broker.bootstrap, { topics: ['made-up'], groups: ['nobody'] })
    expect(topics).toEqual(['made-up'])
    expect(kept['/subjects']).toEqual(['orders-value'])
    expect(await registryItself()).toEqual(kept)
    const { note } = await app.call('groups.list', { connectionId: id })
    expect(note).toContain('No group was ever used')
    const list = await broker.tools.topics('--list')
    expect(list.stdout.trim()).toBe('')
    await expectReadsOnly(id)
    await app.call('connections.close', { connectionId: id })
  })
})

describe('a broker in use', () => {
  beforeAll(async () => {
    const { tools, bootstrap } = broker
    await Promise.all([
      tools.createTopic('orders', 3, { 'retention.ms': '-1' }),
      tools.createTopic('compacted', 1, { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.9' }),
    ])
    for (const partition of [0, 1, 2]) {
      await kcatProduce(bootstrap, { topic: 'orders', partition, input: 'a\nb\nc\nd' })
    }
    await kcatProduce(bootstrap, { topic: 'compacted', input: 'k:1\nk:2\nk:3', keyDelimiter: ':' })
    const wire = await connectWire(bootstrap)
    // The open transaction must outlast the test: the marker of its time-out would be taken for ours.
    for (const end of ['commit', 'abort', 'open'] as const) {
      const producer = await wire.initProducer(`looking-${end}`, 600_000)
      const facts = { transactional: true, producerId: producer.producerId, producerEpoch: producer.epoch, baseSequence: 0 } // oxfmt-ignore
      const record = { timestamp: BigInt(Date.now()), key: null, value: Buffer.from(end), headers: [] }
      await wire.addToTransaction(producer, 'orders', [0])
      await wire.produce('orders', 0, writeBatch([record], facts), producer.transactionalId)
      if (end !== 'open') await wire.endTransaction(producer, end === 'commit')
    }
    wire.close()
    // Neither commits by itself, or its own commits would be taken for ours.
    const still = { 'enable.auto.commit': 'false' }
    live.push(...(await Promise.all([
      tools.liveConsumer('orders', 'live-classic', 'classic', still),
      tools.liveConsumer('orders', 'live-consumer', 'consumer', still),
    ]))) // oxfmt-ignore
    await tools.groups('--group', 'idle', '--topic', 'orders', '--reset-offsets', '--to-offset', '2', '--execute')
  })

  it('is the same for Kafka’s own scripts before and after everything was looked at', async () => {
    const before = await clusterByScripts(broker)
    expect(before['topics']!.join('\n')).toContain('__consumer_offsets')
    expect(before['groups']!.join('\n')).toMatch(/live-consumer .*Stable/)
    expect(before['positions']!.join('\n')).toMatch(/idle +orders/)

    const id = await app.connect(broker.bootstrap, { profile: { accessMode: 'full', registry } })
    const kept = await registryItself()
    const seen = await lookAtEverything(app, id, broker.bootstrap, { topics: ['made-up'], groups: ['nobody'] })
    expect(seen.topics).toEqual(expect.arrayContaining(['orders', 'compacted', '__consumer_offsets']))
    expect(seen.groups).toEqual(expect.arrayContaining(['live-classic', 'live-consumer', 'idle', 'nobody']))

    const after = await clusterByScripts(broker)
    expect(after).toEqual(before)
    expect(await registryItself()).toEqual(kept)
    await expectReadsOnly(id)
  })
})
