import { z } from 'zod'
import { ExpressionFilter } from './expression-filter.ts'
import { RegexFilter } from './regex-filter.ts'
import { TextFilter } from './text-filter.ts'

/** One file a kind; what is made of it is the kind's in `filter-kinds.ts`. */
const schemas = [TextFilter, RegexFilter, ExpressionFilter] as const
type FilterSchema = (typeof schemas)[number]

/** A filter that is not made of others. */
export type OneFilter = z.infer<FilterSchema>

/** What is looked for: a value that a page sends, that clones into workers, and that is kept. */
export type RecordFilter =
  | OneFilter
  | { kind: 'all' | 'any'; of: RecordFilter[] }
  /** What the filter does not match, and can be judged by it. */
  | { kind: 'not'; of: RecordFilter }

/** Filters within one, its own included; and how deeply they stand in one another. */
const MOST = 200
const LEVELS = 10

/** As it is given: what has a usual value may be left out. */
export type GivenFilter =
  | z.input<FilterSchema>
  | { kind: 'all' | 'any'; of: GivenFilter[] }
  | { kind: 'not'; of: GivenFilter }

const AnyDepth: z.ZodType<RecordFilter, GivenFilter> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    ...schemas,
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
