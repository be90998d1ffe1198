import { describe, expect, it } from 'vitest'
import { chance } from '../../tests/support/hostile-values.ts'
import { catchUpOf, membersEffect } from './lag-outlook.ts'
import { ratesOf, trendOf, TREND_POINTS, worstTrend, type LagSeries } from './lag-series.ts'
import { retentionReach } from './retention-reach.ts'

/** A look each second. */
function series(points: readonly (readonly [position: number, end: number])[]): LagSeries {
  return {
    at: points.map((_, i) => BigInt(i) * 1000n),
    position: points.map(([position]) => BigInt(position)),
    end: points.map(([, end]) => BigInt(end)),
  }
}
const line = (count: number, position: (i: number) => number, end: (i: number) => number): LagSeries =>
  series(Array.from({ length: count }, (_, i) => [position(i), end(i)] as const))
const WINDOW = 60_000n

describe('rates', () => {
  it('are those that made the series, whatever they are, over any window', () => {
    const random = chance(11)
    for (let n = 0; n < 300; n += 1) {
      const [rateIn, out] = [random.below(1_000), random.below(1_000)]
      const start = random.below(1_000_000)
      const count = 2 + random.below(40)
      const made = line(
        count,
        (i) => start + i * out,
        (i) => start + 2_000_000 + i * rateIn,
      )
      const windowMs = BigInt(1 + random.below(30)) * 1000n
      const rates = ratesOf(made, windowMs)!
      expect(rates.in).toBeCloseTo(rateIn)
      expect(rates.out).toBeCloseTo(out)
      expect(rates.overMs).toBeLessThanOrEqual(windowMs)
      expect(rates.overMs).toBe(BigInt(Math.min(count - 1, Number(windowMs / 1000n))) * 1000n)
    }
  })

  it('are never negative, whatever was seen', () => {
    const random = chance(12)
    for (let n = 0; n < 500; n += 1) {
      const count = random.below(30)
      const rates = ratesOf(
        line(
          count,
          () => random.below(50) - 1,
          () => random.below(50) - 1,
        ),
        WINDOW,
      )
      if (rates === null) continue
      expect(rates.in).toBeGreaterThanOrEqual(0)
      expect(rates.out).toBeGreaterThanOrEqual(0)
      expect(rates.overMs).toBeGreaterThan(0n)
    }
  })

  it('begin anew after a rewind, and pass over what was not known', () => {
    const made = series([[50, 100], [60, 100], [10, 100], [20, 110], [-1, -1], [40, 130]]) // oxfmt-ignore
    expect(ratesOf(made, WINDOW)).toEqual({ in: 10, out: 10, overMs: 3000n })
    expect(ratesOf(series([[1, 2]]), WINDOW)).toBeNull()
    expect(ratesOf(series([]), WINDOW)).toBeNull()
  })
})

describe('the trend by Burrow’s window', () => {
  it.each([
    [
      'unknown',
      line(
        TREND_POINTS - 1,
        () => 0,
        () => 9,
      ),
    ],
    [
      'stalled',
      line(
        TREND_POINTS,
        () => 5,
        () => 9,
      ),
    ],
    [
      'stalled',
      line(
        TREND_POINTS,
        () => 5,
        (i) => 9 + i,
      ),
    ],
    // It stands still, for there is nothing to read.
    [
      'keeps-up',
      line(
        TREND_POINTS,
        () => 9,
        () => 9,
      ),
    ],
    [
      'keeps-up',
      line(
        TREND_POINTS,
        (i) => i,
        (i) => i,
      ),
    ],
    [
      'falls-behind',
      line(
        TREND_POINTS,
        (i) => i,
        (i) => 100 + 2 * i,
      ),
    ],
    // As fast as they come, and never a step nearer.
    [
      'falls-behind',
      line(
        TREND_POINTS,
        (i) => i,
        (i) => 100 + i,
      ),
    ],
    // A million behind, but nearer now and then.
    [
      'keeps-up',
      line(
        TREND_POINTS,
        (i) => (i < 5 ? i : 3 * i),
        (i) => 1_000_000 + i,
      ),
    ],
    [
      'rewound',
      line(
        TREND_POINTS,
        (i) => (i < 5 ? 50 + i : i),
        () => 100,
      ),
    ],
    // Longer ago than the window.
    [
      'keeps-up',
      line(
        TREND_POINTS + 5,
        (i) => (i < 2 ? 90 : 10 + i),
        () => 100,
      ),
    ],
  ] as const)('is %s', (trend, made) => {
    expect(trendOf(made)).toBe(trend)
  })

  it('is not changed by how far off the log lies, nor by looks at which nothing was known', () => {
    const random = chance(13)
    for (let n = 0; n < 200; n += 1) {
      let [position, end] = [random.below(20), 40]
      const points = Array.from({ length: 14 }, () => {
        position += random.below(4) - (random.below(8) === 0 ? 3 : 0)
        end += random.below(4)
        return [Math.max(0, Math.min(position, end)), end] as const
      })
      const plain = trendOf(series(points))
      expect(trendOf(series(points.map(([at, to]) => [at + 1_000_000, to + 1_000_000])))).toBe(plain)
      expect(trendOf(series(points.flatMap((point) => [point, [-1, -1] as const])))).toBe(plain)
    }
  })

  it('of a group is that of its worst partition', () => {
    expect(worstTrend(['keeps-up', 'stalled', 'falls-behind'])).toBe('stalled')
    expect(worstTrend(['keeps-up', 'unknown'])).toBe('unknown')
    expect(worstTrend([])).toBe('unknown')
  })
})

describe('what comes of it', () => {
  it('catches up when lag and gain say', () => {
    expect(catchUpOf(0n, null)).toEqual({ kind: 'caught-up' })
    expect(catchUpOf(null, { in: 1, out: 2 })).toEqual({ kind: 'unknown' })
    expect(catchUpOf(10n, null)).toEqual({ kind: 'unknown' })
    expect(catchUpOf(10n, { in: 5, out: 5 })).toEqual({ kind: 'never' })
    expect(catchUpOf(100n, { in: 10, out: 30 })).toEqual({ kind: 'in', ms: 5_000n })
    // Played forward it is right.
    const random = chance(14)
    for (let n = 0; n < 200; n += 1) {
      const [lag, rateIn, more] = [1 + random.below(100_000), random.below(500), 1 + random.below(500)]
      const found = catchUpOf(BigInt(lag), { in: rateIn, out: rateIn + more })
      if (found.kind !== 'in') throw new Error(found.kind)
      const seconds = Number(found.ms) / 1000
      expect(lag + rateIn * seconds - (rateIn + more) * seconds).toBeLessThanOrEqual(1e-6)
    }
  })

  it('more members help as far as there are partitions', () => {
    const facts = { members: 2, partitions: 4, lag: 1_200n, rates: { in: 100, out: 100, overMs: 1n } }
    const [one, two, three, four, ten] = membersEffect(facts, [1, 2, 3, 4, 10])
    expect(one).toMatchObject({ busy: 1, out: 50, catchUp: { kind: 'never' } })
    expect(two).toMatchObject({ busy: 2, out: 100, catchUp: { kind: 'never' } })
    expect(three).toMatchObject({ out: 150, catchUp: { kind: 'in', ms: 24_000n } })
    expect(four).toMatchObject({ busy: 4, out: 200, catchUp: { kind: 'in', ms: 12_000n } })
    expect(ten).toMatchObject({ members: 10, busy: 4, out: 200, catchUp: { kind: 'in', ms: 12_000n } })
    expect(membersEffect({ ...facts, members: 0 }, [1])).toEqual([])
  })

  it('retention reaches a record by its own timestamp, or never, or nobody knows', () => {
    expect(retentionReach(100n, 50n)).toEqual({ kind: 'at', at: 150n, retentionMs: 50n })
    expect(retentionReach(100n, null)).toEqual({ kind: 'never' })
    expect(retentionReach(-1n, 50n)).toMatchObject({ kind: 'unknown' })
  })
})
