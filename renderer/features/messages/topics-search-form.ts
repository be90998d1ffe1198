import { compileFilter, isProblem } from '#shared/filters/compile.ts'
import { MOST_SEARCHED, type TopicChoice } from '#shared/model/topic-choice.ts'
import { ifNonePolicies } from '#shared/offsets/missing-place.ts'
import { chosenIfNone } from '../../shared-views/place/place-field.tsx'
import {
  noPlaceValues,
  placeForms,
  type OfferedPlace,
  type PlaceValues,
} from '../../shared-views/place/place-kinds.tsx'
import { formatGrouped } from '../../ui/format.ts'
import { directionFrom, filterOf, untilPlace, type SearchForm } from './search-form.ts'
import type { SearchRequest } from './search-request.ts'

/** Places that mean the same in every topic. */
export const placesOfSeveral = ['high-watermark', 'log-start', 'timestamp', 'ago'] as const satisfies readonly OfferedPlace[] // oxfmt-ignore

/** Which topics are searched, and from where. */
export interface TopicsForm {
  /** A regular expression that is found anywhere in a name. */
  readonly pattern: string
  readonly matchCase: boolean
  readonly internal: boolean
  readonly from: (typeof placesOfSeveral)[number]
  readonly place: PlaceValues
}

/** Only which topics. */
type TopicNames = Pick<TopicsForm, 'pattern' | 'matchCase' | 'internal'>

export const emptyTopics: TopicsForm = {
  pattern: '',
  matchCase: false,
  internal: false,
  from: 'high-watermark',
  place: noPlaceValues,
}

/** null: no pattern is typed, or it is not a valid one yet. */
export function choiceOf(form: TopicNames): TopicChoice | null {
  const { matchCase, internal } = form
  const pattern = typedOf(form)
  return pattern === '' || patternProblem(form) !== undefined ? null : { by: 'pattern', pattern, matchCase, internal }
}

const typedOf = ({ pattern }: TopicNames): string => pattern.trim().slice(0, 1_000)

/** Why the pattern is not valid; checked by the same engine that matches the names. */
export function patternProblem(form: TopicNames): string | undefined {
  const pattern = typedOf(form)
  if (pattern === '') return undefined
  const made = compileFilter({ kind: 'regex', pattern, matchCase: form.matchCase, in: ['key'] })
  return isProblem(made) ? made.message : undefined
}

/** The request from both forms, or a sentence that says what is missing. */
export function requestOfSeveral(topics: TopicsForm, form: SearchForm): SearchRequest | string {
  const choice = choiceOf(topics)
  if (choice === null) return patternProblem(topics) ?? 'Which topics?'
  const filter = filterOf(form)
  const { newestPerKey } = form
  if (filter === null && !newestPerKey) return 'What to look for?'
  const start = placeForms[topics.from].of(topics.place)
  if (typeof start === 'string') return start
  const until = untilPlace(form)
  if (typeof until === 'string') return until
  // From the newest it goes back in time, so that the other end of the range is where it starts.
  const isBack = start.at === 'high-watermark'
  return {
    topics: choice,
    filter,
    form,
    start: isBack ? (until ?? { at: 'log-start' }) : start,
    end: isBack ? null : until,
    ...chosenIfNone([start.at], undefined, ifNonePolicies.browse),
    partitions: undefined,
    show: { aborted: false, open: true },
    direction: newestPerKey ? 'backward' : directionFrom(start),
    by: null,
    newestPerKey,
    list: 'matches',
  }
}

/** "12 topics, 96 partitions": what matches, and what of it is left out. */
export function fitWords({
  topics,
  more,
  internal,
}: {
  topics: readonly { partitions: number }[]
  more: number
  internal: number
}): string {
  // oxfmt-ignore
  const partitions = topics.reduce((sum, one) => sum + one.partitions, 0)
  const words = [
    `${formatGrouped(topics.length)} ${topics.length === 1 ? 'topic' : 'topics'}, ${formatGrouped(partitions)} ${partitions === 1 ? 'partition' : 'partitions'}`,
    ...(more > 0
      ? [`${formatGrouped(more)} more fit: at most ${formatGrouped(MOST_SEARCHED)} are searched at once`]
      : []),
    ...(internal > 0 ? [`${formatGrouped(internal)} of Kafka’s own left out`] : []),
  ]
  return words.join(' · ')
}
