import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { newProfile } from '#shared/model/profile.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RawInput } from '#shared/contract/define.ts'
import type { MemberStep, stepping, StepEvent, StepPlan, StepResult } from '#shared/contract/stepping.ts'
import { addressOf } from '#shared/model/addresses.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { openCluster } from '../../electron/kafka/cluster.ts'
import { clusterSource, createReader } from '../../electron/kafka/log-reader.ts'
import { createGroupsPort } from '../../electron/services/groups/kafka-groups-port.ts'
import { createSteppingService } from '../../electron/services/stepping/service.ts'
import { StepSessions } from '../../electron/services/stepping/sessions.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { startChildApp } from '../support/child-client.ts'
import { startMember } from '../support/serialisers.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { until, untilHolds } from '../support/wait-for.ts'

// A member of a group that takes one record at a time. Where the group stands, and who is in it, Kafka's own script tells.

let app: TestApp
let id: ConnectionId
let bootstrap: string
let tools: KafkaTools

beforeAll(async () => {
  const kafka = await sharedKafka()
  ;({ bootstrap, tools } = kafka)
  app = await startApp()
  id = await app.connect(bootstrap)
})

afterAll(async () => {
  await app?.close()
})

type Wanted = Partial<RawInput<(typeof stepping)['stepping.plan']>>

/** A membership that a test leads. */
class Stepping {
  readonly events: StepEvent[] = []
  readonly plan: StepPlan
  readonly done: Promise<StepResult>
  readonly #abort = new AbortController()
  readonly #app: TestApp
  readonly #id: ConnectionId

  constructor(plan: StepPlan, on: TestApp, connectionId: ConnectionId) {
    this.plan = plan
    this.#app = on
    this.#id = connectionId
    this.done = on.openStream(
      'stepping.run',
      { connectionId, plan },
      { onBatch: (some) => void this.events.push(...some), signal: this.#abort.signal },
    )
    this.done.catch(() => undefined)
  }

  /** What it was last told of itself. */
  get member() {
    return this.events.findLast((event) => event.kind === 'member')
  }

  get partitions() {
    const now = new Map<string, Extract<StepEvent, { kind: 'partitions' }>['now'][number]>()
    for (const event of this.events) {
      if (event.kind !== 'partitions') continue
      for (const at of event.gone) now.delete(`${at.topic}[${at.partition}]`)
      for (const at of event.now) now.set(`${at.topic}[${at.partition}]`, at)
    }
    return now
  }

  get notes(): string[] {
    return this.events.flatMap((event) => (event.kind === 'note' ? [event.text] : []))
  }

  /** Until it is a member again, of so many partitions. */
  async stable(partitions?: number): Promise<this> {
    await until('it is a member', async () => {
      if (this.member?.state !== 'stable') return false
      return partitions === undefined || this.partitions.size === partitions
    })
    return this
  }

  step(step: RawInput<(typeof stepping)['stepping.step']>['step']) {
    return this.#app.call('stepping.step', { connectionId: this.#id, session: this.member?.session ?? '', step })
  }

  async leave(): Promise<StepResult> {
    await this.step({ do: 'leave' } satisfies MemberStep)
    return await this.done
  }

  /** Its tab is closed. */
  close(): void {
    this.#abort.abort()
  }
}

async function begin(
  wanted: Wanted & { group: string; topics: string[] },
  on = app,
  connection = id,
): Promise<Stepping> {
  const plan = await on.call('stepping.plan', { connectionId: connection, ...wanted })
  expect(plan.refusal).toBeNull()
  return new Stepping(plan, on, connection)
}

async function newTopic(partitions: number, records = 5): Promise<string> {
  const topic = uniqueName('stepped')
  await tools.createTopic(topic, partitions, { 'retention.ms': '-1' })
  for (let partition = 0; partition < partitions; partition += 1) {
    const input = Array.from({ length: records }, (_, i) => `${partition}/${i}`).join('\n')
    await kcatProduce(bootstrap, { topic, partition, input })
  }
  return topic
}

const positionsOf = async (group: string) =>
  Object.fromEntries((await tools.describeGroup(group)).map((at) => [at.partition, at.position]))

describe.each(['classic', 'consumer'] as const)('a member by the %s protocol', (protocol) => {
  it('takes one record, commits it by hand, goes back to one, leaves, and resumes from what it committed', async () => {
    const topic = await newTopic(1)
    const group = uniqueName(`step-${protocol}`)
    const first = await begin({ group, topics: [topic], protocol, reset: 'earliest' })
    await first.stable(1)
    const { taken } = await first.step({ do: 'take' })
    expect(taken).toMatchObject([{ topic, partition: 0, record: { offset: 0n } }])
    // Nothing is committed by taking.
    expect(await positionsOf(group)).toMatchObject({ 0: undefined })
    await first.step({ do: 'take', count: 2 })
    await first.step({ do: 'commit' })
    expect(await positionsOf(group)).toMatchObject({ 0: 3n })
    expect(first.partitions.get(`${topic}[0]`)).toMatchObject({ committed: 3n, next: 3n })
    await first.step({ do: 'nack', topic, partition: 0, offset: 1n })
    const again = await first.step({ do: 'take' })
    expect(again.taken[0]?.record.offset).toBe(1n)
    const result = await first.leave()
    expect(result).toMatchObject({
      ended: 'left',
      taken: 4,
      commits: 1,
      rows: [{ topic, partition: 0, before: null, intended: { offset: 3n }, status: 'confirmed' }],
    })
    expect(await positionsOf(group)).toMatchObject({ 0: 3n })
    await untilHolds('the group is empty', async () => expect(await tools.describeGroupState(group)).toMatch(/Empty/))

    const second = await begin({ group, topics: [topic], protocol })
    await second.stable(1)
    expect(second.partitions.get(`${topic}[0]`)).toMatchObject({ started: 3n, by: 'position' })
    expect((await second.step({ do: 'take' })).taken[0]?.record.offset).toBe(3n)
    expect(await second.leave()).toMatchObject({ rows: [], taken: 1 })

    // The journal has one entry each, and the first can be undone: there was no position before.
    const { items } = await app.call('journal.list', { group })
    expect(items.map(({ kind }) => kind)).toEqual(['stepping', 'stepping'])
    const undo = await app.call('offsets.planUndo', { connectionId: id, journalId: result.journalId! })
    expect(undo.rows).toMatchObject([{ before: { offset: 3n }, after: null, status: 'change' }])
    await app.call('offsets.apply', { connectionId: id, plan: undo })
    expect(await tools.describeGroup(group)).toEqual([])
  })

  it('commits by itself what was taken before the next one, and when it leaves', async () => {
    const topic = await newTopic(1)
    const group = uniqueName(`auto-${protocol}`)
    const one = await begin({ group, topics: [topic], protocol, reset: 'earliest', commit: 'automatic' })
    await one.stable(1)
    await one.step({ do: 'take', count: 2 })
    expect(await positionsOf(group)).toMatchObject({ 0: undefined })
    expect(await one.step({ do: 'take' })).toMatchObject({ committed: 1 })
    expect(await positionsOf(group)).toMatchObject({ 0: 2n })
    await one.leave()
    expect(await positionsOf(group)).toMatchObject({ 0: 3n })
  })

  it('shares a topic with Kafka’s own consumer, gives partitions up to it and takes them back', async () => {
    const topic = await newTopic(4)
    const group = uniqueName(`shared-${protocol}`)
    const one = await begin({ group, topics: [topic], protocol, reset: 'earliest', commit: 'automatic' })
    await one.stable(4)
    await one.step({ do: 'take', count: 4 })
    const other = await tools.liveConsumer(topic, group, protocol)
    try {
      await one.stable(2)
      expect(one.notes.some((text) => text.startsWith('Gave up'))).toBe(true)
      // What was taken of the others was committed before they went: their new owner goes on behind it.
      const mine = new Set([...one.partitions.values()].map(({ partition }) => partition))
      await untilHolds('the other one read the rest', async () => {
        const rows = await tools.describeGroup(group)
        expect(rows.filter(({ partition }) => !mine.has(partition)).map(({ position }) => position)).toEqual([5n, 5n])
        expect(new Set(rows.map(({ member }) => member)).size).toBe(2)
      })
      await one.step({ do: 'take', count: 100 })
      await one.step({ do: 'commit' })
      const rows = await tools.describeGroup(group)
      expect(rows.map(({ position }) => position)).toEqual([5n, 5n, 5n, 5n])
    } finally {
      await other.stop()
    }
    await one.stable(4)
    await one.leave()
    await untilHolds('the group is empty', async () => expect(await tools.describeGroupState(group)).toMatch(/Empty/))
  })

  it('joins a group that lives, where the plan says whom it disturbs, and leaves it whole', async () => {
    const topic = await newTopic(4)
    const group = uniqueName(`joined-${protocol}`)
    const other = await tools.liveConsumer(topic, group, protocol)
    try {
      await untilHolds('the consumer has all', async () => expect((await tools.describeGroup(group)).map(({ client }) => client)).toHaveLength(4)) // oxfmt-ignore
      const plan = await until('the plan sees the member', async () => {
        const made = await app.call('stepping.plan', { connectionId: id, group, topics: [topic], protocol })
        return made.members.length === 1 && made.rows.every(({ owner }) => owner !== null) && made
      })
      expect(plan.warnings.join(' ')).toContain('rebalance')
      const one = new Stepping(plan, app, id)
      await one.stable(2)
      // Told beforehand of one member, it does not join once there are others.
      const late = new Stepping(plan, app, id)
      expect(await late.done).toMatchObject({ ended: 'conflict', journalId: null })
      await one.leave()
      await untilHolds('the consumer has all again', async () => {
        const rows = await tools.describeGroup(group)
        expect(rows).toHaveLength(4)
        expect(new Set(rows.map(({ member }) => member)).size).toBe(1)
      })
    } finally {
      await other.stop()
    }
  })

  it('leaves when its tab is closed, with what was taken uncommitted', async () => {
    const topic = await newTopic(1)
    const group = uniqueName(`closed-${protocol}`)
    const one = await begin({ group, topics: [topic], protocol, reset: 'earliest' })
    await one.stable(1)
    await one.step({ do: 'take' })
    await one.step({ do: 'commit' })
    await one.step({ do: 'take' })
    one.close()
    await untilHolds('the group is empty', async () => expect(await tools.describeGroupState(group)).toMatch(/Empty/))
    expect(await positionsOf(group)).toMatchObject({ 0: 1n })
    await untilHolds('the journal has its end', async () => {
      const { items } = await app.call('journal.list', { group })
      expect(items[0]?.result).toMatchObject({
        ended: 'gone',
        rows: [{ intended: { offset: 1n }, status: 'confirmed' }],
      })
    })
  })
})

describe.each(['range', 'roundrobin', 'cooperative-sticky'])(
  'beside a member of Confluent’s client by %s',
  (assignor) => {
    it('shares fairly, whoever leads, and nothing is with both', async () => {
      const topic = await newTopic(4)
      const group = uniqueName(`confluent-${assignor}`)
      const shared = { bootstrap, topic, group, assignor }
      const first = await startMember(shared)
      try {
        await until('it has all', () => first.partitions().length === 4)
        const plan = await until('the plan sees it', async () => {
          const made = await app.call('stepping.plan', { connectionId: id, group, topics: [topic], reset: 'earliest' })
          return made.members.length === 1 && made.rows.every(({ owner }) => owner !== null) && made
        })
        expect(plan.assignors).toEqual([assignor])
        // It joins as one that is led, and leads once the other one has gone and a third has come.
        const one = await new Stepping(plan, app, id).stable(2)
        await until('the other gave two up', () => first.partitions().length === 2)
        await first.stop()
        await one.stable(4)
        expect(one.member).toMatchObject({ isLeader: true, assignor })
        const third = await startMember(shared)
        try {
          await until('the new one has two', () => third.partitions().length === 2)
          await one.stable(2)
          const mine = [...one.partitions.values()].map(({ partition }) => partition)
          expect([...mine, ...third.partitions()].toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3])
          expect(one.member?.isLeader).toBe(true)
          await one.step({ do: 'take', count: 10 })
          await one.step({ do: 'commit' })
          const rows = await tools.describeGroup(group)
          for (const partition of mine) expect(rows.find((at) => at.partition === partition)?.position).toBe(5n)
          await one.leave()
          await until('the other has all', () => third.partitions().length === 4)
        } finally {
          await third.stop()
        }
      } finally {
        await first.stop()
      }
    })
  },
)

describe('beside static members', () => {
  it('keeps what it has when one is fenced by another of the same instance id, which goes on as that one', async () => {
    const topic = await newTopic(4)
    const group = uniqueName('static')
    const settings = { 'group.instance.id': 'pod-1', 'enable.auto.commit': 'false' }
    const first = await tools.liveConsumer(topic, group, 'classic', settings)
    try {
      const plan = await until('the plan sees it', async () => {
        const made = await app.call('stepping.plan', { connectionId: id, group, topics: [topic], reset: 'earliest' })
        return made.members.length === 1 && made.rows.every(({ owner }) => owner !== null) && made
      })
      expect(plan.members).toMatchObject([{ instanceId: 'pod-1' }])
      const one = await new Stepping(plan, app, id).stable(2)
      const { memberId } = one.member!
      await one.step({ do: 'take' })
      const second = await tools.liveConsumer(topic, group, 'classic', settings)
      try {
        await until('the first one was fenced', () => !first.running)
        await one.stable(2)
        expect(one.member?.memberId).toBe(memberId)
        // What was taken before is still its own to commit.
        expect(await one.step({ do: 'commit' })).toMatchObject({ committed: 1 })
        const members = (await app.call('groups.describe', { connectionId: id, group })).members ?? []
        expect(members.map(({ instanceId, assignment }) => [instanceId, assignment.length])).toEqual(expect.arrayContaining([['pod-1', 2], [null, 2]])) // oxfmt-ignore
        expect(members).toHaveLength(2)
        expect(await one.leave()).toMatchObject({ ended: 'left', rows: [{ status: 'confirmed' }] })
      } finally {
        await second.stop()
      }
    } finally {
      await first.stop()
    }
  })
})

describe('a member that nobody leads on', () => {
  it.each(['classic', 'consumer'] as const)('leaves by itself (%s), says so, and commits nothing', async (protocol) => {
    const topic = await newTopic(1)
    const group = uniqueName('idle')
    const cluster = await openCluster({ brokers: [addressOf(bootstrap)!], clientId: 'idle' }, { mode: 'read-write' })
    try {
      const groups = createGroupsPort({ cluster, reader: expect.unreachable as never }, () => expect.unreachable())
      const reader = createReader(clusterSource(cluster), expect.unreachable as never)
      const access = { cluster, reader, groups, sessions: new StepSessions() }
      const journal = { intent: () => Promise.resolve('entry'), result: () => Promise.resolve() }
      const service = createSteppingService({ accessOf: () => access, profileOf: () => ({ id: 'p', name: 'P' }), journal, idleMs: 1_000 }) // oxfmt-ignore
      const { signal } = new AbortController()
      const events: StepEvent[] = []
      const spec = { connectionId: id, group, topics: [topic], protocol, commit: 'automatic' as const }
      const plan = await app.call('stepping.plan', spec)
      const sink = {
        batch: (some: StepEvent[]) => Promise.resolve(void events.push(...some)),
        progress: () => undefined,
      }
      const result = await service['stepping.run']({ connectionId: id, plan }, sink, { signal } as never)
      expect(result).toMatchObject({ ended: 'idle', rows: [], commits: 0, summary: expect.stringContaining('after nothing was done for long') }) // oxfmt-ignore
      expect(events.flatMap((event) => (event.kind === 'note' ? [event.text] : [])).at(-1)).toMatch(
        /^Nothing was done for 1 s, so it leaves/,
      )
      await untilHolds('the group is empty', async () => expect(await tools.describeGroupState(group)).toMatch(/Empty/))
    } finally {
      cluster.close()
    }
  })
})

describe('an app that is killed', () => {
  it('is taken out of the group by its session timeout, and the journal says that it was interrupted', async () => {
    const topic = await newTopic(1)
    const group = uniqueName('killed')
    const home = await mkdtemp(path.join(os.tmpdir(), 'seekline-stepped-'))
    const child = await startChildApp(home)
    try {
      await child.call('profiles.save', {
        profile: newProfile('killed', { name: 'Killed', brokers: bootstrap.split(',') }),
      })
      const { connectionId } = await child.call('connections.open', { profileId: 'killed' as never })
      const plan = await child.call('stepping.plan', { connectionId, group, topics: [topic], reset: 'earliest' })
      let session: string | undefined
      const run = child.openStream('stepping.run', { connectionId, plan }, {
        onBatch: (events) => {
          const stable = events.find((event) => event.kind === 'member' && event.state === 'stable')
          if (stable?.kind === 'member') session = stable.session
        },
      }) // oxfmt-ignore
      run.catch(() => undefined)
      const named = await until('it is a member', () => session)
      await child.call('stepping.step', { connectionId, session: named, step: { do: 'take', count: 2 } })
      await child.call('stepping.step', { connectionId, session: named, step: { do: 'commit' } })
      await child.kill()
      await untilHolds('its session has timed out', async () =>
        expect(await tools.describeGroupState(group)).toMatch(/Empty/),
      )
      expect(await positionsOf(group)).toMatchObject({ 0: 2n })
      const next = await startChildApp(home)
      try {
        const { items } = await next.call('journal.list', { group })
        expect(items).toMatchObject([{ kind: 'stepping', result: null }])
        const again = await next.call('connections.open', { profileId: 'killed' as never })
        const undo = await next.call('offsets.planUndo', { connectionId: again.connectionId, journalId: items[0]!.id })
        // What it committed is not known, so that it is given back only where somebody says that this is meant.
        expect(undo).toMatchObject({ committedLater: 1, rows: [{ before: { offset: 2n }, status: 'refused' }] })
      } finally {
        await next.kill()
      }
    } finally {
      await child.kill()
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    }
  })
})

describe('auto.offset.reset at work', () => {
  it.each([
    ['earliest', 0n, 'earliest'],
    ['latest', 5n, 'latest'],
    ['none', null, 'none'],
  ] as const)('%s starts a partition without a position at %s', async (reset, started, by) => {
    const topic = await newTopic(2)
    const group = uniqueName('reset')
    await tools.groups('--group', group, '--topic', `${topic}:1`, '--reset-offsets', '--to-offset', '2', '--execute')
    const one = await begin({ group, topics: [topic], reset })
    expect(one.plan.rows).toMatchObject([
      { start: started, by },
      { start: 2n, by: 'position' },
    ])
    await one.stable(2)
    expect(one.partitions.get(`${topic}[0]`)).toMatchObject({ started, by })
    expect(one.partitions.get(`${topic}[1]`)).toMatchObject({ started: 2n, by: 'position' })
    expect(one.notes.join(' ')).toContain(`auto.offset.reset=${reset}`)
    const why = one.partitions.get(`${topic}[0]`)?.error?.message ?? ''
    expect(why.includes('NoOffsetForPartitionException')).toBe(reset === 'none')
    await one.leave()
  })

  it('takes nothing behind an open transaction where only committed records are read', async () => {
    const topic = await newTopic(1, 3)
    const one = await begin({ group: uniqueName('isolated'), topics: [topic], reset: 'earliest', isolation: 'read_committed' }) // oxfmt-ignore
    await one.stable(1)
    expect((await one.step({ do: 'take', count: 10 })).taken).toHaveLength(3)
    expect((await one.step({ do: 'take' })).summary).toContain('No record to take')
    await one.leave()
  })
})

describe('who may', () => {
  it('not somebody whose profile is read-only; with a guarded one its name has to be typed each time', async () => {
    const topic = await newTopic(1, 1)
    const only = await app.connect(bootstrap, { name: 'Look', profile: { accessMode: 'read-only' } })
    const group = uniqueName('forbidden')
    const plan = await app.call('stepping.plan', { connectionId: only, group, topics: [topic] })
    await expect(app.openStream('stepping.run', { connectionId: only, plan })).rejects.toMatchObject({ code: 'access.read-only' }) // oxfmt-ignore
    await expect(app.call('stepping.step', { connectionId: only, session: 'x', step: { do: 'commit' } })).rejects.toMatchObject({ code: 'access.read-only' }) // oxfmt-ignore
    const guarded = await app.connect(bootstrap, { name: 'Careful', profile: { accessMode: 'guarded' } })
    const other = { ...plan, spec: { ...plan.spec, connectionId: guarded } }
    await expect(app.openStream('stepping.run', { connectionId: guarded, plan: other })).rejects.toMatchObject({ code: 'access.unconfirmed' }) // oxfmt-ignore
    expect(await tools.describeGroup(group)).toEqual([])
  })

  it('not a share group, nor by a protocol that would convert a live group', async () => {
    const topic = await newTopic(1, 1)
    const group = uniqueName('live')
    const live = await tools.liveConsumer(topic, group, 'classic')
    try {
      const plan = await app.call('stepping.plan', { connectionId: id, group, topics: [topic], protocol: 'consumer' })
      expect(plan.refusal).toMatchObject({ code: 'kafka.group-live' })
    } finally {
      await live.stop()
    }
  })
})
