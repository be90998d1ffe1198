import type { Show } from '#shared/contract/messages.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { IfNone, Place } from '#shared/model/place.ts'
import type { SpreadRequest } from '#shared/model/spread.ts'
import type { TopicChoice } from '#shared/model/topic-choice.ts'
import type { ListedOf } from './not-judged.ts'
import type { SearchForm } from './search-form.ts'

/** What is searched for, in which range and direction: what the matches answer, whatever was typed since. */
export interface SearchRequest {
  readonly topics: TopicChoice
  /** null: all records, for a search that only wants the newest of each key. */
  readonly filter: RecordFilter | null
  /** The form from which it was made. */
  readonly form: SearchForm
  readonly start: Place
  /** Exclusive; null: up to the end. */
  readonly end: Place | null
  readonly ifNone?: IfNone | undefined
  readonly partitions: readonly number[] | undefined
  readonly show: Show
  readonly direction: 'forward' | 'backward'
  /** The field by which the matches are counted, besides over time. */
  readonly by: SpreadRequest['by']
  /**
   * Only the newest record of each key, as compaction would leave it. Such a search goes backwards from the end, without
   * interruption.
   */
  readonly newestPerKey: boolean
  readonly list: ListedOf
}
