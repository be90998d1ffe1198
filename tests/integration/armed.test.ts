import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ArmedPlan } from '#shared/contract/armed.ts'
import type { Plan, Target } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { startApp, type TestApp } from '../support/app.ts'
import { type FrameProxy, startFrameProxy } from '../support/frame-proxy.ts'
import { sharedKafka, uniqueName } from '../support/shared-kafka.ts'
import { joinConsumerGroup, joinStreamsGroup } from '../support/streams-group.ts'
import { kcatProduce, type KafkaTools } from '../support/tools.ts'
import { holdsFor, until, untilHolds } from '../support/wait-for.ts'

// Plans that wait until real consumers have ended. Where the group stands then is told by Kafka's own script.

const OFFSET_COMMIT = 8

let app: TestApp
let id: ConnectionId
let proxy: FrameProxy
let bootstrap: string
let tools: KafkaTools
let topic: string
/** The list as the stream told it last. */
let list: readonly ArmedPlan[] = []
const stop = new AbortController()
let watching: Promise<unknown>

beforeAll(async () => {
  ;({ bootstrap, tools } = await sharedKafka())
  proxy = await startFrameProxy(bootstrap)
  app = await startApp()
  // Whatever address the cluster advertises leads through the proxy.
  const addressMap = bootstrap.split(',').map((from) => ({ from, to: proxy.address }))
  id = await app.connect(bootstrap, { name: 'Armed', profile: { addressMap } })
  topic = uniqueName('armed')
  await tools.createTopic(topic, 2)
  const input = Array.from({ length: 40 }, (_, i) => `record ${i}`).join('\n')
  for (const partition of [0, 1]) await kcatProduce(bootstrap, { topic, partition, input })
  watching = app.openStream('offsets.armed', {}, { signal: stop.signal, onBatch: (all) => void (list = all) })
  watching.catch(() => undefined)
})

afterAll(async () => {
  stop.abort()
  await watching?.catch(() => undefined)
  await app?.close()
  await proxy?.close()
})

async function groupAt(offset: number): Promise<string> {
  const group = uniqueName('armed-group')
  await tools.groups('--group', group, '--topic', topic, '--reset-offsets', '--to-offset', String(offset), '--execute')
  return group
}
const position = async (group: string, of = topic): Promise<(bigint | undefined)[]> =>
  (await tools.describeGroup(group)).filter((row) => row.topic === of).map((row) => row.position)
const planned = (group: string, target: Target, partitions?: number[], of = topic): Promise<Plan> =>
  app.call('offsets.plan', {
    connectionId: id,
    group,
    scope: [{ topic: of, ...(partitions === undefined ? {} : { partitions }) }],
    target,
  })
const arm = (plan: Plan, offsets?: 'shown' | 'then') =>
  app.call('offsets.arm', { connectionId: id, plan, ...(offsets === undefined ? {} : { offsets }) })
const stateOf = (armed: ArmedPlan) => list.find((one) => one.id === armed.id)?.state
const over = (armed: ArmedPlan) =>
  until('the armed plan is over', () => {
    const state = stateOf(armed)
    return state?.is === 'applied' || state?.is === 'ended' ? state : null
  })
const silent = { 'enable.auto.commit': 'false' }

describe('an armed plan', () => {
  it.each(['classic', 'consumer'] as const)(
    'of a live %s group is applied when its consumer ends, and not before',
    async (protocol) => {
      const group = await groupAt(2)
      const live = await tools.liveConsumer(topic, group, protocol, silent)
      let armed: ArmedPlan
      try {
        const plan = await planned(group, { at: 'offset', offset: 3n }, [0])
        expect(plan.refusal).toMatchObject({ code: 'kafka.group-live' })
        armed = await arm(plan)
        expect(armed).toMatchObject({ group, offsets: 'shown', sentence: expect.stringContaining('skip up to 1 record') }) // oxfmt-ignore
        await untilHolds('it is watched', () => expect(stateOf(armed)).toMatchObject({ is: 'watching', members: 1, problem: null })) // oxfmt-ignore
        await expect(arm(plan)).rejects.toMatchObject({ code: 'plan.refused', message: expect.stringContaining('armed already') }) // oxfmt-ignore
        expect(await position(group)).toEqual([2n, 2n])
      } finally {
        await live.stop()
      }
      const state = await over(armed)
      expect(state).toMatchObject({ is: 'applied', isUndoable: true })
      expect(await position(group)).toEqual([3n, 2n])
      const [entry] = (await app.call('journal.list', { group })).items
      expect(entry).toMatchObject({ armed: { id: armed.id, at: armed.armedAt }, result: { rows: [{ status: 'confirmed' }] } }) // oxfmt-ignore
      expect(state.is === 'applied' && state.journalId).toBe(entry!.id)
      const { plan, result } = await app.call('offsets.armedPlan', { id: armed.id })
      expect([plan.rows[0]!.after?.offset, result?.rows[0]?.status]).toEqual([3n, 'confirmed'])
      // It is a change like any other.
      const undo = await app.call('offsets.planUndo', { connectionId: id, journalId: entry!.id })
      await app.call('offsets.apply', { connectionId: id, plan: undo })
      expect(await position(group)).toEqual([2n, 2n])
      await app.call('offsets.disarm', { id: armed.id })
      await untilHolds('it is dismissed', () => expect(stateOf(armed)).toBeUndefined())
    },
  )

  it('goes back as it was shown, though its consumer has read on; and is a conflict where it has read past', async () => {
    const [back, past] = [await groupAt(5), await groupAt(5)]
    const held = await Promise.all([back, past].map((group) => tools.liveConsumer(topic, group, 'consumer', silent)))
    const plans = [await planned(back, { at: 'offset', offset: 3n }), await planned(past, { at: 'offset', offset: 6n })]
    const armed = [await arm(plans[0]!), await arm(plans[1]!)]
    // A second consumer of each takes over and commits; at no time is a group without a member.
    const reading = await Promise.all(
      [back, past].map((group) => tools.liveConsumer(topic, group, 'consumer', { 'auto.commit.interval.ms': '100' })),
    )
    await Promise.all(held.map((one) => one.stop()))
    for (const group of [back, past]) await untilHolds('it has read on', async () => expect(await position(group)).toEqual([40n, 40n])) // oxfmt-ignore
    expect(armed.map((one) => stateOf(one)?.is)).toEqual(['watching', 'watching'])
    await Promise.all(reading.map((one) => one.stop()))
    expect(await over(armed[0]!)).toMatchObject({ is: 'applied' })
    expect(await over(armed[1]!)).toMatchObject({
      is: 'ended',
      how: 'conflict',
      message: expect.stringContaining('stands at 40 by now, past 6: going there would read records again'),
    })
    expect([await position(back), await position(past)]).toEqual([[3n, 3n], [40n, 40n]]) // oxfmt-ignore
  })

  it('waits for the session of a static member that has ended, and says whose', async () => {
    const group = await groupAt(2)
    const settings = { ...silent, 'group.instance.id': 'pod-1', 'session.timeout.ms': '6000', 'heartbeat.interval.ms': '2000' } // oxfmt-ignore
    const live = await tools.liveConsumer(topic, group, 'classic', settings)
    const armed = await arm(await planned(group, { at: 'offset', offset: 3n }))
    await untilHolds('it is watched', () => expect(stateOf(armed)).toMatchObject({ is: 'watching', staticMembers: ['pod-1'] })) // oxfmt-ignore
    await live.stop()
    const stopped = Date.now()
    const state = await over(armed)
    expect(state).toMatchObject({ is: 'applied' })
    // It says no good-bye, and of its six seconds two are over at most.
    expect(state.is === 'applied' && Number(state.at) - stopped).toBeGreaterThan(1_500)
    expect(await position(group)).toEqual([3n, 3n])
  })

  it('is refused by the broker where a member is back before the commit, and goes on', async () => {
    const group = await groupAt(2)
    const member = await joinConsumerGroup(bootstrap, group, topic)
    const armed = await arm(await planned(group, { at: 'offset', offset: 7n }))
    const reached = new Promise<void>((resolve) => {
      proxy.judge = ({ apiKey }) => {
        if (apiKey !== OFFSET_COMMIT) return 'pass'
        resolve()
        return 'hold'
      }
    })
    await member.leave()
    await reached
    const next = await joinConsumerGroup(bootstrap, group, topic)
    proxy.judge = () => 'pass'
    proxy.release()
    const members = () => expect(stateOf(armed)).toMatchObject({ is: 'watching', members: 1, problem: null })
    await untilHolds('it is watched again', members)
    expect((await app.call('journal.list', { group })).items[0]).toMatchObject({ result: { rows: [{ status: 'refused' }, { status: 'refused' }] } }) // oxfmt-ignore
    expect(await position(group)).toEqual([2n, 2n])
    await next.leave()
    expect(await over(armed)).toMatchObject({ is: 'applied' })
    expect(await position(group)).toEqual([7n, 7n])
  })

  it('of a streams group is applied when its last member has left, as Kafka’s script for those reads it', async () => {
    const group = await groupAt(2)
    const [first, second] = [
      await joinStreamsGroup(bootstrap, group, topic),
      await joinStreamsGroup(bootstrap, group, topic),
    ]
    const plan = await planned(group, { at: 'offset', offset: 7n })
    expect(plan.warnings.join(' ')).toContain('its state stores keep what is in them')
    const armed = await arm(plan)
    expect(armed.groupType).toBe('streams')
    await first.leave()
    await untilHolds('one is left', () => expect(stateOf(armed)).toMatchObject({ is: 'watching', members: 1 }))
    await second.leave()
    expect(await over(armed)).toMatchObject({ is: 'applied' })
    // Its --describe --offsets prints nothing of a group without members.
    const { stdout } = await tools.call('StreamsGroupCommand', ['--bootstrap-server', bootstrap, '--group', group, '--input-topic', topic, '--reset-offsets', '--to-current', '--dry-run']) // oxfmt-ignore
    const told = stdout.split('\n').filter((line) => line.startsWith(group)).map((line) => line.trim().split(/\s+/)) // oxfmt-ignore
    expect(told.map(([, name, partition, offset]) => [name, partition, offset]).toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([[topic, '0', '7'], [topic, '1', '7']]) // oxfmt-ignore
  })

  it('asks which offsets are meant where its place moves on, and takes those that were chosen', async () => {
    const [shown, then] = [await groupAt(10), await groupAt(10)]
    const members = await Promise.all([shown, then].map((group) => joinConsumerGroup(bootstrap, group, topic)))
    const shift = (group: string): Promise<Plan> => planned(group, { at: 'group', group, shift: 5n }, [0])
    const plans = [await shift(shown), await shift(then)]
    await expect(arm(plans[0]!)).rejects.toMatchObject({ code: 'call.invalid', message: expect.stringContaining('moves on by itself') }) // oxfmt-ignore
    const armed = [await arm(plans[0]!, 'shown'), await arm(plans[1]!, 'then')]
    // Their members read on: committed as a member would.
    for (const member of members) await member.commit({ topic, partition: 0, offset: 12n })
    await Promise.all(members.map((member) => member.leave()))
    for (const one of armed) expect(await over(one)).toMatchObject({ is: 'applied' })
    expect([(await position(shown))[0], (await position(then))[0]]).toEqual([15n, 17n])
  })

  it('that is cancelled writes nothing when the group is empty', async () => {
    const group = await groupAt(2)
    const member = await joinConsumerGroup(bootstrap, group, topic)
    const armed = await arm(await planned(group, { at: 'offset', offset: 7n }))
    await app.call('offsets.disarm', { id: armed.id })
    expect(await over(armed)).toMatchObject({ is: 'ended', how: 'cancelled' })
    await member.leave()
    await holdsFor(1_000, async () => expect(await position(group)).toEqual([2n, 2n]))
  })

  it('of a topic that is made anew meanwhile is a conflict', async () => {
    const other = uniqueName('armed-anew')
    await tools.createTopic(other, 1)
    await kcatProduce(bootstrap, { topic: other, input: 'a\nb\nc\nd' })
    const group = await groupAt(2)
    await tools.groups('--group', group, '--topic', other, '--reset-offsets', '--to-offset', '3', '--execute')
    const member = await joinConsumerGroup(bootstrap, group, topic)
    const armed = await arm(await planned(group, { at: 'offset', offset: 1n }, undefined, other))
    await tools.topics('--delete', '--topic', other)
    await untilHolds('it is gone', async () => expect((await tools.topics('--list')).stdout).not.toContain(other))
    await tools.createTopic(other, 1)
    await kcatProduce(bootstrap, { topic: other, input: 'e\nf\ng\nh' })
    await member.leave()
    expect(await over(armed)).toMatchObject({
      is: 'ended',
      how: 'conflict',
      message: expect.stringContaining(`${other} was deleted and created again since this was armed.`),
    })
  })

  it('is told of by every stream, and goes on when the connection is closed and opened again', async () => {
    const group = await groupAt(2)
    const member = await joinConsumerGroup(bootstrap, group, topic)
    const armed = await arm(await planned(group, { at: 'offset', offset: 7n }))
    await app.call('connections.close', { connectionId: id })
    await untilHolds('it cannot look', () =>
      expect(stateOf(armed)).toMatchObject({ is: 'watching', problem: { code: 'connect.closed' } }),
    )
    await app.call('connections.open', { profileId: id })
    await untilHolds('it looks again', () => expect(stateOf(armed)).toMatchObject({ is: 'watching', problem: null }))
    // As a window that was loaded anew asks.
    const second = new AbortController()
    let seen: readonly ArmedPlan[] = []
    await app.openStream('offsets.armed', {}, {
      signal: second.signal,
      onBatch: (all) => {
        seen = all
        second.abort()
      },
    }).catch(() => undefined) // oxfmt-ignore
    expect(seen.map((one) => one.id)).toContain(armed.id)
    await member.leave()
    expect(await over(armed)).toMatchObject({ is: 'applied' })
    expect(await position(group)).toEqual([7n, 7n])
  })

  it('that is waited for answers when it is over, and is cancelled with its call', async () => {
    const group = await groupAt(2)
    const made = await planned(group, { at: 'offset', offset: 7n })
    // Of a group that is empty already it is over with the first look.
    expect(await app.call('offsets.arm', { connectionId: id, plan: made, wait: true })).toMatchObject({ state: { is: 'applied' } }) // oxfmt-ignore
    expect(await position(group)).toEqual([7n, 7n])
    const member = await joinConsumerGroup(bootstrap, group, topic)
    const away = new AbortController()
    const plan = await planned(group, { at: 'offset', offset: 9n })
    const call = app.call('offsets.arm', { connectionId: id, plan, wait: true }, { signal: away.signal })
    await untilHolds('it is armed', () => expect(list.find((one) => one.group === group && one.state.is === 'watching')).toBeDefined()) // oxfmt-ignore
    away.abort()
    await expect(call).rejects.toMatchObject({ code: 'call.cancelled' })
    await untilHolds(
      'it is cancelled',
      () =>
      expect(list.find((one) => one.group === group && one.state.is === 'ended')?.state).toMatchObject({ how: 'cancelled' }), // oxfmt-ignore
    )
    await member.leave()
    await holdsFor(1_000, async () => expect(await position(group)).toEqual([7n, 7n]))
  })
})
