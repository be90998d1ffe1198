import { z } from 'zod'
import type { Predicate } from './predicate.ts'
import { compileText, TextFilter } from './text-filter.ts'

/** What is looked for: a value that a page sends, that clones into workers, and that is kept. One file a kind. */
export const RecordFilter = z.discriminatedUnion('kind', [TextFilter])
export type RecordFilter = z.infer<typeof RecordFilter>

export function compileFilter(filter: RecordFilter): Predicate {
  switch (filter.kind) {
    case 'text':
      return compileText(filter)
  }
}
