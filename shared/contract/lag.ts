import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { Empty } from './common.ts'
import { route, stream } from './define.ts'
import { extentOfParts } from './extent.ts'

const At = { topic: z.string(), partition: PartitionId }

/**
 * How old what a group has not read is: the timestamp of the first record that it would see. `nothing`: no record can be seen
 * from here to the end, so it is behind by no time. `unknown` says why.
 */
export const UnreadAge = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('record'),
    offset: z.bigint(),
    /** As the record has it; −1 is Kafka's "none". */
    timestamp: z.bigint(),
    /** `CreateTime` is the producer's word, and may be anything. */
    timestampType: z.enum(['CreateTime', 'LogAppendTime']),
    /** By our clock, never below 0; null where the record has no timestamp. */
    ageMs: z.bigint().nullable(),
  }),
  z.strictObject({ kind: z.literal('nothing') }),
  z.strictObject({ kind: z.literal('unknown'), why: z.string(), error: ErrorValue.optional() }),
])
export type UnreadAge = z.infer<typeof UnreadAge>

/**
 * Records between a position and the last stable offset that a consumer with `read_committed` would see: markers, aborted and
 * compacted offsets are not among them. `counted`: each was looked at. `at-most`: too many to look at; no more than this.
 */
export const ReadableLag = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('counted'),
    records: z.bigint(),
    /** Offsets on the way that hold no such record. */
    passed: z.bigint(),
  }),
  z.strictObject({ kind: z.literal('at-most'), records: z.bigint() }),
  z.strictObject({ kind: z.literal('unknown'), why: z.string() }),
])
export type ReadableLag = z.infer<typeof ReadableLag>

/** When retention would delete the next unread record, were nothing read until then. */
export const RetentionReach = z.discriminatedUnion('kind', [
  /** At the earliest: a segment goes as a whole, once its newest record is old enough. */
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
  /** Offsets at and above the last stable one, whose transactions are not decided; null: not known. */
  undecided: z.bigint().nullable(),
  retention: RetentionReach,
})
export type UnreadOf = z.infer<typeof UnreadOf>

/** Looks at a group's partitions, as columns: one row a partition and look. −1: not known, or no position. */
export const SampleColumns = z.strictObject({
  /** `kept`: from this machine's disk; `live`: seen just now. */
  source: z.enum(['kept', 'live']),
  topics: z.array(z.string()),
  /** In ms since 1970, by our clock. */
  at: z.instanceof(BigInt64Array),
  /** Which of `topics`. */
  topic: z.instanceof(Int32Array),
  partition: z.instanceof(Int32Array),
  position: z.instanceof(BigInt64Array),
  logStart: z.instanceof(BigInt64Array),
  lastStable: z.instanceof(BigInt64Array),
  highWatermark: z.instanceof(BigInt64Array),
})
export type SampleColumns = z.infer<typeof SampleColumns>

/** As `CatchUp` of shared/offsets/lag-outlook.ts. */
const CatchUpValue = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('caught-up') }),
  z.strictObject({ kind: z.literal('in'), ms: z.bigint() }),
  z.strictObject({ kind: z.literal('never') }),
  z.strictObject({ kind: z.literal('unknown') }),
])

export const GroupTrend = z.strictObject({
  group: z.string(),
  /** Looks that were not told yet, oldest first, and lag (up to the high watermark) at each; −1: not known. */
  at: z.instanceof(BigInt64Array),
  lag: z.instanceof(BigInt64Array),
  /** Offsets a second, over `overMs`; null before there are two looks. */
  in: z.number().nullable(),
  out: z.number().nullable(),
  overMs: z.bigint().nullable(),
  catchUp: CatchUpValue,
  /** Of its worst partition: see `LagTrend` of shared/offsets/lag-series.ts. */
  trend: z.enum(['keeps-up', 'falls-behind', 'stalled', 'rewound', 'unknown']),
  /** Partitions that do not move though there is something to read. */
  stalled: z.number().int(),
})
export type GroupTrend = z.infer<typeof GroupTrend>

/** How a sampler does: when it looked last, how often it does, and what kept it from it. */
export const SamplingState = z.strictObject({
  at: z.bigint().nullable(),
  everyMs: z.number().int(),
  error: ErrorValue.nullable(),
})
export type SamplingState = z.infer<typeof SamplingState>

export const lag = {
  /**
   * What stands unread behind each position: read, not worked out from offsets. One record a partition for its age, and all of
   * what is small enough to count. Takes some seconds at most; one item per position, in the order given.
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
   * Looks at these groups again and again while it is open, and keeps what it sees on this machine. How each does is told after each
   * look, of groups of which something has changed.
   */
  'groups.trends': stream({
    input: z.strictObject({ connectionId: ConnectionId, groups: z.array(z.string()).min(1).max(50_000) }),
    batch: z.array(GroupTrend),
    progress: SamplingState,
    done: Empty,
    effect: 'local',
  }),
  /** One group the same way: what was kept since then, thinned to what a chart can show, and each look from now on. */
  'groups.samples': stream({
    input: z.strictObject({ connectionId: ConnectionId, group: z.string(), since: z.bigint() }),
    batch: SampleColumns,
    progress: SamplingState,
    done: Empty,
    effect: 'local',
  }),
}
