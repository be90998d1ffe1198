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
      /** null: the topic is not there, or has none. */
      topicId: z.string().nullable(),
      partition: PartitionId,
      offset: z.bigint(),
      leaderEpoch: z.number().int(),
      metadata: z.string(),
      /** null: the log could not be asked. */
      logStart: z.bigint().nullable(),
      highWatermark: z.bigint().nullable(),
    }),
  ),
})
export type GroupPositions = z.infer<typeof GroupPositions>

export const snapshots = {
  /**
   * Where groups stand: all that these credentials see, or those named. Share groups are not among them, for their positions are of another
   * kind. It is no one moment: groups are read one after another, in waves.
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
      /** What is not among them, and why; whole sentences. */
      notes: z.array(z.string()),
      failures: z.array(Failure),
    }),
    extent: ({ groups, failures }) => extentOf(groups, failures),
    effect: 'read',
  }),
}
