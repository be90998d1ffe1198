import { z } from 'zod'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { Failure } from './common.ts'
import { route } from './define.ts'
import { extentOf, extentOfParts } from './extent.ts'

/** Where a group of another cluster stands in one partition, and where that is in the partition of that name on this one. */
export const ElsewherePosition = z.strictObject({
  /** The topic on this cluster. */
  topic: z.string(),
  partition: PartitionId,
  /** Its offset on the other cluster. */
  there: z.bigint(),
  /** null: what it would read next there was not found here, or found at several places that differ. */
  here: z.bigint().nullable(),
  /** A sentence: why there is none, or what deserves care. */
  note: z.string().nullable(),
})
export type ElsewherePosition = z.infer<typeof ElsewherePosition>

export const elsewhere = {
  /**
   * Where a group of another open cluster stands, as offsets of this one. Offsets of two clusters have nothing to do with each other,
   * so each is found by a record: the one that the group would read next there, or the last one that it read, is looked for
   * here, at the same offset and else from its timestamp on. Takes some seconds; what was not found by then says so. Writes nothing.
   */
  'offsets.elsewhere': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      /** The connection of the other cluster. */
      other: ConnectionId,
      group: z.string().min(1),
      /** Topics have this before their names here, as MirrorMaker names its copies (`west.orders`). */
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
