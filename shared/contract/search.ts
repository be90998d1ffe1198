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
  /** Of this profile, the last one first. */
  recent: z.array(RecentFilter),
})

const OnTopic = OnConnection.extend({ topic: z.string().min(1).max(249) })
const MOST_TRIED = 1_000

/** Records to try things on: the newest ones of the partitions, or of these. */
const Sample = { partitions: z.array(PartitionId).min(1).max(10_000).optional() }

/** What a filter makes of one record. */
export const Tried = z.strictObject({
  partition: PartitionId,
  offset: z.bigint(),
  timestamp: z.bigint(),
  verdict: z.enum(['kept', 'dropped', ...cannotReasons]),
  /** Why it cannot be judged; null: it can. */
  why: z.string().nullable(),
  /** Their beginnings, as lists show them; null: there is none. */
  key: z.string().nullable(),
  value: z.string().nullable(),
})
export type Tried = z.infer<typeof Tried>

/** A field that records have, as an expression names it. */
export const SampledField = z.strictObject({
  /** "value.customer.id", "value.items[0].sku", "headers.retry". */
  expression: z.string(),
  part: z.literal(['key', 'value', 'headers']),
  /** From the key or value; of a header its name. `[0]` stands for any item of a list. */
  path: ValuePath,
  /** As expressions call them. */
  types: z.array(z.enum(['null', 'bool', 'int', 'double', 'string', 'bytes', 'list', 'map'])),
  /** In how many of the records. */
  count: z.number().int(),
  /** One of its values, as an expression writes it; null: it is none of a text, a number or a yes or no. */
  example: z.string().nullable(),
})
export type SampledField = z.infer<typeof SampledField>

/** Filters that are kept, and what one makes of some records, before many are searched by it. */
export const search = {
  'search.filters.list': route({ input: OnConnection, output: SavedFilters, effect: 'read' }),
  /** One of the same name and topic is replaced. */
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
  /** It was used: from now on it is the first of the recent ones. */
  'search.filters.used': route({
    input: OnTopic.extend({ filter: RecordFilter }),
    output: SavedFilters,
    effect: 'local',
  }),
  /** Reads the newest records of a topic and says of each whether the filter keeps it, newest first. */
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
  /** Fields of the newest records, with their types: for completion, and for a form. */
  'search.fields': route({
    input: OnTopic.extend({ ...Sample, count: z.number().int().min(1).max(MOST_TRIED).default(100) }),
    output: z.strictObject({ records: z.number().int(), fields: z.array(SampledField) }),
    effect: 'read',
  }),
}
