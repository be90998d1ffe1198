import { z } from 'zod'
import { recordParts } from './predicate.ts'

export const WhereToLook = z.array(z.enum(recordParts)).min(1).max(3).default(['key', 'value', 'headers'])

/** A text anywhere in a record's key, value, or the names and values of its headers. */
export const TextFilter = z.strictObject({
  kind: z.literal('text'),
  text: z.string().min(1).max(1_000),
  matchCase: z.boolean().default(false),
  /** No letter, digit or underscore may be next to it. */
  wholeWord: z.boolean().default(false),
  in: WhereToLook,
})
export type TextFilter = z.infer<typeof TextFilter>
