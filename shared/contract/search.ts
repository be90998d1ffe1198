import { z } from 'zod'
import { RecordFilter } from '../filters/filter.ts'
import { cannotReasons } from '../filters/predicate.ts'
import { PartitionId } from '../model/ids.ts'
import { ValuePath } from '../model/row-field.ts'
import { RecentFilter, SavedFilter } from '../model/saved-filter.ts'
import { OnConnection } from './common.ts'
import { route } from './define.ts'

/** Where a saved filter is kept: with the profile of the connection, or for all profiles. */
const KeptFor = z.literal(['profile', 'all'])

const SavedFilters = z.strictObject({
  profile: z.array(SavedFilter),
  all: z.array(SavedFilter),
  /** The recent filters of this profile, the last one first. */
  recent: z.array(RecentFilter),
})

const OnTopic = OnConnection.extend({ topic: z.string().min(1).max(249) })
const MOST_TRIED = 1_000

/** The records to try a filter on: the newest ones of all partitions, or of these. */
const Sample = { partitions: z.array(PartitionId).min(1).max(10_000).optional() }

/** The verdict of a filter on one record. */
export const Tried = z.strictObject({
  partition: PartitionId,
  offset: z.bigint(),
  timestamp: z.bigint(),
  verdict: z.enum(['kept', 'dropped', ...cannotReasons]),
  /** Why it cannot be judged; null: it can. */
  why: z.string().nullable(),
  /** The beginnings of key and value, as lists show them; null: there is none. */
  key: z.string().nullable(),
  value: z.string().nullable(),
})
export type Tried = z.infer<typeof Tried>

/** A field found in records, with the expression that names it. */
export const SampledField = z.strictObject({
  /** "value.customer.id", "value.items[0].sku", "headers.retry". */
  expression: z.string(),
  part: z.literal(['key', 'value', 'headers']),
  /** In the key or value; for a header its name. `[0]` stands for any item of a list. */
  path: ValuePath,
  /** The names of its types in expressions. */
  types: z.array(z.enum(['null', 'bool', 'int', 'double', 'string', 'bytes', 'list', 'map'])),
  /** In how many of the records it was found. */
  count: z.number().int(),
  /** One of its values, as a literal in an expression; null: it is neither text, number nor boolean. */
  example: z.string().nullable(),
})
export type SampledField = z.infer<typeof SampledField>

/** Saved filters, and trying a filter on some records before searching many. */
export const search = {
  'search.filters.list': route({ input: OnConnection, output: SavedFilters, effect: 'read' }),
  /** Replaces a filter with the same name and topic. */
  'search.filters.save': route({
    input: OnConnection.extend({ for: KeptFor, filter: SavedFilter }),
    output: SavedFilters,
    effect: 'local',
  }),
  'search.filters.delete': route({
    input: OnConnection.extend({ for: KeptFor, name: z.string(), topic: z.string().nullable() }),
    output: SavedFilters,
    effect: 'local',
  }),
  /** Records that a filter was used: it becomes the first of the recent ones. */
  'search.filters.used': route({
    input: OnTopic.extend({ filter: RecordFilter }),
    output: SavedFilters,
    effect: 'local',
  }),
  /** Reads the newest records of a topic and gives the filter's verdict on each, newest first. */
  'search.try': route({
    input: OnTopic.extend({
      ...Sample,
      filter: RecordFilter,
      count: z.number().int().min(1).max(MOST_TRIED).default(100),
    }),
    output: z.strictObject({
      kept: z.number().int(),
      dropped: z.number().int(),
      notJudged: z.array(z.strictObject({ reason: z.enum(cannotReasons), count: z.number().int() })),
      records: z.array(Tried).max(MOST_TRIED),
    }),
    effect: 'read',
  }),
  /** The fields of the newest records, with their types: for completion, and for a form. */
  'search.fields': route({
    input: OnTopic.extend({ ...Sample, count: z.number().int().min(1).max(MOST_TRIED).default(100) }),
    output: z.strictObject({ records: z.number().int(), fields: z.array(SampledField) }),
    effect: 'read',
  }),
}
