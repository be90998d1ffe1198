import type { SampleColumns } from '#shared/contract/lag.ts'
import { partitionKey } from '#shared/model/topic-partition.ts'
import { ratesOf, trendOf, worstTrend, type LagSeries, type LagTrend } from '#shared/offsets/lag-series.ts'
import { lastAt } from './moment-keys.ts'

/** The most readings kept of each partition: a chart has no more pixels. */
const MOST_LOOKS = 1_500
/** The same as the app's own. */
const WINDOW_MS = 300_000n

/** The readings of one partition, oldest first; −1: not known. */
interface PartitionLooks extends LagSeries {
  readonly at: bigint[]
  readonly position: bigint[]
  readonly logStart: bigint[]
  readonly end: bigint[]
}

/**
 * The values of one reading, of a partition or of all partitions with a position, added up; null: not known, or no position.
 */
export interface EdgesLook {
  readonly at: bigint
  readonly position: bigint | null
  readonly logStart: bigint | null
  readonly highWatermark: bigint | null
  readonly lag: bigint | null
}

/** One reading of the whole group. Rates are since the reading before; null: there is none, or it has other partitions. */
export interface GroupLook {
  readonly at: bigint
  readonly lag: bigint | null
  readonly in: number | null
  readonly out: number | null
}

interface Sum {
  lag: bigint | null
  /**
   * The sums over partitions that have a position and whose high watermark is known; for log starts null if one of them is not
   * known.
   */
  position: bigint | null
  logStart: bigint | null
  end: bigint
  in: bigint
  out: bigint
  since: bigint | null
}

/** All readings of one group that a page holds. */
export class SamplesModel {
  readonly #partitions = new Map<string, PartitionLooks>()
  readonly #sums = new Map<bigint, Sum>()

  add({ topics, at, topic, partition, position, logStart, highWatermark }: SampleColumns): void {
    for (let i = 0; i < at.length; i += 1) {
      const time = at[i]! // i < length
      const key = partitionKey(topics[topic[i]!] ?? '', partition[i]!) // all columns have the same length
      let looks = this.#partitions.get(key)
      if (looks === undefined) this.#partitions.set(key, (looks = { at: [], position: [], logStart: [], end: [] }))
      const [was, stood, ended] = [looks.at.at(-1), looks.position.at(-1), looks.end.at(-1)]
      // Stored readings end where live ones begin; two apps may have read at the same time.
      if (was !== undefined && was >= time) continue
      const [stands, starts, ends] = [position[i]!, logStart[i]!, highWatermark[i]!] // all columns have the same length
      looks.at.push(time)
      looks.position.push(stands)
      looks.logStart.push(starts)
      looks.end.push(ends)
      if (looks.at.length > MOST_LOOKS) for (const column of [looks.at, looks.position, looks.logStart, looks.end]) column.shift() // oxfmt-ignore
      const sum = this.#sums.get(time) ?? { lag: null, position: null, logStart: 0n, end: 0n, in: 0n, out: 0n, since: null } // oxfmt-ignore
      this.#sums.set(time, sum)
      if (stands >= 0n && ends >= 0n) {
        sum.position = (sum.position ?? 0n) + stands
        sum.logStart = starts < 0n || sum.logStart === null ? null : sum.logStart + starts
        sum.end += ends
      }
      if (stands >= 0n && ends >= stands) sum.lag = (sum.lag ?? 0n) + ends - stands
      if (was === undefined || stood === undefined || ended === undefined) continue
      if (stood < 0n || ended < 0n || stands < stood || ends < ended) continue
      sum.since = was
      sum.out += stands - stood
      sum.in += ends - ended
    }
    for (const time of this.#sums.keys()) {
      if (this.#sums.size <= MOST_LOOKS) break
      this.#sums.delete(time)
    }
  }

  looks(): GroupLook[] {
    return [...this.#sums].map(([at, { lag, in: came, out, since }]) => {
      const perSecond = (count: bigint): number | null =>
        since === null || at <= since ? null : (Number(count) * 1000) / Number(at - since)
      return { at, lag, in: perSecond(came), out: perSecond(out) }
    })
  }

  /** Of one partition or, if undefined, of all together: oldest first. */
  logLooks(key: string | undefined): EdgesLook[] {
    if (key === undefined) {
      return [...this.#sums].map(([at, { lag, position, logStart, end }]) =>
        position === null
          ? { at, position, logStart: null, highWatermark: null, lag }
          : { at, position, logStart, highWatermark: end, lag },
      )
    }
    const looks = this.#partitions.get(key)
    return looks === undefined ? [] : looks.at.map((_, i) => lookOf(looks, i))
  }

  /** The last reading of a partition that is not after this time, ms since 1970. */
  lookAt(key: string, moment: bigint): EdgesLook | undefined {
    const looks = this.#partitions.get(key)
    const i = looks === undefined ? -1 : lastAt(looks.at, moment)
    return looks === undefined || i === -1 ? undefined : lookOf(looks, i)
  }

  /** The lag of a partition in its last readings; null: not known at that time. */
  lineOf(key: string, most: number): (number | null)[] {
    const looks = this.#partitions.get(key)
    if (looks === undefined) return []
    const from = Math.max(0, looks.at.length - most)
    return looks.at.slice(from).map((_, i) => {
      const [position, end] = [looks.position[from + i]!, looks.end[from + i]!] // all columns have the same length
      return position < 0n || end < position ? null : Number(end - position)
    })
  }

  /** Since when a partition has had its current position, as far as there are readings, ms since 1970; null: not known. */
  stillSince(key: string): bigint | null {
    const looks = this.#partitions.get(key)
    const now = looks?.position.at(-1)
    if (looks === undefined || now === undefined || now < 0n) return null
    const moved = looks.position.findLastIndex((position) => position !== now)
    return looks.at[moved + 1] ?? null
  }

  trendOf(key: string): LagTrend {
    const looks = this.#partitions.get(key)
    return looks === undefined ? 'unknown' : trendOf(looks)
  }

  /** For the group: the rates of all partitions together, and the trend of the worst one. */
  outlook(): { rates: { in: number; out: number; overMs: bigint } | null; trend: LagTrend; stalled: number } {
    let rates: { in: number; out: number; overMs: bigint } | null = null
    const trends: LagTrend[] = []
    for (const looks of this.#partitions.values()) {
      trends.push(trendOf(looks))
      const one = ratesOf(looks, WINDOW_MS)
      if (one === null) continue
      rates ??= { in: 0, out: 0, overMs: 0n }
      rates.in += one.in
      rates.out += one.out
      if (one.overMs > rates.overMs) rates.overMs = one.overMs
    }
    return { rates, trend: worstTrend(trends), stalled: trends.filter((one) => one === 'stalled').length }
  }
}

function lookOf({ at, position, logStart, end }: PartitionLooks, i: number): EdgesLook {
  const [stands, starts, ends] = [position[i]!, logStart[i]!, end[i]!] // all columns have the same length
  const known = (offset: bigint): bigint | null => (offset < 0n ? null : offset)
  const lag = stands < 0n || ends < stands ? null : ends - stands
  return { at: at[i]!, position: known(stands), logStart: known(starts), highWatermark: known(ends), lag } // all columns have the same length
}
