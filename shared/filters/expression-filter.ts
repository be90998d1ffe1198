import { z } from 'zod'

/** A CEL expression that is true or false for a record. */
export const ExpressionFilter = z.strictObject({
  kind: z.literal('expression'),
  source: z.string().min(1).max(10_000),
})
export type ExpressionFilter = z.infer<typeof ExpressionFilter>
