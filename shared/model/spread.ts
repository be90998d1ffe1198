import { z } from 'zod'
import { fieldKinds, RowField } from './row-field.ts'

/**
 * How to count matches in addition to listing them: over time, by partition, topic or the value of a field, or both. Without
 * `over` there is a single count each.
 */
export const SpreadRequest = z.strictObject({
  /** In ms since 1970, `to` exclusive, in `buckets` buckets of equal width. */
  over: z
    .strictObject({ from: z.bigint(), to: z.bigint(), buckets: z.number().int().min(1).max(1_000) })
    .refine(({ from, to }) => from < to, 'to must be after from')
    .nullable()
    .default(null),
  by: z
    .union([z.literal(['partition', 'topic']), RowField])
    .nullable()
    .default(null),
})
export type SpreadRequest = z.infer<typeof SpreadRequest>

export const MOST_SPREADS = 4

/** How many different values are counted separately; further ones are counted together. */
export const MOST_SERIES = 500

/** Matches of one partition or value. */
export const Series = z.strictObject({
  /** The partition or topic, or the field's value, cut at 256 bytes; null: all, or those that are counted together. */
  of: z.string().nullable(),
  /** For a field: the kind of its value. */
  kind: z.enum(fieldKinds).nullable(),
  /** One number per bucket; a single one without `over`. */
  counts: z.instanceof(Float64Array),
  /** Earlier or later than all buckets, or without a timestamp. */
  outside: z.number(),
})
export type Series = z.infer<typeof Series>

/** The counts of each requested spread, in their order. */
export const SpreadDelta = z.array(z.array(Series))
export type SpreadDelta = z.infer<typeof SpreadDelta>

/** The growing counts of one spread: in a worker, between its answers, and in whoever adds up its answers. */
export class SpreadCounts {
  readonly #from: number
  readonly #width: number
  readonly #buckets: number
  readonly #hasTime: boolean
  #series = new Map<string, Series>()

  constructor({ over }: SpreadRequest) {
    this.#hasTime = over !== null
    this.#buckets = over?.buckets ?? 1
    this.#from = Number(over?.from ?? 0n)
    this.#width = over === null ? 1 : Number(over.to - over.from) / over.buckets
  }

  /** `timestamp` in ms; `kind` only for a field. */
  add(timestamp: number, of: string | null, kind: Series['kind'] = null): void {
    const series = this.#seriesOf(of, kind)
    if (!this.#hasTime) {
      series.counts[0]! += 1 // without a time range there is one bucket
      return
    }
    const bucket = Math.floor((timestamp - this.#from) / this.#width)
    if (bucket >= 0 && bucket < this.#buckets) series.counts[bucket]! += 1 // counts has an entry per bucket
    else series.outside += 1
  }

  merge(more: readonly Series[]): void {
    for (const one of more) {
      const series = this.#seriesOf(one.of, one.kind)
      series.outside += one.outside
      for (let i = 0; i < one.counts.length; i += 1) series.counts[i]! += one.counts[i]! // both have an entry per bucket
    }
  }

  get series(): readonly Series[] {
    return [...this.#series.values()]
  }

  /** The counts since the last call; counting then starts again. */
  take(): Series[] {
    const taken = [...this.#series.values()]
    if (taken.length > 0) this.#series = new Map()
    return taken
  }

  #seriesOf(of: string | null, kind: Series['kind']): Series {
    const name = of === null ? '' : `${kind} ${of}`
    const known = this.#series.get(name)
    if (known !== undefined) return known
    if (of !== null && this.#series.size >= MOST_SERIES) return this.#seriesOf(null, null)
    const made = { of, kind, counts: new Float64Array(this.#buckets), outside: 0 }
    this.#series.set(name, made)
    return made
  }
}
