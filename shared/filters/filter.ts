import { z } from 'zod'
import { ExpressionFilter } from './expression-filter.ts'
import { RegexFilter } from './regex-filter.ts'
import { TextFilter } from './text-filter.ts'

/**
 * What is looked for: a value that a page sends, that clones into workers, and that is kept. One file a kind; `compile.ts` makes
 * a predicate of it.
 */
export type RecordFilter =
  | TextFilter
  | RegexFilter
  | ExpressionFilter
  | { kind: 'all' | 'any'; of: RecordFilter[] }
  /** What the filter does not match, and can be judged by it. */
  | { kind: 'not'; of: RecordFilter }

/** Filters within one, its own included; and how deeply they stand in one another. */
const MOST = 200
const LEVELS = 10

/** As it is given: what has a usual value may be left out. */
export type GivenFilter =
  | z.input<typeof TextFilter>
  | z.input<typeof RegexFilter>
  | z.input<typeof ExpressionFilter>
  | { kind: 'all' | 'any'; of: GivenFilter[] }
  | { kind: 'not'; of: GivenFilter }

const AnyDepth: z.ZodType<RecordFilter, GivenFilter> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    TextFilter,
    RegexFilter,
    ExpressionFilter,
    z.strictObject({ kind: z.literal(['all', 'any']), of: z.array(AnyDepth).min(1).max(MOST) }),
    z.strictObject({ kind: z.literal('not'), of: AnyDepth }),
  ]),
)

export const RecordFilter = AnyDepth.refine(
  (filter) => extentOf(filter).count <= MOST && extentOf(filter).levels <= LEVELS,
  `At most ${MOST} filters, in one another at most ${LEVELS} deep.`,
)

function extentOf(filter: RecordFilter): { count: number; levels: number } {
  const within = 'of' in filter ? [filter.of].flat().map(extentOf) : []
  return {
    count: within.reduce((sum, { count }) => sum + count, 1),
    levels: 1 + within.reduce((most, { levels }) => Math.max(most, levels), 0),
  }
}
