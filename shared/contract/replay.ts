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
   * For partitions without a place that the range names. Left out: the end where no record is that new, so that a start copies
   * nothing and an end is the log's; refused where a group has no position.
   */
  ifNone: IfNone.optional(),
  target: ConnectionId,
  targetTopic: ReplayTopic,
  /** `keep`: source partition n to target partition n. `by-key`: the Java client's murmur2 over the target's partitions. */
  partitioning: z.enum(['keep', 'by-key']).default('keep'),
  /** `shift`: all by the same amount, so that the newest becomes now. */
  timestamps: z.enum(['keep', 'now', 'shift']).default('keep'),
})
export type ReplaySpec = z.infer<typeof ReplaySpec>

export const ReplayPlanRow = z.strictObject({
  partition: PartitionId,
  from: z.bigint(),
  to: z.bigint(),
  /** Offsets in the range; markers, aborted and compacted ones among them are not copied. */
  offsets: z.bigint(),
  /** Offsets at or past the last stable offset that were asked for: open transactions, left out. */
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
  /** From the source's sizes; null where they may not be read. */
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

/** What the log of one target partition gained while the replay wrote to it, beside what its leader acknowledged. */
export const LogGrowth = z.strictObject({
  partition: PartitionId,
  /** Its end before the first copy and after the last; `to` null: not known. */
  from: z.bigint(),
  to: z.bigint().nullable(),
  /** Records, by their answers or found in the log. */
  acknowledged: z.bigint(),
  /** Records of this replay in between that are in the log beside those; null: could not be told, as `note` says. */
  unacknowledged: z.bigint().nullable(),
  /** Offset of the first of them. */
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
  /** Receipts of before this was compared have none. */
  growth: z.array(LogGrowth).default([]),
  copied: z.bigint(),
  bytes: z.bigint(),
  outcome: z.enum(['complete', 'partial', 'cancelled', 'failed']),
  summary: z.string(),
})
export type Receipt = z.infer<typeof Receipt>

export const EditedHeader = z.strictObject({
  name: z.instanceof(Uint8Array),
  value: z.instanceof(Uint8Array).nullable(),
})

/** One record as it shall be written. */
export const NewRecord = z.strictObject({
  topic: z.string().min(1),
  /** null: by key as the Java client would, or partition 0 without one. */
  partition: PartitionId.nullable(),
  key: z.instanceof(Uint8Array).nullable(),
  value: z.instanceof(Uint8Array).nullable(),
  headers: z.array(EditedHeader).max(10_000),
  /** null: now. */
  timestamp: z.bigint().nullable(),
})
export type NewRecord = z.infer<typeof NewRecord>

/** Where one record will be written. It holds sizes and a digest, not the record: that may be large, and is nobody's on disk. */
export const RecordPlan = z.strictObject({
  version: z.literal(1),
  connectionId: ConnectionId,
  clusterId: z.string().nullable(),
  topic: z.string(),
  topicId: z.string().nullable(),
  partitions: z.number().int(),
  /** null where it is refused. */
  partition: PartitionId.nullable(),
  chosen: z.enum(['given', 'by-key', 'no-key']),
  /** The offset it gets unless somebody else writes before; null where the end could not be read. */
  nextOffset: z.bigint().nullable(),
  /** null: when it is written. */
  timestamp: z.bigint().nullable(),
  /** −1: null. */
  keySize: z.number().int(),
  valueSize: z.number().int(),
  headers: z.number().int(),
  /** Of its batch, uncompressed. */
  bytes: z.number().int(),
  /** SHA-256 of key, value and headers as a batch holds them. */
  digest: z.string(),
  concerns: z.array(ReplayConcern),
  refusal: ErrorValue.nullable(),
  summary: z.string(),
  madeAt: z.bigint(),
})
export type RecordPlan = z.infer<typeof RecordPlan>

export const RecordResult = z.strictObject({
  topic: z.string(),
  partition: PartitionId,
  /** null: not written, or not known. */
  offset: z.bigint().nullable(),
  timestamp: z.bigint(),
  status: z.enum(['written', 'failed', 'unknown']),
  error: ErrorValue.nullable(),
  summary: z.string(),
})
export type RecordResult = z.infer<typeof RecordResult>

function replayPlanExtent({ rows, refusal }: ReplayPlan): Extent {
  return refusal === null ? extentOfParts(rows.map(({ error }) => error === undefined)) : 'none'
}

export const replay = {
  'replay.plan': route({ input: ReplaySpec, output: ReplayPlan, effect: 'read', extent: replayPlanExtent }),
  'replay.run': stream({
    input: z.strictObject({ source: ConnectionId, target: ConnectionId, plan: ReplayPlan, confirm: Confirm }),
    /** No rows: a replay speaks through progress and its receipt. */
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
    shown: { by: ['replay.plan'], entries: ['replay', 'topic'] },
  }),
  /** Says where one record will be written, and what the topic would do to it; writes nothing. */
  'replay.planProduce': route({
    input: NewRecord.extend({ connectionId: ConnectionId }),
    output: RecordPlan,
    effect: 'read',
    extent: ({ refusal }) => (refusal === null ? 'all' : 'none'),
  }),
  /** One record as given: an edited copy, or a tombstone when `value` is null. It must be the one that the plan saw. */
  'replay.produce': route({
    input: z.strictObject({ connectionId: ConnectionId, record: NewRecord, plan: RecordPlan, confirm: Confirm }),
    output: RecordResult.extend({ journalId: z.string() }),
    // Not known to be written is not done: a script that goes on must not take it for that.
    extent: ({ status }) => (status === 'written' ? 'all' : 'none'),
    effect: 'write',
    writes: ['connectionId'],
    shown: { by: ['replay.planProduce'], entries: ['record'] },
  }),
}
