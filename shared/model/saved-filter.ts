import { z } from 'zod'
import { RecordFilter } from '../filters/filter.ts'

/** A filter saved under a name. */
export const SavedFilter = z.strictObject({
  name: z.string().min(1).max(100),
  /** The topic it is offered for; null: all. */
  topic: z.string().min(1).max(249).nullable(),
  filter: RecordFilter,
})
export type SavedFilter = z.infer<typeof SavedFilter>

/** A filter used recently, with its topic. */
export const RecentFilter = z.strictObject({
  topic: z.string().min(1).max(249),
  /** Milliseconds since 1970 UTC. */
  at: z.number().int(),
  filter: RecordFilter,
})
export type RecentFilter = z.infer<typeof RecentFilter>

export const MOST_SAVED = 200
export const MOST_RECENT = 50

/** The filters of a profile, or those for all profiles. Saved ones by name, recent ones newest first. */
export const KeptFilters = z.strictObject({
  saved: z.array(SavedFilter).max(MOST_SAVED),
  recent: z.array(RecentFilter).max(MOST_RECENT),
})
export type KeptFilters = z.infer<typeof KeptFilters>

/** In one place a name is unique per topic. */
export function savedKey({ name, topic }: Pick<SavedFilter, 'name' | 'topic'>): string {
  return `${topic ?? ''}\0${name}`
}

/** Adds a filter; one with the same name and topic is replaced. */
export function withSaved(saved: readonly SavedFilter[], one: SavedFilter): SavedFilter[] {
  const others = saved.filter((other) => savedKey(other) !== savedKey(one))
  return [...others, one].toSorted((a, b) => a.name.localeCompare(b.name) || savedKey(a).localeCompare(savedKey(b)))
}

/** Adds a filter at the front; the same filter is removed further back, and so is the oldest if there are too many. */
export function withRecent(recent: readonly RecentFilter[], one: RecentFilter): RecentFilter[] {
  const key = ({ topic, filter }: RecentFilter): string => `${topic}\0${JSON.stringify(filter)}`
  return [one, ...recent.filter((other) => key(other) !== key(one))].slice(0, MOST_RECENT)
}
