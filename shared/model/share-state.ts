import { z } from 'zod'

/** What a broker has written down of a record of a share group (KIP-932). `unknown`: a state that is newer than this code. */
export const ShareRecordState = z.enum(['available', 'acquired', 'acknowledged', 'archiving', 'archived', 'unknown'])
export type ShareRecordState = z.infer<typeof ShareRecordState>

/** Offsets [first, last] of one state. */
export const ShareStretch = z.strictObject({
  first: z.bigint(),
  last: z.bigint(),
  state: ShareRecordState,
  /** How often they were given out. */
  deliveries: z.number().int(),
})
export type ShareStretch = z.infer<typeof ShareStretch>

/**
 * What `__share_group_state` holds of one partition of a share group. Counts are of offsets, markers among them. Who has acquired
 * a record is nowhere in it: that is in its broker's memory alone.
 */
export const ShareState = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('known'),
    startOffset: z.bigint(),
    /** Behind the last offset that has a state: [startOffset, end) is in flight, as far as that was written. */
    end: z.bigint(),
    acknowledged: z.bigint(),
    archived: z.bigint(),
    /** Given out before, and to be given out again. */
    available: z.bigint(),
    /** Offsets in flight without a state: acquired now, or still to be given out. */
    unwritten: z.bigint(),
    /** How often the record was given out that was given out most often; 0: none has a state. */
    mostDeliveries: z.number().int(),
    /** In the order of offsets; of very many the first. */
    stretches: z.array(ShareStretch),
    more: z.number().int(),
    /** When the newest record of it was written, ms since 1970. */
    writtenAt: z.bigint(),
  }),
  /** The group has none: it has not begun, or it was deleted. */
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('unknown'), why: z.string() }),
])
export type ShareState = z.infer<typeof ShareState>
