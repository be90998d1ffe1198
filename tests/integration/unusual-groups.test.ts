import { mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Plan, Target } from '#shared/contract/offsets.ts'
import { groupNature } from '#shared/model/group-nature.ts'
import { addressOf } from '#shared/model/addresses.ts'
import { openCluster, type KafkaCluster } from '../../electron/kafka/cluster.ts'
import { describeGroups } from '../../electron/kafka/groups-api.ts'
import { shareGroupDescribe } from '../../electron/kafka/protocol/share-group-describe.ts'
import { streamsGroupDescribe } from '../../electron/kafka/protocol/streams-group-describe.ts'
import { startApp, summariesOf, type TestApp } from '../support/app.ts'
import { startConnectSink } from '../support/connect-worker.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { joinStreamsGroup, type MemberByHand } from '../support/streams-group.ts'
import { kcatProduce, type KafkaTools, type LiveConsumer } from '../support/tools.ts'
import { until, untilHolds } from '../support/wait-for.ts'

// Streams groups (KIP-1071) and share groups (KIP-932), judged by Kafka's own commands for them.

let app: TestApp
let id: ConnectionId
let tools: KafkaTools
let bootstrap: string
let topic: string
const stops: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap)
  topic = uniqueName('unusual')
  await tools.createTopic(topic, 3)
  const input = Array.from({ length: 100 }, (_, i) => `record ${i}`).join('\n')
  for (const partition of [0, 1, 2]) await kcatProduce(bootstrap, { topic, partition, input })
})

afterAll(async () => {
  for (const stop of stops) await stop()
  await app?.close()
})

const plan = (group: string, target: Target): Promise<Plan> =>
  app.call('offsets.plan', { connectionId: id, group, scope: [{ topic }], target })
const apply = (made: Plan) => app.call('offsets.apply', { connectionId: id, plan: made })
const describeGroup = (group: string) => app.call('groups.describe', { connectionId: id, group })

/** What Kafka's command prints, a row an object by its head. */
async function told(tool: 'StreamsGroupCommand' | 'ShareGroupCommand', group: string, what: string[] = []) {
  const { stdout } = await tools.call(tool, ['--bootstrap-server', bootstrap, '--describe', '--group', group, ...what])
  const [head, ...rows] = stdout.split('\n').filter((line) => line.trim() !== '').map((line) => line.trim().split(/\s+/)) // oxfmt-ignore
  return rows.map((cells) => Object.fromEntries(head!.map((name, i) => [name, cells[i]])))
}

/** One that reads `topic`, with its tasks given out. */
async function liveStreams(group: string): Promise<MemberByHand> {
  const member = await joinStreamsGroup(bootstrap, group, topic)
  stops.push(() => member.leave().catch(() => undefined))
  await until(
    `${group} has its tasks`,
    async () => {
      await member.beat()
      return (await describeGroup(group)).members?.some((one) => one.assignment.length === 3)
    },
    { everyMs: 200 },
  )
  return member
}

async function emptyStreams(): Promise<string> {
  const group = uniqueName('streams')
  const member = await liveStreams(group)
  await member.leave()
  return group
}

async function liveShare(group: string): Promise<LiveConsumer> {
  const live = await tools.liveShareConsumer(topic, group)
  stops.push(() => live.stop())
  await until(
    `${group} has its member`,
    async () => (await told('ShareGroupCommand', group, ['--members'])).length === 1,
    { everyMs: 200 },
  )
  return live
}

describe('the group of a sink connector', () => {
  it('of a real Connect worker is named as such: by its task while it runs, by its name after that', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'seekline-connect-'))
    stops.push(() => rm(folder, { recursive: true, force: true }))
    const name = uniqueName('to-file')
    const group = `connect-${name}`
    const file = path.join(folder, 'written')
    const worker = await startConnectSink(bootstrap, folder, { name, topic, file })
    stops.push(() => worker.stop())
    await until('the connector has written', async () => (await readFile(file, 'utf8').catch(() => '')).includes('record 99'), { everyMs: 200 }) // oxfmt-ignore
    await until('it has committed all', async () => (await tools.describeGroup(group)).map(({ position }) => position).join() === '100,100,100', { everyMs: 200 }) // oxfmt-ignore
    const live = await describeGroup(group)
    expect(groupNature(live)).toEqual({ kind: 'connect-sink', connector: name, isSure: true })
    expect(live.members).toMatchObject([{ clientId: `connector-consumer-${name}-0` }])
    expect((await plan(group, { at: 'log-start' })).refusal).toMatchObject({ code: 'kafka.group-live' })
    await worker.stop()
    await untilHolds('its task has left', async () => expect(await tools.describeGroupState(group)).toMatch(/Empty/))
    expect(groupNature(await describeGroup(group))).toEqual({ kind: 'connect-sink', connector: name, isSure: false })
  })
})

describe('a streams group', () => {
  it('that is live shows its members, and is refused', async () => {
    const group = uniqueName('streams-live')
    const member = await liveStreams(group)
    const detail = await describeGroup(group)
    const all = [0, 1, 2].map((partition) => ({ topic, partition }))
    expect(detail).toMatchObject({ exists: true, type: 'streams', state: 'Stable', assignor: 'sticky' })
    expect(detail.members).toMatchObject([
      { memberId: member.memberId, clientId: 'streams-by-hand', host: '127.0.0.1', assignment: all, subscription: [topic] }, // oxfmt-ignore
    ])
    expect(detail.positions.map((at) => at.memberId)).toEqual(Array(3).fill(member.memberId))
    expect(detail.members?.[0]).toMatchObject({
      target: all,
      streams: { active: [{ subtopology: '0', partitions: [0, 1, 2] }], standby: [], warmUp: [], topologyEpoch: 0 },
    })
    expect(detail.topology).toEqual({
      epoch: 0,
      subtopologies: [{ id: '0', sourceTopics: [topic], repartitionSources: [], repartitionSinks: [], changelogs: [] }],
    })
    expect(await told('StreamsGroupCommand', group, ['--members'])).toMatchObject([{ MEMBER: member.memberId }])
    expect(await summariesOf(app, id, [group])).toMatchObject([{ members: 1, topics: [topic] }])
    const made = await plan(group, { at: 'log-start' })
    expect(made.refusal).toMatchObject({ code: 'kafka.group-live', message: expect.stringContaining('1 live member') })
    await expect(apply({ ...made, refusal: null })).rejects.toMatchObject({ code: 'kafka.group-live' })
  })

  it('that is empty is moved, read back and undone', async () => {
    const group = await emptyStreams()
    const made = await plan(group, { at: 'offset', offset: 17n })
    expect(made.refusal).toBeNull()
    expect(made.warnings.join(' ')).toContain('state stores')
    expect(made.warnings.join(' ')).toContain('are not reset')
    expect(made.warnings.join(' ')).toContain('kafka-streams-groups --reset-offsets')
    const done = await apply(made)
    expect(done.rows.map((row) => row.status)).toEqual(['confirmed', 'confirmed', 'confirmed'])
    // Its --describe --offsets prints nothing of a group without members.
    const positions = async () => {
      const args = ['--bootstrap-server', bootstrap, '--group', group, '--input-topic', topic]
      const { stdout } = await tools.call('StreamsGroupCommand', [
        ...args,
        '--reset-offsets',
        '--to-current',
        '--dry-run',
      ])
      return stdout.split('\n').filter((line) => line.startsWith(group)).map((line) => line.trim().split(/\s+/)[3]) // oxfmt-ignore
    }
    expect(await positions()).toEqual(['17', '17', '17'])
    expect(await describeGroup(group)).toMatchObject({ type: 'streams', state: 'Empty', members: [] })
    expect(await summariesOf(app, id, [group])).toMatchObject([{ members: 0, partitions: 3, lag: 249n }])

    const moved = await apply(await plan(group, { at: 'log-start' }))
    const undo = await app.call('offsets.planUndo', { connectionId: id, journalId: moved.journalId ?? '' })
    expect((await apply(undo)).rows.map((row) => row.status)).toEqual(['confirmed', 'confirmed', 'confirmed'])
    expect(await positions()).toEqual(['17', '17', '17'])
    const first = await app.call('offsets.planUndo', { connectionId: id, journalId: done.journalId ?? '' })
    expect((await apply(first)).rows.map((row) => row.status)).toEqual(['confirmed', 'confirmed', 'confirmed'])
    expect((await describeGroup(group)).positions.map((at) => at.position)).toEqual([])
  })
})

describe('a share group', () => {
  it('that is live shows its members, what each is given, and where nothing is started yet', async () => {
    const group = uniqueName('share-live')
    await liveShare(group)
    const given = async () => (await describeGroup(group)).members?.[0]?.assignment.length === 3
    await until(`${group} has its partitions`, given, { everyMs: 200 })
    const detail = await describeGroup(group)
    expect(detail).toMatchObject({ exists: true, type: 'share', state: 'Stable' })
    const memberIds = [detail.members?.[0]?.memberId]
    expect(detail.positions).toMatchObject([0, 1, 2].map((partition) => ({ partition, position: null, memberIds })))
    expect(detail.members).toMatchObject([{ clientId: 'console-share-consumer', subscription: [topic] }])
    const [judge] = await told('ShareGroupCommand', group, ['--members'])
    expect(judge).toMatchObject({ 'CONSUMER-ID': detail.members?.[0]?.memberId })
    expect(await summariesOf(app, id, [group])).toMatchObject([{ members: 1 }])
    expect((await plan(group, { at: 'log-start' })).refusal).toMatchObject({ code: 'kafka.group-live' })
  })
})

describe('brokers that cannot describe such groups', () => {
  let cluster: KafkaCluster
  beforeAll(async () => {
    const spec = { brokers: [addressOf(bootstrap)], clientId: 'unusual-test', connectTimeoutMs: 10_000 }
    cluster = await openCluster(spec, { mode: 'read-only' })
    // As those of Kafka 4.0 announce themselves: share groups in another version, streams groups not at all.
    const supports = cluster.supports.bind(cluster)
    const unusual: ReadonlySet<number> = new Set([shareGroupDescribe.key, streamsGroupDescribe.key])
    cluster.supports = (api, request) => !unusual.has(api.key) && supports(api, request)
  })
  afterAll(() => cluster?.close())

  it('leave the members unknown, never none', async () => {
    const share = uniqueName('share-old')
    await liveShare(share)
    const streams = uniqueName('streams-old')
    await liveStreams(streams)
    const found = await describeGroups(cluster, [share, streams])
    expect(found.get(share)).toMatchObject({ value: { type: 'share', state: 'Stable', members: null } })
    expect(found.get(streams)).toMatchObject({ value: { type: 'streams', state: 'Stable', members: null } })
    const types = new Map([[share, 'share'], [streams, 'streams']] as const) // oxfmt-ignore
    expect(await describeGroups(cluster, [share, streams], { types })).toEqual(found)
  })
})
