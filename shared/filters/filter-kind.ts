import type { MarkFinder } from './mark-texts.ts'
import type { Predicate } from './predicate.ts'

/** The implementation of one kind of filter; its schema is in a file of its own. */
export interface FilterKind<F> {
  /** Throws `NoFilter` if the filter is invalid. */
  readonly compile: (filter: F) => Predicate
  /** Finds in a displayed text what made a record match; undefined: there is nothing to mark. */
  readonly places: (filter: F) => MarkFinder | undefined
}
