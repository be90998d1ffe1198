import { describe, expect, it } from 'vitest'
import type { ShareStretch } from '#shared/model/share-state.ts'
import { foldShareState, type ShareStateRecord } from './share-state-fold.ts'
import { threadMs } from '../../tests/support/measure.ts'

// Against the broker's own sum it is held in tests/integration/share-groups.test.ts.

const one = (first: number, last: number, state: ShareStretch['state'], deliveries = 1): ShareStretch => ({ first: BigInt(first), last: BigInt(last), state, deliveries }) // oxfmt-ignore
const snapshot = (startOffset: number, ...stretches: ShareStretch[]): ShareStateRecord => ({ isSnapshot: true, startOffset: BigInt(startOffset), stretches, at: 7n }) // oxfmt-ignore
const update = (startOffset: number, ...stretches: ShareStretch[]) => ({ ...snapshot(startOffset, ...stretches), isSnapshot: false }) // oxfmt-ignore

describe('what a share group’s records come to', () => {
  it('is the state with more deliveries, and of as many the later one, piece by piece', () => {
    const records = [
      snapshot(10, one(10, 29, 'available')),
      update(-1, one(15, 19, 'acknowledged'), one(18, 22, 'available', 2)),
      update(-1, one(12, 16, 'available'), one(40, 41, 'archived', 5)),
    ]
    expect(foldShareState(records)).toEqual({
      kind: 'known',
      startOffset: 10n,
      end: 42n,
      available: 17n,
      acknowledged: 3n,
      archived: 2n,
      unwritten: 10n,
      mostDeliveries: 5,
      stretches: [
        one(10, 14, 'available'),
        one(15, 17, 'acknowledged'),
        one(18, 22, 'available', 2),
        one(23, 29, 'available'),
        one(40, 41, 'archived', 5),
      ],
      more: 0,
      writtenAt: 7n,
    })
  })

  it('has nothing before the start offset, which may cut a stretch', () => {
    expect(foldShareState([snapshot(0, one(0, 9, 'acknowledged')), update(4)])).toMatchObject({ startOffset: 4n, end: 10n, acknowledged: 6n }) // oxfmt-ignore
    expect(foldShareState([snapshot(0, one(0, 9, 'acknowledged')), update(10)])).toMatchObject({ startOffset: 10n, end: 10n, stretches: [] }) // oxfmt-ignore
  })

  it('is none after a tombstone, and where nothing was found', () => {
    expect(foldShareState([snapshot(-1)])).toEqual({ kind: 'none' })
    expect(foldShareState([])).toEqual({ kind: 'none' })
  })

  it('takes no time that grows by the square, and tells of very many the first', () => {
    const stretches = Array.from({ length: 50_000 }, (_, i) => one(i, 200_000 - i, i % 2 === 0 ? 'available' : 'archived', i % 30_000)) // oxfmt-ignore
    const folding = () => expect(foldShareState([snapshot(0, ...stretches)])).toMatchObject({ more: expect.any(Number), unwritten: 0n }) // oxfmt-ignore
    expect(threadMs(folding)).toBeLessThan(5_000)
    const apart = Array.from({ length: 300 }, (_, i) => one(3 * i, 3 * i, 'acknowledged'))
    const told = foldShareState([snapshot(0, ...apart)])
    expect(told).toMatchObject({ acknowledged: 300n, more: 100 })
  })
})
