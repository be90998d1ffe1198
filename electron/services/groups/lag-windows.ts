import type { GroupTrend } from '#shared/contract/lag.ts'
import { catchUpOf } from '#shared/offsets/lag-outlook.ts'
import { ratesOf, trendOf, worstTrend, type LagTrend } from '#shared/offsets/lag-series.ts'
import type { Sample } from '../../storage/sample-blocks.ts'

/** Looks kept in memory of each partition, for rates and trends, and of each group, for its line. */
const PARTITION_LOOKS = 30
const GROUP_LOOKS = 180
/** Rates are over this long: a burst of some seconds is no trend. */
const WINDOW_MS = 300_000n

/**
 * The last looks at one thing, the newest at the end; before the first one it was not known. Both columns lie in one piece of memory: of
 * tens of thousands each piece is one more that has to be kept account of.
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
  /** Position and end of each. All are looked at together, at the newest times of `total`. */
  readonly partitions: Map<string, Looks>
  /** When, and what lag came to. */
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

  /** How a group does; its line from the look numbered `from` on. null: it was never looked at. */
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

  /** Nobody looks at the others any more. */
  keep(groups: ReadonlySet<string>): void {
    for (const group of this.#groups.keys()) if (!groups.has(group)) this.#groups.delete(group)
  }
}
