import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Value } from '#shared/model/decoded-value.ts'
import { asKafkaWrites, parseExactly } from '../../electron/kafka/decode/fixtures/as-kafka-writes.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { joinStreamsGroup } from '../support/streams-group.ts'
import { kcatProduce } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// What Kafka keeps in topics of its own, decoded, judged record by record by Kafka's own formatters, and by its dump tool
// where there is no formatter. A broker of its own: what other tests leave in these topics would take minutes to judge.

interface Read {
  offset: bigint
  key: unknown
  value: unknown
}

const topic = 'orders'
let kafka: RunningKafka
let app: TestApp
let id: Awaited<ReturnType<TestApp['connect']>>
/** All that was there once everything had happened. */
const read = new Map<string, Read[]>()

beforeAll(async () => {
  kafka = await startKafka({
    properties: {
      'offsets.topic.num.partitions': '1',
      'transaction.state.log.num.partitions': '1',
      'share.coordinator.state.topic.num.partitions': '1',
      // What is compacted away meanwhile could not be judged.
      'log.cleaner.enable': 'false',
    },
  })
  app = await startApp()
  id = await app.connect(kafka.bootstrap)
  await happen()
  for (const name of ['__consumer_offsets', '__transaction_state', '__share_group_state'])
    read.set(name, await all(name))
})

afterAll(async () => {
  await app?.close()
  await kafka?.stop()
})

/** Groups of all kinds come, commit and go; transactions end both ways. */
async function happen(): Promise<void> {
  const { tools, bootstrap } = kafka
  await tools.createTopic(topic, 2)
  for (const partition of [0, 1]) await kcatProduce(bootstrap, { topic, partition, input: 'a\nb\nc' })
  const wire = await connectWire(bootstrap)
  await wire.commit('by hand', [{ topic, partition: 1, offset: 2n, metadata: 'größer' }])
  for (const committed of [true, false]) {
    const producer = await wire.initProducer(`transactional-${committed}`)
    await wire.addToTransaction(producer, topic, [0, 1])
    const { producerId, epoch: producerEpoch, transactionalId } = producer
    const record = { timestamp: 1_700_000_000_000n, key: null, value: Buffer.from('t'), headers: [] }
    const batch = writeBatch([record], { producerId, producerEpoch, baseSequence: 0, transactional: true })
    await wire.produce(topic, 0, batch, transactionalId)
    await wire.endTransaction(producer, committed)
  }
  wire.close()
  const quick = { 'auto.commit.interval.ms': '200', 'client.rack': 'rack-1' }
  const classic = await tools.liveConsumer(topic, 'classic', 'classic', quick)
  await committed('classic')
  const consumer = await tools.liveConsumer(topic, 'consumer', 'consumer', { 'auto.commit.interval.ms': '200' })
  await committed('consumer')
  // A group that goes over to the newer protocol has members of both.
  const older = await tools.liveConsumer(topic, 'consumer', 'classic')
  await older.stop()
  await consumer.stop()
  await classic.stop()
  const streams = await joinStreamsGroup(bootstrap, 'streams', topic)
  await until('the streams member has its tasks', async () => {
    await streams.beat()
    return (await app.call('groups.describe', { connectionId: id, group: 'streams' })).members?.some((one) => one.assignment.length === 2)
  }, { everyMs: 200 }) // oxfmt-ignore
  await streams.leave()
  await tools.call('ConfigCommand', ['--bootstrap-server', bootstrap, '--alter', '--entity-type', 'groups', '--entity-name', 'share', '--add-config', 'share.auto.offset.reset=earliest']) // oxfmt-ignore
  const share = await tools.liveShareConsumer(topic, 'share')
  // The console consumer acknowledges what it has printed.
  await until('the share group has taken a record', async () => (await endOf('__share_group_state')) > 2n, { everyMs: 200 }) // oxfmt-ignore
  await share.stop()
  await tools.groups('--delete', '--group', 'classic')
}

async function committed(group: string): Promise<void> {
  await until(`${group} has committed`, async () => (await kafka.tools.describeGroup(group)).some(({ position }) => (position ?? 0n) > 0n)) // oxfmt-ignore
}

async function endOf(name: string): Promise<bigint> {
  return (await app.call('messages.ledger', { connectionId: id, topic: name })).ledger.parts[0]!.to
}

/** The records of an internal topic as a record that is opened has them. */
async function all(name: string): Promise<Read[]> {
  const { ledger } = await app.call('messages.ledger', { connectionId: id, topic: name })
  const { from, to } = ledger.parts[0]!
  const found: Read[] = []
  for (let offset = from; offset < to; offset += 1n) {
    const record = await app.call('messages.record', { connectionId: id, topic: name, partition: 0, offset })
    if (record.kind !== 'record') continue
    found.push({ offset, key: told(record.keyAs?.value), value: told(record.valueAs?.value) })
  }
  return found
}

/** As Kafka tells it: the state of a transaction by its name, all other numbers as they are. */
function told(value: Value | null | undefined): unknown {
  if (value?.kind !== 'record') return null
  const data = value.fields.find(({ name }) => name === 'data')?.value
  const status =
    data?.kind === 'record' ? data.fields.find(({ name }) => name === 'transactionStatus')?.value : undefined
  const plain = asKafkaWrites(value) as { data: Record<string, unknown> }
  if (status?.kind === 'enum') plain.data.transactionStatus = status.symbol
  return plain
}

/** By the class that formats such records, in the order of the log, of as many as were read: one JSON object after another. */
async function formatted(name: string, formatter: string): Promise<unknown[]> {
  const at = ['--bootstrap-server', kafka.bootstrap, '--topic', name, '--partition', '0', '--offset', 'earliest']
  const { stdout } = await kafka.tools.call('ConsoleConsumer', [...at, '--timeout-ms', '60000', '--max-messages', String(read.get(name)!.length), '--formatter', `org.apache.kafka.tools.consumer.${formatter}`]) // oxfmt-ignore
  return stdout.split(/(?<=\})\s*(?=\{"key":)/).map((text) => parseExactly(text.trim()))
}

/** By the tool that shows what is in the files, with the offsets. */
async function dumped(name: string, decoder: string): Promise<Read[]> {
  const folder = path.join(kafka.dir, 'node-1', 'data', `${name}-0`)
  const files = (await fs.readdir(folder))
    .filter((file) => file.endsWith('.log'))
    .map((file) => path.join(folder, file))
  const { stdout } = await kafka.tools.call('DumpLogSegments', [decoder, '--files', files.join(',')])
  const lines = stdout.matchAll(/^\| offset: (\d+) .* key: (\{.*?\})(?: payload: (.*))?$/gm)
  return Array.from(lines, ([, offset, key, payload]) => ({
    offset: BigInt(offset!),
    key: numbered(key!, 'type'),
    value: payload?.startsWith('{') ? numbered(payload, 'version') : null,
  }))
}

/** The tool writes types and versions as texts. */
function numbered(text: string, name: string): unknown {
  const parsed = parseExactly(text) as Record<string, unknown>
  return { ...parsed, [name]: Number(parsed[name]) }
}

const ofTypes = (name: string, types: readonly number[]) =>
  read.get(name)!.filter(({ key }) => types.includes((key as { type: number }).type)).map(({ key, value }) => ({ key, value })) // oxfmt-ignore

it.each([
  ['__consumer_offsets', '--offsets-decoder', [1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 17, 19, 20, 21, 22, 23]],
  ['__transaction_state', '--transaction-log-decoder', [0]],
  ['__share_group_state', '--share-group-state-decoder', [0, 1]],
] as const)('every record of %s has the fields that Kafka’s own dump has', async (name, decoder, types) => {
  const ours = read.get(name)!
  const judge = (await dumped(name, decoder)).filter(({ offset }) => offset <= ours.at(-1)!.offset)
  expect(judge.length).toBeGreaterThan(3)
  expect(ours.map(({ offset }) => offset)).toEqual(judge.map(({ offset }) => offset))
  expect(new Set(judge.map(({ key }) => (key as { type: number }).type))).toEqual(new Set(types))
  // Kafka leaves out of what consumers say the version that it has read.
  for (const [i, one] of ours.entries()) expect(withoutVersions(one)).toEqual(judge[i])
})

it.each([
  ['__consumer_offsets', 'OffsetsMessageFormatter', [0, 1]],
  ['__consumer_offsets', 'GroupMetadataMessageFormatter', [2]],
  ['__consumer_offsets', 'ShareGroupMessageFormatter', [10, 11, 12, 13, 14, 15]],
  ['__transaction_state', 'TransactionLogMessageFormatter', [0]],
  ['__share_group_state', 'group.share.ShareGroupStateMessageFormatter', [0, 1]],
] as const)('the records of %s are what %s prints', async (name, formatter, types) => {
  const ours = ofTypes(name, types)
  const judge = await formatted(name, formatter)
  expect(judge.length).toBeGreaterThan(3)
  // What consumers say and are given it leaves as bytes; the dump has them.
  const bytes = ({ subscription: _, assignment: __, ...rest }: Record<string, unknown>) => rest
  expect(eachMember(ours, bytes)).toEqual(eachMember(judge, bytes))
})

it('there are members of the classic protocol in a newer group, tombstones, and values with tags', () => {
  const text = JSON.stringify(read.get('__consumer_offsets'), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) // oxfmt-ignore
  expect(text).toContain('"classicMemberMetadata":{"sessionTimeoutMs":45000,"supportedProtocols":[{"name":"range"')
  expect(text).toContain('"topicId":')
  expect(read.get('__consumer_offsets')!.some(({ value }) => value === null)).toBe(true)
})

type Member = Record<string, unknown>

/** Members of classic groups, changed. */
function eachMember(of: unknown, change: (member: Member) => Member): unknown {
  if (Array.isArray(of)) return of.map((one) => eachMember(one, change))
  if (typeof of !== 'object' || of === null) return of
  const changed = 'subscription' in of ? change(of as Member) : of
  return Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, eachMember(value, change)]))
}

function withoutVersions(of: unknown): unknown {
  return eachMember(of, ({ subscription, assignment, ...rest }) => {
    const { version: _, ...said } = subscription as Member
    const { version: __, ...given } = assignment as Member
    return { ...rest, subscription: said, assignment: given }
  })
}
