import { describe, expect, it } from 'vitest'
import type { StaleGroup, StalePosition } from '#shared/contract/cleaning.ts'
import { choiceWords, countRows, deletionsOf, filterRows, foundSentence, rowsOf } from './cleaning-rows.ts'

const at = (topic: string, partition: number, other: Partial<StalePosition> = {}): StalePosition => ({
  topic,
  topicId: null,
  partition,
  position: { offset: 7n, leaderEpoch: -1, metadata: '' },
  logStart: null,
  highWatermark: null,
  reasons: ['quiet'],
  committedAt: null,
  ...other,
})
const group = (name: string, positions: StalePosition[], other: Partial<StaleGroup> = {}): StaleGroup => ({
  group: name,
  type: 'classic',
  state: 'Empty',
  held: positions.length,
  lastSeen: null,
  quiet: 'yes',
  isDead: true,
  positions,
  ...other,
})

describe('what was found', () => {
  const rows = rowsOf([
    group('dead', [at('orders', 0), at('orders', 1)], { held: 3 }),
    // The rest of it, in the next frame.
    group('dead', [at('payments', 0)], { held: 3 }),
    group('empty', []),
    group('half', [at('orders', 4, { reasons: ['past-end'] })], { isDead: false, quiet: 'no', held: 9 }),
  ])

  it('is a row a position, and one for a group that has none', () => {
    expect(rows.map(({ key }) => key)).toEqual(['dead\n0/orders', 'dead\n1/orders', 'dead\n0/payments', 'empty\n', 'half\n4/orders']) // oxfmt-ignore
    expect(foundSentence(countRows(rows))).toBe('3 groups without members hold 4 positions that are of no use; 2 of them are used by nobody.') // oxfmt-ignore
    expect(foundSentence(countRows([]))).toBe('There is nothing to clean up.')
    expect(filterRows(rows, 'dead', '').length).toBe(4)
    expect(filterRows(rows, 'past-end', '').map(({ of }) => of.group)).toEqual(['half'])
    expect(filterRows(rows, 'all', 'PAYM').length).toBe(1)
  })

  it('goes with its group once all of a group that nobody uses is chosen, and only while it stands as it was found', () => {
    const all = deletionsOf(rows)
    expect(all.map(({ group: name, what }) => [name, what])).toEqual([
      ['dead', 'group'],
      ['empty', 'group'],
      ['half', 'positions'],
    ])
    expect(all[0]?.ifStill).toHaveLength(3)
    expect(choiceWords(all)).toBe('2 groups and 1 position')
    const some = deletionsOf(rows.slice(0, 2))
    expect(some).toEqual([
      {
        group: 'dead',
        what: 'positions',
        scope: [{ topic: 'orders', partitions: [0, 1] }],
        ifStill: [
          { topic: 'orders', partition: 0, offset: 7n },
          { topic: 'orders', partition: 1, offset: 7n },
        ],
      },
    ])
  })
})
