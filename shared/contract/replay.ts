import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { IfNone, Range } from '../model/place.ts'
import { Confirm } from './common.ts'
import { extentOfParts } from './extent.ts'
import type { Extent } from './extent.ts'
import { route, stream } from './define.ts'

export const ReplayTopic = z.discriminatedUnion('create', [
  z.strictObject({ create: z.literal(false), name: z.string().min(1) }),
  z.strictObject({
    create: z.literal(true),
    name: z.string().min(1),
    partitions: z.number().int().min(1).max(10_000),
    /** −1: the cluster's default. */
    replicationFactor: z.number().int().min(-1).max(100).default(-1),
    configs: z.array(z.strictObject({ name: z.string(), value: z.string() })).default([]),
  }),
])
export type ReplayTopic = z.infer<typeof ReplayTopic>

export const ReplaySpec = z.strictObject({
  source: ConnectionId,
  topic: z.string().min(1),
  range: Range,
  /**
   * What to do for partitions without a place that the range names. Left out: the end where no record is that new, so that as a
   * start it copies nothing, and as an end it is the log's end; refused where a group has no position.
   */
  ifNone: IfNone.optional(),
  target: ConnectionId,
  targetTopic: ReplayTopic,
  /** `keep`: source partition n to target partition n. `by-key`: the Java client's murmur2 over the target's partitions. */
  partitioning: z.enum(['keep', 'by-key']).default('keep'),
  /** `shift`: all by the same amount, so that the newest one becomes now. */
  timestamps: z.enum(['keep', 'now', 'shift']).default('keep'),
})
export type ReplaySpec = z.infer<typeof ReplaySpec>

export const ReplayPlanRow = z.strictObject({
  partition: PartitionId,
  from: z.bigint(),
  to: z.bigint(),
  /** Offsets in the range; markers, aborted and compacted ones among them are not copied. */
  offsets: z.bigint(),
  /** Offsets at or past the last stable offset that were asked for: they are in open transactions and are left out. */
  openLeftOut: z.bigint(),
  /** Offsets asked for that lie before the log start or past the end. */
  outside: z.bigint(),
  targetPartition: PartitionId.nullable(),
  error: ErrorValue.optional(),
})
export type ReplayPlanRow = z.infer<typeof ReplayPlanRow>

/** Something the target would do to copied records. `offsets` is an upper bound where records cannot be counted cheaply. */
export const ReplayConcern = z.strictObject({
  kind: z.enum(['deleted', 'refused', 'restamped', 'compacted', 'too-large', 'partitioning', 'loop', 'other']),
  offsets: z.bigint().nullable(),
  sentence: z.string(),
})
export type ReplayConcern = z.infer<typeof ReplayConcern>

export const ReplayPlan = z.strictObject({
  version: z.literal(1),
  spec: ReplaySpec,
  sourceClusterId: z.string().nullable(),
  sourceTopicId: z.string().nullable(),
  targetClusterId: z.string().nullable(),
  /** null when the topic will be created. */
  targetTopicId: z.string().nullable(),
  targetPartitions: z.number().int(),
  rows: z.array(ReplayPlanRow),
  offsets: z.bigint(),
  /** From the source's sizes; null where these may not be read. */
  estimatedBytes: z.bigint().nullable(),
  /** Added to every timestamp under `shift`, ms. */
  shiftMs: z.bigint().nullable(),
  concerns: z.array(ReplayConcern),
  refusal: ErrorValue.nullable(),
  summary: z.string(),
  madeAt: z.bigint(),
})
export type ReplayPlan = z.infer<typeof ReplayPlan>

export const ReceiptRow = z.strictObject({
  partition: PartitionId,
  from: z.bigint(),
  to: z.bigint(),
  /** Source offset up to which everything is settled (exclusive): copied and acknowledged, or known to hold nothing to copy. */
  done: z.bigint(),
  copied: z.bigint(),
  bytes: z.bigint(),
  markers: z.bigint(),
  aborted: z.bigint(),
  missing: z.bigint(),
  openLeftOut: z.bigint(),
  /** Source offsets not copied because their batch could not be trusted or the target refused them. */
  refused: z.bigint(),
  status: z.enum(['complete', 'cancelled', 'failed', 'unknown']),
  error: ErrorValue.nullable(),
  /** Where the copies went: first and last acknowledged offset per target partition. */
  targets: z.array(
    z.strictObject({ partition: PartitionId, first: z.bigint(), last: z.bigint(), records: z.bigint() }),
  ),
})
export type ReceiptRow = z.infer<typeof ReceiptRow>

/** What the log of one target partition gained while the replay wrote to it, compared with what its leader acknowledged. */
export const LogGrowth = z.strictObject({
  partition: PartitionId,
  /** The log's end before the first copy and after the last; `to` null: not known. */
  from: z.bigint(),
  to: z.bigint().nullable(),
  /** Records, acknowledged by the leader or found in the log. */
  acknowledged: z.bigint(),
  /** How many records of this replay are in the log without having been acknowledged; null: not known, `note` says why. */
  unacknowledged: z.bigint().nullable(),
  /** Offset of the first of these. */
  first: z.bigint().nullable(),
  note: z.string().nullable(),
})
export type LogGrowth = z.infer<typeof LogGrowth>

export const Receipt = z.strictObject({
  id: z.string(),
  plan: ReplayPlan,
  startedAt: z.bigint(),
  endedAt: z.bigint(),
  topicCreated: z.boolean(),
  rows: z.array(ReceiptRow),
  /** Missing in receipts of older versions, which did not compare this. */
  growth: z.array(LogGrowth).default([]),
  copied: z.bigint(),
  bytes: z.bigint(),
  outcome: z.enum(['complete', 'partial', 'cancelled', 'failed']),
  summary: z.string(),
})
export type Receipt = z.infer<typeof Receipt>

function replayPlanExtent({ rows, refusal }: ReplayPlan): Extent {
  return refusal === null ? extentOfParts(rows.map(({ error }) => error === undefined)) : 'none'
}

export const replay = {
  'replay.plan': route({ input: ReplaySpec, output: ReplayPlan, effect: 'read', extent: replayPlanExtent }),
  'replay.run': stream({
    input: z.strictObject({ source: ConnectionId, target: ConnectionId, plan: ReplayPlan, confirm: Confirm }),
    /** No rows: only progress and the receipt are sent. */
    batch: z.strictObject({}),
    progress: z.strictObject({
      copied: z.bigint(),
      bytes: z.bigint(),
      offsetsDone: z.bigint(),
      offsetsTotal: z.bigint(),
      recordsPerSecond: z.number(),
      bytesPerSecond: z.number(),
      secondsLeft: z.number().nullable(),
      note: z.string().nullable(),
    }),
    done: Receipt,
    extent: ({ outcome, copied }) => {
      if (outcome === 'complete') return 'all'
      return outcome === 'partial' || copied > 0n ? 'partly' : 'none'
    },
    effect: 'write',
    writes: ['target'],
    shown: {
      by: ['replay.plan'],
      entries: ['replay', 'topic'],
      running: ['A replay is running.', 'replays are running.'],
    },
  }),
}
