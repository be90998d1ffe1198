import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { GroupTrend, SampleColumns, SamplingState } from '#shared/contract/lag.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { openCluster, type KafkaCluster } from '../../electron/kafka/cluster.ts'
import { findCoordinator } from '../../electron/kafka/protocol/find-coordinator.ts'
import { listOffsetsApi } from '../../electron/kafka/protocol/list-offsets.ts'
import { offsetFetch } from '../../electron/kafka/protocol/offset-fetch.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { LagSampler } from '../../electron/services/groups/lag-sampler.ts'
import { createGroupsPort } from '../../electron/services/groups/kafka-groups-port.ts'
import type { Sample } from '../../electron/storage/sample-blocks.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { commitSurely } from '../support/commit.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import type { KafkaTools } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// Groups that are looked at again and again: what is seen is judged by Kafka's own script, and what it costs is counted.

let app: TestApp
let id: ConnectionId
let tools: KafkaTools
let wire: WireClient
let cluster: KafkaCluster

beforeAll(async () => {
  const kafka = await sharedKafka()
  ;({ tools } = kafka)
  app = await startApp()
  id = await app.connect(kafka.bootstrap, { profile: { accessMode: 'read-only' } })
  wire = await connectWire(kafka.bootstrap)
  const [host = '', port] = kafka.bootstrap.split(':')
  cluster = await openCluster({ brokers: [{ host, port: Number(port) }], clientId: 'samples' }, { mode: 'read-write' })
})

afterAll(async () => {
  cluster?.close()
  wire?.close()
  await app?.close()
})

const records = (count: number) =>
  writeBatch(
    Array.from({ length: count }, () => ({ timestamp: 1n, key: null, value: Buffer.from('v'), headers: [] })),
    { codec: 'none' },
  )
const at = (topic: string, partition: number, offset: bigint) => ({
  topic,
  partition,
  position: { offset, leaderEpoch: -1, metadata: '' },
})

describe('groups that are looked at', () => {
  it('are told as Kafka’s script sees them, kept on this machine though the profile is read-only, and come back', async () => {
    const topic = uniqueName('sampled')
    const group = uniqueName('sampled')
    await wire.createTopic(topic, 2, {})
    await wire.produce(topic, 0, records(30))
    await wire.produce(topic, 1, records(10))
    await commitSurely(cluster, group, [at(topic, 0, 4n), at(topic, 1, 10n)])
    const trends: GroupTrend[] = []
    const frames: SampleColumns[] = []
    const states: SamplingState[] = []
    const since = BigInt(Date.now()) - 60_000n
    const end = new AbortController()
    const onError = (error: unknown) => (end.signal.aborted ? undefined : Promise.reject(error as Error))
    const first = app
      .openStream(
        'groups.trends',
        { connectionId: id, groups: [group] },
        {
          signal: end.signal,
          onBatch: (batch) => void trends.push(...batch),
          onProgress: (state) => void states.push(state),
        },
      )
      .catch(onError)
    const told = await until('the first look', () => trends[0])
    expect(told).toMatchObject({ group, in: null, out: null, catchUp: { kind: 'unknown' }, trend: 'unknown' })
    const script = await tools.describeGroup(group)
    expect(told.lag.at(-1)).toBe(script.reduce((sum, { lag }) => sum + (lag ?? 0n), 0n))
    await until('how the sampler does', () => states.some((state) => state.at !== null && state.error === null))

    // One that comes has what was kept, and makes a look of its own.
    const second = app
      .openStream(
        'groups.samples',
        { connectionId: id, group, since },
        { signal: end.signal, onBatch: (frame) => void frames.push(frame) },
      )
      .catch(onError)
    const live = await until('a live look', () => frames.find(({ source }) => source === 'live'))
    const kept = frames.find(({ source }) => source === 'kept')!
    for (const frame of [kept, live]) {
      const newest = Math.max(...[...frame.at].map(Number))
      const rows = [...frame.partition]
        .map((partition, i) => ({ partition, i }))
        .filter(({ i }) => Number(frame.at[i]) === newest)
        .map(({ partition, i }) => [
          frame.topics[frame.topic[i]!],
          partition,
          frame.position[i],
          frame.logStart[i],
          frame.highWatermark[i],
        ])
      expect(rows.toSorted((a, b) => Number(a[1]) - Number(b[1]))).toEqual([
        [topic, 0, 4n, 0n, 30n],
        [topic, 1, 10n, 0n, 10n],
      ])
    }
    expect(new Set(kept.lastStable)).toEqual(new Set([10n, 30n]))
    end.abort()
    await Promise.all([first, second])
  })

  it('cost one OffsetFetch a coordinator and one ListOffsets a leader, however many they are', async () => {
    const topic = uniqueName('cheap')
    const groups = Array.from({ length: 12 }, (_, i) => uniqueName(`cheap-${i}`))
    await wire.createTopic(topic, 4, {})
    await wire.produce(topic, 1, records(7))
    for (const group of groups)
      await commitSurely(cluster, group, [at(topic, 0, 0n), at(topic, 1, 3n), at(topic, 3, 0n)])
    const samples: Sample[] = []
    const sampler = new LagSampler({
      port: createGroupsPort({ cluster, reader: expect.unreachable as never }, () => expect.unreachable()),
      see: (sample) => Promise.resolve(void samples.push(sample)),
      everyMs: 1,
    })
    const follower = { take: () => undefined, state: () => undefined }
    // The first look finds coordinators and leaders.
    const stop = sampler.follow({ groups: groups.slice(0, 6), ...follower })
    const stopOthers = sampler.follow({ groups: groups.slice(4), ...follower })
    await until('two looks', () => samples.length >= 2)
    const sent = () => new Map(cluster.gate.sentApiKeys())
    const before = sent()
    const looksBefore = samples.length
    await until('eight more', () => samples.length >= looksBefore + 8)
    stop()
    stopOthers()
    const after = sent()
    const looks = samples.length - looksBefore
    const asked = (key: number) => (after.get(key) ?? 0) - (before.get(key) ?? 0)
    // A look may be under way at either end; log starts and last stable offsets are asked for in each sixth.
    expect(asked(offsetFetch.key)).toBeLessThanOrEqual(looks + 1)
    expect(asked(listOffsetsApi.key)).toBeLessThanOrEqual(looks + 1 + 2 * (Math.ceil(looks / 6) + 1))
    expect(asked(findCoordinator.key)).toBe(0)
    const last = samples.at(-1)!
    expect([...last.positions.keys()].toSorted()).toEqual(groups.toSorted())
    expect(last.positions.get(groups[11]!)).toEqual(new Map([[`0/${topic}`, 0n], [`1/${topic}`, 3n], [`3/${topic}`, 0n]])) // oxfmt-ignore
    expect(last.ends.get(`1/${topic}`)).toMatchObject({ logStart: 0n, highWatermark: 7n })
    // Nobody follows: nothing is asked.
    const rest = samples.length
    await until('that it rests', () => sampler.followed().size === 0)
    expect(samples.length - rest).toBeLessThanOrEqual(1)
  })

  it('are said to be unknown where a group is not there', async () => {
    const trends: GroupTrend[] = []
    const end = new AbortController()
    const stream = app.openStream(
      'groups.trends',
      { connectionId: id, groups: [uniqueName('nobody')] },
      { signal: end.signal, onBatch: (batch) => void trends.push(...batch) },
    )
    const told = await until('a look', () => trends[0])
    expect([...told.lag]).toEqual([-1n])
    expect(told.catchUp).toEqual({ kind: 'unknown' })
    end.abort()
    await stream.catch(() => undefined)
  })
})
