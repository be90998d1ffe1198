import type { Show } from '#shared/contract/messages.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { IfNone, Place } from '#shared/model/place.ts'
import type { SpreadRequest } from '#shared/model/spread.ts'
import type { TopicChoice } from '#shared/model/topic-choice.ts'
import type { ListedOf } from './not-judged.ts'
import type { SearchForm } from './search-form.ts'

/** What is looked for, where, and which way: what the hits answer, whatever was typed since. */
export interface SearchRequest {
  readonly topics: TopicChoice
  /** null: all records, of which only the newest of each key are wanted. */
  readonly filter: RecordFilter | null
  /** What was typed for it. */
  readonly form: SearchForm
  readonly start: Place
  /** Exclusive; null: to the end. */
  readonly end: Place | null
  readonly ifNone?: IfNone | undefined
  readonly partitions: readonly number[] | undefined
  readonly show: Show
  readonly direction: 'forward' | 'backward'
  /** What the matches are counted by, beside over time. */
  readonly by: SpreadRequest['by']
  /** Of each key only its newest record, as compaction would leave it. Such a search goes back from the end, in one go. */
  readonly newestPerKey: boolean
  readonly list: ListedOf
}
