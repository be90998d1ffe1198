import fs from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { z } from 'zod'
import type { ProduceReceipt } from '#shared/contract/produce.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { ProduceSource, RecordInput } from '#shared/model/produce.ts'
import { newRegistry } from '#shared/model/registry.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { partitionForKey } from '../../electron/kafka/sending/partitioner.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka } from '../support/kafka.ts'
import { sharedRegistry } from '../support/lent.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { dumpedBatches } from '../support/own-batches.ts'
import { kcatConsume, type KcatRecord } from '../support/tools.ts'

// What is produced stands in the log as it was planned, once, and the receipt says where. Judged by kcat and Kafka's own scripts.

let app: TestApp
let bootstrap: string
let wire: WireClient
let id: ConnectionId
/** The same cluster, its registry gone. */
let alone: ConnectionId
let folder: string

beforeAll(async () => {
  const [kafka, registry] = await Promise.all([sharedKafka(), sharedRegistry()])
  bootstrap = kafka.bootstrap
  app = await startApp()
  wire = await connectWire(bootstrap)
  const of = (url: string) => ({ profile: { registry: newRegistry({ kind: 'apicurio', urls: [url] }) } })
  id = await app.connect(bootstrap, { name: 'Produce', ...of(registry.url) })
  alone = await app.connect(bootstrap, { name: 'Produce alone', ...of('http://127.0.0.1:9') })
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'seekline-produce-'))
})

afterAll(async () => {
  wire?.close()
  await app?.close()
  if (folder !== undefined) await fs.rm(folder, { recursive: true, force: true })
})

type Source = z.input<typeof ProduceSource>
type Input = z.input<typeof RecordInput>
const text = (value: string) => ({ as: 'text', text: value }) as const

async function topicOf(partitions = 3, configs: Record<string, string> = {}): Promise<string> {
  const topic = uniqueName('produce')
  await wire.createTopic(topic, partitions, { 'retention.ms': '-1', ...configs })
  return topic
}

const planOf = (topic: string, source: Source, more: { skipBad?: boolean; connectionId?: ConnectionId } = {}) =>
  app.call('produce.plan', { connectionId: id, topic, source, ...more })

async function produced(topic: string, source: Source): Promise<ProduceReceipt> {
  const plan = await planOf(topic, source)
  expect(plan.refusal).toBeNull()
  return app.openStream('produce.apply', { connectionId: id, source, plan })
}

const records = (...all: Input[]): Source => ({ kind: 'records', records: all })
const shown = ({ partition, key, value, headers }: KcatRecord) => [partition, key?.toString() ?? null, value?.toString() ?? null, headers] // oxfmt-ignore

/** Registers a schema as a person does: by its plan. */
async function register(subject: string, schema: string): Promise<void> {
  const plan = await app.call('schemas.planRegister', {
    connectionId: id,
    subject,
    draft: { type: 'avro', text: schema },
  })
  expect(await app.call('schemas.apply', { connectionId: id, plan })).toMatchObject({ status: 'done' })
}

const order = (...fields: string[]) => `{"type":"record","name":"Order","namespace":"com.acme","fields":[{"name":"id","type":"long"}${fields.map((field) => `,${field}`).join('')}]}` // oxfmt-ignore
const named = { by: 'naming', strategy: 'TopicName' } as const

describe('records that are typed', () => {
  it('are written as they stand: keys, tombstones, times, and headers in order, twice, null and empty', async () => {
    const topic = await topicOf()
    const now = BigInt(Date.now()) - 5_000n
    const headers = [
      { name: text('b'), value: null },
      { name: text('a'), value: { as: 'hex', text: '78 79' } },
      { name: text('b'), value: text('') },
    ] satisfies Input['headers']
    const source = records(
      { partition: 2, timestamp: now, key: text('k'), value: text('first'), headers },
      { key: text('order-1'), value: null },
      { key: text('order-1'), value: { as: 'base64', text: 'AAEC' } },
      { partition: 2, value: text('last') },
    )
    const plan = await planOf(topic, source)
    const byKey = partitionForKey(Buffer.from('order-1'), 3)
    expect(plan).toMatchObject({ refusal: null, records: 4, tombstones: 1, bad: { total: 0 }, source: { kind: 'records' } }) // oxfmt-ignore
    expect(plan.preview.map(({ partition }) => partition)).toEqual([2, byKey, byKey, 2])
    expect(plan.concerns.map(({ sentence }) => sentence)).toEqual([expect.stringContaining('not compacted')])
    const receipt = await app.openStream('produce.apply', { connectionId: id, source, plan })
    expect(receipt).toMatchObject({ outcome: 'complete', written: 4n, failures: { total: 0n } })
    expect(receipt.growth.every(({ unacknowledged }) => unacknowledged === 0n)).toBe(true)
    const judge = await kcatConsume(bootstrap, { topic })
    const own = (partition: number) => judge.filter((one) => one.partition === partition)
    expect(own(2).filter(({ value }) => value?.toString() !== undefined).map(shown)).toEqual(expect.arrayContaining([[2, 'k', 'first', 'b=NULL,a=xy,b='], [2, null, 'last', '']])) // oxfmt-ignore
    expect(own(2)[0]!.timestamp).toBe(now)
    expect(own(byKey).filter(({ key }) => key?.toString() === 'order-1').map(({ value }) => value?.toString('hex') ?? null)).toEqual([null, '000102']) // oxfmt-ignore
    for (const { partition, first, last, records: count } of receipt.places) {
      expect([first, last, count]).toEqual([own(partition)[0]!.offset, own(partition).at(-1)!.offset, BigInt(own(partition).length)]) // oxfmt-ignore
    }
  })

  it('have keys and values by their schemas, in each frame, and are decoded again as what they were', async () => {
    const topic = await topicOf(1)
    await register(`${topic}-key`, '"long"')
    await register(`${topic}-value`, order())
    for (const frame of ['apicurio-4', 'apicurio-8', 'apicurio-header', 'confluent-id'] as const) {
      const key = { as: 'schema', schema: named, frame, json: '9007199254740993' } as const
      const value = { as: 'schema', schema: named, frame, json: '{"id": 3}' } as const
      const receipt = await produced(topic, records({ key, value, headers: [{ name: text('own'), value: text('1') }] }))
      const offset = receipt.places[0]!.first!
      const found = await app.call('messages.record', { connectionId: id, topic, partition: 0, offset, patient: true })
      if (found.kind !== 'record') throw new Error(found.kind)
      expect([frame, found.keyAs?.value, Buffer.from(found.valueAs?.written ?? '').toString()]).toMatchObject([frame, { kind: 'integer', value: 9007199254740993n }, '{"id":3}']) // oxfmt-ignore
      // And typed again: the headers that name a schema are not among those that stay.
      const draft = await app.call('produce.draft', { connectionId: id, topic, partition: 0, offset })
      expect(draft).toMatchObject({ missingHeaders: 0, notes: [], record: { headers: [{ name: text('own') }], value: { as: 'schema', json: '{"id":3}' } } }) // oxfmt-ignore
      const again = await produced(topic, records(draft.record))
      const copy = await app.call('messages.record', { connectionId: id, topic, partition: 0, offset: again.places[0]!.first! }) // oxfmt-ignore
      expect(copy).toMatchObject({ key: found.key, value: found.value, headerCount: found.headerCount })
    }
  })

  it('are checked while they are typed, each part for itself', async () => {
    const topic = await topicOf(1)
    await register(`${topic}-value`, order())
    const value = { as: 'schema', schema: named, json: '{"id": "x"}' } as const
    const key = { as: 'schema', schema: { by: 'subject', subject: 'nobody-knows-it', version: null }, json: '1' } as const // oxfmt-ignore
    const check = await app.call('produce.check', { connectionId: id, topic, record: { partition: 7, key, value } })
    expect(check).toMatchObject({
      bytes: null,
      key: { size: null, error: { code: 'registry.unknown', message: expect.stringContaining('nobody-knows-it') as string, hint: expect.stringContaining('Register its schema first') as string } }, // oxfmt-ignore
      value: { problems: [{ path: 'id', at: 7 }], writtenBy: { subject: `${topic}-value`, version: 1, frame: 'apicurio-4' } }, // oxfmt-ignore
      partitionProblem: expect.stringContaining('no partition 7') as string,
    })
    const good = await app.call('produce.check', { connectionId: id, topic, generated: true, record: { value: { ...value, json: '{"id": ${seq:41}}' } } }) // oxfmt-ignore
    expect(good).toMatchObject({ value: { size: 6, rendered: '{"id": 41}', problems: [] }, bytes: expect.any(Number) as number }) // oxfmt-ignore
    // Nothing was registered by asking.
    await expect(app.call('schemas.subject', { connectionId: id, subject: 'nobody-knows-it' })).rejects.toMatchObject({ code: 'registry.unknown' }) // oxfmt-ignore
  })

  it('leave a topic’s transactions as they are', async () => {
    const topic = await topicOf(1)
    const producer = await wire.initProducer(uniqueName('txn'))
    const { producerId, epoch: producerEpoch, transactionalId } = producer
    let baseSequence = 0
    const inside = async (value: string) => {
      await wire.addToTransaction(producer, topic, [0])
      const batch = writeBatch([{ timestamp: 1n, key: null, value: Buffer.from(value), headers: [] }], { producerId, producerEpoch, baseSequence: baseSequence++, transactional: true }) // oxfmt-ignore
      await wire.produce(topic, 0, batch, transactionalId ?? undefined)
    }
    await inside('committed')
    await wire.endTransaction(producer, true)
    await inside('aborted')
    await wire.endTransaction(producer, false)
    expect(await produced(topic, records({ value: text('mine') }))).toMatchObject({ outcome: 'complete' })
    expect((await kcatConsume(bootstrap, { topic })).map(({ value }) => value?.toString())).toEqual(['committed', 'mine']) // oxfmt-ignore
  })
})

describe('records that are generated', () => {
  const record = { key: text('k${seq}'), value: text('{"id":"${uuid}","n":${1..6}}') } satisfies Input

  it('are as many as were asked for, at no more than their rate', async () => {
    const topic = await topicOf()
    const source: Source = { kind: 'generated', record, count: 1_000, rate: 500 }
    const plan = await planOf(topic, source)
    expect(plan).toMatchObject({ refusal: null, records: 1_000, isEstimate: false, preview: { length: 10 } })
    const seen: bigint[] = []
    const began = Date.now()
    const receipt = await app.openStream('produce.apply', { connectionId: id, source, plan }, { onProgress: ({ written }) => void seen.push(written) }) // oxfmt-ignore
    expect(receipt).toMatchObject({ outcome: 'complete', written: 1_000n })
    expect(seen.length).toBeGreaterThan(3)
    const judge = await kcatConsume(bootstrap, { topic })
    expect(new Set(judge.map(({ key }) => key?.toString())).size).toBe(1_000)
    expect(judge.every(({ value }) => /^\{"id":"[\da-f-]{36}","n":[1-6]\}$/.test(value!.toString()))).toBe(true)
    // What was shown is what was written.
    const first = judge.find(({ key }) => key?.toString() === 'k1')
    expect(plan.preview[0]).toMatchObject({ partition: first!.partition, value: { text: first!.value!.toString() } })
    // However busy the machine is, they may be later than that, never earlier.
    const newest = Math.max(...judge.map(({ timestamp }) => Number(timestamp)))
    expect(newest - began).toBeGreaterThan(1_700)
  })

  it('end where they are cancelled, and the receipt says exactly what was written', async () => {
    const topic = await topicOf()
    const source: Source = { kind: 'generated', record, count: 200_000, rate: 2_000 }
    const plan = await planOf(topic, source)
    expect(plan).toMatchObject({ records: 200_000, isEstimate: true, places: [] })
    const over = new AbortController()
    const onProgress = ({ written }: { written: bigint }) => void (written > 500n && over.abort())
    const receipt = await app.openStream('produce.apply', { connectionId: id, source, plan }, { signal: over.signal, onProgress }) // oxfmt-ignore
    expect(receipt.outcome).toBe('cancelled')
    expect(receipt.written).toBeGreaterThan(500n)
    expect(receipt.summary).toMatch(/it was cancelled, and [\d\s]+ records never sent/)
    expect(BigInt((await kcatConsume(bootstrap, { topic })).length)).toBe(receipt.written)
    const { items } = await app.call('journal.list', { kind: 'produce', limit: 1 })
    expect(items[0]).toMatchObject({ id: receipt.id, result: { written: receipt.written, outcome: 'cancelled' } })
    // Of the records themselves the journal keeps nothing.
    expect(items[0]).toMatchObject({ plan: { preview: [], bad: { first: [] } } })
  })
})

describe('a broker that dies midway', () => {
  it('has nothing twice, and all of it once it is back', async () => {
    const kafka = await startKafka()
    try {
      const other = await connectWire(kafka.bootstrap)
      const topic = uniqueName('killed')
      await other.createTopic(topic, 1, { 'retention.ms': '-1' })
      other.close()
      const connectionId = await app.connect(kafka.bootstrap, { name: 'Killed' })
      const source: Source = { kind: 'generated', record: { value: text('${seq}') }, count: 20_000, rate: 10_000 }
      const plan = await planOf(topic, source, { connectionId })
      let killed: Promise<void> | undefined
      const onProgress = ({ written }: { written: bigint }) => {
        if (written > 2_000n) killed ??= kafka.killNode(1).then(() => kafka.startNode(1))
      }
      const receipt = await app.openStream('produce.apply', { connectionId, source, plan }, { onProgress })
      expect(killed).toBeDefined()
      await killed
      const dumped = await dumpedBatches(kafka.tools, path.join(kafka.dir, 'node-1', 'data', `${topic}-0`))
      expect(dumped.twice).toEqual([])
      expect(receipt).toMatchObject({ outcome: 'complete', written: 20_000n })
      expect(dumped.records).toBe(20_000)
      const values = (await kcatConsume(kafka.bootstrap, { topic })).map(({ value }) => Number(value))
      expect(values).toEqual(Array.from({ length: 20_000 }, (_, at) => at + 1))
    } finally {
      await kafka.stop()
    }
  })
})

describe('what cannot be written', () => {
  it('of a record that is too large only that one, by its number', async () => {
    const topic = await topicOf(1, { 'max.message.bytes': '20000' })
    const source = records({ value: text('a') }, { value: text('x'.repeat(30_000)) }, { value: text('b') })
    const plan = await planOf(topic, source)
    expect(plan.concerns).toMatchObject([{ kind: 'too-large', sentence: expect.stringContaining('record 2 has') as string }]) // oxfmt-ignore
    const receipt = await app.openStream('produce.apply', { connectionId: id, source, plan })
    expect(receipt).toMatchObject({ outcome: 'partial', written: 2n, failures: { total: 1n, first: [{ line: 2, partition: 0 }] } }) // oxfmt-ignore
    expect((await kcatConsume(bootstrap, { topic })).map(({ value }) => value?.toString())).toEqual(['a', 'b'])
  })

  it('without a schema, or its registry, is refused with what to do', async () => {
    const topic = await topicOf(1)
    const source = records({ value: { as: 'schema', schema: named, json: '{}' } })
    const unknown = await planOf(topic, source)
    expect(unknown.refusal).toMatchObject({ code: 'registry.unknown', message: expect.stringContaining(`${topic}-value`) as string, hint: expect.stringContaining('never registers') as string }) // oxfmt-ignore
    await expect(app.openStream('produce.apply', { connectionId: id, source, plan: unknown })).rejects.toMatchObject({ code: 'registry.unknown' }) // oxfmt-ignore
    const down = await planOf(topic, source, { connectionId: alone })
    expect(down.refusal).toMatchObject({ code: 'registry.unreachable' })
    const check = await app.call('produce.check', { connectionId: alone, topic, record: { value: { as: 'schema', schema: named, json: '{}' } } }) // oxfmt-ignore
    expect(check.value.error).toMatchObject({ code: 'registry.unreachable' })
    // What needs no schema goes on.
    expect(await planOf(topic, records({ value: text('a') }), { connectionId: alone })).toMatchObject({ refusal: null })
  })

  it('is what the plan did not see: another schema, other records, another topic', async () => {
    const topic = await topicOf(1)
    await register(`${topic}-value`, order())
    const source = records({ value: { as: 'schema', schema: named, json: '{"id": 1}' } })
    const plan = await planOf(topic, source)
    expect(plan.schemas).toMatchObject([{ subject: `${topic}-value`, version: 1 }])
    await register(`${topic}-value`, order('{"name":"note","type":"string","default":""}'))
    const apply = (given: Source, of = plan) => app.openStream('produce.apply', { connectionId: id, source: given, plan: of }) // oxfmt-ignore
    await expect(apply(source)).rejects.toMatchObject({ code: 'plan.stale', message: expect.stringContaining('version 2 now; the plan saw version 1') as string }) // oxfmt-ignore
    const fixed = records({ value: { as: 'schema', schema: { ...named, version: 1 }, json: '{"id": 1}' } })
    const again = await planOf(topic, fixed)
    expect(await apply(fixed, again)).toMatchObject({ outcome: 'complete', written: 1n })
    await expect(apply(records({ value: text('other') }), await planOf(topic, records({ value: text('planned') })))).rejects.toMatchObject({ code: 'plan.stale' }) // oxfmt-ignore
    const old = await planOf(topic, records({ value: text('a') }))
    await wire.deleteTopic(topic)
    await wire.createTopic(topic, 1)
    await expect(apply(records({ value: text('a') }), old)).rejects.toMatchObject({ code: 'kafka.topic-recreated' })
    expect(await kcatConsume(bootstrap, { topic })).toEqual([])
    expect(await planOf('__consumer_offsets', records({ value: text('a') })).catch((error: unknown) => error)).toMatchObject({}) // oxfmt-ignore
  })
})

describe('a file of lines', () => {
  const lines = [
    '{"key": "a", "value": {"json": {"id": 1}}, "headers": [{"name": "h", "value": {"base64": "AA=="}}]}',
    '{"key": {"text": "b"}, "value": {"text": "t", "base64": "/w=="}, "partition": 1, "timestamp": "1700000000000"}',
    '{"key": null, "value": null}',
  ]

  it('is written line by line; a bad one is named by its number, and nothing is sent unless they are left out', async () => {
    const topic = await topicOf(2)
    const file = path.join(folder, 'lines.ndjson')
    await fs.writeFile(file, [...lines.slice(0, 2), '{"value": {"json": }}', '', lines[2]].join('\r\n'))
    const source: Source = { kind: 'file', path: file }
    const plan = await planOf(topic, source)
    expect(plan).toMatchObject({ records: 3, bad: { total: 1, first: [{ line: 3, part: 'line' }] }, refusal: { code: 'plan.refused', message: expect.stringMatching(/Record 3: This is no line of JSON/) as string } }) // oxfmt-ignore
    await expect(app.openStream('produce.apply', { connectionId: id, source, plan })).rejects.toMatchObject({ code: 'plan.refused' }) // oxfmt-ignore
    const skipping = await planOf(topic, source, { skipBad: true })
    expect(skipping).toMatchObject({ records: 3, refusal: null, source: { name: file } })
    await fs.appendFile(file, '\n')
    await expect(app.openStream('produce.apply', { connectionId: id, source, plan: skipping })).rejects.toMatchObject({ code: 'plan.stale', message: expect.stringContaining('The file') as string }) // oxfmt-ignore
    expect(await kcatConsume(bootstrap, { topic })).toEqual([])
    const last = await planOf(topic, source, { skipBad: true })
    const receipt = await app.openStream('produce.apply', { connectionId: id, source, plan: last })
    expect(receipt).toMatchObject({ outcome: 'partial', written: 3n, failures: { total: 1n, first: [{ line: 3 }] } })
    const judge = await kcatConsume(bootstrap, { topic })
    expect(judge.map(({ key, value }) => [key?.toString() ?? null, value?.toString('latin1') ?? null])).toEqual(expect.arrayContaining([['a', '{"id":1}'], ['b', '\u00ff'], [null, null]])) // oxfmt-ignore
    expect(judge.find(({ key }) => key?.toString() === 'b')).toMatchObject({ partition: 1, timestamp: 1_700_000_000_000n }) // oxfmt-ignore
  })

  it('may be pasted, and written by a schema whatever its lines say', async () => {
    const topic = await topicOf(1)
    await register(`${topic}-value`, order())
    const pasted = Array.from({ length: 3_000 }, (_, at) => `{"value": {"json": {"id": ${at}}}}`).join('\n')
    const value = { as: 'schema', schema: named } as const
    const source: Source = { kind: 'lines', name: 'pasted', text: pasted, value }
    expect(await produced(topic, source)).toMatchObject({ outcome: 'complete', written: 3_000n })
    const judge = await kcatConsume(bootstrap, { topic })
    expect(judge.map(({ value: bytes }) => bytes!.length > 5 && bytes![0])).toEqual(Array(3_000).fill(0))
  })

  it.each([
    ['that is not there', 'nothing.ndjson', /no such file/],
    ['that is a folder', '', /no file/],
    ['without a record', 'empty.ndjson', /no record in it/],
  ])('%s is refused with what to do', async (_, name, message) => {
    await fs.writeFile(path.join(folder, 'empty.ndjson'), '\n\n')
    const topic = await topicOf(1)
    const plan = await planOf(topic, { kind: 'file', path: path.join(folder, name) }).then(
      ({ refusal }) => refusal,
      (error: unknown) => error,
    )
    expect(plan).toMatchObject({ message: expect.stringMatching(message) as string })
  })

  it('with a line of many megabytes is named by it, and read no further than it must be', async () => {
    const topic = await topicOf(1)
    const file = path.join(folder, 'long.ndjson')
    await fs.writeFile(file, `{"value": "a"}\n"${'x'.repeat(20 << 20)}"\n{"value": "b"}\n`)
    const plan = await planOf(topic, { kind: 'file', path: file })
    expect(plan).toMatchObject({ records: 2, bad: { total: 1, first: [{ line: 2, problem: { message: 'The line is longer than 8 MiB.' } }] } }) // oxfmt-ignore
  })
})
