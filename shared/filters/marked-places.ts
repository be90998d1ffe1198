import type { RecordFilter } from './filter.ts'
import { kindOf } from './filter-kinds.ts'
import { mergedMarks, type MarkFinder } from './mark-texts.ts'

/**
 * Finds the places to mark as the reason for a match; undefined: nothing to mark. It does not decide whether a record matches.
 */
export function placesOf(filter: RecordFilter): MarkFinder | undefined {
  switch (filter.kind) {
    case 'all':
    case 'any':
      return mergedMarks(filter.of.map(placesOf).filter((one) => one !== undefined))
    case 'not':
      return undefined
    default:
      return kindOf(filter).places(filter)
  }
}
