import { z } from 'zod'
import { RecordFilter } from '../filters/filter.ts'

/** A filter that somebody keeps under a name. */
export const SavedFilter = z.strictObject({
  name: z.string().min(1).max(100),
  /** It is offered for this topic alone; null: for all. */
  topic: z.string().min(1).max(249).nullable(),
  filter: RecordFilter,
})
export type SavedFilter = z.infer<typeof SavedFilter>

/** One that was used lately, of a topic. */
export const RecentFilter = z.strictObject({
  topic: z.string().min(1).max(249),
  /** Milliseconds since 1970 UTC. */
  at: z.number().int(),
  filter: RecordFilter,
})
export type RecentFilter = z.infer<typeof RecentFilter>

export const MOST_SAVED = 200
export const MOST_RECENT = 50

/** What is kept in one place: with a profile, or for all of them. Saved ones by name, recent ones with the last one first. */
export const KeptFilters = z.strictObject({
  saved: z.array(SavedFilter).max(MOST_SAVED),
  recent: z.array(RecentFilter).max(MOST_RECENT),
})
export type KeptFilters = z.infer<typeof KeptFilters>

/** Among the saved ones of a place there is one of a name for a topic. */
export function savedKey({ name, topic }: Pick<SavedFilter, 'name' | 'topic'>): string {
  return `${topic ?? ''}\0${name}`
}

/** With one more; one of the same name and topic goes. */
export function withSaved(saved: readonly SavedFilter[], one: SavedFilter): SavedFilter[] {
  const others = saved.filter((other) => savedKey(other) !== savedKey(one))
  return [...others, one].toSorted((a, b) => a.name.localeCompare(b.name) || savedKey(a).localeCompare(savedKey(b)))
}

/** With one more in front; the same of before goes, and what was used longest ago where there are too many. */
export function withRecent(recent: readonly RecentFilter[], one: RecentFilter): RecentFilter[] {
  const key = ({ topic, filter }: RecentFilter): string => `${topic}\0${JSON.stringify(filter)}`
  return [one, ...recent.filter((other) => key(other) !== key(one))].slice(0, MOST_RECENT)
}
