import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Batch } from '#shared/contract/define.ts'
import type { lagLimits } from '#shared/contract/lag-limits.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { LagLimit } from '#shared/model/lag-limit.ts'
import { openCluster, type KafkaCluster } from '../../electron/kafka/cluster.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { createGroupsPort } from '../../electron/services/groups/kafka-groups-port.ts'
import { LagSampler } from '../../electron/services/groups/lag-sampler.ts'
import { LimitWatch } from '../../electron/services/groups/limit-watch.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { commitSurely } from '../support/commit.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { until, untilHolds } from '../support/wait-for.ts'

// Limits of lag: kept with a profile, and told of when real groups pass them.

type Told = Batch<(typeof lagLimits)['limits.watch']>

let app: TestApp
let id: ConnectionId
let tools: KafkaTools
let wire: WireClient
let cluster: KafkaCluster
let bootstrap: string

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  app = await startApp()
  id = await app.connect(bootstrap, { profile: { accessMode: 'read-only' } })
  wire = await connectWire(bootstrap)
  const [host = '', port] = bootstrap.split(':')
  cluster = await openCluster({ brokers: [{ host, port: Number(port) }], clientId: 'limits' }, { mode: 'read-write' })
})
afterAll(async () => {
  cluster?.close()
  wire?.close()
  await app?.close()
})

async function groupBehind(records: number, timestamp: bigint): Promise<{ topic: string; group: string }> {
  const topic = uniqueName('limited')
  const group = uniqueName('limited')
  await wire.createTopic(topic, 1, {})
  const all = Array.from({ length: records }, () => ({ timestamp, key: null, value: Buffer.from('v'), headers: [] }))
  await wire.produce(topic, 0, writeBatch(all, { codec: 'none' }))
  await move(topic, group, 0n)
  return { topic, group }
}
const move = (topic: string, group: string, offset: bigint) =>
  commitSurely(cluster, group, [{ topic, partition: 0, position: { offset, leaderEpoch: -1, metadata: '' } }])

/** As the app watches, but looking all the time. */
function watch(limits: readonly LagLimit[]) {
  const port = createGroupsPort({ cluster, reader: expect.unreachable as never }, () => expect.unreachable())
  const sampler = new LagSampler({ port, see: () => Promise.resolve(), everyMs: 20 })
  const age = () => Promise.resolve(null)
  const limited = new LimitWatch({ sampler, port, age, withoutMembersMs: 0 })
  const told: Told[] = []
  const second: Told[] = []
  const state = () => undefined
  const stops = [told, second].map((list) => limited.follow({ tell: (one) => void list.push(one), state }))
  limited.setLimits(limits)
  const news = () => told.flatMap((one) => one.news)
  return { limited, sampler, told, second, news, stop: () => stops.forEach((stop) => stop()) }
}

describe('a limit of lag', () => {
  it('in offsets is told of to one of those who watch, and taken back once the group has read', async () => {
    const { topic, group } = await groupBehind(30, 1n)
    const { told, second, news, sampler, stop } = watch([{ group, records: 20n, ms: null, dies: false }])
    const first = await until('that it is passed', () => news()[0])
    expect(first).toMatchObject({ isPassed: true, alert: { group, what: 'records', value: 30n, limit: 20n } })
    expect(told.at(-1)!.alerts).toHaveLength(1)
    await move(topic, group, 25n)
    const then = await until('that it is kept again', () => news()[1])
    expect(then).toMatchObject({ isPassed: false, alert: { group, what: 'records', value: 5n } })
    expect(told.at(-1)!.alerts).toEqual([])
    expect(second.flatMap((one) => one.news)).toEqual([])
    expect(second.some(({ alerts }) => alerts.length === 1)).toBe(true)
    stop()
    await until('that nobody is looked at any more', () => sampler.followed().size === 0)
  })

  it('of members is told of when a real consumer stops, and taken back when another starts', async () => {
    const topic = uniqueName('dying')
    const group = uniqueName('dying')
    await tools.createTopic(topic, 1)
    await kcatProduce(bootstrap, { topic, partition: 0, input: 'one' })
    const consumer = await tools.liveConsumer(topic, group)
    const { told, news, stop } = watch([{ group, records: null, ms: null, dies: true }])
    await until('looks that find it alive', () => told.length > 4)
    expect(news()).toEqual([])
    await consumer.stop()
    expect(await until('that it has no member', () => news()[0])).toMatchObject({ isPassed: true, alert: { group, what: 'members' } }) // oxfmt-ignore
    expect(await tools.describeGroupState(group)).toMatch(/Empty\s+0/)
    const next = await tools.liveConsumer(topic, group)
    expect(await until('that it has one again', () => news()[1])).toMatchObject({ isPassed: false })
    stop()
    await next.stop()
  })

  it('is kept with its profile, though that may write nothing to the cluster, and watched by the age of records', async () => {
    const hours = BigInt(Date.now()) - 7_200_000n
    const { topic, group } = await groupBehind(3, hours)
    const limit: LagLimit = { group, records: null, ms: 3_600_000n, dies: false }
    expect((await app.call('limits.set', { connectionId: id, limit })).items).toEqual([limit])
    expect((await app.call('limits.list', { connectionId: id })).items).toEqual([limit])
    const told: Told[] = []
    const end = new AbortController()
    const stream = app
      .openStream('limits.watch', { connectionId: id }, { signal: end.signal, onBatch: (one) => void told.push(one) })
      .catch((error: unknown) => (end.signal.aborted ? undefined : Promise.reject(error as Error)))
    const passed = await until('that it is passed', () => told.flatMap(({ alerts }) => alerts)[0])
    expect(passed).toMatchObject({ group, what: 'time', limit: 3_600_000n })
    expect(Number(passed.value)).toBeGreaterThanOrEqual(7_200_000)
    // Changed, it is judged anew; taken away, nothing is passed.
    await app.call('limits.set', { connectionId: id, limit: { ...limit, ms: 360_000_000n } })
    await untilHolds('that nothing is passed', () => expect(told.at(-1)!.alerts).toEqual([]))
    expect((await app.call('limits.remove', { connectionId: id, group })).items).toEqual([])
    await move(topic, group, 3n)
    end.abort()
    await stream
  })
})
