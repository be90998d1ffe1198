import type { Series, SpreadRequest } from '#shared/model/spread.ts'
import { formatCount, formatGrouped } from '../../ui/format.ts'
import type { HistogramBar } from '../../ui/histogram-model.ts'

/** The distribution of the matches over time, and of their values in a field. */
export interface Spread {
  readonly request: SpreadRequest
  readonly series: readonly Series[]
}

/** The number of values with their own colour; the others share one. */
const MOST_SHOWN = 5

export interface SeriesShare {
  /** The value; null: all other values together. */
  readonly of: string | null
  readonly count: number
  /** The share of all matches, 0 to 1. */
  readonly share: number
}

export const countOf = ({ counts, outside }: Series): number => counts.reduce((sum, one) => sum + one, outside)

/** A value, and how many matches have it; null: all other values together. */
export interface ValueCount {
  readonly of: string | null
  readonly kind: Series['kind']
  readonly count: number
  readonly share: number
}

/** All values that are counted separately, those with most matches first. */
export function countsOf({ series }: Spread): ValueCount[] {
  const all = series.reduce((sum, one) => sum + countOf(one), 0)
  return series
    .map((one) => ({ of: one.of, kind: one.kind, count: countOf(one), share: all === 0 ? 0 : countOf(one) / all }))
    .toSorted((a, b) => b.count - a.count)
}

/** The values with most matches first, and the others as one. */
export function sharesOf({ series }: Spread, most: number = MOST_SHOWN): SeriesShare[] {
  const counted = series.map((one) => ({ of: one.of, count: countOf(one) })).filter(({ count }) => count > 0)
  const all = counted.reduce((sum, { count }) => sum + count, 0)
  const named = counted.filter(({ of }) => of !== null).toSorted((a, b) => b.count - a.count)
  const shown = named.slice(0, most)
  const rest = all - shown.reduce((sum, { count }) => sum + count, 0)
  return [...shown, ...(rest > 0 ? [{ of: null, count: rest }] : [])].map((one) => ({
    ...one,
    share: all === 0 ? 0 : one.count / all,
  }))
}

/** One bar per bucket, its matches by the values that have a colour. */
export function barsOf(spread: Spread): HistogramBar[] {
  const { over, by } = spread.request
  if (over === null) return []
  const shown = sharesOf(spread).flatMap(({ of }) => (of === null ? [] : [of]))
  const width = (over.to - over.from) / BigInt(over.buckets)
  return Array.from({ length: over.buckets }, (_, at) => {
    const own = shown.map((value) => spread.series.find(({ of }) => of === value)?.counts[at] ?? 0)
    const hits = spread.series.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0)
    const rest = hits - own.reduce((sum, one) => sum + one, 0)
    const start = over.from + width * BigInt(at)
    return {
      start,
      end: at === over.buckets - 1 ? over.to : start + width,
      total: 0,
      hits,
      read: 1,
      // Each value keeps its colour; the others have the last one.
      ...(by === null ? {} : { parts: [...own, ...Array<number>(MOST_SHOWN - own.length).fill(0), rest] }),
    }
  })
}

/** Matches that no bar shows: with another time, or without one. */
export function outsideOf({ series }: Spread): number {
  return series.reduce((sum, { outside }) => sum + outside, 0)
}

/** "paid 71 % · refunded 19 %", of what was read. */
export function sharesWords(shares: readonly SeriesShare[]): string {
  return shares.map(({ of, share }) => `${nameOf(of)} ${percentWords(share)}`).join(' · ')
}

export const percentWords = (share: number): string =>
  `${share > 0 && share < 0.01 ? '<1' : Math.round(share * 100)}\u202f%`

export const nameOf = (of: string | null): string => (of === null ? 'others' : of === '' ? 'empty' : of)

/** A description of the chart, for people who do not see it. */
export function barsWords(bars: readonly HistogramBar[], place: (at: bigint) => string): string {
  const first = bars[0]
  const last = bars.at(-1)
  if (first === undefined || last === undefined) return ''
  const all = bars.reduce((sum, { hits }) => sum + hits, 0)
  const top = bars.reduce((most, bar) => (bar.hits > most.hits ? bar : most), first)
  const range = `${formatGrouped(all)} ${all === 1 ? 'match' : 'matches'} from ${place(first.start)} to ${place(last.end)}`
  return top.hits === 0
    ? range
    : `${range}; most, ${formatCount(top.hits)}, from ${place(top.start)} to ${place(top.end)}`
}
