import { z } from 'zod'
import { ConnectionId } from '../model/ids.ts'
import { LagLimit } from '../model/lag-limit.ts'
import { Empty, OnConnection } from './common.ts'
import { route, stream } from './define.ts'
import { SamplingState } from './lag.ts'

/**
 * A limit that is exceeded. `records`: lag in offsets; `time`: the age of the oldest unread record in ms; `members`:
 * the group has none left.
 */
export const LagAlert = z.strictObject({
  group: z.string(),
  what: z.enum(['records', 'time', 'members']),
  /** The value at the last reading, and the limit: the least number of members, or the greatest lag or age. */
  value: z.bigint(),
  limit: z.bigint(),
  /** When it was first seen to be exceeded, in ms since 1970 by this computer's clock. */
  since: z.bigint(),
})
export type LagAlert = z.infer<typeof LagAlert>

const LimitList = z.strictObject({ items: z.array(LagLimit) })

/** Limits on the lag of groups that the user wants to be told about, kept with a profile. */
export const lagLimits = {
  'limits.list': route({ input: OnConnection, output: LimitList, effect: 'read' }),
  /** Replaces the limit that the group had. */
  'limits.set': route({ input: OnConnection.extend({ limit: LagLimit }), output: LimitList, effect: 'local' }),
  'limits.remove': route({
    input: OnConnection.extend({ group: z.string().min(1) }),
    output: LimitList,
    effect: 'local',
  }),
  /**
   * Checks the groups that have a limit while the stream is open, and tells which limits are exceeded whenever that
   * changes.
   */
  'limits.watch': stream({
    input: z.strictObject({ connectionId: ConnectionId }),
    batch: z.strictObject({
      /** All limits that are exceeded now. */
      alerts: z.array(LagAlert),
      /**
       * Limits newly exceeded, or newly kept again; sent to only one of the streams that are open, so that nobody is
       * notified twice.
       */
      news: z.array(z.strictObject({ alert: LagAlert, isPassed: z.boolean() })),
    }),
    progress: SamplingState,
    done: Empty,
    effect: 'local',
  }),
}
