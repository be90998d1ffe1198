import { z } from 'zod'
import { MOST_FIELDS, RowField } from './row-field.ts'

/** How records are written to a file: one line each, except for Parquet. */
export const LineFormat = z.discriminatedUnion('as', [
  /** Everything in a record, to the last byte, as `produce.plan` reads it back. */
  z.strictObject({ as: z.literal('ndjson') }),
  z.strictObject({
    as: z.literal('csv'),
    /** Columns after partition, offset, timestamp, key and value. */
    fields: z.array(RowField).max(MOST_FIELDS).default([]),
    /** Put an apostrophe before what a spreadsheet would run as a formula. */
    defuse: z.boolean().default(true),
  }),
  /** Topic, partition and offset, separated by tabs. */
  z.strictObject({ as: z.literal('coordinates') }),
  /** A table for programs: keys and values as text if they are text, otherwise as bytes. */
  z.strictObject({ as: z.literal('parquet') }),
])
export type LineFormat = z.infer<typeof LineFormat>
