import { describe, expect, it } from 'vitest'
import type { Plan, PlanRow, Target } from '../contract/offsets.ts'
import { ConnectionId } from '../model/ids.ts'
import type { Position } from '../model/positions.ts'
import { rowPlanner } from './plan-row.ts'
import { COMMITTED_LATER, movesOn, planWhenEmpty, specWhenEmpty } from './when-empty.ts'

const bounds = { logStart: 0n, lastStable: 100n, highWatermark: 100n }
const at = (offset: bigint): Position => ({ offset, metadata: '', leaderEpoch: -1 })

/** Partitions of one topic that stand at these offsets; null: none. */
function planOf(target: Target, stands: readonly (bigint | null)[], part: Partial<Plan> = {}): Plan {
  const planRow = rowPlanner({ target, only: part.only })
  const rows = stands.map((stand, partition) =>
    planRow({
      topic: 'orders',
      partition,
      topicId: 'id-1',
      before: stand === null ? null : at(stand),
      bounds,
      ...(target.at === 'offset' ? { found: { offset: target.offset } } : {}),
      ...(target.at === 'high-watermark' ? { found: { offset: bounds.highWatermark } } : {}),
      ...(target.at === 'group' && stand !== null ? { found: { offset: stand + (target.shift ?? 0n) } } : {}),
    }),
  )
  return {
    version: 1,
    connectionId: ConnectionId.parse('demo'),
    clusterId: null,
    group: 'billing',
    groupExists: true,
    groupType: 'classic',
    groupState: 'Empty',
    members: [],
    target,
    rows,
    refusal: null,
    warnings: [],
    failures: [],
    undoOf: null,
    madeAt: 0n,
    ...part,
  }
}
const to = (offset: bigint): Target => ({ at: 'offset', offset })
const changes = (judged: ReturnType<typeof planWhenEmpty>) =>
  'plan' in judged
    ? judged.plan.rows.map((row) => [row.partition, row.after?.offset])
    : judged.conflict.rows.map((row) => [row.status, row.message])

describe('a plan whose group was waited for', () => {
  it('goes to the offsets that were shown, wherever its consumers have come to meanwhile', () => {
    expect(changes(planWhenEmpty(planOf(to(10n), [50n, 60n]), 'shown', planOf(to(10n), [70n, 60n])))).toEqual([[0, 10n], [1, 10n]]) // oxfmt-ignore
  })

  it('leaves alone what has come there by itself', () => {
    expect(changes(planWhenEmpty(planOf(to(10n), [50n, 9n]), 'shown', planOf(to(10n), [70n, 10n])))).toEqual([[0, 10n]])
  })

  it.each<[string, bigint | null, bigint | null, string]>([
    ['would read again what it was to skip', 9n, 50n, 'The group stands at 50 by now, past 10: going there would read records again, which was not shown.'], // oxfmt-ignore
    ['would skip what it was to read again', 50n, 9n, 'The group stands at 9 by now, before 10: going there would skip records, which was not shown.'], // oxfmt-ignore
    ['had no position, and has one', null, 50n, 'It had no position when this was armed, and stands at 50 now.'],
    ['had a position, and has none', 50n, null, 'It has no position any more.'],
  ])('is a conflict where it %s', (_what, before, now, message) => {
    const judged = planWhenEmpty(planOf(to(10n), [before, 60n]), 'shown', planOf(to(10n), [now, 60n]))
    expect(changes(judged)).toEqual([['conflict', message], ['same', expect.stringContaining('another partition differs')]]) // oxfmt-ignore
    expect('conflict' in judged && judged.conflict.summary).toContain('Nothing was written: 1 of 2 partitions differs')
  })

  it('is a conflict in a topic that was made anew, and where a row cannot be moved any more', () => {
    const now = planOf(to(10n), [50n, 60n])
    const rows = now.rows.map((row, i): PlanRow => (i === 0 ? { ...row, topicId: 'id-2' } : { ...row, status: 'refused', note: 'No leader.' })) // oxfmt-ignore
    expect(changes(planWhenEmpty(planOf(to(10n), [50n, 60n]), 'shown', { ...now, rows }))).toEqual([
      ['conflict', 'orders was deleted and created again since this was armed.'],
      ['conflict', 'No leader.'],
    ])
    expect(changes(planWhenEmpty(now, 'shown', { ...now, rows: [] }))).toEqual([['conflict', 'The partition could not be read again.'], ['conflict', 'The partition could not be read again.']]) // oxfmt-ignore
  })

  it('takes along what stood there already, in a direction that was shown of others only', () => {
    const [back, stuck] = [planOf(to(10n), [50n, 10n]), planOf(to(10n), [9n, 10n])]
    expect(changes(planWhenEmpty(back, 'shown', planOf(to(10n), [50n, 30n])))).toEqual([[0, 10n], [1, 10n]]) // oxfmt-ignore
    expect(changes(planWhenEmpty(stuck, 'shown', planOf(to(10n), [9n, 30n])))).toEqual([[0, 10n]])
  })

  it('keeps to the one way that it was told to take', () => {
    const [armed, now] = [[5n, 6n], [20n, 6n]].map((stands) => planOf(to(10n), stands, { only: 'forward' })) // oxfmt-ignore
    expect(changes(planWhenEmpty(armed!, 'shown', now!))).toEqual([[1, 10n]])
  })

  it('goes where its place has come to, where that was chosen', () => {
    const shift: Target = { at: 'group', group: 'billing', shift: 5n }
    const armed = planOf(shift, [10n])
    const shown = specWhenEmpty(armed, 'shown')
    expect(shown.target).toEqual({ at: 'offsets', offsets: [{ topic: 'orders', topicId: 'id-1', partition: 0, offset: 15n }] }) // oxfmt-ignore
    expect(specWhenEmpty(armed, 'then')).toMatchObject({ target: shift, scope: [{ topic: 'orders', partitions: [0] }] })
    expect(changes(planWhenEmpty(armed, 'then', planOf(shift, [20n])))).toEqual([[0, 25n]])
    expect(changes(planWhenEmpty(armed, 'shown', planOf(shift, [20n])))).toEqual([['conflict', 'It would go to 25 now, not to 15 as it was shown.']]) // oxfmt-ignore
  })

  it('asks for nothing that was refused or left out', () => {
    const armed = planOf(to(10n), [50n, 60n])
    const rows = armed.rows.map((row, i): PlanRow => (i === 0 ? row : { ...row, status: 'refused' }))
    expect(specWhenEmpty({ ...armed, rows }, 'shown').scope).toEqual([{ topic: 'orders', partitions: [0] }])
  })
})

describe('an undo whose group was waited for', () => {
  const restore = (offset: bigint): Target => ({
    at: 'restore',
    deleteGroup: false,
    positions: [{ topic: 'orders', partition: 0, topicId: 'id-1', position: at(offset) }],
  })

  it('is a conflict where somebody has committed since, unless later commits are to go as well', () => {
    const armed = planOf(restore(2n), [7n], { undoOf: 'j1' })
    const now = planOf(restore(2n), [20n])
    expect(changes(planWhenEmpty(armed, 'shown', now))).toEqual([['conflict', 'It was committed since this was armed, and undoing would take that back.']]) // oxfmt-ignore
    const told = { ...armed, committedLater: 1 }
    expect(planWhenEmpty(told, 'shown', now)).toMatchObject({ plan: { undoOf: 'j1', rows: [{ after: at(2n) }] } })
    const refused: PlanRow = { ...armed.rows[0]!, partition: 1, status: 'refused', note: COMMITTED_LATER }
    const asked = { ...told, rows: [...told.rows, refused] }
    expect(changes(planWhenEmpty(asked, 'shown', now))).toMatchObject([['conflict', expect.any(String)]])
    expect(specWhenEmpty(asked, 'shown').target).toEqual(restore(2n))
  })
})

describe('a place that moves on', () => {
  it.each<[Target, boolean]>([
    [{ at: 'offset', offset: 1n }, false],
    [{ at: 'timestamp', timestamp: 1n }, false],
    [{ at: 'restore', deleteGroup: false, positions: [] }, false],
    [{ at: 'high-watermark' }, true],
    [{ at: 'ago', ms: 1n }, true],
    [{ at: 'group', group: 'billing', shift: 1n }, true],
    [{ at: 'group', group: 'other' }, true],
  ])('%o: %s', (target, moves) => expect(movesOn({ target, group: 'billing' })).toBe(moves))

  it('is an edge of the log, where the place itself is missing', () => {
    const target = { at: 'timestamp', timestamp: 1n } as const
    expect([movesOn({ target, group: 'b', ifNone: 'end' }), movesOn({ target, group: 'b', ifNone: 'refuse' })]).toEqual([true, false]) // oxfmt-ignore
  })
})
