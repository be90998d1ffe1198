import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Plan, Target } from '#shared/contract/offsets.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// Positions are judged by Kafka's own ConsumerGroupCommand, never by our reading of them.

let app: TestApp
let id: ConnectionId
let tools: KafkaTools
let topic: string

beforeAll(async () => {
  const kafka = await sharedKafka()
  tools = kafka.tools
  app = await startApp()
  id = await app.connect(kafka.bootstrap)
  topic = uniqueName('positions')
  await tools.createTopic(topic, 3)
  // A thousand records in each, so that every target below lies inside the log.
  const input = Array.from({ length: 1_000 }, (_, i) => `record ${i}`).join('\n')
  for (const partition of [0, 1, 2]) await kcatProduce(kafka.bootstrap, { topic, partition, input })
})

afterAll(async () => app?.close())

const plan = (group: string, target: Target, scope = [{ topic }]): Promise<Plan> =>
  app.call('offsets.plan', { connectionId: id, group, scope, target })
const apply = (made: Plan) => app.call('offsets.apply', { connectionId: id, plan: made })

async function described(group: string): Promise<Record<number, bigint | undefined>> {
  const rows = await tools.describeGroup(group)
  return Object.fromEntries(rows.filter((row) => row.topic === topic).map((row) => [row.partition, row.position]))
}

async function ends(): Promise<Record<number, bigint>> {
  return Object.fromEntries(await tools.offsets(topic))
}

/** A group that exists with all its positions at offset n, made by Kafka's script. */
async function groupAt(offset: number): Promise<string> {
  const group = uniqueName('group')
  await tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', String(offset), '--execute')
  return group
}

describe('editing positions', () => {
  it('creates a group at the latest offsets, as the script then describes it', async () => {
    const group = uniqueName('new')
    const made = await plan(group, { at: 'high-watermark' })
    expect(made.groupExists).toBe(false)
    expect(made.warnings.join(' ')).toContain('expire')
    const result = await apply(made)
    expect(result.groupCreated).toBe(true)
    expect(result.rows.map((row) => row.status)).toEqual(['confirmed', 'confirmed', 'confirmed'])
    expect(await described(group)).toEqual(await ends())
  })

  it.each<[string, (group: string) => Target, (end: bigint) => bigint]>([
    ['earliest', () => ({ at: 'log-start' }), () => 0n],
    ['a given offset', () => ({ at: 'offset', offset: 17n }), () => 17n],
    ['where it stands, shifted', (group) => ({ at: 'group', group, shift: -40n }), () => 60n],
    ['an offset past the end, clamped', () => ({ at: 'offset', offset: 999_999n }), (end) => end],
    ['a timestamp long ago', () => ({ at: 'timestamp', timestamp: 1_000n }), () => 0n],
  ])('moves an empty group to %s', async (_name, target, expected) => {
    const group = await groupAt(100)
    const result = await apply(await plan(group, target(group)))
    expect(result.rows.every((row) => row.status === 'confirmed')).toBe(true)
    const end = await ends()
    const wanted = Object.fromEntries(Object.entries(end).map(([p, hw]) => [p, expected(hw)]))
    expect(await described(group)).toEqual(wanted)
  })

  it('refuses a timestamp in the future per partition instead of skipping everything', async () => {
    const group = await groupAt(100)
    const made = await plan(group, { at: 'timestamp', timestamp: BigInt(Date.now() + 86_400_000) })
    expect(made.rows.map((row) => row.status)).toEqual(['refused', 'refused', 'refused'])
    expect((await apply(made)).journalId).toBeNull()
  })

  it('says per partition what does not exist, and which topic', async () => {
    const group = await groupAt(100)
    const missing = await plan(group, { at: 'log-start' }, [{ topic: 'no-such-topic' }])
    expect(missing.failures[0]).toMatchObject({ what: 'no-such-topic', error: { code: 'kafka.topic-unknown' } })
    const made = await app.call('offsets.plan', {
      connectionId: id,
      group,
      scope: [{ topic, partitions: [0, 99] }],
      target: { at: 'log-start' },
    })
    expect(made.rows.map((row) => [row.partition, row.status])).toEqual([
      [0, 'change'],
      [99, 'refused'],
    ])
  })

  it('meets a conflict when another tool commits between plan and apply, and writes nothing', async () => {
    const group = await groupAt(100)
    const made = await plan(group, { at: 'log-start' })
    await tools.groups('--group', group, '--topic', `${topic}:1`, '--reset-offsets', '--to-offset', '101', '--execute')
    const result = await apply(made)
    expect(result.journalId).toBeNull()
    expect(result.rows.map((row) => row.status)).toEqual(['same', 'conflict', 'same'])
    expect(await described(group)).toEqual({ 0: 100n, 1: 101n, 2: 100n })
  })

  it('undoes to a value, to none, and takes a group away that it had created', async () => {
    const group = await groupAt(100)
    const done = await apply(await plan(group, { at: 'log-start' }))
    const undo = await app.call('offsets.planUndo', { connectionId: id, journalId: done.journalId ?? '' })
    expect((await apply(undo)).rows.every((row) => row.status === 'confirmed')).toBe(true)
    expect(await described(group)).toEqual({ 0: 100n, 1: 100n, 2: 100n })

    const created = uniqueName('created')
    const first = await apply(await plan(created, { at: 'log-start' }))
    const back = await app.call('offsets.planUndo', { connectionId: id, journalId: first.journalId ?? '' })
    const undone = await apply(back)
    expect(undone.groupDeleted).toBe(true)
    const list = await tools.groups('--list')
    expect(list.stdout.split('\n')).not.toContain(created)
  })

  it('undoes an undo, which is the change again; a partition that somebody committed since is a conflict', async () => {
    const undo = (journalId: string | null) => app.call('offsets.planUndo', { connectionId: id, journalId: journalId! })
    const group = await groupAt(100)
    const first = await apply(await plan(group, { at: 'offset', offset: 40n }))
    const second = await apply(await undo(first.journalId))
    expect(await described(group)).toEqual({ 0: 100n, 1: 100n, 2: 100n })
    const third = await apply(await undo(second.journalId))
    expect(await described(group)).toEqual({ 0: 40n, 1: 40n, 2: 40n })

    await tools.groups('--group', group, '--topic', `${topic}:1`, '--reset-offsets', '--to-offset', '77', '--execute')
    const late = await undo(third.journalId)
    expect(late.rows.map(({ status, note }) => [status, note])).toEqual([
      ['change', null],
      ['refused', 'It was committed after that change, and undoing would take this back.'],
      ['change', null],
    ])
    await apply(late)
    expect(await described(group)).toEqual({ 0: 100n, 1: 77n, 2: 100n })
  })

  it('clones a group onto a new one, and undoes that', async () => {
    const source = await groupAt(100)
    await tools.groups('--group', source, '--topic', `${topic}:1`, '--reset-offsets', '--to-offset', '7', '--execute')
    const clone = uniqueName('clone')
    const done = await apply(await plan(clone, { at: 'group', group: source }))
    expect(done.groupCreated).toBe(true)
    expect(await described(clone)).toEqual(await described(source))
    const undone = await apply(await app.call('offsets.planUndo', { connectionId: id, journalId: done.journalId! }))
    expect(undone.groupDeleted).toBe(true)
    expect((await tools.groups('--list')).stdout.split('\n')).not.toContain(clone)
    expect(await described(source)).toEqual({ 0: 100n, 1: 7n, 2: 100n })
  })

  it('undoes one partition to none where the group had none there', async () => {
    const group = uniqueName('partial')
    await tools.groups('--group', group, '--topic', `${topic}:0`, '--reset-offsets', '--to-offset', '5', '--execute')
    const done = await apply(await plan(group, { at: 'offset', offset: 9n }))
    expect(await described(group)).toEqual({ 0: 9n, 1: 9n, 2: 9n })
    await apply(await app.call('offsets.planUndo', { connectionId: id, journalId: done.journalId ?? '' }))
    expect(await described(group)).toEqual({ 0: 5n })
  })

  it.each(['classic', 'consumer'] as const)('refuses a live %s group and leaves it undisturbed', async (protocol) => {
    const group = uniqueName(`live-${protocol}`)
    const live = await tools.liveConsumer(topic, group, protocol)
    try {
      const before = await until(`${group} is stable`, async () => {
        const detail = await app.call('groups.describe', { connectionId: id, group })
        return detail.state === 'Stable' && detail
      })
      expect(before.members).toHaveLength(1)
      const made = await plan(group, { at: 'log-start' })
      expect(made.refusal).toMatchObject({ code: 'kafka.group-live' })
      expect(made.refusal?.message).toContain('1 live member')
      await expect(apply({ ...made, refusal: null })).rejects.toMatchObject({ code: 'kafka.group-live' })
      const after = await app.call('groups.describe', { connectionId: id, group })
      expect(after.groupEpoch).toBe(before.groupEpoch)
      expect(after.members?.[0]?.memberId).toBe(before.members?.[0]?.memberId)
      expect(after.state).toBe('Stable')
    } finally {
      await live.stop()
    }
  })

  it('keeps the journal, and finds it again after a restart', async () => {
    const group = await groupAt(100)
    await apply(await plan(group, { at: 'log-start' }))
    const { items } = await app.call('journal.list', { group })
    expect(items).toHaveLength(1)
    expect(items[0]).toMatchObject({
      kind: 'positions',
      rows: [{ before: { offset: 100n }, after: { offset: 0n } }, {}, {}],
      result: { rows: [{ status: 'confirmed' }, {}, {}] },
    })
  })
})
