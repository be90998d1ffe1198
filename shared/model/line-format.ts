import { z } from 'zod'
import { MOST_FIELDS, RowField } from './row-field.ts'

/** How records are written to a file: a line each, but for Parquet. */
export const LineFormat = z.discriminatedUnion('as', [
  /** All of a record, to the last byte, as `produce.plan` takes it again. */
  z.strictObject({ as: z.literal('ndjson') }),
  z.strictObject({
    as: z.literal('csv'),
    /** Columns behind partition, offset, timestamp, key and value. */
    fields: z.array(RowField).max(MOST_FIELDS).default([]),
    /** What a spreadsheet would run as a formula gets an apostrophe in front. */
    defuse: z.boolean().default(true),
  }),
  /** Topic, partition and offset, tabs between them. */
  z.strictObject({ as: z.literal('coordinates') }),
  /** A table for programs: keys and values as text where they are one, and their bytes where they are not. */
  z.strictObject({ as: z.literal('parquet') }),
])
export type LineFormat = z.infer<typeof LineFormat>
