import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId } from '../model/ids.ts'
import { Empty } from './common.ts'
import { stream } from './define.ts'
import { SamplingState } from './lag.ts'

/** Topics that are looked at together: those of a list that somebody sees. */
export const MOST_TOPICS_LOOKED_AT = 500

/** Flags of a row: what its number does not count, so that it is so much at least. */
export const SOME_OFFSETS_UNKNOWN = 1
export const SOME_BYTES_UNKNOWN = 2

/**
 * Looks at topics or brokers, as columns: one row a name and look.
 *
 * Rates are worked out of what each partition's log gained between two looks, one partition at a time: of one whose high watermark
 * was not told in both, or went back, nothing is counted, so that a new leader makes no burst.
 */
export const ThroughputColumns = z.strictObject({
  /** `kept`: from this machine's disk; `live`: seen just now. */
  source: z.enum(['kept', 'live']),
  /** Topics, or ids of brokers. */
  names: z.array(z.string()),
  /** In ms since 1970, by our clock. */
  at: z.instanceof(BigInt64Array),
  /** Which of `names`. */
  name: z.instanceof(Int32Array),
  /** Offsets that high watermarks gained, a second: markers of transactions have some, too. −1: not known. */
  offsets: z.instanceof(Float64Array),
  /**
   * Bytes that the logs of the leaders grew by, a second: on disk, so compressed. Of a log that became smaller (retention, compaction) nothing is
   * counted. −1: not known, or not asked for in this look.
   */
  bytes: z.instanceof(Float64Array),
  /** Flags: {@link SOME_OFFSETS_UNKNOWN}, {@link SOME_BYTES_UNKNOWN}. */
  lacks: z.instanceof(Int32Array),
})
export type ThroughputColumns = z.infer<typeof ThroughputColumns>

export const ThroughputState = z.strictObject({
  ...SamplingState.shape,
  /** Why sizes are not known; null: they are, or were not asked for yet. */
  sizes: ErrorValue.nullable(),
  /** Topics that are not looked at, since those before them have as many partitions as are asked for at once. */
  leftOut: z.number().int(),
})
export type ThroughputState = z.infer<typeof ThroughputState>

const told = { batch: ThroughputColumns, progress: ThroughputState, done: Empty, effect: 'local' } as const

export const throughput = {
  /**
   * Looks at these topics again and again while it is open, and keeps what it sees on this machine: what was kept since then comes first,
   * thinned to what a chart can show.
   */
  'throughput.topics': stream({
    input: z.strictObject({
      connectionId: ConnectionId,
      topics: z.array(z.string().min(1)).min(1).max(MOST_TOPICS_LOOKED_AT),
      since: z.bigint(),
    }),
    ...told,
  }),
  /** Every broker the same way: what the partitions gained that it leads. */
  'throughput.brokers': stream({ input: z.strictObject({ connectionId: ConnectionId, since: z.bigint() }), ...told }),
}
