import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contract, type RouteName } from '#shared/contract/index.ts'
import type { DeletePlan, Plan } from '#shared/contract/offsets.ts'
import type { ReplayPlan } from '#shared/contract/replay.ts'
import type { SchemaPlan } from '#shared/contract/schema-plans.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newProfile, type AccessMode, type Profile } from '#shared/model/profile.ts'
import { gatedKafka } from '../../electron/kafka/client/fixtures/gated-kafkajs.ts'
import { findSeeklineError } from '../../electron/kafka/client/connect-errors.ts'
import { isReadApi } from '../../electron/kafka/protocol/api-table.ts'
import { addressOf } from '#shared/model/addresses.ts'
import { openCluster, type KafkaCluster } from '../../electron/kafka/cluster.ts'
import { groupsCanExist } from '../../electron/kafka/coordinators.ts'
import { offsetCommit } from '../../electron/kafka/protocol/offset-commit.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { OpenConnections, type ConnectionParts } from '../../electron/services/connections/open-connections.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { uniqueName } from '../support/shared-kafka.ts'
import { spokenApis } from '../support/spoken-apis.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'

// A read-only profile: the router refuses politely, and the gate in the socket holds even where nobody asked the router.

// Its own: what others do on the shared one would look like writes that came through. It makes whatever topic is asked for.
let broker: RunningKafka
let app: TestApp
let tools: KafkaTools
let bootstrap: string
let topic: string
let group: string
let before: Awaited<ReturnType<typeof asKafkaTells>>

beforeAll(async () => {
  broker = await startKafka({ properties: { 'auto.create.topics.enable': 'true' } })
  ;({ bootstrap, tools } = broker)
  app = await startApp()
  topic = uniqueName('gate')
  group = uniqueName('gate-group')
  await tools.createTopic(topic, 1)
  await kcatProduce(bootstrap, { topic, input: 'a\nb\nc' })
  await tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', '2', '--execute')
  before = await asKafkaTells()
})

afterAll(async () => {
  await app?.close()
  await broker?.stop()
})

async function asKafkaTells() {
  const [topics, ends, positions] = await Promise.all([
    tools.topics('--describe'),
    tools.offsets(topic),
    tools.describeGroup(group),
  ])
  return { topics: topics.stdout.split('\n').toSorted(), ends, positions }
}

const stopped = { code: 'access.read-only' }
const made = (name: string, accessMode: AccessMode): Profile =>
  newProfile(name, { name, brokers: [bootstrap], accessMode })

/** A call of each route that writes, meant to succeed where it may. */
function writes(id: ConnectionId, plan: Plan): Partial<Record<RouteName, (confirm?: string) => Promise<unknown>>> {
  const replayPlan: ReplayPlan = {
    version: 1,
    spec: {
      source: id,
      topic,
      range: { by: 'places', from: { at: 'log-start' } },
      target: id,
      targetTopic: { create: true, name: `${topic}-copy`, partitions: 1, replicationFactor: -1, configs: [] },
      partitioning: 'keep',
      timestamps: 'keep',
    },
    sourceClusterId: plan.clusterId,
    sourceTopicId: null,
    targetClusterId: plan.clusterId,
    targetTopicId: null,
    targetPartitions: 1,
    rows: [],
    offsets: 3n,
    estimatedBytes: null,
    shiftMs: null,
    concerns: [],
    refusal: null,
    summary: '',
    madeAt: 0n,
  }
  const given = (confirm?: string) => (confirm === undefined ? {} : { confirm })
  return {
    'offsets.apply': (confirm) => app.call('offsets.apply', { connectionId: id, plan, ...given(confirm) }),
    'offsets.applyGroups': (confirm) =>
      app.call('offsets.applyGroups', {
        connectionId: id,
        plan: { plans: [plan], failures: [], refusal: null, summary: '' },
        ...given(confirm),
      }),
    'offsets.arm': (confirm) =>
      app.call('offsets.arm', { connectionId: id, plan, offsets: 'shown', wait: true, ...given(confirm) }),
    'offsets.delete': (confirm) =>
      app.call('offsets.delete', { connectionId: id, plan: deletePlan(plan), ...given(confirm) }),
    'offsets.applyDeletions': (confirm) =>
      app.call('offsets.applyDeletions', {
        connectionId: id,
        plan: { plans: [deletePlan(plan)], failures: [], refusal: null, summary: '' },
        ...given(confirm),
      }),
    'replay.run': (confirm) =>
      app.openStream('replay.run', { source: id, target: id, plan: replayPlan, ...given(confirm) }),
    'produce.apply': async (confirm) => {
      const plan = await app.call('produce.plan', { connectionId: id, topic, source: typed })
      return app.openStream('produce.apply', { connectionId: id, source: typed, plan, ...given(confirm) })
    },
    'stepping.run': async (confirm) => {
      const joining = await app.call('stepping.plan', { connectionId: id, group: `${group}-stepped`, topics: [topic] })
      const stop = new AbortController()
      const onBatch = () => stop.abort()
      const run = app.openStream('stepping.run', { connectionId: id, plan: joining, ...given(confirm) }, { signal: stop.signal, onBatch }) // oxfmt-ignore
      // It ends with whoever reads it; that it had begun is what is asked.
      return await run.catch((error: unknown) => {
        if (!stop.signal.aborted) throw error
      })
    },
    'stepping.step': async (confirm) => {
      const session = { connectionId: id, session: 'none', step: { do: 'commit' as const }, ...given(confirm) }
      return await app.call('stepping.step', session).catch((error: { code?: string }) => {
        // There is no such session; before that it was let pass.
        if (error.code !== 'call.invalid') throw error
      })
    },
    'schemas.apply': (confirm) =>
      app.call('schemas.apply', { connectionId: id, plan: schemaPlan(id, plan.clusterId), ...given(confirm) }),
  }
}

const typed = { kind: 'records' as const, records: [{ value: { as: 'text' as const, text: 'sneaked' } }] }

/** As a plan of one compatibility would come. */
const schemaPlan = (id: ConnectionId, clusterId: string | null): SchemaPlan => ({
  action: 'compatibility',
  version: 1,
  connectionId: id,
  clusterId,
  registry: 'http://127.0.0.1:1',
  undoOf: null,
  subject: null,
  before: { own: 'FULL', level: 'FULL' },
  after: 'NONE',
  refusal: null,
  warnings: [],
  summary: '',
  madeAt: 0n, // oxfmt-ignore
})

const deletePlan = ({ connectionId, clusterId, groupType, groupState }: Plan): DeletePlan => ({
  version: 1,
  connectionId,
  clusterId,
  group,
  groupExists: true,
  groupType,
  groupState,
  members: [],
  what: 'group',
  rows: [],
  refusal: null,
  warnings: [],
  failures: [],
  summary: '',
  madeAt: 0n, // oxfmt-ignore
})

const writeRoutes = Object.entries(contract).filter(([, def]) => def.effect === 'write').map(([name]) => name as RouteName) // oxfmt-ignore
const planFor = (id: ConnectionId): Promise<Plan> =>
  app.call('offsets.plan', { connectionId: id, group, target: { at: 'log-start' } })

/** The profile as the app opens it, with the seam in the test's hands. */
async function opened(profile: Profile) {
  const spec = { brokers: [addressOf(bootstrap)], clientId: 'seekline-test-0.1.0' }
  const open = new OpenConnections<ConnectionParts>({
    connect: async (_profile, mode, signal) => {
      const cluster = await openCluster(spec, { mode, signal })
      return { cluster, setReadLimit: () => undefined, setRegistry: () => undefined, close: () => cluster.close() }
    },
  })
  const { connectionId } = await open.open(profile, new AbortController().signal)
  return { open, spec, cluster: open.require(connectionId).cluster }
}

interface Made {
  topic: string
  group: string
}

const commitOf = ({ topic: name, group: of }: Made) => ({
  group: of,
  topics: [{ topic: name, partitions: [{ partition: 0, offset: 0n, leaderEpoch: -1, metadata: 'sneaked' }] }],
})

/** One request of each API that is not a read, which would change something if it arrived. */
const requests: Record<string, (made: Made) => unknown> = {
  OffsetCommit: commitOf,
  JoinGroup: (at) => ({
    group: at.group,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    memberId: '',
    protocols: [{ name: 'range', metadata: new Uint8Array() }],
  }),
  SyncGroup: (at) => ({ group: at.group, generation: 1, memberId: 'x', protocol: 'range', assignments: [] }),
  Heartbeat: (at) => ({ group: at.group, generation: 1, memberId: 'x' }),
  LeaveGroup: (at) => ({ group: at.group, memberId: 'x' }),
  ConsumerGroupHeartbeat: (at) => ({
    group: at.group,
    memberId: 'sneaked',
    memberEpoch: 0,
    subscription: { topics: [at.topic], rebalanceTimeoutMs: 10_000 },
    owned: [],
  }),
  AlterShareGroupOffsets: ({ topic, group }) => ({ group, topics: [{ topic, partitions: [{ partition: 0, startOffset: 0n }] }] }), // oxfmt-ignore
  DeleteShareGroupOffsets: ({ topic, group }) => ({ group, topics: [topic] }),
  OffsetDelete: (at) => ({ group: at.group, topics: [{ topic: at.topic, partitions: [0] }] }),
  DeleteGroups: (at) => ({ groups: [at.group] }),
  CreateTopics: (at) => ({
    topics: [{ topic: `${at.topic}-sneaked`, partitions: 1, replicationFactor: 1, configs: [] }],
    timeoutMs: 5_000,
    validateOnly: false,
  }),
  InitProducerId: () => ({}),
  Produce: (at) => ({
    timeoutMs: 5_000,
    topics: [{ topic: at.topic, partitions: [{ partition: 0, records: oneRecord }] }],
  }),
}
const oneRecord = writeBatch([{ timestamp: 1n, key: null, value: new Uint8Array([1]), headers: [] }])

describe('a read-only profile', () => {
  it('is refused every route that writes, with a sentence', async () => {
    const id = await app.connect(bootstrap, { name: 'Look only', profile: { accessMode: 'read-only' } })
    const all = writes(id, await planFor(id))
    expect(Object.keys(all).toSorted()).toEqual(writeRoutes.toSorted())
    for (const name of writeRoutes) {
      const message = 'The profile "Look only" is read-only.'
      expect([name, await refusalOf(async () => await all[name]?.('Look only'))]).toMatchObject([
        name,
        { ...stopped, message },
      ])
    }
    const { sent } = await app.call('connections.describe', { connectionId: id })
    expect(sent.filter((one) => one.effect === 'write')).toEqual([])
  })

  it('plans what a template, a file or generators would write, and writes none of it', async () => {
    const id = await app.connect(bootstrap, { name: 'Look only too', profile: { accessMode: 'read-only' } })
    const template = { topic, name: 'sneaked', record: { value: { as: 'text' as const, text: '${seq}' } }, count: 3 }
    await app.call('produce.templates.save', { connectionId: id, template })
    const { text } = await app.call('produce.templates.export', { connectionId: id })
    await app.call('produce.templates.import', { connectionId: id, text })
    const { items } = await app.call('produce.templates.list', { connectionId: id, topic })
    const [{ record, count }] = items as [(typeof items)[number]]
    const file = path.join(app.dataDir, 'sneaked.ndjson')
    await fs.writeFile(file, '{"value": "sneaked"}\n')
    const sources = [
      { kind: 'generated' as const, record, count },
      { kind: 'lines' as const, name: 'sneaked', text: '{"value": "sneaked"}' },
      { kind: 'file' as const, path: file },
    ]
    for (const source of sources) {
      const plan = await app.call('produce.plan', { connectionId: id, topic, source })
      expect(plan).toMatchObject({ refusal: null })
      const apply = () => app.openStream('produce.apply', { connectionId: id, source, plan, confirm: 'Look only too' })
      expect(await refusalOf(apply)).toMatchObject(stopped)
    }
    const { sent } = await app.call('connections.describe', { connectionId: id })
    expect(sent.filter((one) => one.effect === 'write')).toEqual([])
  })

  it('stops each write API that we speak in the socket, on every connection', async () => {
    const { open, cluster } = await opened(made('gate-seam', 'read-only'))
    const apis = (await spokenApis()).filter((api) => !isReadApi(api.key))
    expect(apis.map((api) => api.name)).toEqual(Object.keys(requests).toSorted())
    for (const api of apis) {
      const request = requests[api.name]?.({ topic, group })
      for (const channel of ['admin', 'produce', 'browse'] as const) {
        const refusal = await refusalOf(() => cluster.call(1, api, request, { channel }))
        expect([api.name, channel, refusal]).toMatchObject([api.name, channel, stopped])
      }
      expect(cluster.gate.blockedApiKeys().get(api.key)).toBe(3)
      expect(cluster.gate.sentApiKeys().has(api.key)).toBe(false)
    }
    // A refusal costs the socket, not the connection.
    await cluster.refresh()
    await untilHolds('the connection is back', () => expect(cluster.state.kind).toBe('connected'))
    open.closeAll()
  })

  it('stops kafkajs’ own admin, producer and consumer at the same gate', async () => {
    const { open, cluster, spec } = await opened(made('gate-kafkajs', 'read-only'))
    // Finding a group's coordinator is allowed once the topic it looks in was seen; what follows must be stopped, too.
    expect(await groupsCanExist(cluster)).toBe(true)
    const kafka = gatedKafka(spec, cluster.gate)
    type Admin = ReturnType<typeof kafka.admin>
    const attempts: [string, (admin: Admin) => Promise<unknown>][] = [
      ['createTopics', (admin) => admin.createTopics({ topics: [{ topic: `${topic}-sneaked` }] })],
      ['deleteTopics', (admin) => admin.deleteTopics({ topics: [topic] })],
      ['createPartitions', (admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 9 }] })],
      [
        'createAcls',
        (admin) =>
          admin.createAcls({
            acl: [{ resourceType: 2, resourceName: topic, resourcePatternType: 3, principal: 'User:mallory', host: '*', operation: 2, permissionType: 3 }], // oxfmt-ignore
          }),
      ],
      [
        'alterConfigs',
        (admin) =>
          admin.alterConfigs({
            validateOnly: false,
            resources: [{ type: 2, name: topic, configEntries: [{ name: 'retention.ms', value: '1' }] }],
          }),
      ],
      ['deleteGroups', (admin) => admin.deleteGroups([group])],
    ]
    for (const [name, attempt] of attempts) {
      // A new one each time: a refusal ends its socket.
      const admin = kafka.admin()
      await admin.connect()
      expect([name, await refusalOf(() => attempt(admin))]).toMatchObject([name, stopped])
      await admin.disconnect()
    }
    // kafkajs wants retries where it numbers its batches; the producer id is asked for while it connects.
    const still = { allowAutoTopicCreation: false }
    const kinds = [
      { retries: 0 },
      { retries: 0, ...still },
      { retries: 1, ...still, idempotent: true },
      { retries: 1, ...still, transactionalId: 'gate' },
    ]
    for (const options of kinds) {
      const { retries, ...settings } = options
      const transactional = 'transactionalId' in settings
      const producer = gatedKafka(spec, cluster.gate, retries).producer(settings)
      const write = async () => {
        await producer.connect()
        if (transactional) await producer.transaction()
        await producer.send({ topic, messages: [{ value: 'sneaked' }] })
      }
      // For a transaction's coordinator kafkajs keeps the reason to itself; what the gate stopped is counted below.
      const refusal = transactional ? { name: 'KafkaJSGroupCoordinatorNotFound' } : stopped
      expect([options, await refusalOf(write)]).toMatchObject([options, refusal])
      await producer.disconnect().catch(() => undefined)
    }
    const consumer = kafka.consumer({ groupId: group, allowAutoTopicCreation: false })
    await consumer.connect()
    await consumer.subscribe({ topics: [topic] })
    const crash = new Promise<Error>((resolve) =>
      consumer.on('consumer.crash', ({ payload }) => resolve(payload.error)),
    )
    await consumer.run({ eachMessage: () => Promise.resolve() }).catch(() => undefined)
    expect(findSeeklineError(await crash)).toMatchObject(stopped)
    await consumer.disconnect()
    const blocked = cluster.gate.blockedApiKeys()
    // Produce, Metadata and FindCoordinator that would create a topic, JoinGroup, CreateTopics, DeleteTopics, InitProducerId, CreateAcls, AlterConfigs, CreatePartitions, DeleteGroups.
    expect([0, 3, 10, 11, 19, 20, 22, 30, 33, 37, 42].filter((key) => !blocked.has(key))).toEqual([])
    expect([...cluster.gate.sentApiKeys().keys()].filter((key) => !isReadApi(key))).toEqual([])
    open.closeAll()
  })

  it('left the broker as it was', async () => {
    expect(await asKafkaTells()).toEqual(before)
  })
})

describe('a profile whose access mode is raised while it is open', () => {
  it('lets writes pass at once, on the live connection, and stops them again when it is lowered', async () => {
    const own = uniqueName('gate-raised')
    const profile = made('gate-raised', 'read-only')
    const { open, cluster } = await opened(profile)
    const write = () => commitTo(cluster, own)
    await expect(write()).rejects.toMatchObject(stopped)
    open.profileChanged(profile.id, { ...profile, accessMode: 'full' })
    await untilHolds('a write passes', async () =>
      expect(await write()).toMatchObject({ topics: [{ partitions: [{ errorCode: 0 }] }] }),
    )
    expect((await tools.describeGroup(own)).map((one) => one.position)).toEqual([0n])
    open.profileChanged(profile.id, profile)
    await expect(write()).rejects.toMatchObject(stopped)
    open.closeAll()
  })

  it('needs its name typed, and then for each write when it is guarded', async () => {
    const id = await app.connect(bootstrap, { name: 'Careful', profile: { accessMode: 'read-only' } })
    const { profile } = (await app.call('profiles.list', {})).items.find((one) => one.profile.name === 'Careful')!
    const guarded = { ...profile, accessMode: 'guarded' as const }
    const unconfirmed = { code: 'access.unconfirmed' }
    await expect(app.call('profiles.save', { profile: guarded })).rejects.toMatchObject(unconfirmed)
    await app.call('profiles.save', { profile: guarded, confirm: 'Careful' })
    const { items } = await app.call('connections.list', {})
    expect(items.find((one) => one.connectionId === id)).toMatchObject({ status: 'connected', accessMode: 'guarded' })

    const all = writes(id, await planFor(id))
    for (const name of writeRoutes) {
      for (const typed of [undefined, 'careful']) {
        expect([name, await refusalOf(async () => await all[name]?.(typed))]).toMatchObject([name, unconfirmed])
      }
    }
    expect((await tools.describeGroup(group)).map((one) => one.position)).toEqual([2n])
    expect(await all['offsets.apply']?.('Careful')).toMatchObject({ rows: [{ status: 'confirmed' }] })
    expect((await tools.describeGroup(group)).map((one) => one.position)).toEqual([0n])
  })
})

function commitTo(cluster: KafkaCluster, to: string) {
  return cluster.call(1, offsetCommit, commitOf({ topic, group: to }))
}

async function refusalOf(attempt: () => Promise<unknown>): Promise<unknown> {
  try {
    return await attempt()
  } catch (error) {
    return findSeeklineError(error) ?? error
  }
}
