import { describe, expect, it, vi } from 'vitest'
import { settled, until } from '../../../tests/support/wait-for.ts'
import type { GroupDetail, GroupPosition } from '#shared/contract/groups.ts'
import type { ApplyResult, Plan, PlanRow } from '#shared/contract/offsets.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { emptyPlan, planInputOf, type PlanForm } from './plan-form.ts'
import { canUndo } from '#shared/offsets/outcome.ts'
import { positionWords } from '#shared/offsets/position-words.ts'
import { withPartitions, withTopics, type TopicScope } from './plan-scope.ts'
import { placeOptions } from '../../shared-views/place/place-field.tsx'
import { createPlanStore, type PlanStore } from './plan-store.ts'

const at = (topic: string, partition: number, offset: bigint | null): GroupPosition => ({
  topic,
  topicId: null,
  partition,
  position: offset === null ? null : { offset, metadata: '', leaderEpoch: -1 },
  logStart: 0n,
  lastStable: 100n,
  highWatermark: 100n,
  lag: null,
  stableLag: null,
  standing: offset === null ? 'none' : 'in-range',
  memberId: null,
})
const positions = [at('orders', 0, 5n), at('orders', 1, null), at('payments', 0, 7n)]
const form = (part: Partial<PlanForm>): PlanForm => ({ ...emptyPlan, group: 'billing', to: 'log-start', ...part })

describe('a form as a request', () => {
  it('names the partitions that have a position, unless told otherwise', () => {
    const scope = (part: Partial<PlanForm>) => {
      const request = planInputOf(form(part), positions)
      return typeof request === 'string' ? request : request.scope
    }
    expect(scope({})).toEqual([
      { topic: 'orders', partitions: [0] },
      { topic: 'payments', partitions: [0] },
    ])
    const of = (topic: string, partitions: TopicScope['partitions']) => scope({ scope: [{ topic, partitions }] })
    expect(of('orders', 'all')).toEqual([{ topic: 'orders' }])
    expect(of('orders', [1])).toEqual([{ topic: 'orders', partitions: [1] }])
    expect(of('orders', [])).toBe('Choose a partition.')
    // All of them would be more than anybody asked for.
    expect(of('never-committed', 'positioned')).toBe(
      'billing has no position in never-committed: choose its partitions.',
    )
    expect(scope({ scope: [] })).toBe('Choose a topic.')
  })

  it('does not take positions that are not known for none', () => {
    expect(planInputOf(form({}), undefined)).toBe('The positions of billing are not known.')
    expect(planInputOf(form({ scope: [{ topic: 'orders', partitions: [1] }] }), undefined)).toMatchObject({
      scope: [{ topic: 'orders', partitions: [1] }],
    })
  })

  it('says what is missing rather than assuming it', () => {
    expect(planInputOf(form({ group: '' }), [])).toBe('Name the group.')
    expect(planInputOf(form({}), [])).toContain('has no positions yet')
    expect(planInputOf(form({}), [], positionWords('share'))).toContain('has no start offsets yet')
    expect(planInputOf(form({ to: undefined }), positions)).toBe('Choose a place for billing to go to.')
    expect(planInputOf(form({ to: 'timestamp' }), positions)).toBe('Which time?')
    // The plan that leaves all as it is shows the rows to type into.
    expect(planInputOf(form({ to: 'offsets', offsets: { '0/orders': '' } }), positions)).toMatchObject({
      target: { offsets: [] },
    })
    expect(planInputOf(form({ to: 'offsets', offsets: { '3/a/b': 'x' } }), positions)).toContain('a/b, partition 3: ')
  })

  it('reads offsets as typed, exactly', () => {
    expect(planInputOf(form({ to: 'offsets', offsets: { '0/orders': '9 007 199 254 740 993', '1/orders': '' } }), positions)).toMatchObject({ target: { at: 'offsets', offsets: [{ topic: 'orders', partition: 0, offset: 9_007_199_254_740_993n }] } }) // oxfmt-ignore
  })
})

const row = (part: Partial<PlanRow> = {}): PlanRow => ({
  topic: 'orders',
  topicId: null,
  partition: 0,
  before: { offset: 5n, metadata: '', leaderEpoch: -1 },
  after: { offset: 0n, metadata: '', leaderEpoch: -1 },
  bounds: { logStart: 0n, lastStable: 100n, highWatermark: 100n },
  status: 'change',
  clampedFrom: null,
  skips: 0n,
  repeats: 5n,
  note: null,
  ...part,
})
const plan = (part: Partial<Plan> = {}): Plan => ({
  version: 1,
  connectionId: 'demo' as ConnectionId,
  clusterId: 'c',
  group: 'billing',
  groupExists: true,
  groupType: 'classic',
  groupState: 'Empty',
  members: [],
  target: { at: 'log-start' },
  rows: [row()],
  refusal: null,
  warnings: [],
  failures: [],
  undoOf: null,
  madeAt: 0n,
  ...part,
})
const result = (status: ApplyResult['rows'][number]['status'], journalId: string | null = 'j1'): ApplyResult => ({
  journalId,
  rows: [{ topic: 'orders', topicId: null, partition: 0, status, before: null, intended: null, message: null }],
  summary: 'done',
  groupCreated: false,
  groupDeleted: false,
})

function storeWith(answers: Record<string, (input: never, signal?: AbortSignal) => unknown>) {
  const call = vi.fn<(route: string, input: unknown, options?: { signal?: AbortSignal }) => Promise<unknown>>(
    async (route, input, options) => answers[route]?.(input as never, options?.signal),
  )
  const detail = { group: 'billing', exists: true, type: 'classic', members: [], positions } as unknown as GroupDetail
  answers['groups.describe'] ??= () => detail
  const store = createPlanStore({ call } as unknown as StoreApiPort, 'demo' as ConnectionId, 1)
  return { store, call, routes: () => call.mock.calls.map(([route]) => route) }
}

describe('planning', () => {
  it('plans nothing before a target is chosen, and then only the last of several changes', async () => {
    const { store, call, routes } = storeWith({ 'offsets.plan': () => plan() })
    await store.start({ group: 'billing' })
    expect(routes()).toEqual(['groups.describe'])
    expect(store.getState().missing).toBe('Choose a place for billing to go to.')
    store.change({ to: 'log-start' })
    store.change({ to: 'high-watermark' })
    await until('the plan', () => store.getState().isCurrent)
    expect(routes()).toEqual(['groups.describe', 'offsets.plan'])
    expect(call.mock.calls[1]![1]).toMatchObject({ target: { at: 'high-watermark' } })
    expect(store.getState()).toMatchObject({ isCurrent: true, missing: undefined })
  })

  it('keeps the last plan in view while the next is made, but does not let it be applied', async () => {
    let finish: (value: Plan) => void = () => undefined
    const { store, routes } = storeWith({ 'offsets.plan': () => plan() })
    await store.start({ group: 'billing', offset: 3n, scope: [{ topic: 'orders' }] })
    const { store: slow } = storeWith({ 'offsets.plan': () => new Promise((resolve) => (finish = resolve)) })
    expect(store.getState().isCurrent).toBe(true)
    store.change({ to: 'high-watermark' })
    expect(store.getState()).toMatchObject({ isCurrent: false, plan: { value: { group: 'billing' } } })
    await store.apply()
    expect(routes()).not.toContain('offsets.apply')
    store.stop()
    void slow.start({ group: 'billing', offset: 1n })
    await until('the plan is asked for', () => slow.getState().plan.status === 'loading')
    finish(plan())
    await until('the plan', () => slow.getState().plan.status === 'ready')
  })

  it('throws an overtaken answer away and cancels its call', async () => {
    const signals: (AbortSignal | undefined)[] = []
    const answers: ((value: Plan) => void)[] = []
    const { store } = storeWith({
      'offsets.plan': (_, signal) => {
        signals.push(signal)
        return new Promise((resolve) => answers.push(resolve))
      },
    })
    void store.start({ group: 'billing', offset: 3n })
    await until('the first plan is asked for', () => answers.length === 1)
    store.change({ to: 'high-watermark' })
    await until('the second is asked for', () => answers.length === 2)
    expect(signals[0]!.aborted).toBe(true)
    answers[1]!(plan({ group: 'new' }))
    answers[0]!(plan({ group: 'old' }))
    await settled()
    expect(store.getState().plan.value?.group).toBe('new')
  })

  it('makes no plan of offsets that nobody typed', async () => {
    const { store, call } = storeWith({ 'offsets.plan': () => plan() })
    await store.start({ group: 'billing' })
    store.change({ to: 'high-watermark' })
    await settled()
    store.change({ to: 'offsets' })
    expect(store.getState().form.offsets).toEqual({})
    await settled()
    expect(call.mock.calls.at(-1)![1]).toMatchObject({ target: { at: 'offsets', offsets: [] } })
    store.setOffset('orders', 0, '3')
    store.setOffset('payments', 0, '')
    await settled()
    expect(call.mock.calls.at(-1)![1]).toMatchObject({ target: { offsets: [{ topic: 'orders', partition: 0, offset: 3n }] } }) // oxfmt-ignore
    store.stop()
  })

  it('forgets the plan for one group when another is named, though its answer comes late', async () => {
    const answers: ((value: Plan) => void)[] = []
    const { store } = storeWith({ 'offsets.plan': () => new Promise((resolve) => answers.push(resolve)) })
    void store.start({ group: 'billing', offset: 3n })
    await settled()
    store.change({ group: 'audit' })
    answers[0]!(plan({ group: 'billing' }))
    await settled()
    expect(store.getState()).toMatchObject({ isCurrent: false, form: { group: 'audit' } })
    expect(store.getState().plan.value).toBeUndefined()
    store.stop()
  })
})

describe('the scope', () => {
  it('of a clone is that of the group it is made like, though it is named before that one is known', async () => {
    const model = { group: 'billing', exists: true, type: 'classic', members: [], positions }
    const waiting: ((detail: unknown) => void)[] = []
    const { store, call } = storeWith({
      'groups.describe': ({ group }: { group: string }) =>
        group === 'billing'
          ? new Promise((resolve) => waiting.push(resolve))
          : { ...model, group, exists: false, positions: [] },
      'offsets.plan': () => plan({ group: 'clone' }),
    })
    void store.start({ group: '', like: 'billing' })
    await settled()
    store.change({ group: 'clone' })
    await settled()
    for (const answer of waiting) answer(model)
    await until('the plan', () => store.getState().isCurrent)
    const asked = call.mock.calls.findLast(([route]) => route === 'offsets.plan')
    expect(asked?.[1]).toMatchObject({
      group: 'clone',
      scope: [
        { topic: 'orders', partitions: [0] },
        { topic: 'payments', partitions: [0] },
      ],
    })
    store.stop()
  })

  const one: readonly TopicScope[] = [{ topic: 'orders', partitions: [2] }]
  const ways = {
    'a record’s menu': { group: '', scope: [{ topic: 'orders', partitions: [2] }], offset: 7n },
    'a position of a group': { group: 'billing', scope: [{ topic: 'orders', partitions: [2] }] },
  }
  const edits: [string, (store: PlanStore) => void][] = [
    ['a group is named', (store) => store.change({ group: 'audit' })],
    ['another is', (store) => store.change({ group: 'never-seen' })],
    ...([...placeOptions().map(({ id }) => id), 'shift', 'offsets'] as const).map(
      (to): [string, (store: PlanStore) => void] => [`it goes to ${to}`, (store) => store.change({ to })],
    ),
    ['an offset is entered', (store) => store.change({ place: { offset: 9n } })],
    ['a shift is', (store) => store.change({ by: -1n })],
    ['a time is', (store) => store.change({ place: { timestamp: 1n } })],
    ['the group to go by is', (store) => store.change({ place: { group: 'audit' } })],
    ['an offset is typed in the table', (store) => store.setOffset('orders', 2, '5')],
    ['one is typed elsewhere', (store) => store.setOffset('orders', 0, '5')],
    ['the plan is made again', (store) => void store.planAgain()],
  ]

  it.each(Object.entries(ways))('of %s stays through every edit that is not its own', async (_, start) => {
    const { store, call } = storeWith({ 'offsets.plan': () => plan() })
    await store.start(start)
    store.change({ group: 'billing', to: 'offset', place: { offset: 8n, timestamp: 2n }, by: 1n })
    for (const [, edit] of edits) {
      edit(store)
      await settled()
      expect(store.getState().form.scope).toEqual(one)
    }
    const asked = call.mock.calls.filter(([route]) => route === 'offsets.plan').map(([, input]) => input)
    expect(asked.length).toBeGreaterThan(edits.length / 2)
    for (const input of asked) expect(input).toMatchObject({ scope: [{ topic: 'orders', partitions: [2] }] })
    store.stop()
  })

  it('of one topic stays when another is added, or taken away', () => {
    const two = withTopics(one, ['orders', 'payments', 'unknown'], positions)
    expect(two).toEqual([...one, { topic: 'payments', partitions: 'positioned' }, { topic: 'unknown', partitions: 'all' }]) // oxfmt-ignore
    expect(withTopics(two, ['orders'], positions)).toEqual(one)
    expect(withPartitions(undefined, 'all', positions)).toEqual([
      { topic: 'orders', partitions: 'all' },
      { topic: 'payments', partitions: 'all' },
    ])
  })
})

describe('applying', () => {
  it('happens once, however often it is pressed', async () => {
    let finish: (value: ApplyResult) => void = () => undefined
    const { store, routes } = storeWith({
      'offsets.plan': () => plan(),
      'offsets.apply': () => new Promise((resolve) => (finish = resolve)),
    })
    await store.start({ group: 'billing', offset: 0n })
    const first = store.apply('payments-eu')
    await store.apply('payments-eu')
    store.change({ to: 'high-watermark' })
    expect(store.getState()).toMatchObject({ isApplying: true, form: { to: 'offset' } })
    finish(result('confirmed'))
    await first
    await store.apply('payments-eu')
    expect(routes().filter((route) => route === 'offsets.apply')).toHaveLength(1)
  })

  it('of a refused plan is not even asked for', async () => {
    const refusal = { code: 'kafka.group-live' as const, message: 'live', retryable: true }
    const { store, routes } = storeWith({ 'offsets.plan': () => plan({ refusal }) })
    await store.start({ group: 'billing', offset: 0n })
    await store.apply()
    expect(routes()).not.toContain('offsets.apply')
  })

  it('needs a new plan after a failure, but not after a mistyped name', async () => {
    let code: 'access.unconfirmed' | 'call.lost' = 'access.unconfirmed'
    const { store } = storeWith({
      'offsets.plan': () => plan(),
      'offsets.apply': () => {
        throw new SeeklineError(code, 'no')
      },
    })
    await store.start({ group: 'billing', offset: 0n })
    await store.apply('wrong')
    expect(store.getState().isCurrent).toBe(true)
    code = 'call.lost'
    await store.apply('right')
    expect(store.getState()).toMatchObject({ isCurrent: false, isApplying: false })
  })

  it('can be undone where something was, or may have been, written', () => {
    expect(canUndo(result('confirmed'))).toBe(true)
    expect(canUndo(result('unknown'))).toBe(true)
    expect(canUndo(result('conflict', null))).toBe(false)
    expect(canUndo(result('refused'))).toBe(false)
  })

  it('goes where a group of another cluster stands: found once for what is named, within the partitions in question', async () => {
    const items = [
      { topic: 'orders', partition: 0, there: 9n, here: 4n, note: null },
      { topic: 'copied', partition: 1, there: 9n, here: 7n, note: null },
      { topic: 'copied', partition: 2, there: 9n, here: null, note: 'It was not found.' },
    ]
    const { store, call, routes } = storeWith({
      'offsets.plan': () => plan(),
      'offsets.elsewhere': () => ({ items, failures: [] }),
    })
    await store.start({ group: 'billing' })
    const elsewhere = { connectionId: 'mirror' as ConnectionId, group: 'shipping', prefix: '' }
    store.change({ to: 'elsewhere', elsewhere: { ...elsewhere, group: '' } })
    await until('what is missing', () => store.getState().missing === 'Which group of the other cluster?')
    store.change({ elsewhere })
    await until('the plan', () => store.getState().isCurrent)
    expect(call).toHaveBeenCalledWith('offsets.elsewhere', { connectionId: 'demo', other: 'mirror', group: 'shipping', prefix: '' }, expect.anything()) // oxfmt-ignore
    // Of the other partitions nobody said that they are meant.
    expect(call.mock.lastCall?.[1]).toMatchObject({ scope: [{ topic: 'orders' }, { topic: 'payments' }], target: { at: 'offsets' } }) // oxfmt-ignore
    store.change({ scope: [{ topic: 'payments', partitions: 'positioned' }] })
    await until('that nothing is known of these', () => store.getState().missing?.includes('in none of these partitions') === true) // oxfmt-ignore
    store.change({ scope: undefined })
    await until('the plan of the others', () => store.getState().isCurrent)
    await store.takeAllOf()
    expect(call.mock.lastCall?.[1]).toMatchObject({
      scope: [{ topic: 'orders', partitions: [0] }, { topic: 'payments', partitions: [0] }, { topic: 'copied', partitions: [1, 2] }], // oxfmt-ignore
      target: { offsets: [{ topic: 'orders' }, { topic: 'copied', partition: 1, offset: 7n }] },
    })
    store.change({ only: 'backward' })
    await until('the plan of one way', () => store.getState().isCurrent)
    expect(routes().filter((route) => route === 'offsets.elsewhere')).toHaveLength(1)
    await store.planAgain()
    expect(routes().filter((route) => route === 'offsets.elsewhere')).toHaveLength(2)
  })

  it('does not go on saying that it looks on another cluster once something else is asked for', async () => {
    const { store } = storeWith({
      'offsets.plan': () => plan(),
      'offsets.elsewhere': () => new Promise(() => undefined),
    })
    await store.start({ group: 'billing' })
    store.change({ to: 'elsewhere', elsewhere: { connectionId: 'mirror' as ConnectionId, group: 'shipping', prefix: '' } }) // oxfmt-ignore
    await until('it looks', () => store.getState().elsewhere.status === 'loading')
    store.change({ to: 'log-start' })
    await until('the plan', () => store.getState().isCurrent)
    expect(store.getState().elsewhere.status).toBe('idle')
  })

  it('plans an undo by the journal entry alone', async () => {
    const { store, call } = storeWith({ 'offsets.planUndo': () => plan({ undoOf: 'j1' }) })
    await store.start({ group: 'billing', undo: 'j1' })
    expect(call).toHaveBeenCalledWith('offsets.planUndo', { connectionId: 'demo', journalId: 'j1' }, expect.anything())
    expect(store.getState().plan.value?.undoOf).toBe('j1')
  })
})
