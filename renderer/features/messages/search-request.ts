import { placeWords } from '../../shared-views/place/place-kinds.tsx'
import { requestOf, type BrowseForm } from './browse-form.ts'
import { directionFrom, filterOf, untilPlace, type SearchForm } from './search-form.ts'
import type { SearchRequest } from './search-store.ts'

/** What the list's bar and the words in its field ask for together, or the question that is still open. */
export function searchRequestOf(
  form: SearchForm,
  browse: BrowseForm,
  partitions: readonly number[],
): SearchRequest | string {
  const filter = filterOf(form)
  if (filter === null) return 'What to look for?'
  const read = requestOf(browse, partitions)
  if (typeof read === 'string') return read
  const until = untilPlace(form)
  if (typeof until === 'string') return until
  const direction = directionFrom(read.start)
  // From the newest it goes back, so that the other end of the range is where it begins.
  const range =
    direction === 'backward'
      ? { start: until ?? { at: 'log-start' as const }, end: null }
      : { start: read.start, end: until }
  const { ifNone, show } = read
  return { filter, form, ...range, ifNone, partitions: read.partitions, show, direction, by: null, list: 'matches' }
}

/** Whether the log holds more than the range of the search. */
export function isPartOfLog({ start, end }: SearchRequest): boolean {
  return start.at !== 'log-start' || end !== null
}

/** "from 14:05 on, newest first". */
export function rangeWords({ start, end, direction }: SearchRequest, zone: string): string {
  const from = start.at === 'log-start' ? undefined : placeWords(start, zone)
  const to = end === null ? undefined : placeWords(end, zone)
  const order = direction === 'backward' ? 'newest first' : 'oldest first'
  if (from === undefined) return to === undefined ? `the whole log, ${order}` : `up to ${to}, ${order}`
  return to === undefined ? `from ${from} on, ${order}` : `from ${from} to ${to}, ${order}`
}
