import type { GroupTrend } from '#shared/contract/lag.ts'
import { catchUpOf } from '#shared/offsets/lag-outlook.ts'
import { ratesOf, trendOf, worstTrend, type LagTrend } from '#shared/offsets/lag-series.ts'
import type { Sample } from '../../storage/sample-blocks.ts'

/** How many samples are kept in memory: for each partition, for rates and trends, and for each group, for its line. */
const PARTITION_LOOKS = 30
const GROUP_LOOKS = 180
/** The period that rates are computed over: bursts of some seconds are smoothed out. */
const WINDOW_MS = 300_000n

/**
 * The last samples of one thing, the newest at the end; entries before the first sample are unknown. Both columns share one
 * buffer, because tens of thousands of separate buffers are costly to manage.
 */
class Looks {
  readonly first: BigInt64Array
  readonly second: BigInt64Array
  readonly #last: number

  constructor(most: number) {
    const columns = new BigInt64Array(2 * most).fill(-1n)
    this.first = columns.subarray(0, most)
    this.second = columns.subarray(most)
    this.#last = most - 1
  }

  push(first: bigint, second: bigint): void {
    this.first.copyWithin(0, 1)
    this.second.copyWithin(0, 1)
    this.first[this.#last] = first
    this.second[this.#last] = second
  }
}

interface GroupLooks {
  /** Position and end of each partition. All are sampled at the newest times of `total`. */
  readonly partitions: Map<string, Looks>
  /** The times, and the group's lag at each. */
  readonly total: Looks
  /** How many samples `total` ever had. */
  looks: number
}

/** What is kept about groups while somebody follows them: rates, trends and a line for each. Bounded by the followed groups. */
export class LagWindows {
  readonly #groups = new Map<string, GroupLooks>()

  /** Adds a sample; returns the groups for which something changed. */
  take({ at, ends, positions }: Sample): void {
    for (const [group, found] of positions) {
      let known = this.#groups.get(group)
      if (known === undefined) {
        known = { partitions: new Map(), total: new Looks(GROUP_LOOKS), looks: 0 }
        this.#groups.set(group, known)
      }
      let lag = -1n
      for (const [key, position] of found) {
        const end = ends.get(key)?.highWatermark ?? -1n
        if (end >= position && position >= 0n) lag = (lag < 0n ? 0n : lag) + end - position
        let looks = known.partitions.get(key)
        if (looks === undefined) known.partitions.set(key, (looks = new Looks(PARTITION_LOOKS)))
        looks.push(position, end)
      }
      if (known.partitions.size > found.size) {
        for (const key of known.partitions.keys()) if (!found.has(key)) known.partitions.delete(key)
      }
      known.total.push(at, lag)
      known.looks += 1
    }
  }

  /** The trend of a group, with its line from sample number `from` on. null: it was never sampled. */
  trendOf(group: string, from: number): { trend: GroupTrend; looks: number } | null {
    const known = this.#groups.get(group)
    if (known === undefined) return null
    const trends: LagTrend[] = []
    let [rateIn, rateOut, overMs] = [0, 0, -1n]
    const times = known.total.first.subarray(GROUP_LOOKS - PARTITION_LOOKS)
    for (const { first, second } of known.partitions.values()) {
      const series = { at: times, position: first, end: second }
      const rates = ratesOf(series, WINDOW_MS)
      if (rates !== null) {
        rateIn += rates.in
        rateOut += rates.out
        if (rates.overMs > overMs) overMs = rates.overMs
      }
      trends.push(trendOf(series))
    }
    const rates = overMs < 0n ? null : { in: rateIn, out: rateOut }
    const { first: at, second: lag } = known.total
    const last = lag.at(-1) ?? -1n
    const untold = Math.min(GROUP_LOOKS, known.looks - from)
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

  /** Drops groups that nobody follows any more. */
  keep(groups: ReadonlySet<string>): void {
    for (const group of this.#groups.keys()) if (!groups.has(group)) this.#groups.delete(group)
  }
}
