import fs from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StaleGroup } from '#shared/contract/cleaning.ts'
import type { DeleteSpec } from '#shared/contract/deletions.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { forgeCommits } from '../support/forged-commits.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { kcatProduce, type LiveConsumer } from '../support/tools.ts'
import { untilHolds } from '../support/wait-for.ts'

// Every reason for which a position is stale, and what only looks like one; what goes and comes back is judged by Kafka's own script.

const DAY = 86_400_000n
const now = BigInt(Date.now())
const monthAgo = now - 30n * DAY

let kafka: RunningKafka
let app: TestApp
let id: ConnectionId
let live: LiveConsumer

beforeAll(async () => {
  kafka = await startKafka()
  const { tools, bootstrap } = kafka
  await tools.createTopic('orders', 2, { 'retention.ms': String(7n * DAY) })
  await tools.createTopic('kept', 1, { 'retention.ms': '-1' })
  const input = Array.from({ length: 40 }, (_, i) => `record ${i}`).join('\n')
  for (const [topic, partition] of [['orders', 0], ['orders', 1], ['kept', 0]] as const) await kcatProduce(bootstrap, { topic, partition, input }) // oxfmt-ignore
  const client = await connectWire(bootstrap)
  const commit = (group: string, offset: bigint, partition = 0) => client.commit(group, [{ topic: 'orders', partition, offset }]) // oxfmt-ignore
  await commit('lagging', 25n)
  await commit('at-end', 40n)
  await commit('before', 5n)
  await commit('past', 1_000n)
  await commit('half-stale', 3n)
  await commit('half-stale', 30n, 1)
  await commit('changed', 7n)
  client.close()
  await forgeCommits(bootstrap, [
    { group: 'of-deleted', topic: 'deleted', partition: 0, offset: 9n, at: now },
    { group: 'of-fewer', topic: 'orders', partition: 7, offset: 9n, at: now },
    { group: 'quiet', topic: 'kept', partition: 0, offset: 10n, at: monthAgo },
    { group: 'quiet-and-deleted', topic: 'deleted', partition: 1, offset: 9n, at: monthAgo },
    { group: 'partly-old', topic: 'orders', partition: 0, offset: 38n, at: monthAgo },
    { group: 'partly-old', topic: 'kept', partition: 0, offset: 3n, at: monthAgo },
    { group: 'partly-old', topic: 'orders', partition: 1, offset: 31n, at: now },
  ])
  await kafka.killNode(1)
  await kafka.startNode(1)
  const file = path.join(kafka.dir, 'delete.json')
  await fs.writeFile(file, JSON.stringify({ version: 1, partitions: [{ topic: 'orders', partition: 0, offset: 20 }] }))
  await tools.call('DeleteRecordsCommand', ['--bootstrap-server', bootstrap, '--offset-json-file', file])
  live = await tools.liveConsumer('orders', 'alive')
  app = await startApp()
  id = await app.connect(bootstrap, { name: 'Cleaning' })
})
afterAll(async () => {
  await live?.stop()
  await app?.close()
  await kafka?.stop()
})

async function find(quietMs = 14n * DAY) {
  const found: StaleGroup[] = []
  const progress: string[] = []
  const done = await app.openStream(
    'cleaning.find',
    { connectionId: id, quietMs },
    { onBatch: (batch) => void found.push(...batch), onProgress: ({ what }) => void progress.push(what) },
  )
  return { found, done, progress }
}
const positionsOf = async (group: string) =>
  (await kafka.tools.describeGroup(group)).map(({ topic, partition, position }) => [topic, partition, position])
const listed = async () => (await kafka.tools.groups('--list')).stdout.split('\n').filter(Boolean)
const asFound = (group: StaleGroup): NonNullable<DeleteSpec['ifStill']> =>
  group.positions.map(({ topic, partition, position: { offset } }) => ({ topic, partition, offset }))
const whole = (group: StaleGroup): DeleteSpec => ({ group: group.group, what: 'group', scope: [], ifStill: asFound(group) }) // oxfmt-ignore
const single = (group: StaleGroup): DeleteSpec => ({
  group: group.group,
  what: 'positions',
  scope: group.positions.map(({ topic, partition }) => ({ topic, partitions: [partition] })),
  ifStill: asFound(group),
})

describe('what can be cleaned', () => {
  it('is found by each reason, and nothing that lags, stands at an end, or is in use', async () => {
    const { found, done, progress } = await find()
    const reasons = found.flatMap(({ group, positions }) => positions.map(({ topic, partition, reasons: own }) => [group, topic, partition, own.join()])) // oxfmt-ignore
    expect(reasons.toSorted((a, b) => (a.join() < b.join() ? -1 : 1))).toEqual([
      ['before', 'orders', 0, 'before-log-start'],
      ['changed', 'orders', 0, 'before-log-start'],
      ['half-stale', 'orders', 0, 'before-log-start'],
      ['of-deleted', 'deleted', 0, 'topic-deleted'],
      ['of-fewer', 'orders', 7, 'no-partition'],
      ['partly-old', 'orders', 0, 'older-than-retention'],
      ['past', 'orders', 0, 'past-end'],
      ['quiet', 'kept', 0, 'quiet'],
      ['quiet-and-deleted', 'deleted', 1, 'topic-deleted,quiet'],
    ])
    expect(found.filter(({ isDead }) => isDead).map(({ group }) => group).toSorted()).toEqual(['quiet', 'quiet-and-deleted']) // oxfmt-ignore
    expect(done).toMatchObject({ live: 1, notes: [], failures: [] })
    expect(progress).toContain('dates')
    // What it says of each is what Kafka's script says.
    for (const { group, positions } of found) {
      // Of what is not there it asks for the end, until its time is over or with an error.
      if (positions.some(({ reasons: own }) => own.includes('topic-deleted') || own.includes('no-partition'))) continue
      const told = await positionsOf(group)
      for (const { topic, partition, position } of positions) expect(told).toContainEqual([topic, partition, position.offset]) // oxfmt-ignore
    }
    expect(found.find(({ group }) => group === 'quiet')).toMatchObject({
      quiet: 'yes',
      lastSeen: { at: monthAgo, what: 'commit' },
      positions: [{ committedAt: monthAgo }],
    })
    expect(found.find(({ group }) => group === 'partly-old')).toMatchObject({ quiet: 'no', held: 3 })
  })

  it('goes by how long a group has to be quiet', async () => {
    const { found } = await find(60n * DAY)
    expect(found.filter(({ quiet }) => quiet === 'yes')).toEqual([])
    // Its position is of use then; older than what its topic keeps it is not, for that one keeps all.
    expect(found.map(({ group }) => group)).not.toContain('quiet')
    expect(found.find(({ group }) => group === 'quiet-and-deleted')).toMatchObject({ quiet: 'no', isDead: false })
  })

  it('of share groups is only that nobody uses one, whatever its start offsets; and it is deleted like others', async () => {
    const at = ['--bootstrap-server', kafka.bootstrap, '--group', 'shared']
    // Before the log start of orders by now: its brokers would set that right.
    await kafka.tools.call('ShareGroupCommand', [...at, '--topic', 'orders', '--reset-offsets', '--to-earliest', '--execute']) // oxfmt-ignore
    expect((await find()).found.map(({ group }) => group)).not.toContain('shared')
    const { found } = await find(0n)
    const dead = found.find(({ group }) => group === 'shared')!
    expect(dead).toMatchObject({ type: 'share', isDead: true, lastSeen: { what: 'members' } })
    expect(new Set(dead.positions.flatMap(({ reasons }) => reasons))).toEqual(new Set(['quiet']))
    const plan = await app.call('offsets.planDeletions', { connectionId: id, groups: [whole(dead)] })
    expect(plan.summary).toBe('1 group will be deleted with 2 positions.')
    await app.call('offsets.applyDeletions', { connectionId: id, plan })
    const { stdout } = await kafka.tools.call('ShareGroupCommand', ['--bootstrap-server', kafka.bootstrap, '--list'])
    expect(stdout).not.toContain('shared')
  })

  it('is not called quiet or dead where commits cannot be read to the end', async () => {
    const found: StaleGroup[] = []
    const most = { bytes: 1n, milliseconds: 60_000 }
    const input = { connectionId: id, quietMs: 60n * DAY, most }
    const done = await app.openStream('cleaning.find', input, { onBatch: (batch) => void found.push(...batch) })
    expect(done.notes).toEqual([expect.stringMatching(/^When \d+ groups committed last is not known, so none/)])
    expect(found.filter(({ isDead, quiet }) => isDead || quiet === 'yes')).toEqual([])
    expect(found.map(({ group }) => group)).toContain('past')
  })
})

describe('cleaning', () => {
  it('removes several groups and positions in one plan, journalled one by one, and each is given back', async () => {
    const { found } = await find()
    const of = (name: string) => found.find(({ group }) => group === name)!
    const standing = await positionsOf('half-stale')
    const groups = [whole(of('quiet')), single(of('half-stale')), single(of('past')), single(of('of-deleted')), single(of('changed'))] // oxfmt-ignore
    // Somebody uses this one after all.
    const client = await connectWire(kafka.bootstrap)
    await client.commit('changed', [{ topic: 'orders', partition: 0, offset: 33n }])
    client.close()
    const plan = await app.call('offsets.planDeletions', { connectionId: id, groups })
    expect(plan.refusal).toBeNull()
    expect(plan.summary).toBe('1 group will be deleted with 1 position; 2 positions of 2 groups will be deleted. 2 positions cannot be deleted and stay.') // oxfmt-ignore
    const notes = plan.plans.flatMap(({ rows }) => rows.flatMap(({ note }) => note ?? []))
    expect(notes).toEqual([
      'Its topic is not there, and Kafka deletes such a position only together with its group, or when it expires.',
      'It was committed since it was found: 33 now.',
    ])
    const { items, summary } = await app.call('offsets.applyDeletions', { connectionId: id, plan })
    expect(summary).toBe('1 group deleted, 3 positions deleted, read back and confirmed.')
    expect(await listed()).not.toContain('quiet')
    expect(await positionsOf('half-stale')).toEqual(standing.filter(([, partition]) => partition === 1))
    expect(await positionsOf('past')).toEqual([])
    expect(await positionsOf('changed')).toEqual([['orders', 0, 33n]])
    const journalled = items.flatMap(({ group, result }) => (result?.journalId == null ? [] : [[group, result.journalId] as const])) // oxfmt-ignore
    expect(journalled.map(([group]) => group)).toEqual(['quiet', 'half-stale', 'past'])
    for (const [, journalId] of journalled) {
      const undo = await app.call('offsets.planUndo', { connectionId: id, journalId })
      await app.call('offsets.apply', { connectionId: id, plan: undo })
    }
    expect(await positionsOf('half-stale')).toEqual(standing)
    expect(await positionsOf('quiet')).toEqual([['kept', 0, 10n]])
    expect(await positionsOf('past')).toEqual([['orders', 0, 1_000n]])
  })

  it('deletes a group of a topic that is gone, and says beforehand that nothing gives that back', async () => {
    const { found } = await find()
    const dead = found.find(({ group }) => group === 'quiet-and-deleted')!
    const plan = await app.call('offsets.planDeletions', { connectionId: id, groups: [whole(dead)] })
    expect(plan.plans[0]?.rows[0]?.note).toBe('Its topic is not there, so an undo could not give it back.')
    await app.call('offsets.applyDeletions', { connectionId: id, plan })
    await untilHolds('the group is gone', async () => expect(await listed()).not.toContain('quiet-and-deleted'))
  })

  it('leaves alone what came to life between finding, plan and apply', async () => {
    const { found } = await find()
    const half = found.find(({ group }) => group === 'half-stale')!
    const plan = await app.call('offsets.planDeletions', { connectionId: id, groups: [single(half)] })
    const member = await kafka.tools.liveConsumer('kept', 'half-stale')
    try {
      const { items, summary } = await app.call('offsets.applyDeletions', { connectionId: id, plan })
      expect(items[0]).toMatchObject({ result: null, error: { code: 'kafka.group-live' } })
      expect(summary).toContain('half-stale has 1 live member')
      expect((await find()).found.map(({ group }) => group)).not.toContain('half-stale')
    } finally {
      await member.stop()
    }
    const stands = await positionsOf('half-stale')
    expect(stands).toContainEqual(['orders', 0, 3n])
    const groups = [{ ...whole(half), ifStill: [] }]
    const stale = await app.call('offsets.planDeletions', { connectionId: id, groups })
    expect(stale.refusal).toMatchObject({ code: 'plan.stale' })
  })
})
