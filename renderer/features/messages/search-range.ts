import type { TopicChoice } from '#shared/model/topic-choice.ts'
import { placeWords } from '../../shared-views/place/place-kinds.tsx'
import { requestOf, type BrowseForm } from './browse-form.ts'
import { directionFrom, filterOf, untilPlace, type SearchForm } from './search-form.ts'
import type { SearchRequest } from './search-request.ts'

/** The range that is searched, and which records of it are seen. */
export type SearchRange = Pick<SearchRequest, 'start' | 'end' | 'ifNone' | 'partitions' | 'show' | 'direction'>

/** The range from the list's bar and the options, or a sentence that says what is missing. */
export function rangeOf(form: SearchForm, browse: BrowseForm, partitions: readonly number[]): SearchRange | string {
  const read = requestOf(browse, partitions)
  if (typeof read === 'string') return read
  const until = untilPlace(form)
  if (typeof until === 'string') return until
  const { ifNone, show } = read
  // From the newest it goes back in time, so that the other end of the range is where it starts.
  const ends =
    read.start.at === 'high-watermark'
      ? { start: until ?? { at: 'log-start' as const }, end: null }
      : { start: read.start, end: until }
  return { ...ends, ifNone, partitions: read.partitions, show, direction: directionFrom(read.start) }
}

/** The request from the list's bar and the text in its field, or a sentence that says what is missing. */
export function searchRequestOf(
  topics: TopicChoice,
  form: SearchForm,
  browse: BrowseForm,
  partitions: readonly number[],
): SearchRequest | string {
  const filter = filterOf(form)
  const { newestPerKey } = form
  if (filter === null && !newestPerKey) return 'What to look for?'
  const range = rangeOf(form, browse, partitions)
  if (typeof range === 'string') return range
  // The newest record of a key can only be found from the end.
  const direction = newestPerKey ? 'backward' : range.direction
  return { topics, filter, form, ...range, direction, by: null, newestPerKey, list: 'matches' }
}

/** Whether the log holds more than the range of the search. */
export function isPartOfLog({ start, end }: SearchRequest): boolean {
  return start.at !== 'log-start' || end !== null
}

/** "from 14:05 on, newest first". */
export function rangeWords(
  { start, end, direction, newestPerKey }: Pick<SearchRequest, 'start' | 'end' | 'direction' | 'newestPerKey'>,
  zone: string,
): string {
  const from = start.at === 'log-start' ? undefined : placeWords(start, zone)
  const to = end === null ? undefined : placeWords(end, zone)
  const order = newestPerKey ? 'the newest record of each key' : direction === 'backward' ? 'newest first' : 'oldest first' // oxfmt-ignore
  if (from === undefined) return to === undefined ? `the whole log, ${order}` : `up to ${to}, ${order}`
  return to === undefined ? `from ${from} on, ${order}` : `from ${from} to ${to}, ${order}`
}
