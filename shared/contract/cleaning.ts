import { z } from 'zod'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { Position } from '../model/positions.ts'
import { Failure } from './common.ts'
import { extentOf } from './extent.ts'
import { stream } from './define.ts'
import { GroupType } from './groups.ts'

/**
 * Why a position is no longer of use. `topic-deleted`: the topic does not exist. `no-partition`: the topic has fewer
 * partitions. `older-than-retention`: committed longer ago than the topic keeps records. `quiet`: the group had no
 * member and committed nothing for the time that was asked about.
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
  /**
   * When it was committed, ms since 1970, according to its record in `__consumer_offsets`; null: not read that far, or
   * not readable.
   */
  committedAt: z.bigint().nullable(),
})
export type StalePosition = z.infer<typeof StalePosition>

/** A group without members, and its stale positions. A group with very many comes in several parts. */
export const StaleGroup = z.strictObject({
  group: z.string(),
  type: GroupType,
  state: z.string(),
  /** How many positions the group has in all. */
  held: z.number().int(),
  /** Its newest commit, or newest record of its members, in `__consumer_offsets`; null: none was read. */
  lastSeen: z.strictObject({ at: z.bigint(), what: z.enum(['commit', 'members']) }).nullable(),
  /** `unknown`: `__consumer_offsets` could not be read as far back as was asked about. */
  quiet: z.enum(['yes', 'no', 'unknown']),
  /** Empty and quiet: nobody uses it. All its positions are then stale. */
  isDead: z.boolean(),
  positions: z.array(StalePosition),
})
export type StaleGroup = z.infer<typeof StaleGroup>

const DAY_MS = 86_400_000n

export const cleaning = {
  /**
   * Finds positions that are no longer of use, and groups that nobody uses. Only groups without members are examined;
   * of a share group only whether anybody uses it, because its brokers correct its start offsets themselves. Commit
   * times are read from `__consumer_offsets` and nowhere else: where that is not readable, nothing is called quiet,
   * dead or older than retention, and `notes` say so. Joins no group, writes nothing.
   */
  'cleaning.find': stream({
    input: z.strictObject({
      connectionId: ConnectionId,
      /** How long a group must have had no member and no commit to count as quiet, ms. */
      quietMs: z
        .bigint()
        .min(0n)
        .max(DAY_MS * 36_500n)
        .default(DAY_MS * 14n),
      most: z
        .strictObject({
          /** How many bytes of `__consumer_offsets` to read at most. */
          bytes: z.bigint().min(1n).max(4_294_967_296n).default(268_435_456n),
          milliseconds: z.number().int().min(1).max(600_000).default(60_000),
        })
        .prefault({}),
    }),
    batch: z.array(StaleGroup),
    /**
     * First it reads when groups were last active (`dates`, counted in partitions of that topic), then their positions
     * (counted in groups).
     */
    progress: z.strictObject({ what: z.enum(['dates', 'positions']), done: z.number().int(), total: z.number().int() }),
    done: z.strictObject({
      /** Groups that were examined. */
      examined: z.number().int(),
      /** Groups that were left alone, because they have members or are about to. */
      live: z.number().int(),
      /** Activity from this moment on counts, ms since 1970. */
      since: z.bigint(),
      /** Sentences for the user: what could not be found out, and why. */
      notes: z.array(z.string()),
      failures: z.array(Failure),
    }),
    extent: ({ examined, failures }) => extentOf(examined, failures),
    effect: 'read',
  }),
}
