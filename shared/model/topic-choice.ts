import { z } from 'zod'

/** How many topics one search reads at most. */
export const MOST_SEARCHED = 200

const TopicName = z.string().min(1).max(249)

/** Which topics of a cluster are searched. */
export const TopicChoice = z.discriminatedUnion('by', [
  z.strictObject({ by: z.literal('names'), names: z.array(TopicName).min(1).max(MOST_SEARCHED) }),
  z.strictObject({
    by: z.literal('pattern'),
    /** A regular expression of RE2; it may match anywhere in a name unless anchored by `^` and `$`. */
    pattern: z.string().min(1).max(1_000),
    matchCase: z.boolean().default(true),
    /** Include Kafka's own topics. */
    internal: z.boolean().default(false),
  }),
])
export type TopicChoice = z.infer<typeof TopicChoice>

/** A pattern that matches names containing these characters literally. */
export function patternOf(text: string): string {
  return text.trim().replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
