import { describe, expect, it } from 'vitest'
import type { EntryOf } from '#shared/contract/journal.ts'
import type { ApplyResult, Plan, Target } from '#shared/contract/offsets.ts'
import { SeeklineError } from '#shared/errors.ts'
import { ConnectionId } from '#shared/model/ids.ts'
import type { IfNone, Place } from '#shared/model/place.ts'
import { type Position } from '#shared/model/positions.ts'
import { partitionKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import { placeOfPosition } from '#shared/offsets/missing-place.ts'
import { planSentence } from '#shared/offsets/plan-sentence.ts'
import type { CommitRecord } from '../../kafka/offsets-topic.ts'
import { findPlace, type PlaceFinder } from '../../kafka/resolve-places.ts'
import type { TopicRights } from '../../kafka/rights.ts'
import type { GroupFacts, GroupPort, Written } from '../groups/group-port.ts'
import { createOffsetsService, type OffsetsDependencies } from './service.ts'

// Races with other committers cannot be had on demand from a broker, so this port plays one; everything else about
// edits is tested on real Kafka in tests/integration.
const connectionId = ConnectionId.parse('demo')
const signal = new AbortController().signal
const at = (offset: bigint, metadata = ''): Position => ({ offset, metadata, leaderEpoch: -1 })

class FakeGroup implements GroupPort {
  clusterId = 'cluster-1'
  exists = true
  facts_: Partial<GroupFacts> = {}
  stored = new Map<string, Position>([[partitionKey('orders', 0), at(50n, 'note')]])
  commits: CommitRecord[] | null = []
  /** End of the topic of positions. */
  end = 1n
  answers: Written[] = []
  groupAnswers: Written[] = []
  whileRemoving: () => void = () => undefined
  topicRights_: TopicRights = new Map()
  topicId = 'id-1'
  high = 100n
  atTime: bigint | null = 10n
  /** Positions of another group. */
  others_ = new Map<string, Position>()
  calls: string[] = []
  beforeCommit: () => void = () => undefined
  afterCommit: () => void = () => undefined
  /** Once the end of the topic was asked for behind our answer. */
  afterWindow: () => void = () => undefined

  facts() {
    return Promise.resolve({
      exists: this.exists,
      type: 'classic' as const,
      state: this.exists ? 'Empty' : 'Dead',
      protocolType: 'consumer',
      assignor: null,
      groupEpoch: null,
      assignmentEpoch: null,
      coordinator: 1,
      members: [],
      rights: null,
      ...this.facts_,
    })
  }
  topicIds(topics: readonly string[]) {
    return Promise.resolve(new Map(topics.map((topic) => [topic, this.topicId])))
  }
  async topics(topics: readonly string[]) {
    return { ids: await this.topicIds(topics), rights: this.topicRights_ }
  }
  partitionsOf() {
    return Promise.resolve([0])
  }
  positions(_group: string, of: readonly { topic: string; partition: number }[] | 'all') {
    const keys = of === 'all' ? [...this.stored.keys()] : of.map((one) => partitionKey(one.topic, one.partition))
    return Promise.resolve(new Map(keys.map((key) => [key, { value: this.stored.get(key) ?? null }])))
  }
  bounds(of: readonly { topic: string; partition: number }[]) {
    const value = { logStart: 0n, lastStable: this.high, highWatermark: this.high }
    return Promise.resolve(new Map(of.map((one) => [partitionKey(one.topic, one.partition), { value }])))
  }
  edges(of: readonly { topic: string; partition: number }[]) {
    return this.bounds(of)
  }
  /** Times are this fake's; the others need no broker but for its positions. */
  async findPlace(place: Place, of: readonly TopicPartition[]): Promise<PlaceFinder> {
    switch (place.at) {
      case 'timestamp':
      case 'ago':
        return () => (this.atTime === null ? { missing: { why: 'none-that-new' } } : { offset: this.atTime })
      case 'group': {
        const { group } = place
        return ({ topic, partition }) =>
          placeOfPosition(group, this.others_.get(partitionKey(topic, partition)) ?? null)
      }
      default:
        return await findPlace({} as never, place, of)
    }
  }
  watchCommits() {
    const since = () => Promise.resolve(this.commits ?? 'it may not be read')
    let asked = 0
    const end = () => {
      const now = this.commits === null ? null : this.end
      asked += 1
      if (asked === 2) this.afterWindow()
      return Promise.resolve(now)
    }
    return Promise.resolve({ since, end })
  }
  /** Somebody's commit, as the topic of positions shows it. */
  others(position: Position | null) {
    if (position === null) this.stored.delete(partitionKey('orders', 0))
    else this.stored.set(partitionKey('orders', 0), position)
    this.log('billing', { topic: 'orders', partition: 0 }, position)
  }
  log(group: string, { topic, partition }: { topic: string; partition: number }, position: Position | null) {
    this.commits?.push({ offset: this.end, group, topic, partition, position, committedAt: 1n })
    this.end += 1n
  }
  commit(group: string, positions: readonly ({ topic: string; partition: number } & Position)[]) {
    this.calls.push('commit')
    this.beforeCommit()
    const answer = this.answers.shift()
    const out = new Map<string, Written>()
    for (const { topic, partition, ...position } of positions) {
      if (answer === undefined) {
        this.stored.set(partitionKey(topic, partition), position)
        this.log(group, { topic, partition }, position)
      }
      out.set(partitionKey(topic, partition), answer ?? { status: 'written' })
    }
    this.afterCommit()
    return Promise.resolve(out)
  }
  remove(_group: string, of: readonly { topic: string; partition: number }[]) {
    this.calls.push('remove')
    const out = new Map<string, Written>()
    for (const one of of) {
      this.stored.delete(partitionKey(one.topic, one.partition))
      out.set(partitionKey(one.topic, one.partition), { status: 'written' })
    }
    return Promise.resolve(out)
  }
  removeGroup() {
    this.calls.push('removeGroup')
    const answer = this.groupAnswers.shift() ?? { status: 'written' }
    this.whileRemoving()
    if (answer.status === 'written') {
      this.stored.clear()
      this.exists = false
    }
    return Promise.resolve<Written>(answer)
  }
}

function setUp() {
  const port = new FakeGroup()
  const entries: EntryOf<'positions'>[] = []
  const journal: OffsetsDependencies['journal'] = {
    intent: (entry) => {
      port.calls.push('intent')
      if (entry.kind === 'positions') entries.push({ ...entry, id: `j${entries.length}`, at: 1n, result: null })
      return Promise.resolve(`j${entries.length - 1}`)
    },
    result: (id, _kind, result) => {
      const entry = entries.find((one) => one.id === id)
      if (entry !== undefined) entry.result = result as ApplyResult
      return Promise.resolve()
    },
    get: (id) => Promise.resolve(entries.find((one) => one.id === id) ?? null),
    list: () => Promise.resolve({ items: entries.toReversed() }),
  }
  const disk = { full: { intent: false, result: false } }
  const failing = (): never => {
    throw new SeeklineError('storage.failed', 'The journal could not be written: ENOSPC', { hint: 'Make room.' })
  }
  const guarded: OffsetsDependencies['journal'] = {
    ...journal,
    intent: async (entry) => (disk.full.intent ? failing() : journal.intent(entry)),
    result: async (...given) => (disk.full.result ? failing() : journal.result(...given)),
  }
  const service = createOffsetsService({
    groupPort: () => Promise.resolve(port),
    accessOf: () => expect.unreachable(),
    profileOf: () => ({ id: 'demo', name: 'Demo' }),
    journal: guarded,
    startedAt: 2n,
  })
  const plan = (target: Target, scope: { topic: string }[] = [], ifNone?: IfNone): Promise<Plan> =>
    service['offsets.plan']({ connectionId, group: 'billing', scope, target, ifNone }, { signal })
  const apply = (made: Plan): Promise<ApplyResult> => service['offsets.apply']({ connectionId, plan: made }, { signal })
  const undo = (journalId: string) => service['offsets.planUndo']({ connectionId, journalId }, { signal })
  const settle = (journalId: string) => service['offsets.settle']({ connectionId, journalId }, { signal })
  return { port, entries, journal, service, plan, apply, undo, settle, full: disk.full }
}

describe('rights that are told', () => {
  it.each([
    [null, []],
    [['Describe', 'Read'], [['orders', ['Describe', 'Read']]]],
    // Told of the topic only, or not at all.
    [null, [['orders', null]]],
  ] as const)('leave a plan as it is where nothing is missing: %o, %o', async (group, topics) => {
    const { port, plan } = setUp()
    port.facts_ = { rights: group }
    port.topicRights_ = new Map(topics)
    const made = await plan({ at: 'log-start' })
    expect(made).toMatchObject({ refusal: null, rows: [{ status: 'change' }] })
  })

  it('refuse the whole for want of one on the group, and keep its rows to be looked at', async () => {
    const { port, plan } = setUp()
    port.facts_ = { rights: ['Describe', 'Delete'] }
    const made = await plan({ at: 'log-start' })
    expect(made.refusal).toMatchObject({ code: 'kafka.unauthorised', details: { needs: 'Read on group billing' } })
    expect(made.rows).toMatchObject([{ status: 'change', after: at(0n) }])
    // Nothing would be asked of the broker: nothing is refused.
    port.stored.set(partitionKey('orders', 0), at(0n))
    expect((await plan({ at: 'log-start' })).refusal).toBeNull()
  })

  it('refuse the partitions of a topic, and an undo that takes positions away needs Delete', async () => {
    const { port, plan, apply, undo } = setUp()
    port.topicRights_ = new Map([['orders', ['Describe', 'Write']]])
    expect((await plan({ at: 'log-start' })).rows).toMatchObject([
      { status: 'refused', after: at(50n, 'note'), note: expect.stringContaining('Read on topic orders') },
    ])
    port.topicRights_ = new Map()
    port.stored.clear()
    const result = await apply(await plan({ at: 'log-start' }, [{ topic: 'orders' }]))
    port.facts_ = { rights: ['Describe', 'Read'] }
    expect((await undo(result.journalId!)).refusal).toMatchObject({ details: { needs: 'Delete on group billing' } })
  })

  it('give way to what is worse, and stop no apply: the broker judges', async () => {
    const { port, plan, apply } = setUp()
    port.facts_ = { rights: ['Describe'] }
    expect((await apply(await plan({ at: 'log-start' }))).rows).toMatchObject([{ status: 'confirmed' }])
    port.facts_ = { rights: ['Describe'], state: 'Stable' }
    expect((await plan({ at: 'high-watermark' })).refusal).toMatchObject({ code: 'kafka.group-live' })
  })
})

describe('applying a plan', () => {
  it('journals the intent before it commits, and confirms what it read back', async () => {
    const { port, entries, plan, apply } = setUp()
    const result = await apply(await plan({ at: 'log-start' }))
    expect(port.calls).toEqual(['intent', 'commit'])
    expect(result.rows).toMatchObject([{ status: 'confirmed', found: at(0n) }])
    expect(entries[0]?.result?.rows[0]?.status).toBe('confirmed')
  })

  it('changes nothing when the intent cannot be journalled', async () => {
    const { port, plan, apply, full } = setUp()
    full.intent = true
    await expect(apply(await plan({ at: 'log-start' }))).rejects.toMatchObject({
      code: 'storage.failed',
      message: expect.stringContaining('Nothing was changed'),
      hint: 'Make room.',
    })
    expect(port.calls).toEqual([])
  })

  // It said "so nothing was changed" of a change that had been made.
  it('tells what came of the change when the disk is full afterwards', async () => {
    const { port, entries, plan, apply, full, undo } = setUp()
    full.result = true
    const result = await apply(await plan({ at: 'log-start' }))
    expect(result.rows).toMatchObject([{ status: 'confirmed', found: at(0n) }])
    expect(result.summary).toMatch(/confirmed\. What came of it is missing in the journal.*ENOSPC\. Make room\.$/)
    expect(port.calls).toEqual(['intent', 'commit'])
    expect(entries[0]?.result).toBeNull()
    expect((await undo('j0')).rows).toMatchObject([{ after: at(50n, 'note') }])
  })

  it('writes nothing when the position moved since the plan, not even to other partitions', async () => {
    const { port, entries, plan, apply } = setUp()
    const made = await plan({ at: 'log-start' })
    port.stored.set(partitionKey('orders', 0), at(51n))
    const result = await apply(made)
    expect(result.rows).toMatchObject([{ status: 'conflict' }])
    expect(result.rows[0]?.message).toContain('51 now')
    expect(port.calls).toEqual([])
    expect(entries).toEqual([])
  })

  it('keeps to the end of a log that grew since, where no record is as new as the timestamp', async () => {
    const { port, plan, apply } = setUp()
    port.atTime = null
    const made = await plan({ at: 'timestamp', timestamp: 9n }, [], 'end')
    expect(made.rows).toMatchObject([{ status: 'change', after: at(100n) }])
    port.high = 120n
    expect((await apply(made)).rows).toMatchObject([{ status: 'confirmed', found: at(100n) }])
    port.stored.set(partitionKey('orders', 0), at(50n, 'note'))
    port.atTime = 110n
    expect((await apply(made)).rows).toMatchObject([{ status: 'conflict' }])
  })

  it('treats changed metadata as a conflict, too', async () => {
    const { port, plan, apply } = setUp()
    const made = await plan({ at: 'log-start' })
    port.stored.set(partitionKey('orders', 0), at(50n, 'other'))
    expect((await apply(made)).rows[0]?.status).toBe('conflict')
  })

  it('refuses when the topic was deleted and created again, or the cluster is another', async () => {
    const { port, plan, apply } = setUp()
    const made = await plan({ at: 'log-start' })
    port.topicId = 'id-2'
    expect((await apply(made)).rows[0]?.message).toContain('deleted and created again')
    port.clusterId = 'cluster-2'
    await expect(apply(made)).rejects.toMatchObject({ code: 'plan.stale' })
  })

  it('does not trust the plan: a forged target offset is a conflict', async () => {
    const { port, plan, apply } = setUp()
    const made = await plan({ at: 'offset', offset: 10n })
    const forged = { ...made, rows: made.rows.map((row) => ({ ...row, after: at(99n) })) }
    expect((await apply(forged)).rows[0]?.status).toBe('conflict')
    expect(port.calls).toEqual([])
  })

  it('refuses a group that came alive after the plan, naming its members', async () => {
    const { port, plan, apply } = setUp()
    const made = await plan({ at: 'log-start' })
    const member = { memberId: 'm', instanceId: null, clientId: 'app-1', host: '/10.0.0.1', memberEpoch: null }
    port.facts_ = { state: 'Stable', members: [{ ...member, assignment: [], subscription: [] }] }
    await expect(apply(made)).rejects.toMatchObject({
      code: 'kafka.group-live',
      message: 'billing has 1 live member: app-1 on /10.0.0.1.',
    })
  })

  it('says superseded when someone commits after us', async () => {
    const { port, plan, apply } = setUp()
    port.afterCommit = () => port.stored.set(partitionKey('orders', 0), at(77n))
    expect((await apply(await plan({ at: 'log-start' }))).rows).toMatchObject([
      { status: 'superseded', found: at(77n) },
    ])
  })

  it('says overwrote when the offsets topic shows a commit between our look and ours', async () => {
    const { port, plan, apply } = setUp()
    port.beforeCommit = () => port.others(at(60n))
    const result = await apply(await plan({ at: 'log-start' }))
    expect(result.rows[0]).toMatchObject({ status: 'overwrote' })
    expect(result.rows[0]?.message).toContain('60')
  })

  it('claims no overwriting when the same value was committed after ours, whatever came between', async () => {
    const { port, plan, apply } = setUp()
    const both = () => {
      port.others(at(60n))
      port.others(at(0n))
    }
    port.afterWindow = both
    const [row] = (await apply(await plan({ at: 'log-start' }))).rows
    expect(row).toMatchObject({ status: 'confirmed', message: expect.stringMatching(/committed after us/) })
    // So close behind ours that either may be it: nothing is claimed.
    port.afterWindow = () => undefined
    port.stored.set(partitionKey('orders', 0), at(50n))
    port.afterCommit = both
    expect((await apply(await plan({ at: 'log-start' }))).rows[0]).toMatchObject({
      status: 'confirmed',
      unchecked: true,
    })
  })

  it('claims none when the same value was committed before ours', async () => {
    const { port, plan, apply } = setUp()
    port.beforeCommit = () => port.others(at(0n))
    const [row] = (await apply(await plan({ at: 'log-start' }))).rows
    expect(row).toMatchObject({ status: 'confirmed' })
    expect(row?.message ?? '').not.toMatch(/written over/)
  })

  it('says of a superseded row that another commit was written over in the gap', async () => {
    const { port, plan, apply } = setUp()
    port.beforeCommit = () => port.others(at(60n))
    port.afterCommit = () => port.others(at(77n))
    const [row] = (await apply(await plan({ at: 'log-start' }))).rows
    expect(row).toMatchObject({ status: 'superseded', found: at(77n) })
    expect(row?.message).toMatch(/committed 77\..*committed 60 between our last look and our commit/)
  })

  it('confirms where the offsets topic may not be read, and says that the gap was not checked', async () => {
    const { port, plan, apply } = setUp()
    port.commits = null
    const { rows, summary } = await apply(await plan({ at: 'log-start' }))
    expect(rows[0]).toMatchObject({ status: 'confirmed', unchecked: true })
    expect(rows[0]?.message).toMatch(/was not checked: it may not be read/)
    expect(summary).toMatch(/Not checked: whether somebody else committed in between/)
    port.afterCommit = () => port.stored.set(partitionKey('orders', 0), at(77n))
    expect((await apply(await plan({ at: 'high-watermark' }))).rows[0]).toMatchObject({
      status: 'superseded',
      message: expect.stringMatching(/was not checked/),
    })
  })

  const gone: Written = { status: 'unknown', error: { code: 'kafka.refused', message: 'Not the coordinator.', retryable: true } } // oxfmt-ignore

  it('sends a commit again only where the positions are still what the plan saw', async () => {
    const { port, plan, apply } = setUp()
    port.answers = [gone]
    expect((await apply(await plan({ at: 'log-start' }))).rows).toMatchObject([{ status: 'confirmed' }])
    expect(port.calls).toEqual(['intent', 'commit', 'commit'])
  })

  it('leaves alone what somebody else committed after an answer was lost', async () => {
    const { port, plan, apply } = setUp()
    port.answers = [gone]
    port.afterCommit = () => port.others(at(70n))
    const [row] = (await apply(await plan({ at: 'log-start' }))).rows
    expect(row).toMatchObject({ status: 'unknown', found: at(70n) })
    expect(port.calls).toEqual(['intent', 'commit'])
    expect(port.stored.get(partitionKey('orders', 0))).toEqual(at(70n))
  })
})

describe('undo', () => {
  it('brings back a value with its metadata', async () => {
    const { port, plan, apply, undo } = setUp()
    const done = await apply(await plan({ at: 'log-start' }))
    await apply(await undo(done.journalId ?? ''))
    expect(port.stored.get(partitionKey('orders', 0))).toEqual(at(50n, 'note'))
  })

  it('brings back none, and removes a group that the change had created', async () => {
    const { port, plan, apply, undo } = setUp()
    port.stored.clear()
    port.exists = false
    const done = await apply(await plan({ at: 'high-watermark' }, [{ topic: 'orders' }]))
    expect(done.groupCreated).toBe(true)
    port.exists = true
    const undone = await apply(await undo(done.journalId ?? ''))
    expect(undone.groupDeleted).toBe(true)
    expect(port.stored.size).toBe(0)
    expect(port.calls).toContain('removeGroup')
  })

  it('keeps the group when something else was committed to it', async () => {
    const { port, plan, apply, undo } = setUp()
    port.stored.clear()
    port.exists = false
    const done = await apply(await plan({ at: 'high-watermark' }, [{ topic: 'orders' }]))
    port.exists = true
    port.stored.set(partitionKey('payments', 3), at(1n))
    expect((await apply(await undo(done.journalId ?? ''))).groupDeleted).toBe(false)
  })

  it('is a conflict where the group read on since, unless that is to be taken back as well', async () => {
    const { port, plan, apply, undo, service } = setUp()
    const done = await apply(await plan({ at: 'log-start' }))
    port.stored.set(partitionKey('orders', 0), at(5n))
    const refused = await undo(done.journalId ?? '')
    expect(refused).toMatchObject({ committedLater: 1, rows: [{ status: 'refused', after: { offset: 5n } }] })
    expect(planSentence(refused)).toBe(
      'Nothing can be changed: 1 partition refused. It was committed after that change, and undoing would take this back.',
    )
    expect((await apply(refused)).journalId).toBeNull()
    const input = { connectionId, journalId: done.journalId ?? '', takeBackLater: true }
    const meant = await service['offsets.planUndo'](input, { signal })
    expect(meant.warnings[0]).toBe('1 partition was committed after that change; undoing takes this back as well.')
    await apply(meant)
    expect(port.stored.get(partitionKey('orders', 0))).toEqual(at(50n, 'note'))
  })

  it('of an undo is the change again', async () => {
    const { port, plan, apply, undo } = setUp()
    const first = await apply(await plan({ at: 'log-start' }))
    const second = await apply(await undo(first.journalId ?? ''))
    await apply(await undo(second.journalId ?? ''))
    expect(port.stored.get(partitionKey('orders', 0))).toEqual(at(0n))
  })
})

describe('deleting a group', () => {
  const moved = { status: 'unknown' as const, error: { code: 'kafka.refused' as const, message: 'The coordinator moved.', retryable: true, details: { sent: true } } } // oxfmt-ignore
  const deleting = async () => {
    const { port, entries, service } = setUp()
    port.commits = null
    const plan = await service['offsets.planDelete'](
      { connectionId, group: 'billing', what: 'group', scope: [] },
      { signal },
    )
    const apply = () => service['offsets.delete']({ connectionId, plan }, { signal })
    return { port, entries, apply }
  }

  it('is sent again after an answer that leaves it open, while all positions stand as the plan saw them', async () => {
    const { port, entries, apply } = await deleting()
    port.groupAnswers = [moved]
    expect(await apply()).toMatchObject({ groupDeleted: true, rows: [{ status: 'confirmed' }] })
    expect(port.calls).toEqual(['intent', 'removeGroup', 'removeGroup'])
    expect(entries[0]).toMatchObject({ deletes: 'group', rows: [{ before: at(50n, 'note'), after: null }] })
  })

  // It was: the second answer then said that there is no such group, of a group that the first one had deleted.
  it('is not sent again where the first may have done it: what stands there decides', async () => {
    const { port, apply } = await deleting()
    port.groupAnswers = [moved]
    port.whileRemoving = () => {
      port.stored.clear()
      port.exists = false
    }
    expect(await apply()).toMatchObject({ groupDeleted: true, rows: [{ status: 'confirmed' }] })
    expect(port.calls).toEqual(['intent', 'removeGroup'])
  })

  it('never takes away a group that somebody made anew meanwhile', async () => {
    const { port, apply } = await deleting()
    port.groupAnswers = [moved]
    port.whileRemoving = () => port.stored.set(partitionKey('orders', 0), at(3n))
    expect(await apply()).toMatchObject({ groupDeleted: false, rows: [{ status: 'unknown', found: at(3n) }] })
    expect(port.calls).toEqual(['intent', 'removeGroup'])
  })
})

describe('a change that was interrupted', () => {
  /** One whose intent is in the journal, and nothing else. */
  async function interrupted(part: Partial<EntryOf<'positions'>> = {}) {
    const set = setUp()
    const rows = [{ topic: 'orders', partition: 0, topicId: 'id-1', before: at(50n, 'note'), after: at(10n) }]
    const id = await set.journal.intent({ kind: 'positions', profileId: 'demo', profileName: 'Demo', clusterId: 'cluster-1', group: 'billing', groupExisted: true, undoOf: null, rows, ...part }) // oxfmt-ignore
    return { ...set, id, result: () => set.entries[0]!.result }
  }

  it('is what stands there now: as before, as planned, or neither', async () => {
    for (const [now, status, summary] of [
      [at(50n, 'note'), 'same', /Nothing was written: billing stands as it did before\./],
      [at(10n), 'confirmed', /billing was moved on 1 partition, read back and confirmed\. Not checked/],
      [at(33n), 'unknown', /Whether billing was moved is not known: It is 33 now/],
      [null, 'unknown', /It is none now/],
    ] as const) {
      const { port, settle, id, result } = await interrupted()
      port.others(now)
      const said = await settle(id)
      expect(said).toMatchObject({ journalId: id, rows: [{ status, found: now }], groupDeleted: false })
      expect(said.summary).toMatch(summary)
      expect(result()).toEqual(said)
    }
  })

  it('that deleted says whether the positions, or the group, are gone', async () => {
    const rows = [{ topic: 'orders', partition: 0, topicId: 'id-1', before: at(50n, 'note'), after: null }]
    const gone = await interrupted({ deletes: 'positions', rows })
    gone.port.others(null)
    expect((await gone.settle(gone.id)).summary).toMatch(/The positions of billing were deleted on 1 partition/)
    const group = await interrupted({ deletes: 'group', rows })
    group.port.others(null)
    group.port.exists = false
    expect(await group.settle(group.id)).toMatchObject({
      groupDeleted: true,
      summary: expect.stringMatching(/billing is gone\./) as never,
    })
    const still = await interrupted({ deletes: 'group', rows: [] })
    expect(await still.settle(still.id)).toMatchObject({
      groupDeleted: false,
      summary: expect.stringMatching(/billing is still there\./) as never,
    })
  })

  it('is left as it is where nothing can be read, another cluster answers, or it may be under way', async () => {
    const unread = await interrupted()
    unread.port.positions = () => Promise.resolve(new Map([[partitionKey('orders', 0), { error: { code: 'kafka.unauthorised', message: 'Not allowed.', retryable: false } }]])) as never // oxfmt-ignore
    await expect(unread.settle(unread.id)).rejects.toMatchObject({ code: 'kafka.unauthorised' })
    expect(unread.result()).toBe(null)
    const elsewhere = await interrupted({ clusterId: 'cluster-2' })
    await expect(elsewhere.settle(elsewhere.id)).rejects.toMatchObject({ message: 'That change was made on another cluster (through Demo).' }) // oxfmt-ignore
    const young = await interrupted()
    young.entries[0] = { ...young.entries[0]!, at: BigInt(Date.now()) }
    await expect(young.settle(young.id)).rejects.toMatchObject({ message: 'This change may still be under way.' })
    await expect(young.settle('none')).rejects.toMatchObject({ message: 'The journal has no entry none.' })
  })
})
