import { describe, expect, it } from 'vitest'
import type { GroupPosition } from '#shared/contract/groups.ts'
import { SamplesModel } from './samples-model.ts'
import { stuckWords } from './stuck-words.ts'

const at: GroupPosition = {
  topic: 'orders',
  topicId: null,
  partition: 3,
  position: { offset: 17n, metadata: '', leaderEpoch: -1 },
  logStart: 0n,
  lastStable: 20n,
  highWatermark: 20n,
  lag: 3n,
  stableLag: 3n,
  standing: 'in-range',
  memberId: 'm',
}
const now = 1_000_000n

describe('a partition whose group does not get on', () => {
  it.each([
    ['billing-1', now - 300_000n, 3n, 'stuck', '5 min'],
    ['billing-1', now - 20_000n, 3n, 'not moving yet', '20 s'],
    ['billing-1', null, 3n, 'looking', 'billing-1 reads it'],
    [null, now - 300_000n, 3n, 'nobody reads', 'No member'],
    ['billing-1', now - 300_000n, 0n, 'caught up', 'read everything'],
  ] as const)('with %s since %s and a lag of %s is %s', (client, still, lag, badge, words) => {
    const told = stuckWords({ group: 'billing', at: { ...at, lag }, client, still, now })
    expect(told.head).toBe('billing stands at 17 of orders[3].')
    expect(told.badge).toBe(badge)
    expect(told.rest).toContain(words)
  })

  it('has stood still since the first look at which it stood where it does', () => {
    const model = new SamplesModel()
    const looks = [5n, 17n, 17n, 17n]
    const longs = (values: readonly bigint[]) => BigInt64Array.from(values)
    model.add({
      source: 'kept',
      topics: ['orders'],
      at: longs([10n, 20n, 30n, 40n]),
      topic: Int32Array.from(looks, () => 0),
      partition: Int32Array.from(looks, () => 3),
      position: longs(looks),
      logStart: longs(looks.map(() => 0n)),
      lastStable: longs(looks.map(() => -1n)),
      highWatermark: longs(looks.map(() => 20n)),
    })
    expect(model.stillSince('3/orders')).toBe(20n)
    expect(model.stillSince('0/orders')).toBeNull()
  })
})
