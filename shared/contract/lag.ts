import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { Empty } from './common.ts'
import { route, stream } from './define.ts'
import { extentOfParts } from './extent.ts'

const At = { topic: z.string(), partition: PartitionId }

/**
 * The age of what a group has not read: the timestamp of the first record that it would see. `nothing`: there is no
 * visible record up to the end, so it is not behind. `unknown` says why.
 */
export const UnreadAge = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('record'),
    offset: z.bigint(),
    /** The record's timestamp, ms since 1970; −1 is Kafka's "none". */
    timestamp: z.bigint(),
    /** `CreateTime` is set by the producer, and may be anything. */
    timestampType: z.enum(['CreateTime', 'LogAppendTime']),
    /** By this computer's clock, never below 0; null where the record has no timestamp. */
    ageMs: z.bigint().nullable(),
  }),
  z.strictObject({ kind: z.literal('nothing') }),
  z.strictObject({ kind: z.literal('unknown'), why: z.string(), error: ErrorValue.optional() }),
])
export type UnreadAge = z.infer<typeof UnreadAge>

/**
 * How many records between a position and the last stable offset a `read_committed` consumer would see; markers,
 * aborted and compacted offsets do not count. `counted`: all offsets were read. `at-most`: there are too many to read,
 * so this is an upper bound.
 */
export const ReadableLag = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('counted'),
    records: z.bigint(),
    /** Offsets in between that hold no such record. */
    passed: z.bigint(),
  }),
  z.strictObject({ kind: z.literal('at-most'), records: z.bigint() }),
  z.strictObject({ kind: z.literal('unknown'), why: z.string() }),
])
export type ReadableLag = z.infer<typeof ReadableLag>

/** When retention would delete the next unread record if the group read nothing until then. */
export const RetentionReach = z.discriminatedUnion('kind', [
  /** The earliest moment: a segment is deleted as a whole, once its newest record is old enough. */
  z.strictObject({ kind: z.literal('at'), at: z.bigint(), retentionMs: z.bigint() }),
  /** The topic deletes nothing by time. */
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('unknown'), why: z.string() }),
])
export type RetentionReach = z.infer<typeof RetentionReach>

export const UnreadOf = z.strictObject({
  ...At,
  offset: z.bigint(),
  age: UnreadAge,
  readable: ReadableLag,
  /** Offsets at or above the last stable offset, whose transactions are still open; null: not known. */
  undecided: z.bigint().nullable(),
  retention: RetentionReach,
})
export type UnreadOf = z.infer<typeof UnreadOf>

/** Samples of a group's partitions, as columns: one row per partition and sample. −1: not known, or no position. */
export const SampleColumns = z.strictObject({
  /** `kept`: stored on this computer; `live`: read just now. */
  source: z.enum(['kept', 'live']),
  topics: z.array(z.string()),
  /** In ms since 1970, by this computer's clock. */
  at: z.instanceof(BigInt64Array),
  /** Index into `topics`. */
  topic: z.instanceof(Int32Array),
  partition: z.instanceof(Int32Array),
  position: z.instanceof(BigInt64Array),
  logStart: z.instanceof(BigInt64Array),
  lastStable: z.instanceof(BigInt64Array),
  highWatermark: z.instanceof(BigInt64Array),
})
export type SampleColumns = z.infer<typeof SampleColumns>

/** The wire form of `CatchUp` in shared/offsets/lag-outlook.ts. */
const CatchUpValue = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('caught-up') }),
  z.strictObject({ kind: z.literal('in'), ms: z.bigint() }),
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('unknown') }),
])

export const GroupTrend = z.strictObject({
  group: z.string(),
  /** Samples that were not sent yet, oldest first, and the lag (up to the high watermark) in each; −1: not known. */
  at: z.instanceof(BigInt64Array),
  lag: z.instanceof(BigInt64Array),
  /** Offsets per second, over `overMs`; null before there are two samples. */
  in: z.number().nullable(),
  out: z.number().nullable(),
  overMs: z.bigint().nullable(),
  catchUp: CatchUpValue,
  /** The trend of its worst partition: see `LagTrend` of shared/offsets/lag-series.ts. */
  trend: z.enum(['keeps-up', 'falls-behind', 'stalled', 'rewound', 'unknown']),
  /** Partitions whose position does not move although there are records to read. */
  stalled: z.number().int(),
})
export type GroupTrend = z.infer<typeof GroupTrend>

/** How the sampling goes: when it last read, its interval, and what kept it from reading. */
export const SamplingState = z.strictObject({
  at: z.bigint().nullable(),
  everyMs: z.number().int(),
  error: ErrorValue.nullable(),
})
export type SamplingState = z.infer<typeof SamplingState>

export const lag = {
  /**
   * What is unread after each position, found by reading records and not from offsets alone: one record per partition
   * for its age, and all records where there are few enough to count. Takes some seconds at most; one item per
   * position, in the order given.
   */
  'groups.unread': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      positions: z
        .array(z.strictObject({ ...At, topicId: z.string().nullable().optional(), offset: z.bigint() }))
        .min(1)
        .max(400),
    }),
    output: z.strictObject({ items: z.array(UnreadOf), readAt: z.bigint() }),
    extent: ({ items }) => extentOfParts(items.map(({ age }) => age.kind !== 'unknown')),
    effect: 'read',
  }),
  /**
   * Samples these groups while the stream is open, and stores the samples on this computer. After each sample it sends
   * the trends of the groups that changed.
   */
  'groups.trends': stream({
    input: z.strictObject({ connectionId: ConnectionId, groups: z.array(z.string()).min(1).max(50_000) }),
    batch: z.array(GroupTrend),
    progress: SamplingState,
    done: Empty,
    effect: 'local',
  }),
  /** The samples of one group: those stored since then, thinned to what a chart can show, and each new one. */
  'groups.samples': stream({
    input: z.strictObject({ connectionId: ConnectionId, group: z.string(), since: z.bigint() }),
    batch: SampleColumns,
    progress: SamplingState,
    done: Empty,
    effect: 'local',
  }),
}
