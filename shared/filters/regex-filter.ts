import { z } from 'zod'
import { WhereToLook } from './text-filter.ts'

/** A regular expression of RE2, which matches in linear time: it has neither look-around nor back-references. */
export const RegexFilter = z.strictObject({
  kind: z.literal('regex'),
  pattern: z.string().min(1).max(1_000),
  matchCase: z.boolean().default(false),
  in: WhereToLook,
})
export type RegexFilter = z.infer<typeof RegexFilter>
