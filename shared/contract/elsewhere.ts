import { z } from 'zod'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { Failure } from './common.ts'
import { route } from './define.ts'
import { extentOf, extentOfParts } from './extent.ts'

/**
 * A group's position in one partition of another cluster, and the matching offset in the partition of that name on this
 * one.
 */
export const ElsewherePosition = z.strictObject({
  /** The topic on this cluster. */
  topic: z.string(),
  partition: PartitionId,
  /** Its offset on the other cluster. */
  there: z.bigint(),
  /** null: the record it would read next there was not found here, or was found at several offsets. */
  here: z.bigint().nullable(),
  /** A sentence that says why there is no offset, or what deserves care. */
  note: z.string().nullable(),
})
export type ElsewherePosition = z.infer<typeof ElsewherePosition>

export const elsewhere = {
  /**
   * The positions of a group of another open cluster, as offsets of this one. Offsets of two clusters are unrelated, so
   * each position is translated through a record: the one the group would read next there, or the last one it read, is
   * looked for here, first at the same offset and then from its timestamp on. Takes some seconds; what was not found by
   * then says so. Writes nothing.
   */
  'offsets.elsewhere': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      /** The connection of the other cluster. */
      other: ConnectionId,
      group: z.string().min(1),
      /** A prefix of the topics' names on this cluster, as MirrorMaker adds one to its copies (`west.orders`). */
      prefix: z.string().max(249).optional(),
    }),
    output: z.strictObject({ items: z.array(ElsewherePosition), failures: z.array(Failure) }),
    extent: ({ items, failures }) => {
      const extent = extentOfParts(items.map(({ here }) => here !== null))
      return extent === 'all' ? extentOf(items.length, failures) : extent
    },
    effect: 'read',
  }),
}
