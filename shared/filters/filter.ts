import { z } from 'zod'
import { ExpressionFilter } from './expression-filter.ts'
import { RegexFilter } from './regex-filter.ts'
import { TextFilter } from './text-filter.ts'

/** One file per kind; the implementation of each kind is listed in `filter-kinds.ts`. */
const schemas = [TextFilter, RegexFilter, ExpressionFilter] as const
type FilterSchema = (typeof schemas)[number]

/** A filter that is not made of other filters. */
export type OneFilter = z.infer<FilterSchema>

/** A filter as a value: sent by a page, cloned into workers, and stored. */
export type RecordFilter =
  | OneFilter
  | { kind: 'all' | 'any'; of: RecordFilter[] }
  /** Matches the records that the filter does not match, as far as they can be judged by it. */
  | { kind: 'not'; of: RecordFilter }

/** How many filters one may consist of, itself included; and how deep they may be nested. */
const MOST = 200
const LEVELS = 10

/** A filter as input: fields with defaults may be left out. */
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
