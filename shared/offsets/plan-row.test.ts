import { describe, expect, it } from 'vitest'
import type { Target } from '../contract/offsets.ts'
import { rowPlanner, skipsAndRepeats, type SeenPartition } from './plan-row.ts'

const bounds = { logStart: 100n, lastStable: 190n, highWatermark: 200n }
const at = (offset: bigint, metadata = '') => ({ offset, metadata, leaderEpoch: 3 })
const seen = (over: Partial<SeenPartition> = {}): SeenPartition => ({
  topic: 'orders',
  topicId: 'id-1',
  partition: 0,
  before: at(150n, 'm'),
  bounds,
  ...over,
})

const shift = (by: bigint): Target => ({ at: 'group', group: 'billing', shift: by })
const atTime: Target = { at: 'timestamp', timestamp: 5n }
const noneThatNew = { missing: { why: 'none-that-new' } } as const
const toOffset = (offset: bigint) => rowPlanner({ target: { at: 'offset', offset } })(seen({ found: { offset } }))

describe('a planned row', () => {
  it.each<[string, Target, bigint, bigint, bigint, bigint]>([
    ['earliest repeats what was read', { at: 'log-start' }, 100n, 100n, 0n, 50n],
    [
      'latest skips up to the high watermark, not the last stable offset',
      { at: 'high-watermark' },
      200n,
      200n,
      50n,
      0n,
    ],
    ['a given offset', { at: 'offset', offset: 160n }, 160n, 160n, 10n, 0n],
    ['shift back', shift(-10n), 140n, 140n, 0n, 10n],
    ['shift is clamped at the log start', shift(-1000n), -850n, 100n, 0n, 50n],
    ['an offset past the end is clamped', { at: 'offset', offset: 9999n }, 9999n, 200n, 50n, 0n],
  ])('%s', (_name, target, found, offset, skips, repeats) => {
    const row = rowPlanner({ target })(seen({ found: { offset: found } }))
    expect(row).toMatchObject({ status: 'change', skips, repeats, after: { offset, metadata: '', leaderEpoch: -1 } })
  })

  it('keeps the wanted offset beside the clamped one and says why', () => {
    const row = toOffset(9999n)
    expect(row.clampedFrom).toBe(9999n)
    expect(row.note).toBe('Clamped: the log ends at 200.')
  })

  it('refuses rather than skip everything when no record is as new as the timestamp', () => {
    const row = rowPlanner({ target: atTime })(seen({ found: noneThatNew }))
    expect(row).toMatchObject({ status: 'refused', note: 'No record is that new or newer.', after: at(150n, 'm') })
  })

  it('goes to the end instead where that was chosen, and says what it means', () => {
    const row = rowPlanner({ target: atTime, ifNone: 'end' })(seen({ found: noneThatNew }))
    expect(row).toMatchObject({ status: 'change', after: { offset: 200n }, skips: 50n })
    expect(row.note).toMatch(/goes to the end.*only what is written from now on/)
    expect(rowPlanner({ target: atTime, ifNone: 'end' })(seen({ found: { offset: 160n } }))).toMatchObject({
      after: { offset: 160n },
      note: null,
    })
  })

  it('refuses a negative offset and a shift without a position', () => {
    expect(toOffset(-1n).status).toBe('refused')
    const noPosition = { missing: { why: 'no-position', group: 'billing' } } as const
    expect(rowPlanner({ target: shift(1n) })(seen({ before: null, found: noPosition }))).toMatchObject({
      status: 'refused',
      note: 'billing has no position here.',
    })
  })

  it('is "same" when the group already stands there, and then keeps metadata and epoch', () => {
    const row = toOffset(150n)
    expect(row).toMatchObject({ status: 'same', after: at(150n, 'm') })
  })

  it('leaves partitions alone that a per-partition target does not name', () => {
    const target: Target = { at: 'offsets', offsets: [{ topic: 'orders', partition: 1, offset: 5n }] }
    expect(rowPlanner({ target })(seen({ found: { missing: { why: 'not-named' } } })).status).toBe('same')
  })

  it('counts nothing as repeated that the log no longer holds', () => {
    expect(skipsAndRepeats(at(10n), 120n, bounds)).toEqual({ skips: 20n, repeats: 0n })
    expect(skipsAndRepeats(at(500n), 150n, bounds)).toEqual({ skips: 0n, repeats: 50n })
    expect(skipsAndRepeats(null, 150n, bounds)).toEqual({ skips: 0n, repeats: 0n })
  })
})

describe('a planned row of an undo', () => {
  const restore = (position: SeenPartition['before'], topicId = 'id-1'): Target => ({
    at: 'restore',
    positions: [{ topic: 'orders', partition: 0, topicId, position }],
    deleteGroup: false,
  })

  it('restores offset, metadata and epoch, even outside the log', () => {
    expect(rowPlanner({ target: restore(at(7n, 'old')) })(seen()).after).toEqual(at(7n, 'old'))
  })

  it('restores "none" as a deletion', () => {
    expect(rowPlanner({ target: restore(null) })(seen())).toMatchObject({ status: 'change', after: null })
  })

  it('refuses when the topic was deleted and created again', () => {
    const row = rowPlanner({ target: restore(at(7n), 'id-0') })(seen())
    expect(row).toMatchObject({ status: 'refused', after: at(150n, 'm') })
    expect(row.note).toContain('deleted and created again')
  })
})
