import type { RecordFilter } from './filter.ts'
import { kindOf } from './filter-kinds.ts'
import { mergedMarks, type MarkFinder } from './mark-texts.ts'

/** Finds what made a record match, to be marked; undefined: there is nothing to mark. It judges nothing. */
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
