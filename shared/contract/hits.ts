import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { RowColumns } from '../model/rows.ts'
import { SearchName } from '../model/search-name.ts'
import { route } from './define.ts'

/** Why hits are kept no more: there are as many as are kept of one search, or the disk took none. They are counted all the same. */
export const HitsStopped = z.strictObject({ why: z.enum(['full', 'disk']), error: ErrorValue.nullable() })
export type HitsStopped = z.infer<typeof HitsStopped>

/** The hits that `messages.scan` keeps (`keep` of its input), in any order and both ways, without reading them again. */
export const hits = {
  /**
   * By `timestamp` all partitions are merged; those of one timestamp by partition and offset. A record that is older than one
   * before it in its partition says so in its flags. A page ends early where a frame would become too large.
   */
  'search.page': route({
    input: z.strictObject({
      search: SearchName,
      order: z.enum(['found', 'partition', 'timestamp']),
      newestFirst: z.boolean().default(false),
      from: z.number().int().min(0),
      count: z.number().int().min(1).max(500),
    }),
    output: z.strictObject({
      rows: RowColumns,
      /** That are kept. More may come between two pages; in another order than `found` they move others. */
      total: z.number().int(),
      stopped: HitsStopped.nullable(),
    }),
    effect: 'read',
  }),
  /** Nobody looks at them any more. At the end of the app all go by themselves. */
  'search.forget': route({ input: z.strictObject({ search: SearchName }), output: z.null(), effect: 'local' }),
}
