import { afterAll, beforeAll, expect, it } from 'vitest'
import { ConnectionId } from '#shared/model/ids.ts'
import { clusterParts, type ClusterParts } from '../../electron/cluster-parts.ts'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { addressOf } from '#shared/model/addresses.ts'
import { createDecodePool, type DecodePool } from '../../electron/kafka/workers/pool.ts'
import { connectWire, type WireClient } from '../../scripts/lib/wire-client.ts'
import type { ChangeJournal } from '../../electron/changes/run-change.ts'
import { applyPlan } from '../../electron/services/offsets/apply.ts'
import { makePlan } from '../../electron/services/offsets/plan.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { until } from '../support/wait-for.ts'

// Commits that come between our last look and our own commit are found in the broker's own topic of positions.

let pool: DecodePool
let parts: ClusterParts
let wire: WireClient
const { signal } = new AbortController()

beforeAll(async () => {
  const { bootstrap } = await sharedKafka()
  pool = createDecodePool()
  const spec = { brokers: [addressOf(bootstrap)], clientId: 'commit-watch-1.0' }
  parts = clusterParts(await openCluster(spec, { mode: 'read-write' }), pool, {
    connection: ConnectionId.parse('commit-watch'),
    readLimit: null,
    decoding: { registry: null, rules: [] },
  })
  wire = await connectWire(bootstrap)
})

afterAll(async () => {
  wire?.close()
  parts?.close()
  await pool?.close()
})

/** Java's String.hashCode. */
const hashCode = (text: string): number =>
  Buffer.from(text, 'latin1').reduce((hash, byte) => (Math.imul(31, hash) + byte) | 0, 0)

// Which partition of that topic is a group's depends on the sign of its hash.
it.each([1, -1])('sees a foreign commit before ours, and nothing of other groups; hash of sign %i', async (sign) => {
  const topic = uniqueName('watched')
  await wire.createTopic(topic, 2)
  let group = uniqueName('group')
  while (Math.sign(hashCode(group)) !== sign) group = uniqueName('group')
  await wire.commit(group, [{ topic, partition: 0, offset: 0n }])
  // The first look at a group finds out that groups exist at all.
  await parts.groups.facts(group, signal)
  const watch = await parts.groups.watchCommits(group, signal)
  expect(await watch.since(signal)).toEqual([])
  await wire.commit(uniqueName('other'), [{ topic, partition: 0, offset: 0n }])
  await wire.commit(group, [{ topic, partition: 0, offset: 0n, metadata: 'theirs' }])
  const ours = { topic, partition: 1, offset: 0n, metadata: 'ours', leaderEpoch: -1 }
  expect(await parts.groups.commit(group, [ours], false)).toEqual(new Map([[`1/${topic}`, { status: 'written' }]]))
  const seen = await until('what was committed', async () => {
    const found = await watch.since(signal)
    return typeof found === 'string' ? undefined : found
  })
  expect(seen.map((one) => [one.group, one.topic, one.partition, one.position?.metadata])).toEqual([
    [group, topic, 0, 'theirs'],
    [group, topic, 1, 'ours'],
  ])
})

it('an apply that wrote over a foreign commit says so, with what it was', async () => {
  const topic = uniqueName('raced')
  await wire.createTopic(topic, 1)
  const group = uniqueName('group')
  await wire.commit(group, [{ topic, partition: 0, offset: 0n }])
  const connectionId = ConnectionId.parse('raced')
  const journal: ChangeJournal = { intent: () => Promise.resolve('entry'), result: () => Promise.resolve() }
  // Just before our own commit another tool's: after the last look, so that only the topic of positions can tell.
  const racing = {
    ...parts.groups,
    clusterId: parts.groups.clusterId,
    commit: async (...ours: Parameters<typeof parts.groups.commit>) => {
      await wire.commit(group, [{ topic, partition: 0, offset: 0n, metadata: 'theirs' }])
      return await parts.groups.commit(...ours)
    },
  }
  const target = { at: 'restore' as const, positions: [{ topic, partition: 0, topicId: null, position: { offset: 0n, metadata: 'ours', leaderEpoch: -1 } }], deleteGroup: false } // oxfmt-ignore
  const plan = await makePlan(racing, { connectionId, group, scope: [], target }, signal)
  const context = { journal, profile: { id: 'raced', name: 'raced' }, signal }
  const { rows } = await applyPlan(plan, racing, context)
  expect(rows).toMatchObject([{ status: 'overwrote', message: expect.stringContaining('theirs') }])
  // And without a race it does not.
  const again = await makePlan(
    parts.groups,
    { connectionId, group, scope: [], target: { at: 'group', group, shift: 0n } },
    signal,
  )
  expect(again.rows).toMatchObject([{ status: 'same' }])
})
