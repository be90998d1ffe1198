import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { IfNone } from '#shared/model/place.ts'
import { addressOf } from '#shared/model/addresses.ts'
import type { Plan, Target } from '#shared/contract/offsets.ts'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { clusterSource, createReader } from '../../electron/kafka/log-reader.ts'
import { readShareState } from '../../electron/kafka/share-state.ts'
import { writeBatch } from '../../electron/kafka/records/batch-writer.ts'
import { connectWire } from '../../scripts/lib/wire-client.ts'
import { startApp, summariesOf, type TestApp } from '../support/app.ts'
import { readShareGroupState, writeShareGroupState, type StateBatch } from '../support/share-coordinator.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import type { KafkaTools } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// Start offsets of share groups (KIP-932): wherever Kafka's own ShareGroupCommand knows a target, our plan says what its dry run says,
// and where the group starts once the plan was applied that script tells.

let app: TestApp
let id: ConnectionId
let tools: KafkaTools
let bootstrap: string
let folder: string
const topic = uniqueName('shared')
const other = uniqueName('shared-other')
const minutes = 60_000
const begun = Date.now()
const hourAgo = new Date(begun - 60 * minutes)
/** Ten records every ten minutes, the newest five minutes old: an hour ago lies five minutes from any of them. */
const records = 130
const timestampOf = (i: number) => BigInt(begun - (125 - Math.floor(i / 10) * 10) * minutes)
const logStart = 5n
const end = BigInt(records)

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  folder = await mkdtemp(path.join(os.tmpdir(), 'seekline-share-'))
  app = await startApp()
  id = await app.connect(bootstrap)
  const wire = await connectWire(bootstrap)
  for (const name of [topic, other]) await wire.createTopic(name, 3, { 'retention.ms': '-1' })
  for (const name of [topic, other]) {
    for (const partition of [0, 1, 2]) {
      const at = (i: number) => (partition === 1 ? BigInt(begun - 180 * minutes) : timestampOf(i))
      const batch = Array.from({ length: records }, (_, i) => ({ timestamp: at(i), key: null, value: Buffer.from(`${i}`), headers: [] })) // oxfmt-ignore
      await wire.produce(name, partition, writeBatch(batch))
    }
  }
  wire.close()
  const file = path.join(folder, 'delete.json')
  const partitions = [{ topic, partition: 1, offset: Number(logStart) }]
  await writeFile(file, JSON.stringify({ version: 1, partitions }))
  await tools.call('DeleteRecordsCommand', ['--bootstrap-server', bootstrap, '--offset-json-file', file])
})
afterAll(async () => {
  await app?.close()
  await rm(folder, { recursive: true, force: true })
})

const share = (...args: string[]) => tools.call('ShareGroupCommand', ['--bootstrap-server', bootstrap, ...args])

/** Where the script says that the group starts. */
async function described(group: string, of = topic): Promise<Record<number, bigint>> {
  const { stdout } = await share('--describe', '--offsets', '--group', group)
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/))
  return Object.fromEntries(
    rows.flatMap(([name, at, partition, offset]) =>
      name === group && at === of && /^\d+$/.test(offset ?? '') ? [[Number(partition), BigInt(offset!)]] : [],
    ),
  )
}

/** A share group without members: Kafka's own script makes one by setting its start offsets. */
async function emptyGroup(...of: string[]): Promise<string> {
  const group = uniqueName('share')
  for (const name of of) await share('--group', group, '--topic', name, '--reset-offsets', '--to-offset', '60', '--execute') // oxfmt-ignore
  return group
}

const planOf = (group: string, target: Target, partitions?: number[], ifNone?: IfNone): Promise<Plan> =>
  app.call('offsets.plan', {
    connectionId: id,
    group,
    scope: [{ topic, ...(partitions === undefined ? {} : { partitions }) }],
    target,
    ...(ifNone === undefined ? {} : { ifNone }),
  })
const apply = (plan: Plan) => app.call('offsets.apply', { connectionId: id, plan })
const undo = async (journalId: string | null) =>
  apply(await app.call('offsets.planUndo', { connectionId: id, journalId: journalId! }))
const planned = (plan: Plan) => Object.fromEntries(plan.rows.map((row) => [row.partition, row.after?.offset]))

/** Of what it prints. */
const ofLines = (text: string): Record<number, bigint> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, name, partition, offset] = /^"?([^",]*)"?,(\d+),(\d+)$/.exec(line) ?? []
      return name === topic ? [[Number(partition), BigInt(offset!)]] : []
    }),
  )

describe('the targets of a share group', () => {
  let group: string
  beforeAll(async () => {
    group = await emptyGroup(topic)
  })

  /** Applied, read by the script, and undone again. */
  async function moveAndBack(plan: Plan) {
    const before = await described(group)
    const { journalId, rows } = await apply(plan)
    const moved = await described(group)
    await undo(journalId)
    return { statuses: [...new Set(rows.map((row) => row.status))], before, moved, after: await described(group) }
  }
  const all = (offsets: (bigint | undefined)[]) => Object.fromEntries(offsets.flatMap((offset, at) => (offset === undefined ? [] : [[at, offset]]))) // oxfmt-ignore

  interface Case {
    target: Target
    ifNone?: IfNone
    partitions?: number[]
    expected: (bigint | undefined)[]
  }
  const toldByScript: [string, string[], Case][] = [
    ['earliest', ['--to-earliest'], { target: { at: 'log-start' }, expected: [0n, logStart, 0n] }],
    ['latest', ['--to-latest'], { target: { at: 'high-watermark' }, expected: [end, end, end] }],
    ['an offset', ['--to-offset', '17'], { target: { at: 'offset', offset: 17n }, expected: [17n, 17n, 17n] }],
    ['an offset past the end', ['--to-offset', '99999'], { target: { at: 'offset', offset: 99_999n }, expected: [end, end, end] }], // oxfmt-ignore
    ['an offset before the log start', ['--to-offset', '2'], { target: { at: 'offset', offset: 2n }, expected: [2n, logStart, 2n] }], // oxfmt-ignore
    ['a time', ['--to-datetime', hourAgo.toISOString()], { target: { at: 'timestamp', timestamp: BigInt(hourAgo.getTime()) }, ifNone: 'end', expected: [70n, end, 70n] }], // oxfmt-ignore
    ['some partitions', ['--to-earliest'], { target: { at: 'log-start' }, partitions: [0, 2], expected: [0n, undefined, 0n] }], // oxfmt-ignore
  ]
  it.each(toldByScript)('%s, as the script computes it', async (_name, script, one) => {
    const { target, ifNone, partitions, expected } = one
    const which = partitions === undefined ? topic : `${topic}:${partitions.join(',')}`
    const dry = await share('--group', group, '--topic', which, '--reset-offsets', ...script, '--export', '--dry-run')
    expect(ofLines(dry.stdout)).toEqual(all(expected))
    const plan = await planOf(group, target, partitions, ifNone)
    expect(planned(plan)).toEqual(all(expected))
    const { statuses, before, moved, after } = await moveAndBack(plan)
    expect(statuses).toEqual(['confirmed'])
    expect(moved).toEqual({ ...before, ...all(expected) })
    expect(after).toEqual(before)
  })

  const unknownToScript: [string, Case][] = [
    ['a duration', { target: { at: 'ago', ms: 3_600_000n }, ifNone: 'end', expected: [70n, end, 70n] }],
    ['an offset for each', { target: { at: 'offsets', offsets: [{ partition: 0, offset: 7n }, { partition: 2, offset: 9n }] }, expected: [7n, 60n, 9n] }], // oxfmt-ignore
  ]
  it.each(unknownToScript)('%s, which the script does not know', async (_name, { target, ifNone, expected }) => {
    const { before, moved, after } = await moveAndBack(await planOf(group, target, undefined, ifNone))
    expect(moved).toEqual(all(expected))
    expect(after).toEqual(before)
  })

  it('a shift of its own start offsets', async () => {
    const { moved } = await moveAndBack(await planOf(group, { at: 'group', group, shift: -7n }))
    expect(moved).toEqual({ 0: 53n, 1: 53n, 2: 53n })
  })

  it('a file of the script, and ours for the script', async () => {
    const text = `${topic},0,33\n${topic},1,7\n${topic},2,99\n`
    const { plans } = await app.call('offsets.planCsv', { connectionId: id, text, group })
    expect((await moveAndBack(plans[0]!)).moved).toEqual({ 0: 33n, 1: 7n, 2: 99n })
    const ours = await app.call('offsets.csv', { connectionId: id, of: { what: 'groups', groups: [group] } })
    expect(ofLines(ours.text)).toEqual(await described(group))
    const file = path.join(folder, 'ours.csv')
    await writeFile(file, ours.text.replaceAll('60', '61'))
    await share('--group', group, '--reset-offsets', '--from-file', file, '--execute')
    expect(await described(group)).toEqual({ 0: 61n, 1: 61n, 2: 61n })
    await share('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', '60', '--execute')
  })

  it('an anchor of where it starts', async () => {
    const saved = await app.call('anchors.save', { connectionId: id, name: uniqueName('anchor'), source: { what: 'group', group } }) // oxfmt-ignore
    const anchor = await app.call('anchors.get', { connectionId: id, id: saved.id })
    const offsets = anchor.offsets.map(({ topic: name, topicId, partition, offset }) => ({ topic: name, topicId, partition, offset })) // oxfmt-ignore
    expect(offsets.map(({ offset }) => offset)).toEqual([60n, 60n, 60n])
    await apply(await planOf(group, { at: 'log-start' }))
    expect(await described(group)).toEqual({ 0: 0n, 1: logStart, 2: 0n })
    const back = await planOf(group, { at: 'offsets', offsets })
    expect((await apply(back)).rows.map((row) => row.status)).toEqual(['confirmed', 'confirmed', 'confirmed'])
    expect(await described(group)).toEqual({ 0: 60n, 1: 60n, 2: 60n })
  })

  it('lag, as the script prints it, in the group and in the list', async () => {
    const { stdout } = await share('--describe', '--offsets', '--group', group)
    const lags = stdout.split('\n').map((line) => line.trim().split(/\s+/)).filter(([name]) => name === group).map((cells) => BigInt(cells[4]!)) // oxfmt-ignore
    const detail = await app.call('groups.describe', { connectionId: id, group })
    expect(detail.positions.map((at) => [at.position?.offset, at.lag])).toEqual(lags.map((lag) => [60n, lag]))
    expect(await summariesOf(app, id, [group])).toMatchObject([{ members: 0, partitions: 3, lag: lags.reduce((a, b) => a + b) }]) // oxfmt-ignore
  })

  it('says what is not as with other groups, and calls a start offset a start offset', async () => {
    const plan = await planOf(group, { at: 'log-start' })
    expect(plan).toMatchObject({ groupType: 'share', refusal: null })
    expect(plan.warnings.join(' ')).toContain('acknowledged, rejected or archived there are delivered again')
    expect(plan.warnings.join(' ')).not.toContain('assign()')
    const stale = { ...plan, rows: plan.rows.map((row) => ({ ...row, before: { offset: 1n, metadata: '', leaderEpoch: -1 } })) } // oxfmt-ignore
    const refused = await apply(stale)
    expect(refused.rows[0]).toMatchObject({ status: 'conflict', message: 'The start offset is 60 now; the plan saw 1.' }) // oxfmt-ignore
    expect(await described(group)).toEqual({ 0: 60n, 1: 60n, 2: 60n })
  })
})

describe('a share group that is not to be moved', () => {
  it('past what is in the log or below zero is told so in a sentence for each partition', async () => {
    const group = await emptyGroup(topic)
    const past = await planOf(group, { at: 'offset', offset: end + 5n })
    expect(past.rows.map((row) => row.note)).toEqual(Array(3).fill(`Clamped: the log ends at ${end}.`))
    const early = await planOf(group, { at: 'group', group, shift: -58n })
    expect(early.rows.map((row) => [row.after?.offset, row.note])).toEqual([[2n, null], [logStart, `Clamped: the log starts at ${logStart}.`], [2n, null]]) // oxfmt-ignore
    const negative = await planOf(group, { at: 'offset', offset: -3n })
    expect(negative.rows.map((row) => [row.status, row.note])).toEqual(Array(3).fill(['refused', 'An offset is never negative.'])) // oxfmt-ignore
    expect((await apply(negative)).journalId).toBeNull()
    expect(await described(group)).toEqual({ 0: 60n, 1: 60n, 2: 60n })
  })

  it('has a topic that is gone, or made anew, by the time of the apply', async () => {
    const gone = uniqueName('shared-gone')
    const wire = await connectWire(bootstrap)
    try {
      const input = Array.from({ length: 9 }, (_, i) => ({ timestamp: 1n, key: null, value: Buffer.from(`${i}`), headers: [] })) // oxfmt-ignore
      await wire.createTopic(gone, 1, { 'retention.ms': '-1' })
      await wire.produce(gone, 0, writeBatch(input))
      const group = await emptyGroup(topic, gone)
      const plan = await app.call('offsets.plan', { connectionId: id, group, scope: [{ topic: gone }, { topic }], target: { at: 'offset', offset: 2n } }) // oxfmt-ignore
      expect(plan.rows.map((row) => row.status)).toEqual(Array(4).fill('change'))
      await wire.deleteTopic(gone)
      const missing = await apply(plan)
      expect(missing).toMatchObject({ journalId: null, summary: expect.stringContaining('Nothing was written') })
      const of = (name: string, rows: { topic: string; message: string | null }[]) => rows.filter((row) => row.topic === name).map((row) => row.message) // oxfmt-ignore
      expect(of(gone, missing.rows)).toEqual([`${gone} does not exist, or these credentials may not see it.`])
      expect(of(topic, missing.rows)).toEqual(Array(3).fill('As planned, but not written because another partition differs.')) // oxfmt-ignore
      await until('it is made anew', () => wire.createTopic(gone, 1).then(() => true, () => false)) // oxfmt-ignore
      const anew = await apply(plan)
      expect(of(gone, anew.rows)).toEqual([`${gone} was deleted and created again since the plan was made.`])
      expect(anew.journalId).toBeNull()
      expect(await described(group)).toEqual({ 0: 60n, 1: 60n, 2: 60n })
    } finally {
      wire.close()
    }
  })

  it('has a live member: neither the plan nor an apply without its refusal writes; armed, it is applied once that has left', async () => {
    const group = uniqueName('share-live')
    const live = await tools.liveShareConsumer(topic, group)
    const arm = (plan: Plan) => app.call('offsets.arm', { connectionId: id, wait: true, plan })
    let armed: ReturnType<typeof arm> | undefined
    try {
      const members = async () => (await share('--describe', '--members', '--group', group)).stdout
      await until(`${group} has its member`, async () => (await members()).includes('console-share-consumer'), { everyMs: 200 }) // oxfmt-ignore
      const before = await described(group)
      const plan = await planOf(group, { at: 'log-start' })
      expect(plan.refusal).toMatchObject({ code: 'kafka.group-live' })
      expect(plan.refusal?.hint).toContain('start offsets')
      await expect(apply({ ...plan, refusal: null })).rejects.toMatchObject({ code: 'kafka.group-live' })
      armed = arm(await planOf(group, { at: 'offset', offset: 33n }))
      expect(await described(group)).toEqual(before)
    } finally {
      await live.stop()
    }
    expect(await armed).toMatchObject({ groupType: 'share', state: { is: 'applied', isUndoable: true } })
    expect(await described(group)).toEqual({ 0: 33n, 1: 33n, 2: 33n })
  })
})

describe('what is not done for share groups', () => {
  it('is said in a sentence: a limit of lag, and a snapshot', async () => {
    const group = await emptyGroup(topic)
    const limit = { group, records: 1n, ms: null, dies: false }
    await expect(app.call('limits.set', { connectionId: id, limit })).rejects.toMatchObject({ code: 'call.invalid', message: expect.stringContaining('A share group can have no limits') }) // oxfmt-ignore
    const { groups, notes } = await app.openStream('snapshots.take', { connectionId: id, groups: [group] })
    expect(groups).toBe(0)
    expect(notes).toEqual([expect.stringMatching(/^1 share group is not among them: .* which its brokers alone can write back\.$/)]) // oxfmt-ignore
  })
})

describe('removing', () => {
  it('start offsets of a topic leaves those of the other, and is undone', async () => {
    const group = await emptyGroup(topic, other)
    const was = await described(group)
    const plan = await app.call('offsets.planDelete', {
      connectionId: id,
      group,
      what: 'positions',
      scope: [{ topic }],
    })
    expect(plan.summary).toBe(`${group} will lose its 3 start offsets in ${topic}.`)
    const done = await app.call('offsets.delete', { connectionId: id, plan })
    expect(done.rows.map((row) => row.status)).toEqual(['confirmed', 'confirmed', 'confirmed'])
    expect(await described(group)).toEqual({})
    expect(Object.keys(await described(group, other))).toHaveLength(3)
    expect((await undo(done.journalId)).rows.map((row) => row.status)).toEqual(['confirmed', 'confirmed', 'confirmed'])
    expect(await described(group)).toEqual(was)
  })

  it('that of one partition is refused, for its topic’s others would go as well', async () => {
    const group = await emptyGroup(topic)
    const scope = [{ topic, partitions: [1] }]
    const plan = await app.call('offsets.planDelete', { connectionId: id, group, what: 'positions', scope })
    expect(plan.rows).toMatchObject([{ status: 'refused', note: expect.stringContaining('whole topics only') }])
    const row = { ...plan.rows[0]!, status: 'change' as const, after: null }
    await expect(app.call('offsets.delete', { connectionId: id, plan: { ...plan, rows: [row] } })).rejects.toMatchObject({ code: 'plan.stale' }) // oxfmt-ignore
    expect(Object.keys(await described(group))).toHaveLength(3)
  })

  it('the group takes it away; undone, it starts where it did', async () => {
    const group = await emptyGroup(topic)
    const plan = await app.call('offsets.planDelete', { connectionId: id, group, what: 'group' })
    expect(plan.summary).toBe(`${group} will be deleted with its 3 start offsets in ${topic}.`)
    const done = await app.call('offsets.delete', { connectionId: id, plan })
    expect(done).toMatchObject({ groupDeleted: true })
    expect((await share('--list')).stdout).not.toContain(group)
    const back = await app.call('offsets.planUndo', { connectionId: id, journalId: done.journalId! })
    expect(back).toMatchObject({ groupType: 'share', groupExists: false, refusal: null })
    const made = await apply(back)
    expect(made).toMatchObject({ groupCreated: true, rows: Array(3).fill({ status: 'confirmed' }) })
    expect(await described(group)).toEqual({ 0: 60n, 1: 60n, 2: 60n })
    // And the undo of that takes it away again.
    expect(await undo(made.journalId)).toMatchObject({ groupDeleted: true })
    expect((await share('--list')).stdout).not.toContain(group)
  })

  it('is not undone in a group of another kind that has its name now', async () => {
    const group = await emptyGroup(topic)
    const plan = await app.call('offsets.planDelete', { connectionId: id, group, what: 'group' })
    const { journalId } = await app.call('offsets.delete', { connectionId: id, plan })
    await tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-earliest', '--execute')
    await expect(app.call('offsets.planUndo', { connectionId: id, journalId: journalId! })).rejects.toMatchObject({
      code: 'plan.refused',
      message: `${group} is no share group any more.`,
    })
  })
})

describe('what is in flight', () => {
  const states = ['available', 'acquired', 'acknowledged', 'archiving', 'archived']
  const asBatches = (item: { kind: string; startOffset?: bigint; stretches?: { first: bigint; last: bigint; state: string; deliveries: number }[] }) => ({ startOffset: item.startOffset, batches: item.stretches?.map(({ state, ...rest }) => ({ ...rest, state: states.indexOf(state) })) }) // oxfmt-ignore

  it('is what the coordinator itself makes of it, over random states and a new snapshot', async () => {
    const group = await emptyGroup(topic)
    const cluster = await openCluster({ brokers: [addressOf(bootstrap)!], clientId: 'share-state' }, { mode: 'read-write' }) // oxfmt-ignore
    try {
      const { topicId } = await cluster.requireTopic(topic)
      const node = cluster.info().brokers[0]!.nodeId
      const partitions = [0, 1, 2].map((partition) => ({ topicId: topicId!, partition }))
      const at = (partition: number) => ({ group, topicId: topicId!, partition })
      const judge = async (partition: number) => {
        const { startOffset, batches, errorCode } = await cluster.call(node, readShareGroupState, at(partition))
        expect(errorCode).toBe(0)
        return { startOffset, batches }
      }
      const ours = async () => (await app.call('groups.shareState', { connectionId: id, group, partitions })).items
      const { stateEpoch } = await cluster.call(node, readShareGroupState, at(0))
      const write = async (partition: number, startOffset: bigint, batches: StateBatch[]) => {
        const told = { ...at(partition), stateEpoch, startOffset, batches }
        expect((await cluster.call(node, writeShareGroupState, told)).errorCode).toBe(0)
      }
      // Chance that can be had again.
      let seed = 7
      const upTo = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n
      const batch = (): StateBatch => {
        const first = BigInt(60 + upTo(60))
        return { first, last: first + BigInt(upTo(12)), state: [0, 2, 4][upTo(3)]!, deliveries: 1 + upTo(4) }
      }
      let start = 60n
      for (let i = 0; i < 24; i += 1) {
        if (i % 6 === 5) start += BigInt(upTo(4))
        for (const partition of [0, 2]) await write(partition, i % 3 === 0 ? start : -1n, [batch(), batch()])
        const [first, second, third] = await ours()
        expect([first, third].map((item) => asBatches(item!))).toEqual([await judge(0), await judge(2)])
        expect(second).toMatchObject({ kind: 'known', startOffset: 60n, end: 60n })
      }
      // Its newest snapshot is then further back than a first look goes, or one of these updates was written as a new one.
      await Promise.all(Array.from({ length: 560 }, () => write(2, -1n, [batch()])))
      expect(asBatches((await ours())[2]!)).toEqual(await judge(2))
      const reader = createReader(clusterSource(cluster), expect.unreachable as never)
      const question = { group, partitions, signal: new AbortController().signal, most: { bytes: 1, milliseconds: 60_000 } } // oxfmt-ignore
      const why = 'More was written to __share_group_state since its newest snapshot than is read for this.'
      expect(await readShareState({ cluster, reader }, question)).toContainEqual({ kind: 'unknown', why })
    } finally {
      cluster.close()
    }
  })

  it('has what real members gave back, and nothing of what they rejected', async () => {
    const group = await emptyGroup(topic)
    const at = ['--bootstrap-server', bootstrap, '--topic', topic, '--group', group, '--timeout-ms', '90000']
    await tools.call('ConsoleShareConsumer', [...at, '--release', '--max-messages', '4'])
    const { positions } = await app.call('groups.describe', { connectionId: id, group })
    const partitions = positions.map(({ topicId, partition }) => ({ topicId: topicId!, partition }))
    const { items } = await app.call('groups.shareState', { connectionId: id, group, partitions })
    const given = items.filter((item) => item.kind === 'known').filter(({ available }) => available > 0n)
    expect(given.length).toBeGreaterThan(0)
    expect(given[0]).toMatchObject({ startOffset: 60n, archived: 0n, mostDeliveries: 1 })
    await tools.call('ConsoleShareConsumer', [...at, '--reject', '--max-messages', '200'])
    const after = (await app.call('groups.shareState', { connectionId: id, group, partitions })).items
    const started = await described(group)
    expect(after.map((item) => item.kind === 'known' && item.startOffset)).toEqual([0, 1, 2].map((n) => started[n]))
  })
})
