import { z } from 'zod'

export const MOST_LIMITS = 500

export const noLimitOfShares =
  'A share group can have no limits: they go by positions, and records behind its start offsets may be done with, so that they would alarm for nothing.'

/** What of a group somebody wants to be told of: what is null is not watched. */
export const LagLimit = z
  .strictObject({
    group: z.string().min(1).max(1_000),
    /** Offsets up to the high watermark, of all its partitions together. */
    records: z.bigint().min(1n).nullable(),
    /** How old the oldest record that it has not read may be, in ms. */
    ms: z.bigint().min(1_000n).nullable(),
    /** That it has no member any more. */
    dies: z.boolean(),
  })
  .refine(({ records, ms, dies }) => records !== null || ms !== null || dies, 'A limit names what is to be watched.')
export type LagLimit = z.infer<typeof LagLimit>

/** What is kept with a profile: one a group. */
export const LagLimits = z.array(LagLimit).max(MOST_LIMITS)
export type LagLimits = z.infer<typeof LagLimits>
