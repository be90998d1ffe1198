import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DeletePlan } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'

// What is deleted, and what an undo gives back, is judged by Kafka's own kafka-consumer-groups script.

let app: TestApp
let id: ConnectionId
let tools: KafkaTools
let wire: WireClient
let orders: string
let payments: string

beforeAll(async () => {
  const kafka = await sharedKafka()
  tools = kafka.tools
  app = await startApp()
  id = await app.connect(kafka.bootstrap)
  wire = await connectWire(kafka.bootstrap)
  orders = uniqueName('delete-orders')
  payments = uniqueName('delete-payments')
  for (const topic of [orders, payments]) {
    await tools.createTopic(topic, 2)
    for (const partition of [0, 1]) await kcatProduce(kafka.bootstrap, { topic, partition, input: 'a\nb\nc' })
  }
})

afterAll(async () => {
  wire?.close()
  await app?.close()
})

/** A group with a position in each partition of both topics; that in orders 0 with metadata. */
async function group(): Promise<string> {
  const name = uniqueName('delete-group')
  await wire.commit(
    name,
    [orders, payments].flatMap((topic) => [
      { topic, partition: 0, offset: 1n, ...(topic === orders ? { metadata: 'at the first' } : {}) },
      { topic, partition: 1, offset: 2n },
    ]),
  )
  return name
}

const plan = (name: string, what: DeletePlan['what'], scope: { topic: string; partitions?: number[] }[] = []) =>
  app.call('offsets.planDelete', { connectionId: id, group: name, what, scope })
const apply = (made: DeletePlan) => app.call('offsets.delete', { connectionId: id, plan: made })

async function undo(journalId: string | null) {
  const made = await app.call('offsets.planUndo', { connectionId: id, journalId: journalId! })
  return app.call('offsets.apply', { connectionId: id, plan: made })
}

/** As the script describes it: `orders 0: 1`. */
async function described(name: string): Promise<string[]> {
  const rows = await tools.describeGroup(name)
  const short = (topic: string) => (topic === orders ? 'orders' : 'payments')
  return rows.map((row) => `${short(row.topic)} ${row.partition}: ${row.position}`).toSorted()
}
const whole = ['orders 0: 1', 'orders 1: 2', 'payments 0: 1', 'payments 1: 2']

const listed = async (name: string): Promise<boolean> =>
  (await tools.groups('--list')).stdout.split('\n').includes(name)

describe('positions of a group', () => {
  it('are deleted of one partition, and given back with metadata and all', async () => {
    const name = await group()
    const before = await app.call('groups.describe', { connectionId: id, group: name })
    const made = await plan(name, 'positions', [{ topic: orders, partitions: [0] }])
    expect(made.rows).toMatchObject([{ partition: 0, before: { offset: 1n, metadata: 'at the first' }, after: null }])
    const result = await apply(made)
    expect(result).toMatchObject({ rows: [{ status: 'confirmed', found: null }], groupDeleted: false })
    expect(await described(name)).toEqual(whole.slice(1))
    expect((await undo(result.journalId)).rows).toMatchObject([{ status: 'confirmed' }])
    expect(await described(name)).toEqual(whole)
    const after = await app.call('groups.describe', { connectionId: id, group: name })
    expect(after.positions.map((one) => one.position)).toEqual(before.positions.map((one) => one.position))
  })

  it('are deleted of a topic, and those of another stay', async () => {
    const name = await group()
    const result = await apply(await plan(name, 'positions', [{ topic: payments }]))
    expect(result.rows.map((row) => row.status)).toEqual(['confirmed', 'confirmed'])
    expect(await described(name)).toEqual(whole.slice(0, 2))
    await undo(result.journalId)
    expect(await described(name)).toEqual(whole)
  })

  it('stay where one was committed since the plan: nothing is deleted, and nothing journalled', async () => {
    const name = await group()
    const made = await plan(name, 'positions', [{ topic: orders }])
    await wire.commit(name, [{ topic: orders, partition: 1, offset: 3n }])
    const result = await apply(made)
    expect(result.journalId).toBeNull()
    expect(result.rows.map((row) => row.status)).toEqual(['same', 'conflict'])
    expect(await described(name)).toEqual(['orders 0: 1', 'orders 1: 3', 'payments 0: 1', 'payments 1: 2'])
  })

  it('says of a partition without a position that there is none', async () => {
    const name = uniqueName('delete-one')
    await wire.commit(name, [{ topic: orders, partition: 0, offset: 1n }])
    const made = await plan(name, 'positions', [{ topic: orders, partitions: [1] }])
    expect(made).toMatchObject({ rows: [{ status: 'same', note: 'It has no position here.' }] })
    expect((await apply(made)).summary).toBe('Nothing to delete.')
  })
})

describe('a group', () => {
  it('is deleted with all that it has, and all is given back', async () => {
    const name = await group()
    const made = await plan(name, 'group')
    expect(made.summary).toContain(`${name} will be deleted with its 4 positions`)
    const result = await apply(made)
    expect(result).toMatchObject({ groupDeleted: true, summary: expect.stringContaining(`${name} was deleted`) })
    expect(await listed(name)).toBe(false)
    const { items } = await app.call('journal.list', { group: name })
    expect(items).toMatchObject([{ kind: 'positions', deletes: 'group', result: { groupDeleted: true } }])
    expect((await undo(result.journalId)).rows.map((row) => row.status)).toEqual(Array(4).fill('confirmed'))
    expect(await described(name)).toEqual(whole)
  })

  it('that committed elsewhere since the plan stays: the plan did not show that position', async () => {
    const name = uniqueName('delete-more')
    await wire.commit(name, [{ topic: orders, partition: 0, offset: 1n }])
    const made = await plan(name, 'group')
    await wire.commit(name, [{ topic: payments, partition: 0, offset: 1n }])
    await expect(apply(made)).rejects.toMatchObject({ code: 'plan.stale' })
    expect(await described(name)).toEqual(['orders 0: 1', 'payments 0: 1'])
  })

  it('with a live member is refused, and is told who it is', async () => {
    const name = uniqueName('delete-live')
    const live = await tools.liveConsumer(orders, name, 'classic')
    try {
      for (const what of ['group', 'positions'] as const) {
        const made = await plan(name, what)
        expect(made.refusal).toMatchObject({
          code: 'kafka.group-live',
          message: expect.stringContaining('1 live member'),
        })
        await expect(apply({ ...made, refusal: null, rows: [{ ...rowOf(orders), status: 'change' }] })).rejects.toMatchObject({ code: 'kafka.group-live' }) // oxfmt-ignore
      }
      expect(await listed(name)).toBe(true)
    } finally {
      await live.stop()
    }
  })

  it('that is not there has nothing to delete', async () => {
    const made = await plan(uniqueName('delete-none'), 'group')
    expect(made.refusal).toMatchObject({ code: 'kafka.group-unknown' })
  })
})

const rowOf = (topic: string) => ({
  topic,
  partition: 0,
  topicId: null,
  before: { offset: 0n, metadata: '', leaderEpoch: -1 },
  after: null,
  bounds: null,
  clampedFrom: null,
  skips: 0n,
  repeats: 0n,
  note: null, // oxfmt-ignore
})
