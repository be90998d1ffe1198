import { z } from 'zod'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { stream } from './define.ts'
import { extentOf, type Extent } from './extent.ts'
import { UnreadAge } from './lag.ts'
import { MOST_GROUPS, Plan } from './offsets.ts'

/**
 * Records of a range that a consumer with `read_committed` sees: markers, aborted and compacted offsets are not among them. `bytes` is
 * what the records take without compression.
 */
export const RangeRecords = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('counted'),
    records: z.bigint(),
    bytes: z.bigint(),
    /** Offsets of the range that hold no such record. */
    passed: z.bigint(),
  }),
  /** Worked out from parts of the range that were read, spread over it. */
  z.strictObject({
    kind: z.literal('estimate'),
    records: z.bigint(),
    bytes: z.bigint(),
    /** Offsets that were read, out of how many. */
    read: z.bigint(),
    of: z.bigint(),
  }),
  /** Nothing of it was read: its offsets, of which some may hold no record. */
  z.strictObject({ kind: z.literal('at-most'), records: z.bigint(), why: z.string() }),
])
export type RangeRecords = z.infer<typeof RangeRecords>

/** When retention takes the record that would be read next, were nothing read until then. */
export const RetentionOutlook = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('at'),
    /** ms since 1970. By `time` the earliest moment; by `size` an estimate. */
    at: z.bigint(),
    by: z.enum(['time', 'size']),
    /** `retention.ms` or `retention.bytes`, whichever it is by. */
    limit: z.bigint(),
    /** `segment.ms`: a segment goes as a whole, once its newest record is old enough, so it may be as much later. null: not known. */
    segmentMs: z.bigint().nullable(),
    /** An older record of a key may also be compacted away, at any time. */
    compacts: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('never'), compacts: z.boolean() }),
  z.strictObject({ kind: z.literal('unknown'), why: z.string() }),
])
export type RetentionOutlook = z.infer<typeof RetentionOutlook>

/** What one line of a plan means. Of lines that change nothing there is none. */
export const LineMeaning = z.strictObject({
  /** Which of the plans that were given. */
  plan: z.number().int(),
  topic: z.string(),
  partition: PartitionId,
  /** What becomes of the records: `starts` are those that a partition without a position so far will begin with. */
  way: z.enum(['skips', 'repeats', 'starts', 'none']),
  records: RangeRecords,
  /** Offsets of the range at and above the last stable one: their transactions are not decided. */
  undecided: z.bigint(),
  /** How old what is read next is, at the position before and after; null: there is no such position. */
  before: UnreadAge.nullable(),
  after: UnreadAge.nullable(),
  retention: RetentionOutlook,
})
export type LineMeaning = z.infer<typeof LineMeaning>

const Done = z.strictObject({
  /** One sentence on all of it, with moments in UTC. */
  sentence: z.string(),
  readAt: z.bigint(),
  /** Lines of which nothing was read, since it would have taken too long or too much. */
  unread: z.number().int(),
  lines: z.number().int(),
  /** Received from the brokers for it. */
  bytes: z.bigint(),
})

function doneExtent({ lines, unread }: z.infer<typeof Done>): Extent {
  return extentOf(lines - unread, unread === 0 ? [] : [unread])
}

export const meaning = {
  /**
   * What plans mean: records and bytes that are skipped or repeated, how old they are, and when retention reaches them. Reads records,
   * so it is apart from the plan, which must not wait for it; small ranges are counted, of large ones parts are read. Takes seconds,
   * and as many bytes as a person would not mind.
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
