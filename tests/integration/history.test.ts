import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Done, RawInput } from '#shared/contract/define.ts'
import type { groups } from '#shared/contract/groups.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { CommitPoint, MemberRecord } from '#shared/model/commit-history.ts'
import { positionsAt } from '#shared/offsets/positions-then.ts'
import { offsetsPartitionOf } from '../../electron/kafka/offsets-topic.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startKafka, type RunningKafka } from '../support/kafka.ts'
import { commitInManyWays, type CommitStep } from '../support/serialisers.ts'
import { kcatConsume, kcatProduce, type KcatRecord } from '../support/tools.ts'
import { until } from '../support/wait-for.ts'

// Where a group was. Real consumers commit in many ways; Kafka's own formatter of commits says what is in the log, and the
// clients themselves what they committed.

const topic = 'orders'
const group = 'billing'
const PARTITIONS = 3
const RECORDS = 1_500

let kafka: RunningKafka
let app: TestApp
let wire: WireClient
let id: ConnectionId
let steps: CommitStep[]

beforeAll(async () => {
  // What is compacted away meanwhile could not be judged; another test compacts on purpose.
  kafka = await startKafka({ properties: { 'offsets.topic.num.partitions': '3', 'log.cleaner.backoff.ms': '500' } }) // oxfmt-ignore
  app = await startApp()
  const { bootstrap, tools } = kafka
  await tools.createTopic(topic, PARTITIONS)
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const lines = Array.from({ length: RECORDS / PARTITIONS }, (_, i) => `order ${partition}-${i}`)
    await kcatProduce(bootstrap, { topic, partition, input: lines.join('\n') })
  }
  wire = await connectWire(bootstrap)
  steps = await commitInManyWays({ bootstrap, topic, group, partitions: PARTITIONS })
  // Kafka's own consumer, which joins as a member and commits by itself.
  const console = await tools.liveConsumer(topic, group, 'classic', { 'auto.commit.interval.ms': '200' })
  await until('the console consumer has committed all', async () => {
    const at = await tools.describeGroup(group)
    return at.length === PARTITIONS && at.every(({ lag }) => lag === 0n)
  }) // oxfmt-ignore
  await console.stop()
  // And a removal, which leaves tombstones.
  await tools.groups('--delete-offsets', '--group', group, '--topic', `${topic}:2`)
  id = await app.connect(bootstrap)
})

afterAll(async () => {
  wire?.close()
  await app?.close()
  await kafka?.stop()
})

interface History {
  points: CommitPoint[]
  members: MemberRecord[]
  done: Done<(typeof groups)['groups.history']>
}

async function history(input: Partial<RawInput<(typeof groups)['groups.history']>> = {}): Promise<History> {
  const points: CommitPoint[] = []
  const members: MemberRecord[] = []
  const done = await app.openStream(
    'groups.history',
    { connectionId: id, group, ...input },
    {
      onBatch: (batch) => {
        points.push(...batch.points)
        members.push(...batch.members)
      },
    },
  )
  return { points, members, done }
}

interface Judged {
  topic: string
  partition: number
  offset: bigint | null
  metadata?: string
  at?: bigint
}

/** By Kafka's own formatter, of what is committed in the sense of transactions: in the order of the log. */
async function judged(): Promise<Judged[]> {
  const found: Judged[] = []
  const { bootstrap, tools } = kafka
  const at = { topic: '__consumer_offsets', partition: offsetsPartitionOf(group, PARTITIONS) }
  // Without a count it would wait for more; one that joins a group may wait for its partitions longer than for records.
  const count = (await kcatConsume(bootstrap, at)).length
  const { stdout } = await tools.call('ConsoleConsumer', ['--bootstrap-server', bootstrap, '--topic', at.topic, '--partition', String(at.partition), '--offset', 'earliest', '--isolation-level', 'read_committed', '--timeout-ms', '60000', '--max-messages', String(count), '--formatter', 'org.apache.kafka.tools.consumer.OffsetsMessageFormatter']) // oxfmt-ignore
  for (const text of stdout.split(/(?<=\})\s*(?=\{"key":)/)) {
    if (text.trim() === '') continue
    const { key, value } = JSON.parse(text) as {
      key: { data: { group: string; topic: string; partition: number } }
      value: { data: { offset: number; metadata: string; commitTimestamp: number } } | null
    }
    if (key.data.group !== group) continue
    const { topic: of, partition } = key.data
    found.push(
      value === null
        ? { topic: of, partition, offset: null }
        : { topic: of, partition, offset: BigInt(value.data.offset), metadata: value.data.metadata, at: BigInt(value.data.commitTimestamp) }, // oxfmt-ignore
    )
  }
  return found
}

const asJudged = (point: CommitPoint): Judged =>
  point.position === null
    ? { topic: point.topic, partition: point.partition, offset: null }
    : { topic: point.topic, partition: point.partition, offset: point.position.offset, metadata: point.position.metadata, at: point.committedAt } // oxfmt-ignore

it('shows every commit that Kafka’s own formatter finds in the log, in its order, and says how each was made', async () => {
  const { points, done } = await history()
  const judge = await judged()
  expect(judge.length).toBeGreaterThan(40)
  expect(points.map(asJudged).toReversed()).toEqual(judge)
  expect(done).toMatchObject({ reason: 'start', limit: null, commits: points.length, notes: [] })
  expect(done.searched).toMatchObject({ from: 0n, logStart: 0n, wholeFrom: 0n, undecided: 0, unreadable: 0 })
  expect(new Set(points.map(({ source }) => source))).toEqual(new Set(['commit', 'transactional commit', 'tombstone']))
  // Three of five transactions were committed.
  const transactional = points.filter(({ source }) => source === 'transactional commit')
  expect(transactional.every(({ since, committedAt }) => since >= committedAt)).toBe(true)
  expect(transactional.length).toBe(3 * PARTITIONS)
})

it('the positions at the moment of each commit are those that the client had committed by then', async () => {
  const { points } = await history()
  expect(steps.map(({ how }) => how)).toEqual([
    'auto',
    ...Array<string>(12).fill('sync'),
    'rewind',
    'sync',
    'rewind',
    'sync',
    'transaction',
    'aborted',
    'transaction',
    'transaction',
    'aborted',
  ])
  for (const { how, at, positions } of steps) {
    const then = positionsAt(points, at)
    const found = new Map([...then.values()].map(({ partition, position }) => [partition, position?.offset]))
    expect(found, `${how} at ${at}`).toEqual(positions)
  }
})

it('a plan sets the group back to where it stood at any of those moments', async () => {
  for (const { how, at: moment, positions } of steps) {
    const plan = await app.call('offsets.plan', { connectionId: id, group, scope: [{ topic, partitions: [0, 1, 2] }], target: { at: 'group-then', group, moment } }) // oxfmt-ignore
    const planned = new Map(
      plan.rows.flatMap(({ partition, after, status }) =>
        after === null || status === 'refused' ? [] : [[partition, after.offset]],
      ),
    )
    expect([how, planned]).toEqual([how, positions])
  }
})

it('says of a moment before the first commit, and of a position that was removed, that there was none', async () => {
  const ask = async (moment: bigint) => {
    const plan = await app.call('offsets.plan', { connectionId: id, group, scope: [{ topic }], target: { at: 'group-then', group, moment } }) // oxfmt-ignore
    return plan.rows.map(({ note }) => note)
  }
  const before = await ask(steps[0]!.at - 3_600_000n)
  expect(before).toEqual([0, 1, 2].map(() => expect.stringContaining('billing had committed nothing here by 20'))) // oxfmt-ignore
  expect((await ask(BigInt(Date.now())))[2]).toContain('had expired or been deleted')
})

it('replaying what it committed between two moments gives exactly the records that it consumed between', async () => {
  // Twelve commits by hand: no step back among them.
  const [first, last] = [3, 10]
  const between = steps.slice(first + 1, last + 1)
  const copy = 'orders-again'
  const place = (step: number) => ({ at: 'group-then' as const, group, moment: steps[step]!.at })
  const plan = await app.call('replay.plan', {
    source: id,
    topic,
    range: { by: 'places', from: place(first), to: place(last) },
    target: id,
    targetTopic: { create: true, name: copy, partitions: PARTITIONS },
  })
  const receipt = await app.openStream('replay.run', { source: id, target: id, plan })
  expect(receipt.outcome).toBe('complete')
  const { bootstrap } = kafka
  const consumed = new Set(between.flatMap(({ read }) => read))
  expect(consumed.size).toBe(70)
  const source = (await kcatConsume(bootstrap, { topic })).filter((one) =>
    consumed.has(`${one.partition}/${one.offset}`),
  )
  const copied = await kcatConsume(bootstrap, { topic: copy })
  const told = (of: KcatRecord[]) => of.map(({ partition, value, timestamp }) => `${partition} ${String(value)} ${timestamp}`).toSorted() // oxfmt-ignore
  expect(told(copied)).toEqual(told(source))
})

it('a browse starts where the group stood', async () => {
  const { at: moment, positions } = steps[5]!
  const ledger = await app.call('messages.ledger', { connectionId: id, topic, start: { at: 'group-then', group, moment } }) // oxfmt-ignore
  expect(new Map(ledger.ledger.parts.map(({ partition, from }) => [partition, from]))).toEqual(positions)
})

it('tells members that come and go', async () => {
  const { members } = await history()
  const sizes = members.flatMap((one) => (one.kind === 'all' ? [one.members.length] : []))
  expect(sizes).toContain(1)
  expect(sizes[0]).toBe(0)
  const names = members.flatMap((one) => (one.kind === 'all' ? one.members : []))
  expect(names.some(({ clientId, host }) => clientId !== '' && host.includes('127.0.0.1'))).toBe(true)
})

it('reads in stretches: stops at a limit, goes on from there, and only back to a moment', async () => {
  const busy = 'busy'
  const commits = 1_500
  for (let n = 0; n < commits; n += 1) {
    await wire.commit(busy, [0, 1, 2].map((partition) => ({ topic, partition, offset: BigInt(n % 400) }))) // oxfmt-ignore
  }
  const all = await history({ group: busy })
  expect(all.points.length).toBe(3 * commits)
  expect(all.done).toMatchObject({ reason: 'start', searched: { wholeFrom: 0n } })
  const first = await history({ group: busy, most: { commits: 1 } })
  expect(first.done).toMatchObject({ reason: 'limit', limit: 'commits', notes: ['Older commits were not looked for yet.'] }) // oxfmt-ignore
  const second = await history({ group: busy, before: first.done.searched.from, most: { bytes: 1n } })
  expect(second.done).toMatchObject({ reason: 'limit', limit: 'bytes' })
  const third = await history({ group: busy, before: second.done.searched.from })
  const offsets = (of: History[]) => of.flatMap(({ points }) => points.map(({ offset }) => offset))
  expect(offsets([first, second, third])).toEqual(offsets([all]))
  const moment = all.points[1_000]!.committedAt
  const few = await history({ group: busy, since: moment })
  expect(few.done.reason).toBe('since')
  expect(few.points.length).toBeGreaterThanOrEqual(1_000)
  expect(few.points.length).toBeLessThan(3 * commits)

  const stop = new AbortController()
  const input = { connectionId: id, group: busy }
  let seen = 0
  const onBatch = ({ points }: { points: CommitPoint[] }) => {
    seen += points.length
    stop.abort()
  }
  const cancelled = await app.openStream('groups.history', input, { signal: stop.signal, onBatch }).then(
    ({ reason }) => reason,
    (error: unknown) => (error as { code: string }).code,
  )
  expect(['cancelled', 'call.cancelled']).toContain(cancelled)
  expect(seen).toBeLessThan(3 * commits)
})

it('says what compaction took: of older commits each partition’s newest is left', async () => {
  const squeezed = 'squeezed'
  const commit = async (n: number) => wire.commit(squeezed, [{ topic, partition: n % 3, offset: BigInt(n % 400) }])
  for (let n = 0; n < 300; n += 1) await commit(n)
  const before = await history({ group: squeezed })
  expect(before.points.length).toBe(300)
  const settings = 'segment.bytes=1048576,segment.ms=1,min.cleanable.dirty.ratio=0.001,max.compaction.lag.ms=1'
  await kafka.tools.configs('--alter', '--entity-type', 'topics', '--entity-name', '__consumer_offsets', '--add-config', settings) // oxfmt-ignore
  let after = before
  await until('the cleaner has run', async () => {
    // The segment in use is never compacted: each commit after segment.ms begins another.
    await commit(0)
    after = await history({ group: squeezed })
    return after.done.searched.wholeFrom > before.done.searched.from
  }, { everyMs: 300 }) // oxfmt-ignore
  expect(after.points.length).toBeLessThan(300)
  expect(after.done.notes.join(' ')).toMatch(/compacted.*newest is left/)
  const { wholeFrom } = after.done.searched
  const left = after.points.filter(({ offset }) => offset < wholeFrom).map(({ topic: of, partition }) => `${partition}/${of}`) // oxfmt-ignore
  expect(new Set(left).size).toBe(left.length)
})

it('of a group that never committed it finds nothing, and says that all was looked at', async () => {
  const { points, done } = await history({ group: 'nobody' })
  expect(points).toEqual([])
  expect(done).toMatchObject({ reason: 'start', commits: 0 })
})
