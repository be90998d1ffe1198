/**
 * Samples of a partition of a group, oldest first: the group's position and the end of the log. −1: not known, or no position.
 * As columns, because a cluster may have tens of thousands of them.
 */
export interface LagSeries {
  /** In ms since 1970, by this computer's clock. */
  readonly at: ArrayLike<bigint>
  readonly position: ArrayLike<bigint>
  readonly end: ArrayLike<bigint>
}

/** Offsets per second, and over how long they were measured. */
export interface LagRates {
  readonly in: number
  readonly out: number
  readonly overMs: bigint
}

/**
 * How a group is doing, by the rule of Burrow's window instead of a threshold: a lag of a million that shrinks is fine, a lag
 * of ten that never changes is not. `falls-behind`: it reads, but its lag did not shrink once in the window. `stalled`: it does
 * not move although there are records to read. `rewound`: it was set back within the window. `unknown`: too few samples.
 */
export type LagTrend = 'keeps-up' | 'falls-behind' | 'stalled' | 'rewound' | 'unknown'

/** The same number as Burrow uses. */
export const TREND_POINTS = 10

/** Where the last stretch begins in which neither position nor end went back; a rewind is not negative consumption. */
function steadyFrom({ at, position, end }: LagSeries, windowMs: bigint): number[] {
  const stretch: number[] = []
  let later = -1
  for (let i = at.length - 1; i >= 0; i -= 1) {
    if (position[i]! < 0n || end[i]! < 0n) continue // i < length
    if (later >= 0) {
      if (position[i]! > position[later]! || end[i]! > end[later]!) break // both are indexes into the series
      if (at[stretch[0]!]! - at[i]! > windowMs) break // `later` is set together with the first element of the stretch
    }
    stretch.push(i)
    later = i
  }
  return stretch
}

/** Over the last such stretch in the window; null: there is only one sample. */
export function ratesOf(series: LagSeries, windowMs: bigint): LagRates | null {
  const stretch = steadyFrom(series, windowMs)
  if (stretch.length < 2) return null
  const last = stretch[0]! // the length was checked above
  const first = stretch.at(-1)! // the length was checked above
  const overMs = series.at[last]! - series.at[first]! // both are indexes into the series
  if (overMs <= 0n) return null
  const perSecond = (values: ArrayLike<bigint>): number =>
    (Number(values[last]! - values[first]!) * 1000) / Number(overMs) // both are indexes into the series
  return { in: perSecond(series.end), out: perSecond(series.position), overMs }
}

/** From the last {@link TREND_POINTS} samples. */
export function trendOf({ at, position, end }: LagSeries): LagTrend {
  const places: number[] = []
  for (let i = at.length - 1; i >= 0 && places.length < TREND_POINTS; i -= 1) {
    if (position[i]! >= 0n && end[i]! >= 0n) places.push(i) // i < length
  }
  if (places.length < TREND_POINTS) return 'unknown'
  places.reverse()
  let wasBack = false
  let hasMoved = false
  let hasFallen = false
  let wasAtEnd = false
  for (const [n, i] of places.entries()) {
    const lag = end[i]! - position[i]! // indexes into the series, whose columns have the same length
    if (lag <= 0n) wasAtEnd = true
    if (n === 0) continue
    const before = places[n - 1]! // n > 0
    if (position[i]! < position[before]!) wasBack = true // indexes into the series, whose columns have the same length
    if (position[i]! > position[before]!) hasMoved = true // indexes into the series, whose columns have the same length
    if (lag < end[before]! - position[before]!) hasFallen = true // indexes into the series, whose columns have the same length
  }
  if (wasBack) return 'rewound'
  // A group that reached the end within the window keeps up, however many records have arrived since.
  if (wasAtEnd) return 'keeps-up'
  if (!hasMoved) return 'stalled'
  return hasFallen ? 'keeps-up' : 'falls-behind'
}

/** The trend of a group is that of its worst partition. */
const badness: Readonly<Record<LagTrend, number>> = { 'keeps-up': 0, unknown: 1, rewound: 2, 'falls-behind': 3, stalled: 4 } // oxfmt-ignore

export function worstTrend(trends: Iterable<LagTrend>): LagTrend {
  let worst: LagTrend | undefined
  for (const one of trends) if (worst === undefined || badness[one] > badness[worst]) worst = one
  return worst ?? 'unknown'
}
