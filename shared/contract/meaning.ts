import { z } from 'zod'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { stream } from './define.ts'
import { extentOf, type Extent } from './extent.ts'
import { UnreadAge } from './lag.ts'
import { MOST_GROUPS, Plan } from './offsets.ts'

/**
 * The records of a range that a `read_committed` consumer sees; markers, aborted and compacted offsets do not count.
 * `bytes` is their size without compression.
 */
export const RangeRecords = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('counted'),
    records: z.bigint(),
    bytes: z.bigint(),
    /** Offsets of the range that hold no such record. */
    passed: z.bigint(),
  }),
  /** Extrapolated from parts of the range that were read. */
  z.strictObject({
    kind: z.literal('estimate'),
    records: z.bigint(),
    bytes: z.bigint(),
    /** How many offsets were read, of how many. */
    read: z.bigint(),
    of: z.bigint(),
  }),
  /** Nothing was read: only the number of offsets is known, and some may hold no record. */
  z.strictObject({ kind: z.literal('at-most'), records: z.bigint(), why: z.string() }),
])
export type RangeRecords = z.infer<typeof RangeRecords>

/** When retention would delete the record that is read next, if nothing were read until then. */
export const RetentionOutlook = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('at'),
    /** ms since 1970. By `time` the earliest moment; by `size` an estimate. */
    at: z.bigint(),
    by: z.enum(['time', 'size']),
    /** The value of `retention.ms` or `retention.bytes`, depending on `by`. */
    limit: z.bigint(),
    /**
     * `segment.ms`: a segment is deleted as a whole, once its newest record is old enough, so it may take this much
     * longer. null: not known.
     */
    segmentMs: z.bigint().nullable(),
    /** An older record of a key may also be compacted away, at any time. */
    compacts: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('never'), compacts: z.boolean() }),
  z.strictObject({ kind: z.literal('unknown'), why: z.string() }),
])
export type RetentionOutlook = z.infer<typeof RetentionOutlook>

/** What one row of a plan means. Rows that change nothing have none. */
export const LineMeaning = z.strictObject({
  /** Index of the plan among those given. */
  plan: z.number().int(),
  topic: z.string(),
  partition: PartitionId,
  /** What happens to the records: `starts` are those that a partition without a position will begin with. */
  way: z.enum(['skips', 'repeats', 'starts', 'none']),
  records: RangeRecords,
  /** Offsets of the range at or above the last stable offset: their transactions are still open. */
  undecided: z.bigint(),
  /** The age of what is read next, at the position before and after; null: there is no such position. */
  before: UnreadAge.nullable(),
  after: UnreadAge.nullable(),
  retention: RetentionOutlook,
})
export type LineMeaning = z.infer<typeof LineMeaning>

const Done = z.strictObject({
  /** One sentence about all of it, with times in UTC. */
  sentence: z.string(),
  readAt: z.bigint(),
  /** Rows whose records were not read, because that would have taken too long or too much data. */
  unread: z.number().int(),
  lines: z.number().int(),
  /** Bytes received from the brokers to compute this. */
  bytes: z.bigint(),
})

function doneExtent({ lines, unread }: z.infer<typeof Done>): Extent {
  return extentOf(lines - unread, unread === 0 ? [] : [unread])
}

export const meaning = {
  /**
   * What plans mean: how many records and bytes are skipped or repeated, how old they are, and when retention deletes
   * them. Reads records, so it is separate from the plan, which must not wait for that; small ranges are counted, large
   * ones are sampled. Takes seconds, and reads a bounded number of bytes.
   */
  'offsets.meaning': stream({
    input: z.strictObject({ connectionId: ConnectionId, plans: z.array(Plan).min(1).max(MOST_GROUPS) }),
    batch: z.array(LineMeaning),
    progress: z.strictObject({ lines: z.number().int(), of: z.number().int() }),
    done: Done,
    extent: doneExtent,
    effect: 'read',
  }),
}
