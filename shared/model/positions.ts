import { z } from 'zod'
import { PartitionId } from './ids.ts'

/**
 * A group's committed offset for one partition: the next offset it will read. `null` wherever a position is expected means
 * "none", which is not 0: the client then follows its `auto.offset.reset`.
 */
export const Position = z.strictObject({
  /** May be negative: the broker stores whatever it is given, and some clients commit −1 or −2. */
  offset: z.bigint(),
  /** Free text stored with the commit; empty for most clients. */
  metadata: z.string(),
  /** Epoch of the leader the offset was read from (KIP-320); −1 if the client did not send one. */
  leaderEpoch: z.number().int(),
})

export type Position = z.infer<typeof Position>
export const PartitionOffset = z.strictObject({ partition: PartitionId, offset: z.bigint() })
export type PartitionOffset = z.infer<typeof PartitionOffset>
