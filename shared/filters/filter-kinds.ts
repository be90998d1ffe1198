import { expression } from './expression.ts'
import type { OneFilter } from './filter.ts'
import type { FilterKind } from './filter-kind.ts'
import { regex } from './regex.ts'
import { text } from './text.ts'

/** Every kind of filter by the name in its schema; those made of others are in `compile.ts`. */
const kinds: { readonly [K in OneFilter['kind']]: FilterKind<Extract<OneFilter, { kind: K }>> } = {
  text,
  regex,
  expression,
}

export function kindOf<F extends OneFilter>(filter: F): FilterKind<F> {
  // The table gives each name the kind of that filter: its type says so.
  return kinds[filter.kind] as unknown as FilterKind<F>
}
