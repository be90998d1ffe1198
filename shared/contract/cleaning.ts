import { z } from 'zod'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { Position } from '../model/positions.ts'
import { Failure } from './common.ts'
import { extentOf } from './extent.ts'
import { stream } from './define.ts'
import { GroupType } from './groups.ts'

/**
 * Why a position is of no use any more. `topic-deleted`: the topic is not there; `no-partition`: the topic is, but has fewer
 * partitions. `older-than-retention`: committed longer ago than the topic keeps records. `quiet`: the group had no member and
 * committed nothing for as long as was asked about.
 */
export const StaleReason = z.enum([
  'topic-deleted',
  'no-partition',
  'before-log-start',
  'past-end',
  'older-than-retention',
  'quiet',
])
export type StaleReason = z.infer<typeof StaleReason>

export const StalePosition = z.strictObject({
  topic: z.string(),
  topicId: z.string().nullable(),
  partition: PartitionId,
  position: Position,
  logStart: z.bigint().nullable(),
  highWatermark: z.bigint().nullable(),
  reasons: z.array(StaleReason).min(1),
  /** When it was committed, ms since 1970, by its record in `__consumer_offsets`; null: not read that far, or not readable. */
  committedAt: z.bigint().nullable(),
})
export type StalePosition = z.infer<typeof StalePosition>

/** A group without members, and those of its positions that are stale. One with very many comes in several parts. */
export const StaleGroup = z.strictObject({
  group: z.string(),
  type: GroupType,
  state: z.string(),
  /** All positions that it has. */
  held: z.number().int(),
  /** Its newest commit, or record of its members, in `__consumer_offsets`; null: none that was read. */
  lastSeen: z.strictObject({ at: z.bigint(), what: z.enum(['commit', 'members']) }).nullable(),
  /** `unknown`: that topic could not be read as far back as was asked about, so nothing is said of it. */
  quiet: z.enum(['yes', 'no', 'unknown']),
  /** Empty and quiet: nobody would miss it. All that it has is then stale. */
  isDead: z.boolean(),
  positions: z.array(StalePosition),
})
export type StaleGroup = z.infer<typeof StaleGroup>

const DAY_MS = 86_400_000n

export const cleaning = {
  /**
   * Positions that are of no use, and groups that nobody uses, as they are found. Only groups without members are looked into; of a
   * share group only whether anybody uses it, for its start offsets its brokers set right themselves. When
   * something was committed is read from `__consumer_offsets`, nowhere else: where that is not readable nothing is called quiet,
   * dead or older than retention, and `notes` say so. Joins no group, writes nothing.
   */
  'cleaning.find': stream({
    input: z.strictObject({
      connectionId: ConnectionId,
      /** For how long a group had no member and no commit until it counts as quiet, ms. */
      quietMs: z
        .bigint()
        .min(0n)
        .max(DAY_MS * 36_500n)
        .default(DAY_MS * 14n),
      most: z
        .strictObject({
          /** Of `__consumer_offsets`. */
          bytes: z.bigint().min(1n).max(4_294_967_296n).default(268_435_456n),
          milliseconds: z.number().int().min(1).max(600_000).default(60_000),
        })
        .prefault({}),
    }),
    batch: z.array(StaleGroup),
    /** First when groups were last seen is read (`dates`, in partitions of that topic), then where they stand (in groups). */
    progress: z.strictObject({ what: z.enum(['dates', 'positions']), done: z.number().int(), total: z.number().int() }),
    done: z.strictObject({
      /** Groups that were looked into. */
      examined: z.number().int(),
      /** Left alone: they have members, or are about to. */
      live: z.number().int(),
      /** From this moment on a sign of life counts, ms since 1970. */
      since: z.bigint(),
      /** What a person has to know: what could not be told, and why. */
      notes: z.array(z.string()),
      failures: z.array(Failure),
    }),
    extent: ({ examined, failures }) => extentOf(examined, failures),
    effect: 'read',
  }),
}
