import { expression } from './expression.ts'
import type { OneFilter } from './filter.ts'
import type { FilterKind } from './filter-kind.ts'
import { regex } from './regex.ts'
import { text } from './text.ts'

/** Every kind of filter by its name in the schema; filters made of other filters are in `compile.ts`. */
const kinds: { readonly [K in OneFilter['kind']]: FilterKind<Extract<OneFilter, { kind: K }>> } = {
  text,
  regex,
  expression,
}

export function kindOf<F extends OneFilter>(filter: F): FilterKind<F> {
  // Each name in the table has the kind of that filter, as the table's type requires.
  return kinds[filter.kind] as unknown as FilterKind<F>
}
