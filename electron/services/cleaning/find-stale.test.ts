import { describe, expect, it } from 'vitest'
import type { StaleGroup } from '#shared/contract/cleaning.ts'
import type { GroupRow } from '#shared/contract/groups.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import { partitionKey } from '#shared/model/topic-partition.ts'
import type { GroupFacts } from '../groups/group-port.ts'
import { findStale } from './find-stale.ts'
import type { StalePort } from './stale-port.ts'

// What a real cluster does not do on demand: brokers that tell no state, that are behind, or cannot answer.

const row = (group: string, state = 'Empty', type: GroupRow['type'] = 'classic'): GroupRow => ({ group, type, state, protocolType: 'consumer' }) // oxfmt-ignore
const position = { offset: 5n, leaderEpoch: -1, metadata: '' }
const error = (code: 'kafka.topic-unknown' | 'kafka.no-leader') => ({ error: toErrorValue(new SeeklineError(code, 'no')) }) // oxfmt-ignore
const facts = (state: string, members: number): { value: GroupFacts } => ({
  value: { exists: true, type: 'classic', state, protocolType: '', assignor: null, groupEpoch: null, assignmentEpoch: null, coordinator: 1, members: Array.from({ length: members }, () => ({ memberId: 'm', instanceId: null, clientId: 'c', host: 'h', memberEpoch: null, assignment: [], subscription: [] })), rights: null }, // oxfmt-ignore
})

interface Cluster {
  rows: GroupRow[]
  seen?: bigint
  unknown?: string
  edge?: Awaited<ReturnType<StalePort['groups']['edges']>> extends Map<string, infer E> ? E : never
  isThere?: boolean
  facts?: { value: GroupFacts }
  isBroken?: boolean
}

async function find({
  rows,
  seen,
  unknown,
  edge = { value: { logStart: 0n, highWatermark: 9n } },
  isThere = true,
  facts: about,
  isBroken = false,
}: Cluster) {
  // oxfmt-ignore
  const key = partitionKey('orders', 0)
  const port: StalePort = {
    groups: {
      list: () => Promise.resolve({ items: rows, failures: [], note: null }),
      factsOf: (groups) => Promise.resolve(new Map(groups.flatMap((group) => (about === undefined ? [] : [[group, about]])))), // oxfmt-ignore
      positionsOf: (groups) => Promise.resolve(new Map(groups.map((group) => [group, { value: new Map([[key, isBroken ? error('kafka.no-leader') : { value: position }]]) }]))), // oxfmt-ignore
      edges: (of) => Promise.resolve(new Map(of.map((at) => [partitionKey(at.topic, at.partition), edge]))),
      topicIds: () => Promise.resolve(new Map(isThere ? [['orders', 'id']] : [])),
      partitionsOf: () => Promise.resolve([0]),
    },
    lastCommits: () => Promise.resolve({ committedAt: () => null, lastSeen: () => (seen === undefined ? null : { at: seen, what: 'commit' }), unknownWhy: () => unknown ?? null }), // oxfmt-ignore
    retention: () => Promise.resolve(new Map()),
    seesAllGroups: () => Promise.resolve(unknown === undefined),
  }
  const found: StaleGroup[] = []
  const sink = { batch: (rows_: StaleGroup[]) => Promise.resolve(void found.push(...rows_)), progress: () => undefined }
  const most = { bytes: 1n, milliseconds: 1_000 }
  const done = await findStale(port, { connectionId: 'c' as never, quietMs: 1_000n, most }, sink, new AbortController().signal) // oxfmt-ignore
  return { found, done }
}
const now = () => BigInt(Date.now())

describe('looking for what is of no use', () => {
  it('leaves alone who has members, whatever a broker says when it lists groups', async () => {
    expect((await find({ rows: [row('a', 'Stable'), row('b', 'PreparingRebalance')] })).done).toMatchObject({ examined: 0, live: 2 }) // oxfmt-ignore
    const old = await find({ rows: [row('a', '')], facts: facts('Stable', 2) })
    expect(old).toMatchObject({ found: [], done: { examined: 0, live: 1 } })
    const empty = await find({ rows: [row('a', '')], facts: facts('Empty', 0) })
    expect(empty).toMatchObject({ found: [{ group: 'a', isDead: true }], done: { examined: 1, live: 0 } })
  })

  it('believes that a topic is gone only where brokers and fresh metadata say so', async () => {
    const reasons = async (of: Partial<Cluster>) => (await find({ rows: [row('a')], seen: now(), ...of })).found[0]?.positions[0]?.reasons // oxfmt-ignore
    expect(await reasons({ edge: error('kafka.topic-unknown'), isThere: false })).toEqual(['topic-deleted'])
    expect(await reasons({ edge: error('kafka.topic-unknown'), isThere: true })).toBeUndefined()
    expect(await reasons({ edge: error('kafka.no-leader'), isThere: false })).toBeUndefined()
    expect(await reasons({})).toBeUndefined()
  })

  it('calls nothing quiet where commits could not be read, and says why', async () => {
    const { found, done } = await find({ rows: [row('a')], unknown: 'No right to read it.' })
    expect(found).toEqual([])
    expect(done.notes[0]).toContain('1 group committed last is not known')
    expect(done.notes[0]).toContain('No right to read it.')
    expect(done.notes[1]).toContain('may not describe')
    // A sign of life that was read is one all the same.
    expect((await find({ rows: [row('a')], unknown: 'x', seen: now(), edge: { value: { logStart: 6n, highWatermark: 9n } } })).found[0]).toMatchObject({ quiet: 'no', isDead: false }) // oxfmt-ignore
  })

  it('calls no group dead of which a position could not be read', async () => {
    const { found, done } = await find({ rows: [row('a')], isBroken: true })
    expect(found.filter(({ isDead }) => isDead)).toEqual([])
    expect(done.failures).toMatchObject([{ what: 'a: orders, partition 0' }])
  })
})
