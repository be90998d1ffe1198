import { describe, expect, it } from 'vitest'
import type { SampleColumns } from '#shared/contract/lag.ts'
import type { CommitPoint } from '#shared/model/commit-history.ts'
import { momentWords, pictureWords, positionLines } from './timeline-lines.ts'
import { SamplesModel } from './samples-model.ts'
import { timelineOf, vectorAt } from './timeline-model.ts'

const commit = (at: bigint, partition: number, offset: bigint | null): CommitPoint => ({
  topic: 'orders',
  partition,
  position: offset === null ? null : { offset, metadata: '', leaderEpoch: -1 },
  committedAt: at,
  since: at,
  source: offset === null ? 'tombstone' : 'commit',
  offset: at * 10n + BigInt(partition),
})
const stands = (partition: number, offset: bigint) => ({ topic: 'orders', partition, position: { offset, metadata: '', leaderEpoch: -1 } }) // oxfmt-ignore
const look = (at: bigint, rows: [position: bigint, logStart: bigint, end: bigint][]): SampleColumns => ({
  source: 'live',
  topics: ['orders'],
  at: BigInt64Array.from(rows.map(() => at)),
  topic: Int32Array.from(rows.map(() => 0)),
  partition: Int32Array.from(rows.map((_, i) => i)),
  position: BigInt64Array.from(rows.map(([position]) => position)),
  logStart: BigInt64Array.from(rows.map(([, start]) => start)),
  lastStable: BigInt64Array.from(rows.map(([, , end]) => end)),
  highWatermark: BigInt64Array.from(rows.map(([, , end]) => end)),
})

const points = [commit(1_000n, 0, 10n), commit(2_000n, 0, 20n), commit(2_000n, 1, 5n), commit(4_000n, 0, 12n)]
const standing = [stands(0, 12n), stands(1, 5n), stands(2, 7n)]
const samples = () => {
  const model = new SamplesModel()
  model.add(look(3_000n, [[20n, 0n, 40n], [5n, 1n, 50n], [7n, 2n, 60n]])) // oxfmt-ignore
  model.add(look(5_000n, [[12n, 0n, 41n], [5n, 1n, 50n], [7n, 2n, 60n]])) // oxfmt-ignore
  return model
}

describe('a group’s timeline', () => {
  it('adds up what is committed once it is known of all, counting in what has not moved, and what looks saw', () => {
    const rows = timelineOf(undefined, samples().logLooks(undefined), points, standing)
    expect(rows.map(({ at, position, highWatermark, lag, source }) => [at, position, highWatermark, lag, source])).toEqual([
      [2_000n, 32n, null, null, 'commit'],
      [3_000n, 32n, 150n, 118n, 'look'],
      [4_000n, 24n, null, null, 'commit'],
      [5_000n, 24n, 151n, 127n, 'look'],
    ]) // oxfmt-ignore
  })

  it('tells one partition by its own commits and looks, and where it was removed', () => {
    const rows = timelineOf('0/orders', samples().logLooks('0/orders'), [...points, commit(6_000n, 0, null)], standing)
    expect(rows.map(({ at, position, source }) => [at, position, source])).toEqual([
      [1_000n, 10n, 'commit'],
      [2_000n, 20n, 'commit'],
      [3_000n, 20n, 'look'],
      [4_000n, 12n, 'commit'],
      [5_000n, 12n, 'look'],
      [6_000n, null, 'tombstone'],
    ])
    // Between two looks the edges of the log go on; where the position was removed its line ends.
    const [highWatermark, position] = positionLines(rows, 'position', 'lag')
    expect(highWatermark!.values).toEqual([undefined, undefined, 40, undefined, 41, undefined])
    expect(position!.values).toEqual([10, 20, 20, 12, 12, null])
    expect(pictureWords(rows, 'position', 'lag')).toBe(
      'position went from 10 to 12; lag from 20 to 29 offsets, 29 at most',
    )
  })

  it('knows all positions at a moment, each by what was told of it last, and says who told it', () => {
    const at = (moment: bigint) =>
      Object.fromEntries([...vectorAt(moment, standing, samples(), points)].map(([key, one]) => [key, [one.offset, one.source]])) // oxfmt-ignore
    expect(at(999n)).toEqual({})
    expect(at(2_500n)).toEqual({ '0/orders': [20n, 'commit'], '1/orders': [5n, 'commit'], '2/orders': [7n, 'unmoved'] })
    expect(at(4_500n)).toEqual({ '0/orders': [12n, 'commit'], '1/orders': [5n, 'look'], '2/orders': [7n, 'look'] })
    expect(at(9_000n)['0/orders']).toEqual([12n, 'look'])
  })

  it('says of a moment what is known, who told it and when', () => {
    const rows = timelineOf('0/orders', samples().logLooks('0/orders'), points, standing)
    const words = { one: 'position', behind: 'lag' }
    const changes = [{ at: 1_500n, words: 'app came; 1 member then' }]
    expect(momentWords({ rows, changes }, 4_500n, words, 'UTC')).toBe(
      '1970-01-01 00:00:04: position 12 (commit); high watermark 40, log start 0, lag 20 (seen 00:00:03); members: app came; 1 member then',
    )
    expect(momentWords({ rows, changes }, 10n, words, 'UTC')).toBe('1970-01-01 00:00:00: where it stood is not known')
  })
})
