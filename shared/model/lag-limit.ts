import { z } from 'zod'

export const MOST_LIMITS = 500

export const noLimitOfShares =
  'A share group can have no limits: they go by positions, and records behind its start offsets may be done with, so that they would alarm for nothing.'

/** Limits on a group that the user wants to be told about: null ones are not watched. */
export const LagLimit = z
  .strictObject({
    group: z.string().min(1).max(1_000),
    /** In offsets up to the high watermark, summed over all its partitions. */
    records: z.bigint().min(1n).nullable(),
    /** How old the oldest unread record may be, in ms. */
    ms: z.bigint().min(1_000n).nullable(),
    /** Tell when it has no member left. */
    dies: z.boolean(),
  })
  .refine(({ records, ms, dies }) => records !== null || ms !== null || dies, 'A limit names what is to be watched.')
export type LagLimit = z.infer<typeof LagLimit>

/** The limits of a profile: one per group. */
export const LagLimits = z.array(LagLimit).max(MOST_LIMITS)
export type LagLimits = z.infer<typeof LagLimits>
