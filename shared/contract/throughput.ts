import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId } from '../model/ids.ts'
import { Empty } from './common.ts'
import { stream } from './define.ts'
import { SamplingState } from './lag.ts'

/** How many topics are sampled together: those visible in a list. */
export const MOST_TOPICS_LOOKED_AT = 500

/** Flags of a row: what its number leaves out, so that the true rate may be higher. */
export const SOME_OFFSETS_UNKNOWN = 1
export const SOME_BYTES_UNKNOWN = 2

/**
 * Samples of topics or brokers, as columns: one row per name and sample.
 *
 * Rates are computed from what each partition's log gained between two samples, one partition at a time: a partition whose high
 * watermark is missing in one of them, or went back, counts as nothing, so that a new leader does not look like a burst.
 */
export const ThroughputColumns = z.strictObject({
  /** `kept`: stored on this computer; `live`: read just now. */
  source: z.enum(['kept', 'live']),
  /** Names of topics, or ids of brokers. */
  names: z.array(z.string()),
  /** In ms since 1970, by this computer's clock. */
  at: z.instanceof(BigInt64Array),
  /** Index into `names`. */
  name: z.instanceof(Int32Array),
  /** Offsets per second that high watermarks gained; markers of transactions have offsets, too. −1: not known. */
  offsets: z.instanceof(Float64Array),
  /**
   * Bytes per second that the leaders' logs grew by, on disk and so compressed. A log that shrank (retention, compaction)
   * counts as nothing. −1: not known, or not read in this sample.
   */
  bytes: z.instanceof(Float64Array),
  /** Flags: {@link SOME_OFFSETS_UNKNOWN}, {@link SOME_BYTES_UNKNOWN}. */
  lacks: z.instanceof(Int32Array),
})
export type ThroughputColumns = z.infer<typeof ThroughputColumns>

export const ThroughputState = z.strictObject({
  ...SamplingState.shape,
  /** Why sizes are not known; null: they are, or were not read yet. */
  sizes: ErrorValue.nullable(),
  /** How many topics are not sampled, because those before them already have as many partitions as are read at once. */
  leftOut: z.number().int(),
})
export type ThroughputState = z.infer<typeof ThroughputState>

const told = { batch: ThroughputColumns, progress: ThroughputState, done: Empty, effect: 'local' } as const

export const throughput = {
  /**
   * Samples these topics while the stream is open, and stores the samples on this computer: the stored ones come first, thinned
   * to what a chart can show.
   */
  'throughput.topics': stream({
    input: z.strictObject({
      connectionId: ConnectionId,
      topics: z.array(z.string().min(1)).min(1).max(MOST_TOPICS_LOOKED_AT),
      since: z.bigint(),
    }),
    ...told,
  }),
  /** The same for every broker: what the partitions it leads gained. */
  'throughput.brokers': stream({ input: z.strictObject({ connectionId: ConnectionId, since: z.bigint() }), ...told }),
}
