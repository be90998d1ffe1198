import type { MarkFinder } from './mark-texts.ts'
import type { Predicate } from './predicate.ts'

/** What there is to know of a kind of filter besides its schema. */
export interface FilterKind<F> {
  /** Throws `NoFilter` where it cannot be one. */
  readonly compile: (filter: F) => Predicate
  /** Finds in a text that is shown what made a record match; undefined: there is nothing to mark. */
  readonly places: (filter: F) => MarkFinder | undefined
}
