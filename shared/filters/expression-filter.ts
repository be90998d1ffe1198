import { z } from 'zod'

/** An expression in CEL that says true or false of a record. */
export const ExpressionFilter = z.strictObject({
  kind: z.literal('expression'),
  source: z.string().min(1).max(10_000),
})
export type ExpressionFilter = z.infer<typeof ExpressionFilter>
