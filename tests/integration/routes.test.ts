import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionState } from '#shared/contract/connections.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newProfile } from '#shared/model/profile.ts'
import { run } from '../../scripts/lib/run-program.ts'
import type { GroupSummary } from '#shared/contract/groups.ts'
import { routeNames, startApp, summariesOf, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'

// The routes that have no file of their own, each asked on one real node and judged by Kafka's scripts where it can be.

let app: TestApp
let id: ConnectionId
let bootstrap: string
let tools: KafkaTools
let topic: string
let group: string

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap, { name: 'Routes' })
  topic = uniqueName('routes')
  group = uniqueName('routes-group')
  await tools.createTopic(topic, 2, { 'retention.ms': '604800001' })
  await kcatProduce(bootstrap, { topic, partition: 0, input: 'a\nb\nc' })
  await kcatProduce(bootstrap, { topic, partition: 1, input: 'd' })
  await tools.groups('--group', group, '--topic', `${topic}:0`, '--reset-offsets', '--to-offset', '1', '--execute')
})

afterAll(async () => app?.close())

describe('the tests', () => {
  it('call every route and stream of the contract on a real broker somewhere', async () => {
    const folders = ['.', '../security'].map((name) => path.join(import.meta.dirname, name))
    const files = await Promise.all(
      // Being refused at the gate is no test of a route.
      folders.map(async (folder) => (await fs.readdir(folder)).filter((name) => name.endsWith('.test.ts') && name !== 'gate.test.ts').map((name) => path.join(folder, name))), // oxfmt-ignore
    )
    const texts = await Promise.all(files.flat().map((file) => fs.readFile(file, 'utf8')))
    const called = new Set(
      texts.flatMap((text) =>
        [...text.matchAll(/(?:call|openStream|apiRoute)\(\s*'([a-z]+(?:\.[A-Za-z]+)+)'/g)].map((m) => m[1]),
      ),
    )
    expect(routeNames.filter((name) => !called.has(name))).toEqual([])
  })
})

describe('the desktop shell’s routes', () => {
  it('say where there is no window that they need the desktop app', async () => {
    const absent = { code: 'shell.absent', message: expect.stringContaining('desktop app') as string }
    await expect(app.openStream('shell.events', {})).rejects.toMatchObject(absent)
    await expect(app.call('shell.usable', {})).rejects.toMatchObject(absent)
    await expect(app.call('shell.run', { command: 'window.new' })).rejects.toMatchObject(absent)
    await expect(app.call('shell.answerClosing', { answer: 'stay' })).rejects.toMatchObject(absent)
    await expect(app.call('shell.saveFile', { name: 'a.csv', content: 'a' })).rejects.toMatchObject(absent)
    await expect(app.call('shell.openFile', { title: 'Open', extensions: [] })).rejects.toMatchObject(absent)
    await expect(app.call('shell.notify', { title: 'a', body: 'b' })).rejects.toMatchObject(absent)
    await expect(app.call('shell.setCommands', { commands: [] })).rejects.toMatchObject(absent)
    await expect(app.call('shell.showProgress', { running: 1, fraction: null })).rejects.toMatchObject(absent)
  })
})

describe('diagnostics', () => {
  it('are an archive that tar opens, without a name or address of the profile', async () => {
    await app.call('diagnostics.note', { where: 'a view', message: 'it broke' })
    const { name, content, files } = await app.call('diagnostics.bundle', {})
    expect(files).toContain('about.json')
    const file = path.join(app.dataDir, name)
    await fs.writeFile(file, content)
    const { code, stdout } = await run('tar', ['-xzOf', file, 'seekline-diagnostics/about.json'])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ profiles: [{ brokers: 1 }], connections: [{ status: 'connected' }] })
    expect(stdout).not.toContain(bootstrap)
    expect(stdout).not.toContain('Routes')
  })
})

describe('app and settings', () => {
  it('says its version, its folder, and where secrets are kept', async () => {
    const info = await app.call('app.info', {})
    expect(info.version).toMatch(/^\d+\.\d+\.\d+/)
    expect(info.dataFolder).toBe(app.dataDir)
    expect(info.secrets).toMatchObject({ kind: 'memory', sentence: expect.stringMatching(/\w/) })
  })

  it('keeps what is saved, leaves the rest alone, and has it after a restart', async () => {
    const before = await app.call('settings.get', {})
    expect(before.theme).toBe('system')
    await app.call('settings.save', { theme: 'dark' })
    await app.call('settings.save', { zone: 'Europe/Berlin', pins: { p1: ['orders'] } })
    expect(await app.call('settings.get', {})).toEqual({
      ...before,
      theme: 'dark',
      zone: 'Europe/Berlin',
      pins: { p1: ['orders'] },
    })
    const written = await fs.readFile(path.join(app.dataDir, 'settings.json'), 'utf8')
    expect(JSON.parse(written)).toMatchObject({ data: { theme: 'dark' } })
  })
})

describe('profiles', () => {
  it('are made, changed, duplicated and deleted', async () => {
    const profile = newProfile('crud', { name: 'Crud', brokers: ['broker.example:9092'], environment: 'production' })
    expect(await app.call('profiles.save', { profile })).toMatchObject({ profile: { accessMode: 'read-only' } })
    await app.call('profiles.save', { profile: { ...profile, colour: 'pink' } })
    const copy = await app.call('profiles.duplicate', { id: profile.id })
    expect(copy.profile).toMatchObject({ name: 'Crud copy', colour: 'pink', brokers: ['broker.example:9092'] })
    const names = async () => (await app.call('profiles.list', {})).items.map((item) => item.profile.name)
    expect(await names()).toEqual(['Crud', 'Crud copy', 'Routes'])
    await app.call('profiles.delete', { id: copy.profile.id })
    await app.call('profiles.delete', { id: copy.profile.id })
    expect(await names()).toEqual(['Crud', 'Routes'])
    const twin = { ...newProfile('twin', { name: ' crud ' }) }
    await expect(app.call('profiles.save', { profile: twin })).rejects.toMatchObject({ code: 'profile.invalid' })
    await app.call('profiles.delete', { id: profile.id })
  })

  it('let more be changed only when their name is typed', async () => {
    const profile = newProfile('raise', { name: 'Raise me', environment: 'production' })
    await app.call('profiles.save', { profile })
    const raised = { ...profile, accessMode: 'guarded' as const }
    await expect(app.call('profiles.save', { profile: raised })).rejects.toMatchObject({ code: 'access.unconfirmed' })
    const saved = await app.call('profiles.save', { profile: raised, confirm: 'Raise me' })
    expect(saved.profile.accessMode).toBe('guarded')
    await app.call('profiles.save', { profile })
    await app.call('profiles.delete', { id: profile.id })
  })

  it('are read from pasted settings without storing anything', async () => {
    const draft = await app.call('profiles.import', {
      text: `bootstrap.servers=a:9092,b:9092\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\nsasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="u" password="p";\nacks=all`,
    })
    expect(draft.profile).toMatchObject({
      brokers: ['a:9092', 'b:9092'],
      tls: { enabled: true },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'u' },
    })
    expect(draft.secrets).toEqual({ password: 'p' })
    expect(draft.ignored.map((one) => one.key)).toContain('acks')
    expect((await app.call('profiles.list', {})).items).toHaveLength(1)
  })
})

describe('connections', () => {
  it('open once, are listed, described, limited, reconnected, watched and closed', async () => {
    const seen: ConnectionState[] = []
    const stop = new AbortController()
    const watching = app.openStream(
      'connections.watch',
      {},
      { onBatch: (rows) => void seen.push(...rows), signal: stop.signal },
    )
    const other = await app.connect(bootstrap, { name: 'Second' })
    const again = await app.call('connections.open', { profileId: other })
    expect(again).toMatchObject({ connectionId: other, status: 'connected', brokers: 1, kafkaVersion: '4.4' })
    expect((await app.call('connections.list', {})).items.map((one) => one.name)).toEqual(['Routes', 'Second'])

    const described = await app.call('connections.describe', { connectionId: other })
    const [host, port] = bootstrap.split(':')
    expect(described.brokers).toEqual([{ id: 1, host, port: Number(port), rack: null, controller: true }])
    expect(described.clusterId).toBe(again.clusterId)
    expect(described.lacks).toEqual([])
    expect(described.sent.map((one) => one.api)).toEqual(expect.arrayContaining(['ApiVersions', 'Metadata']))

    const limited = await app.call('connections.setReadLimit', { connectionId: other, readLimit: 25 })
    expect(limited.readLimit).toBe(25)
    // Each new socket begins with one.
    const greetings = async () => {
      const { sent } = await app.call('connections.describe', { connectionId: other })
      return sent.find((one) => one.api === 'ApiVersions')?.count ?? 0
    }
    for (const reconnect of [
      () => app.call('connections.reconnect', { connectionId: other }),
      () => app.call('connections.networkChanged', {}),
    ]) {
      const before = await greetings()
      await reconnect()
      expect((await app.call('topics.list', { connectionId: other })).items.length).toBeGreaterThan(0)
      expect(await greetings()).toBeGreaterThan(before)
    }
    await app.call('connections.close', { connectionId: other })
    await expect(app.call('topics.list', { connectionId: other })).rejects.toMatchObject({ code: 'connect.closed' })

    await untilHolds('the end is told', () => expect(seen.at(-1)?.status).toBe('closed'))
    stop.abort()
    await watching
    const mine = seen.filter((one) => one.connectionId === other)
    expect(seen[0]).toMatchObject({ name: 'Routes', status: 'connected' })
    expect(mine.map((one) => one.status)).toEqual(expect.arrayContaining(['connecting', 'connected', 'closed']))
    expect(mine.some((one) => one.readLimit === 25)).toBe(true)
  })

  it('are tested step by step without being opened', async () => {
    const profile = newProfile('tested', { brokers: [bootstrap] })
    const report = await app.call('connections.test', { profile })
    expect(report).toMatchObject({ error: null, kafkaVersion: '4.4', advertised: [bootstrap] })
    expect(report.steps.map((one) => `${one.step} ${one.status}`)).toEqual([
      'name ok',
      'tcp ok',
      'versions ok',
      'authorisation ok',
      'advertised ok',
    ])
    // Each has a time of its own: they were measured one by one.
    const times = report.steps.filter((one) => one.step !== 'name').map((one) => one.milliseconds)
    expect(times.every((time) => time > 0)).toBe(true)
    expect(new Set(times).size).toBe(times.length)
    expect((await app.call('connections.list', {})).items).toHaveLength(1)
  })
})

describe('topics', () => {
  it('are listed with the ids and counts that the script tells', async () => {
    const { items, failures } = await app.call('topics.list', { connectionId: id })
    const { stdout } = await tools.topics('--describe', '--topic', topic)
    const topicId = /TopicId: (\S+)/.exec(stdout)?.[1]
    expect(failures).toEqual([])
    expect(items.find((one) => one.name === topic)).toEqual({
      name: topic,
      topicId,
      internal: false,
      partitions: 2,
      replicationFactor: 1,
      underReplicated: 0,
      leaderless: 0,
    })
    expect(items.find((one) => one.name === '__consumer_offsets')).toMatchObject({ internal: true })
  })

  it('tell their offsets, sizes and partitions', async () => {
    const { items } = await app.call('topics.totals', { connectionId: id, topics: [topic, 'no-such-topic'] })
    expect(items[0]).toMatchObject({ topic, offsets: 4n })
    expect(items[0]!.size).toBeGreaterThan(0n)
    expect(items[1]).toMatchObject({ topic: 'no-such-topic', offsets: null, error: { code: 'kafka.topic-unknown' } })
    const described = await app.call('topics.describe', { connectionId: id, topic })
    expect(described.partitions).toMatchObject([
      { partition: 0, leader: 1, replicas: [1], inSync: [1], logStart: 0n, lastStable: 3n, highWatermark: 3n },
      { partition: 1, logStart: 0n, highWatermark: 1n },
    ])
    expect(described.partitions.reduce((sum, one) => sum + (one.size ?? 0n), 0n)).toBe(items[0]!.size)
  })

  it('tell their settings with the source of each', async () => {
    const { items } = await app.call('topics.config', { connectionId: id, topic })
    const of = (name: string) => items.find((one) => one.name === name)
    expect(of('retention.ms')).toMatchObject({ value: '604800001', source: 'DYNAMIC_TOPIC_CONFIG', isDefault: false })
    expect(of('min.insync.replicas')!.synonyms.map((one) => one.source)).toContain('DEFAULT_CONFIG')
    expect(of('cleanup.policy')).toMatchObject({ value: 'delete', source: 'DEFAULT_CONFIG', isDefault: true })
    expect(of('retention.ms')!.documentation).toMatch(/retain/)
    await expect(app.call('topics.config', { connectionId: id, topic: 'no-such-topic' })).rejects.toMatchObject({
      code: 'kafka.topic-unknown',
    })
  })
})

describe('groups', () => {
  it('are listed, summed up and described as the script describes them', async () => {
    const { items, note } = await app.call('groups.list', { connectionId: id })
    expect(note).toBeNull()
    expect(items.find((one) => one.group === group)).toMatchObject({ type: 'classic', state: 'Empty' })

    const summed: GroupSummary[] = []
    const asked = { connectionId: id, groups: [group, 'no-such-group'] }
    const onBatch = (batch: GroupSummary[]) => void summed.push(...batch)
    expect(await app.openStream('groups.summaries', asked, { onBatch })).toEqual({ total: 2, failures: [] })
    const mine = { group, members: 0, topics: [topic], partitions: 1, lag: 2n, outOfRange: 0, unknown: 0 }
    expect(summed.find((one) => one.group === group)).toEqual(mine)
    expect(summed.find((one) => one.group === 'no-such-group')).toMatchObject({ partitions: 0, lag: null, unknown: 0 })
    expect((await summariesOf(app, id)).find((one) => one.group === group)).toEqual(mine)

    const described = await app.call('groups.describe', { connectionId: id, group })
    const script = await tools.describeGroup(group)
    const committed = described.positions.filter((one) => one.position !== null)
    const rows = committed.map((one) => [one.partition, one.position?.offset, one.highWatermark, one.lag])
    expect(rows).toEqual(script.map((one) => [one.partition, one.position, one.end, one.lag]))
    expect(described).toMatchObject({ exists: true, state: 'Empty', coordinator: 1, members: [], failures: [] })
    expect(await app.call('groups.describe', { connectionId: id, group: 'no-such-group' })).toMatchObject({
      exists: false,
      positions: [],
    })
  })

  it.each(['classic', 'consumer'] as const)('show a live %s group with its member', async (protocol) => {
    const name = uniqueName(`routes-${protocol}`)
    const live = await tools.liveConsumer(topic, name, protocol, {
      'client.id': 'reader-7',
      'enable.auto.commit': 'false',
    })
    try {
      const described = await app.call('groups.describe', { connectionId: id, group: name })
      expect(described).toMatchObject({ exists: true, type: protocol, state: 'Stable' })
      expect(described.members).toMatchObject([{ clientId: 'reader-7', host: '127.0.0.1', subscription: [topic] }])
      expect(described.positions.map((one) => [one.partition, one.standing])).toEqual([
        [0, 'none'],
        [1, 'none'],
      ])
      expect(described.positions[0]!.memberId).toBe(described.members?.[0]?.memberId)
      expect(described.groupEpoch === null).toBe(protocol === 'classic')
    } finally {
      await live.stop()
    }
  })

  it('flag positions outside the log, and of topics that are gone', async () => {
    const lost = uniqueName('routes-lost')
    const gone = uniqueName('routes-gone')
    await tools.createTopic(gone)
    await kcatProduce(bootstrap, { topic: gone, input: 'a\nb' })
    const made = await app.call('offsets.plan', {
      connectionId: id,
      group: lost,
      scope: [{ topic: gone }],
      target: { at: 'high-watermark' },
    })
    await app.call('offsets.apply', { connectionId: id, plan: made })
    const standing = async () =>
      (await app.call('groups.describe', { connectionId: id, group: lost })).positions.map((one) => one.standing)
    expect(await standing()).toEqual(['at-end'])
    await tools.topics('--delete', '--topic', gone)
    await untilHolds('the topic is gone', async () => expect(await standing()).not.toEqual(['at-end']))
    // Kafka 4 forgets the positions of a deleted topic; brokers that keep them show the topic as gone.
    expect([[], ['topic-gone']]).toContainEqual(await standing())
    await tools.createTopic(gone)
    expect([[], ['past-end']]).toContainEqual(await standing())
  })
})
