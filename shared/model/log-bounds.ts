import { z } from 'zod'

/**
 * The three bounds of a partition's log. Offsets in [logStart, highWatermark) can be read; below lastStable every transaction
 * has ended.
 */
export const LogBounds = z.strictObject({
  logStart: z.bigint(),
  lastStable: z.bigint(),
  highWatermark: z.bigint(),
})

export type LogBounds = z.infer<typeof LogBounds>
