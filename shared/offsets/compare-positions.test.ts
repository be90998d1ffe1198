import { describe, expect, it } from 'vitest'
import type { SnapshotPosition } from '../model/positions-snapshot.ts'
import { comparedSentence, comparePositions, specsToSet, type PositionSide } from './compare-positions.ts'

const at = (
  topic: string,
  partition: number,
  offset: bigint,
  other: Partial<SnapshotPosition> = {},
): SnapshotPosition => ({
  group: 'billing',
  topic,
  topicId: `id-of-${topic}`,
  partition,
  offset,
  leaderEpoch: 3,
  metadata: 'm',
  logStart: 0n,
  highWatermark: 100n,
  ...other,
})
const side = (positions: SnapshotPosition[], other: Partial<PositionSide> = {}): PositionSide => ({
  name: 'a side',
  clusterId: 'one',
  group: 'billing',
  positions,
  ...other,
})
const standings = (left: PositionSide, right: PositionSide, measure: 'offset' | 'lag' = 'offset') =>
  comparePositions(left, right, measure).rows.map(({ group, topic, partition, standing, by }) => [group, `${topic}/${partition}`, standing, by]) // oxfmt-ignore

describe('two vectors of positions', () => {
  it('differ by offsets, are the same, or on one side only', () => {
    const left = side([at('orders', 0, 10n), at('orders', 1, 20n), at('gone', 0, 1n)])
    const right = side([at('orders', 0, 15n), at('orders', 1, 20n), at('new', 0, 2n)])
    expect(standings(left, right)).toEqual([
      ['billing', 'orders/0', 'differs', 5n],
      ['billing', 'orders/1', 'same', 0n],
      ['billing', 'gone/0', 'only-left', null],
      ['billing', 'new/0', 'only-right', null],
    ])
    expect(comparedSentence(comparePositions(left, right, 'offset'))).toBe(
      '1 partition differs in offset (5 more on the right); 1 partition only on the left; 1 partition only on the right; 1 the same.',
    )
    expect(comparedSentence(comparePositions(left, left, 'offset'))).toBe('All 3 partitions are the same on both sides.') // oxfmt-ignore
    expect(comparedSentence(comparePositions(side([]), side([]), 'offset'))).toBe('Neither side has a position.')
  })

  it('of two groups are compared whatever these are called; of many, group by group', () => {
    const a = side([at('orders', 0, 10n, { group: 'a' })], { group: 'a' })
    const b = side([at('orders', 0, 10n, { group: 'b' })], { group: 'b' })
    expect(standings(a, b)).toEqual([['a', 'orders/0', 'same', 0n]])
    const many = (offset: bigint) => side([at('orders', 0, offset, { group: 'a' }), at('orders', 0, 1n, { group: 'b' })], { group: null }) // oxfmt-ignore
    expect(standings(many(1n), many(2n))).toEqual([
      ['a', 'orders/0', 'differs', 1n],
      ['b', 'orders/0', 'same', 0n],
    ])
    expect(standings(a, many(10n))).toEqual([['a', 'orders/0', 'same', 0n]])
  })

  it('of a topic that was created anew are no difference of offsets', () => {
    const anew = side([at('orders', 0, 12n, { topicId: 'another' })])
    expect(standings(side([at('orders', 0, 10n)]), anew)).toEqual([['billing', 'orders/0', 'topic-anew', null]])
    // Nothing is known of one that has no id.
    expect(standings(side([at('orders', 0, 10n, { topicId: null })]), anew)[0]?.[2]).toBe('differs')
  })

  it('of two clusters have nothing to do with topic ids, and compare by lag where it is known', () => {
    const left = side([at('orders', 0, 90n), at('orders', 1, 500n), at('orders', 2, 5n, { highWatermark: null })])
    const right = side([at('orders', 0, 1_090n, { highWatermark: 1_200n, topicId: 'there' }), at('orders', 1, 1n), at('orders', 2, 5n)], { clusterId: 'two' }) // oxfmt-ignore
    expect(comparePositions(left, right, 'lag').isSameCluster).toBe(false)
    expect(standings(left, right, 'lag')).toEqual([
      ['billing', 'orders/0', 'differs', 100n],
      ['billing', 'orders/1', 'unknown', null],
      ['billing', 'orders/2', 'unknown', null],
    ])
    expect(standings(left, right, 'offset')[0]).toEqual(['billing', 'orders/0', 'differs', 1_000n])
    // A cluster that tells no id may be any.
    expect(comparePositions(side([], { clusterId: null }), side([], { clusterId: null }), 'offset').isSameCluster).toBe(false) // oxfmt-ignore
  })

  it('take a hundred thousand rows in steps', () => {
    const many = (by: bigint) => side(Array.from({ length: 100_000 }, (_, i) => at('orders', i, BigInt(i) + by)))
    expect(comparePositions(many(0n), many(1n), 'offset').rows.every(({ by }) => by === 1n)).toBe(true)
  })
})

describe('a plan that sets one side to the other', () => {
  const { rows } = comparePositions(
    side([at('orders', 0, 10n), at('orders', 1, 20n), at('gone', 0, 1n)]),
    side([at('orders', 0, 15n), at('orders', 1, 20n), at('new', 0, 2n)]),
    'offset',
  )

  it('takes what the other one has, and leaves the rest', () => {
    const groupOf = () => 'late'
    expect(specsToSet(rows, 'right', { isSameCluster: true, groupOf })).toEqual({
      specs: [
        {
          group: 'late',
          scope: [
            { topic: 'orders', partitions: [0] },
            { topic: 'new', partitions: [0] },
          ],
          target: {
            at: 'restore',
            deleteGroup: false,
            inLog: true,
            positions: [
              { topic: 'orders', partition: 0, topicId: 'id-of-orders', position: { offset: 15n, metadata: 'm', leaderEpoch: 3 } }, // oxfmt-ignore
              { topic: 'new', partition: 0, topicId: 'id-of-new', position: { offset: 2n, metadata: 'm', leaderEpoch: 3 } }, // oxfmt-ignore
            ],
          },
        },
      ],
      left: 2,
    })
  })

  it('takes offsets alone to another cluster', () => {
    const { specs } = specsToSet(rows.slice(0, 1), 'left', { isSameCluster: false, groupOf: ({ group }) => group })
    expect(specs[0]?.target).toMatchObject({
      positions: [{ topicId: null, position: { offset: 10n, metadata: '', leaderEpoch: -1 } }],
    })
  })
})
