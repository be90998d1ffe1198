import fs from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mechanismNames, signInOf, type MechanismName } from '#shared/model/sasl/mechanisms.ts'
import { logDirs } from '../../electron/kafka/log-dirs.ts'
import { describeConfigs } from '../../electron/kafka/configs.ts'
import { initProducerId } from '../../electron/kafka/producer-id.ts'
import { createTopic } from '../../electron/kafka/create-topic.ts'
import { produceLink } from '../../electron/kafka/sending/produce-link.ts'
import { gatedKafka } from '../../electron/kafka/client/fixtures/gated-kafkajs.ts'
import { findSeeklineError } from '../../electron/kafka/client/connect-errors.ts'
import { addressOf } from '#shared/model/addresses.ts'
import { type ClusterState, type ConnectionSpec, type KafkaCluster, openCluster } from '../../electron/kafka/cluster.ts'
import { coordinatorOf, isNoGroupsYet } from '../../electron/kafka/coordinators.ts'
import { deleteGroups, describeGroups, listGroups } from '../../electron/kafka/groups-api.ts'
import { listOffsets } from '../../electron/kafka/list-offsets.ts'
import { commitPositions, deletePositions, fetchPositions } from '../../electron/kafka/group-positions.ts'
import { fetch } from '../../electron/kafka/protocol/fetch.ts'
import { metadata } from '../../electron/kafka/protocol/metadata.ts'
import { offsetCommit } from '../../electron/kafka/protocol/offset-commit.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { commitSurely } from '../support/commit.ts'
import { untilHolds } from '../support/wait-for.ts'

let broker: RunningKafka
let spec: ConnectionSpec
const open: KafkaCluster[] = []

const specFor = (addresses: string, more: Partial<ConnectionSpec> = {}): ConnectionSpec => ({
  brokers: addresses.split(',').map(addressOf),
  clientId: 'seekline-test-0.1.0',
  connectTimeoutMs: 5_000,
  ...more,
})
async function connect(mode: 'read-only' | 'read-write', to: ConnectionSpec = spec): Promise<KafkaCluster> {
  const cluster = await openCluster(to, { mode })
  open.push(cluster)
  return cluster
}
const record = (key: string, value: string, timestamp: bigint) => ({
  timestamp,
  key: Buffer.from(key),
  value: Buffer.from(value),
  headers: [],
})
const positionOf = (offset: bigint, metadata = '') => ({ offset, metadata, leaderEpoch: -1 })

beforeAll(async () => {
  // It would make whatever topic is asked for.
  const properties = { 'auto.create.topics.enable': 'true' }
  broker = await startKafka({ security: { sasl: true, tls: true }, properties })
  spec = specFor(broker.bootstrap)
})
afterAll(async () => {
  open.forEach((cluster) => cluster.close())
  await broker?.stop()
})

describe('a virgin cluster', () => {
  it('has no groups and gets no topic by being looked at', async () => {
    const cluster = await connect('read-only')
    expect(cluster.info()).toMatchObject({ release: '4.4', unreachable: [] })
    expect((await describeGroups(cluster, ['g'])).get('g')).toMatchObject({ ok: true, value: { exists: false } })
    const positions = await fetchPositions(cluster, ['g'], [{ topic: 't', partition: 0 }])
    expect(positions.get('g')).toMatchObject({ ok: true, value: [{ outcome: { ok: true, value: null } }] })
    const error: unknown = await coordinatorOf(cluster, 'g').catch((thrown: unknown) => thrown)
    expect(isNoGroupsYet(error)).toBe(true)
    expect((await listGroups(cluster)).groups).toEqual([])
    await cluster.refresh({ topics: ['never-made'] })
    await cluster.refresh()
    expect(cluster.topics.size).toBe(0)
    expect(cluster.gate.sentApiKeys().has(10)).toBe(false)
  })
})

describe('offsets, positions and groups', () => {
  const topic = 'seam-orders'
  let cluster: KafkaCluster
  let topicId: string | null

  beforeAll(async () => {
    cluster = await connect('read-write')
    const config = [{ name: 'retention.ms', value: '-1' }]
    topicId = (await createTopic(cluster, { topic, partitions: 3, replicationFactor: 1, configs: config })).topicId
    const wire = await connectWire(broker.bootstrap)
    for (const [partition, numbers] of [
      [0, [2, 4]],
      [1, [1, 3, 5]],
    ] as const)
      await wire.produce(topic, partition, writeBatch(numbers.map((i) => record(`${i}`, `v${i}`, BigInt(i * 1_000)))))
    wire.close()
  })

  it('lists every kind of offset of many partitions, errors beside values', async () => {
    const ask = [
      { topic, partition: 1, at: 'earliest' },
      { topic, partition: 1, at: 'latest' },
      { topic, partition: 1, at: 'lso' },
      { topic, partition: 1, at: 'max-timestamp' },
      { topic, partition: 1, at: 2_000n },
      { topic, partition: 1, at: 9_000n },
      { topic, partition: 7, at: 'latest' },
      { topic: 'no-such-topic', partition: 0, at: 'latest' },
    ] as const
    const found = await listOffsets(cluster, ask)
    expect(found.map(({ outcome }) => (outcome.ok ? outcome.value.offset : outcome.error.code))).toEqual([
      0n,
      3n,
      3n,
      2n,
      1n,
      null,
      'kafka.partition-unknown',
      'kafka.topic-unknown',
    ])
    expect(found[4]!.outcome).toMatchObject({ ok: true, value: { timestamp: 3_000n } })
  })

  it('fetches raw batches by topic id and by name, each answer in memory of its own that can be transferred', async () => {
    for (const id of [topicId, null]) {
      const partitions = [
        { partition: 1, fetchOffset: 0n, maxBytes: 1_000_000, currentLeaderEpoch: 0 },
        { partition: 0, fetchOffset: 99n, maxBytes: 1_000_000 },
      ]
      const request = { isolationLevel: 1, maxWaitMs: 100, minBytes: 1, maxBytes: 1_000_000 } as const
      const answer = await cluster.call(
        cluster.leaderOf(topic, 1)!.nodeId,
        fetch,
        { ...request, topics: [{ topic, topicId: id, partitions }] },
        { channel: 'browse' },
      )
      const [good, bad] = answer.topics[0]!.partitions
      expect(good).toMatchObject({ errorCode: 0, highWatermark: 3n, logStartOffset: 0n })
      expect(good!.records[16]).toBe(2)
      expect(bad).toMatchObject({ errorCode: 1 })
      structuredClone(good!.records.buffer, { transfer: [good!.records.buffer as ArrayBuffer] })
      expect(good!.records.byteLength).toBe(0)
    }
    expect(
      (await listOffsets(cluster, [{ topic, partition: 0, at: 'latest' }], { channel: 'browse' }))[0]!.outcome.ok,
    ).toBe(true)
  })

  it('commits, reads back and deletes positions as the script sees them', async () => {
    const group = 'seam-group'
    await commitSurely(cluster, group, [{ topic, partition: 0, position: positionOf(0n) }])
    const committed = await commitPositions(cluster, group, [
      { topic, partition: 0, position: positionOf(2n, 'by hand') },
      { topic, partition: 1, position: positionOf(1n) },
      { topic, partition: 7, position: positionOf(0n) },
    ])
    expect(committed.map((r) => (r.outcome.ok ? 'ok' : r.outcome.error.code))).toEqual([
      'ok',
      'ok',
      'kafka.topic-unknown',
    ])
    const read = await fetchPositions(cluster, [group, 'seam-other'], 'all', { requireStable: true })
    expect(read.get('seam-other')).toEqual({ ok: true, value: [] })
    const script = await broker.tools.describeGroup(group)
    expect(script.map((row) => [row.topic, row.partition, row.position])).toEqual([
      [topic, 0, 2n],
      [topic, 1, 1n],
    ])
    expect(read.get(group)).toMatchObject({
      ok: true,
      value: [{ outcome: { value: { offset: 2n, metadata: 'by hand' } } }, {}],
    })
    expect((await listGroups(cluster)).groups).toContainEqual(
      expect.objectContaining({ group, type: 'classic', state: 'Empty' }),
    )
    expect(await deletePositions(cluster, group, [{ topic, partition: 0 }])).toMatchObject([{ outcome: { ok: true } }])
    const left = await fetchPositions(cluster, [group], [{ topic, partition: 0 }])
    expect(left.get(group)).toMatchObject({ value: [{ outcome: { ok: true, value: null } }] })
    expect((await deleteGroups(cluster, [group, 'seam-none'])).get(group)).toEqual({ ok: true, value: null })
    expect((await describeGroups(cluster, [group])).get(group)).toMatchObject({ value: { exists: false } })
  })

  it.each(['classic', 'consumer'] as const)('describes a live %s group and is refused by it', async (protocol) => {
    const group = `seam-live-${protocol}`
    const consumer = await broker.tools.liveConsumer(topic, group, protocol)
    try {
      const before = (await describeGroups(cluster, [group])).get(group)!
      expect(before).toMatchObject({ ok: true, value: { exists: true, type: protocol, state: 'Stable' } })
      const members = before.ok ? (before.value.members ?? []) : []
      expect(members).toHaveLength(1)
      expect(members[0]).toMatchObject({ subscription: [topic] })
      expect(members[0]!.assignment.map((a) => a.partition).toSorted((a, b) => a - b)).toEqual([0, 1, 2])
      const refused = await commitPositions(cluster, group, [{ topic, partition: 0, position: positionOf(0n) }])
      expect(refused[0]!.outcome).toMatchObject({ ok: false, error: { code: 'kafka.group-live' } })
      expect((await deleteGroups(cluster, [group])).get(group)).toMatchObject({ error: { code: 'kafka.group-live' } })
      expect((await describeGroups(cluster, [group])).get(group)).toEqual(before)
    } finally {
      await consumer.stop()
    }
  })

  it('reads settings, sizes and a producer id, and keeps errors per resource and partition', async () => {
    const settings = await describeConfigs(cluster, [
      { kind: 'topic', name: topic, keys: ['retention.ms'] },
      { kind: 'topic', name: 'no-such-topic' },
      { kind: 'broker', name: '1', keys: ['log.retention.hours'] },
    ])
    expect(settings[0]!.outcome).toMatchObject({
      value: [{ name: 'retention.ms', value: '-1', source: 'DYNAMIC_TOPIC_CONFIG', isDefault: false, type: 'LONG' }],
    })
    expect(settings[1]!.outcome).toMatchObject({ ok: false, error: { code: 'kafka.topic-unknown' } })
    expect(settings[2]!.outcome).toMatchObject({ ok: true })
    const sizes = await logDirs(cluster, [topic])
    expect(sizes.failures).toEqual([])
    expect(sizes.replicas.filter((r) => r.size > 0n)).toHaveLength(2)
    expect((await initProducerId(cluster)).producerEpoch).toBe(0)
    const answer = await cluster.call(1, fetch, {
      isolationLevel: 0,
      maxWaitMs: 100,
      minBytes: 1,
      maxBytes: 1_000_000,
      topics: [{ topic, topicId, partitions: [{ partition: 0, fetchOffset: 0n, maxBytes: 1_000_000 }] }],
    })
    const records = answer.topics[0]!.partitions[0]!.records
    const linkTo = { cluster, reader: { rawBatches: () => expect.unreachable('nothing is in doubt') } }
    // By id where the broker knows ids, by name where not: the same bytes at the next offset.
    for (const [id, baseOffset] of [
      [topicId, 0n],
      [null, 2n],
    ] as const) {
      expect(await produceLink(linkTo, topic, id).produce(2, records)).toMatchObject({ errorCode: 0, baseOffset })
    }
    const [broken, elsewhere] = await Promise.all([
      produceLink(linkTo, topic, topicId).produce(2, new Uint8Array(80)),
      produceLink(linkTo, topic, 'AAAAAAAAAAAAAAAAAAAAAQ').produce(2, records),
    ])
    // CORRUPT_MESSAGE; UNKNOWN_TOPIC_ID: what stands under the name now is another topic.
    expect([broken.errorCode, elsewhere.errorCode]).toEqual([2, 100])
    expect((await broker.tools.offsets(topic)).get(2)).toBe(4n)
  })
})

describe('the gate', () => {
  it("stops our own writes, and kafkajs' admin and producer, and lets the reads go on", async () => {
    const cluster = await connect('read-only')
    const commit = cluster.call('any', offsetCommit, { group: 'g', topics: [] })
    await expect(commit).rejects.toMatchObject({ code: 'access.read-only' })
    await cluster.refresh()
    const kafka = gatedKafka(spec, cluster.gate)
    const admin = kafka.admin()
    await admin.connect()
    expect(await admin.listTopics()).toContain('seam-orders')
    const create: unknown = await admin.createTopics({ topics: [{ topic: 'seam-sneaked' }] }).catch((e: unknown) => e)
    expect(findSeeklineError(create)).toMatchObject({ code: 'access.read-only' })
    await admin.disconnect()
    for (const allowAutoTopicCreation of [true, false]) {
      const producer = kafka.producer({ allowAutoTopicCreation })
      await producer.connect()
      const sent: unknown = await producer
        .send({ topic: 'seam-orders', messages: [{ value: 'x' }] })
        .catch((e: unknown) => e)
      expect(findSeeklineError(sent)).toMatchObject({ code: 'access.read-only' })
      await producer.disconnect()
    }
    const written = [0, 8, 11, 19, 22]
    expect(written.filter((key) => cluster.gate.sentApiKeys().has(key))).toEqual([])
    expect(cluster.gate.blockedApiKeys().get(0)).toBe(1)
  })

  it('follows the access mode while the connection lives', async () => {
    const cluster = await connect('read-only')
    await expect(initProducerId(cluster)).rejects.toMatchObject({ code: 'access.read-only' })
    cluster.setAccess('read-write')
    expect((await initProducerId(cluster)).producerId).toBeGreaterThanOrEqual(0n)
  })
})

describe('security', () => {
  const alice = { username: 'alice', password: 'alice-secret' }
  const aliceBy = (mechanism: MechanismName, password: string) =>
    signInOf({ mechanism, username: alice.username }, { password })!
  const tlsFailure = (text: string) => ({ code: 'connect.tls', message: expect.stringContaining(text) })
  const attempt = async (to: ConnectionSpec): Promise<{ code: string; message: string } | null> => {
    try {
      const cluster = await connect('read-only', to)
      await cluster.call('any', metadata, { topics: [] })
      return null
    } catch (error) {
      const { code, message } = error as { code: string; message: string }
      return { code, message }
    }
  }

  it.each(mechanismNames)('%s: right and wrong password', async (mechanism) => {
    const address = broker.listeners.saslPlaintext!
    expect(await attempt(specFor(address, { sasl: aliceBy(mechanism, alice.password) }))).toBeNull()
    const wrong = await attempt(specFor(address, { sasl: aliceBy(mechanism, 'hunter2-wrong') }))
    expect(wrong).toMatchObject({
      code: 'connect.sasl',
      message: expect.stringContaining('refused the user name or password'),
    })
    expect(wrong!.message).not.toContain('hunter2')
  })

  it('says when one side speaks TLS or SASL and the other does not', async () => {
    const { saslPlaintext, sslWrongHost } = broker.listeners
    const ca = await fs.readFile(broker.certificates!.ca, 'utf8')
    // Asks for no client certificate, and shows one for elsewhere.example.
    const elsewhere = 'elsewhere.example'
    const port = sslWrongHost!
    expect(await attempt(specFor(port, { tls: { ca, servername: elsewhere } }))).toBeNull()
    expect(await attempt(specFor(port, { tls: { rejectUnauthorized: false } }))).toBeNull()
    expect(await attempt(specFor(port, { tls: { servername: elsewhere } }))).toMatchObject(tlsFailure('authority'))
    expect(await attempt(specFor(port, { tls: { ca } }))).toMatchObject(tlsFailure('another name'))
    expect(await attempt(specFor(port))).toMatchObject(tlsFailure('speaks TLS'))
    expect(await attempt(specFor(broker.bootstrap, { tls: { ca } }))).toMatchObject(tlsFailure('does not speak TLS'))
    expect(await attempt(specFor(saslPlaintext!))).toMatchObject({ code: 'connect.sasl' })
    const needless = specFor(broker.bootstrap, { sasl: aliceBy('PLAIN', alice.password) })
    expect(await attempt(needless)).toMatchObject({
      code: 'connect.sasl',
      message: expect.stringContaining('does not ask'),
    })
  })

  it('takes a client certificate, and says what is wrong with one', async () => {
    const { ca: caFile, otherCa, alice: own, mallory } = broker.certificates!
    const [ca, cert, key] = await Promise.all([
      fs.readFile(caFile, 'utf8'),
      fs.readFile(own.cert, 'utf8'),
      fs.readFile(own.key, 'utf8'),
    ])
    const ssl = broker.listeners.ssl!
    expect(await attempt(specFor(ssl, { tls: { ca, cert, key } }))).toBeNull()
    expect(await attempt(specFor(ssl, { tls: { ca } }))).toMatchObject(tlsFailure('client certificate'))
    expect(await attempt(specFor(ssl, { tls: { ca, cert, key: 'no key' } }))).toMatchObject(
      tlsFailure('cannot be read'),
    )
    const foreign = { ca, cert: await fs.readFile(mallory.cert, 'utf8'), key: await fs.readFile(mallory.key, 'utf8') }
    expect(await attempt(specFor(ssl, { tls: foreign }))).toMatchObject(tlsFailure('client certificate'))
    const wrongCa = { ca: await fs.readFile(otherCa, 'utf8'), cert, key }
    expect(await attempt(specFor(ssl, { tls: wrongCa }))).toMatchObject(tlsFailure('authority'))
  })
})

describe('losing the cluster', () => {
  it('goes on after all sockets were dropped', async () => {
    const cluster = await connect('read-only')
    cluster.dropAllSockets()
    const offsets = await listOffsets(cluster, [{ topic: 'seam-orders', partition: 0, at: 'latest' }])
    expect(offsets[0]!.outcome.ok).toBe(true)
  })

  it('says reconnecting with the reason when the broker is killed, and connected when it is back', async () => {
    const cluster = await connect('read-only')
    const states: ClusterState[] = []
    cluster.onState((state) => states.push(state))
    await broker.killNode(1)
    await untilHolds('the loss is noticed', () => expect(cluster.state.kind).toBe('reconnecting'))
    expect(states[0]).toMatchObject({ kind: 'reconnecting', reason: { code: expect.stringMatching(/^connect\./) } })
    await broker.startNode(1)
    await untilHolds('it is back', () => expect(cluster.state.kind).toBe('connected'))
    expect(cluster.topic('seam-orders')?.partitions).toHaveLength(3)
  })
})
