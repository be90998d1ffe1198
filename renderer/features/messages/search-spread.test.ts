import { describe, expect, it } from 'vitest'
import type { Series } from '#shared/model/spread.ts'
import { barsOf, barsWords, outsideOf, sharesOf, sharesWords, type Spread } from './search-spread.ts'

const series = (of: string | null, counts: number[], outside = 0): Series => ({
  of,
  kind: of === null ? null : 'text',
  counts: Float64Array.from(counts),
  outside,
})
const spread = (all: Series[], buckets = 4): Spread => ({
  request: { over: { from: 0n, to: 1_000n, buckets }, by: 'partition' },
  series: all,
})

describe('how matches are spread', () => {
  it('over time is one bar a bucket, by the values that most matches have', () => {
    const bars = barsOf(spread([series('paid', [1, 0, 7, 0]), series('failed', [0, 2, 1, 0], 3)]))
    expect(bars.map(({ start, end, hits, parts }) => ({ start, end, hits, parts }))).toEqual([
      { start: 0n, end: 250n, hits: 1, parts: [1, 0, 0, 0, 0, 0] },
      { start: 250n, end: 500n, hits: 2, parts: [0, 2, 0, 0, 0, 0] },
      { start: 500n, end: 750n, hits: 8, parts: [7, 1, 0, 0, 0, 0] },
      { start: 750n, end: 1_000n, hits: 0, parts: [0, 0, 0, 0, 0, 0] },
    ])
  })

  it('counts those outside the time as well, in the shares and apart', () => {
    const one = spread([series('paid', [1, 0, 7, 0]), series('failed', [0, 0, 1, 0], 3)])
    expect(outsideOf(one)).toBe(3)
    expect(sharesWords(sharesOf(one))).toBe('paid 67\u202f% · failed 33\u202f%')
  })

  it('puts the values beyond the first few together with those that were not told apart', () => {
    const many = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((of, at) => series(of, [10 - at, 0, 0, 0]))
    const shares = sharesOf(spread([...many, series(null, [5, 0, 0, 0])]))
    expect(shares.map(({ of, count }) => [of, count])).toEqual([
      ['a', 10],
      ['b', 9],
      ['c', 8],
      ['d', 7],
      ['e', 6],
      [null, 14],
    ])
  })

  it('is told in words as well', () => {
    const bars = barsOf(spread([series('paid', [1, 0, 7, 0])]))
    expect(barsWords(bars, String)).toBe('8 matches from 0 to 1000; most, 7, from 500 to 750')
    expect(barsWords([], String)).toBe('')
  })
})
