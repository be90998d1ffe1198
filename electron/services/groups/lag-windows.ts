import type { GroupTrend } from '#shared/contract/lag.ts'
import { catchUpOf } from '#shared/offsets/lag-outlook.ts'
import { ratesOf, trendOf, worstTrend, type LagTrend } from '#shared/offsets/lag-series.ts'
import type { Sample } from '../../storage/sample-blocks.ts'

/** Looks kept in memory of each partition, for rates and trends, and of each group, for its line. */
const PARTITION_LOOKS = 30
const GROUP_LOOKS = 180
/** Rates are over this long: a burst of some seconds is no trend. */
const WINDOW_MS = 300_000n

/** The last looks at one thing; the oldest makes room. */
class Looks {
  readonly #most: number
  readonly #columns: readonly BigInt64Array[]
  #count = 0

  constructor(most: number, columns: number) {
    this.#most = most
    this.#columns = Array.from({ length: columns }, () => new BigInt64Array(most))
  }

  push(values: readonly bigint[]): void {
    if (this.#count === this.#most) for (const column of this.#columns) column.copyWithin(0, 1)
    else this.#count += 1
    for (const [i, column] of this.#columns.entries()) column[this.#count - 1] = values[i]! // one value a column
  }

  column(i: number): BigInt64Array {
    return this.#columns[i]!.subarray(0, this.#count) // callers ask for columns that it was made with
  }
}

interface GroupLooks {
  readonly partitions: Map<string, Looks>
  readonly total: Looks
  /** Of `total`, how many looks there were in all. */
  looks: number
}

/** What is remembered of groups while somebody looks at them: rates, trends and a line of each. Bounded by the groups looked at. */
export class LagWindows {
  readonly #groups = new Map<string, GroupLooks>()

  /** Those of whom something has changed. */
  take({ at, ends, positions }: Sample): void {
    for (const [group, found] of positions) {
      let known = this.#groups.get(group)
      if (known === undefined) {
        known = { partitions: new Map(), total: new Looks(GROUP_LOOKS, 2), looks: 0 }
        this.#groups.set(group, known)
      }
      let lag = -1n
      for (const [key, position] of found) {
        const end = ends.get(key)?.highWatermark ?? -1n
        if (end >= position && position >= 0n) lag = (lag < 0n ? 0n : lag) + end - position
        let looks = known.partitions.get(key)
        if (looks === undefined) known.partitions.set(key, (looks = new Looks(PARTITION_LOOKS, 3)))
        looks.push([at, position, end])
      }
      for (const key of known.partitions.keys()) if (!found.has(key)) known.partitions.delete(key)
      known.total.push([at, lag])
      known.looks += 1
    }
  }

  /** How a group does; its line from the look numbered `from` on. null: it was never looked at. */
  trendOf(group: string, from: number): { trend: GroupTrend; looks: number } | null {
    const known = this.#groups.get(group)
    if (known === undefined) return null
    const trends: LagTrend[] = []
    let [rateIn, rateOut, overMs] = [0, 0, -1n]
    for (const looks of known.partitions.values()) {
      const series = { at: looks.column(0), position: looks.column(1), end: looks.column(2) }
      const rates = ratesOf(series, WINDOW_MS)
      if (rates !== null) {
        rateIn += rates.in
        rateOut += rates.out
        if (rates.overMs > overMs) overMs = rates.overMs
      }
      trends.push(trendOf(series))
    }
    const rates = overMs < 0n ? null : { in: rateIn, out: rateOut }
    const [at, lag] = [known.total.column(0), known.total.column(1)]
    const last = lag.at(-1) ?? -1n
    const untold = Math.min(at.length, known.looks - from)
    const trend: GroupTrend = {
      group,
      at: at.slice(at.length - untold),
      lag: lag.slice(lag.length - untold),
      in: rates?.in ?? null,
      out: rates?.out ?? null,
      overMs: overMs < 0n ? null : overMs,
      catchUp: catchUpOf(last < 0n ? null : last, rates),
      trend: worstTrend(trends),
      stalled: trends.filter((one) => one === 'stalled').length,
    }
    return { trend, looks: known.looks }
  }

  /** Nobody looks at the others any more. */
  keep(groups: ReadonlySet<string>): void {
    for (const group of this.#groups.keys()) if (!groups.has(group)) this.#groups.delete(group)
  }
}
