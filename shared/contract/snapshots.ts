import { z } from 'zod'
import { PartitionId } from '../model/ids.ts'
import { Failure, OnConnection } from './common.ts'
import { stream } from './define.ts'
import { extentOf } from './extent.ts'
import { GroupType } from './groups.ts'

/** A group with its positions; one that has very many comes in several parts. */
export const GroupPositions = z.strictObject({
  group: z.string(),
  type: GroupType,
  state: z.string(),
  positions: z.array(
    z.strictObject({
      topic: z.string(),
      /** null: the topic does not exist, or has no id. */
      topicId: z.string().nullable(),
      partition: PartitionId,
      offset: z.bigint(),
      leaderEpoch: z.number().int(),
      metadata: z.string(),
      /** null: the log's bounds could not be read. */
      logStart: z.bigint().nullable(),
      highWatermark: z.bigint().nullable(),
    }),
  ),
})
export type GroupPositions = z.infer<typeof GroupPositions>

export const snapshots = {
  /**
   * The positions of all groups that these credentials see, or of those named. Share groups are left out, because their
   * positions are of another kind. It is not a consistent snapshot: groups are read one after another, in batches.
   */
  'snapshots.take': stream({
    input: OnConnection.extend({ groups: z.array(z.string().min(1)).min(1).max(200).optional() }),
    batch: z.array(GroupPositions),
    progress: z.strictObject({ done: z.number().int(), total: z.number().int() }),
    done: z.strictObject({
      clusterId: z.string().nullable(),
      /** When the reading began, ms since 1970. */
      takenAt: z.bigint(),
      groups: z.number().int(),
      /** What was left out, and why; whole sentences. */
      notes: z.array(z.string()),
      failures: z.array(Failure),
    }),
    extent: ({ groups, failures }) => extentOf(groups, failures),
    effect: 'read',
  }),
}
