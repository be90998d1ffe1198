import { z } from 'zod'

/**
 * The state of a record in a share group as the broker has written it (KIP-932). `unknown`: a state that is newer than this
 * code.
 */
export const ShareRecordState = z.enum(['available', 'acquired', 'acknowledged', 'archiving', 'archived', 'unknown'])
export type ShareRecordState = z.infer<typeof ShareRecordState>

/** Offsets [first, last] with the same state. */
export const ShareStretch = z.strictObject({
  first: z.bigint(),
  last: z.bigint(),
  state: ShareRecordState,
  /** How often they were delivered. */
  deliveries: z.number().int(),
})
export type ShareStretch = z.infer<typeof ShareStretch>

/**
 * What `__share_group_state` holds of one partition of a share group. Counts are of offsets, markers included. Which member has
 * acquired a record is not in it: only the broker's memory has that.
 */
export const ShareState = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('known'),
    startOffset: z.bigint(),
    /** The end of the last offset with a state: [startOffset, end) is in flight, as far as that was written. */
    end: z.bigint(),
    acknowledged: z.bigint(),
    archived: z.bigint(),
    /** Delivered before, and to be delivered again. */
    available: z.bigint(),
    /** Offsets in flight without a state: acquired now, or not delivered yet. */
    unwritten: z.bigint(),
    /** The delivery count of the record that was delivered most often; 0: none has a state. */
    mostDeliveries: z.number().int(),
    /** Ordered by offset; if there are very many, the first ones. */
    stretches: z.array(ShareStretch),
    more: z.number().int(),
    /** When its newest record was written, ms since 1970. */
    writtenAt: z.bigint(),
  }),
  /** The group has no state here: it has not started, or its state was deleted. */
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('unknown'), why: z.string() }),
])
export type ShareState = z.infer<typeof ShareState>
