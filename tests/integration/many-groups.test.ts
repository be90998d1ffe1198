import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { GroupSummary } from '#shared/contract/groups.ts'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { mapLimited } from '../../electron/kafka/map-limited.ts'
import { startApp, summariesOf, type TestApp } from '../support/app.ts'
import { commitSurely } from '../support/commit.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatProduce } from '../support/tools.ts'

// A cluster of many groups, and what becomes of them when its only broker goes.

const count = Number(process.env['SEEKLINE_GROUPS'] ?? 2_000)
const held = 40

let kafka: RunningKafka
let app: TestApp
let id: ConnectionId

const nameOf = (i: number): string => `group-${i}`
/** Far apart from one group to the next, so that an order over some of them is not that of all. */
const positionOf = (i: number): bigint => BigInt((i * 7919) % (held + 1))
const lagOf = (i: number): bigint => BigInt(held) - positionOf(i)

beforeAll(async () => {
  kafka = await startKafka()
  app = await startApp()
  await kafka.tools.createTopic('wide', 8)
  for (let partition = 0; partition < 8; partition++) {
    const input = Array.from({ length: held }, (_, i) => `v${i}`).join('\n')
    await kcatProduce(kafka.bootstrap, { topic: 'wide', partition, input })
  }
  const [host = '', port] = kafka.bootstrap.split(':')
  const cluster = await openCluster(
    { brokers: [{ host, port: Number(port) }], clientId: 'many-groups' },
    { mode: 'read-write' },
  )
  try {
    const one = (i: number) =>
      commitSurely(cluster, nameOf(i), [
        { topic: 'wide', partition: i % 8, position: { offset: positionOf(i), leaderEpoch: -1, metadata: '' } },
      ])
    await one(0)
    await mapLimited(Array.from({ length: count }, (_, i) => i), 64, one) // oxfmt-ignore
  } finally {
    cluster.close()
  }
  id = await app.connect(kafka.bootstrap)
})

afterAll(async () => {
  await app?.close()
  await kafka?.stop()
})

const sent = async (): Promise<Record<string, number>> => {
  const described = await app.call('connections.describe', { connectionId: id })
  return Object.fromEntries(described.sent.map((one) => [one.api, one.count]))
}

describe('many groups', () => {
  it('are summed up all of them, rightly, in a few requests', async () => {
    const before = await sent()
    const began = performance.now()
    const cpu = process.cpuUsage()
    const progress: number[] = []
    const rows: GroupSummary[] = []
    const done = await app.openStream(
      'groups.summaries',
      { connectionId: id },
      { onBatch: (batch) => void rows.push(...batch), onProgress: (at) => void progress.push(at.done) },
    )
    const used = process.cpuUsage(cpu)
    console.info(
      `${count} groups summed up in ${Math.round(performance.now() - began)} ms, ${Math.round((used.user + used.system) / 1000)} ms of processor time`,
    )
    expect(done).toEqual({ total: count, failures: [] })
    expect(new Map(rows.map((row) => [row.group, row.lag]))).toEqual(
      new Map(Array.from({ length: count }, (_, i) => [nameOf(i), lagOf(i)])),
    )
    expect(rows.every((row) => row.unknown === 0 && row.members === 0 && row.topics.join() === 'wide')).toBe(true)
    const [smallest] = rows.toSorted((a, b) => Number(a.lag! - b.lag!))
    expect(smallest?.lag).toBe(0n)
    expect(progress.length).toBeGreaterThan(0)
    const after = await sent()
    const asked = (api: string) => (after[api] ?? 0) - (before[api] ?? 0)
    const waves = 2 + Math.ceil(count / 1_000)
    expect(asked('OffsetFetch')).toBeLessThanOrEqual(waves)
    expect(asked('ListOffsets')).toBeLessThanOrEqual(2 * waves)
    // Listing told who coordinates them, and that they are empty.
    expect(asked('FindCoordinator')).toBe(0)
    expect(asked('DescribeGroups')).toBe(0)
  })

  it('are judged as Kafka’s own script does', async () => {
    const [script] = await kafka.tools.describeGroup(nameOf(7))
    const [ours] = await summariesOf(app, id, [nameOf(7)])
    expect(ours?.lag).toBe(script?.lag)
  })

  it('are not taken for none when no broker answers', async () => {
    await kafka.stop()
    await expect(app.call('groups.list', { connectionId: id })).rejects.toMatchObject({
      code: expect.stringMatching(/^connect\./),
    })
    await expect(app.openStream('groups.summaries', { connectionId: id })).rejects.toMatchObject({
      code: expect.stringMatching(/^connect\./),
    })
  })
})
