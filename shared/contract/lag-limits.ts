import { z } from 'zod'
import { ConnectionId } from '../model/ids.ts'
import { LagLimit } from '../model/lag-limit.ts'
import { Empty, OnConnection } from './common.ts'
import { route, stream } from './define.ts'
import { SamplingState } from './lag.ts'

/** A limit that is passed. `records`: lag in offsets; `time`: the age of the oldest unread record in ms; `members`: none is left. */
export const LagAlert = z.strictObject({
  group: z.string(),
  what: z.enum(['records', 'time', 'members']),
  /** What it came to when it was last looked at, and what it may be: no less than one member, no more than the others say. */
  value: z.bigint(),
  limit: z.bigint(),
  /** When it was first seen to be so, in ms since 1970 by our clock. */
  since: z.bigint(),
})
export type LagAlert = z.infer<typeof LagAlert>

const LimitList = z.strictObject({ items: z.array(LagLimit) })

/** What somebody wants to be told of a group's lag, kept with a profile. */
export const lagLimits = {
  'limits.list': route({ input: OnConnection, output: LimitList, effect: 'read' }),
  /** In place of the one that the group had. */
  'limits.set': route({ input: OnConnection.extend({ limit: LagLimit }), output: LimitList, effect: 'local' }),
  'limits.remove': route({
    input: OnConnection.extend({ group: z.string().min(1) }),
    output: LimitList,
    effect: 'local',
  }),
  /** Looks at the groups that have a limit while it is open, and tells which limits are passed whenever that changes. */
  'limits.watch': stream({
    input: z.strictObject({ connectionId: ConnectionId }),
    batch: z.strictObject({
      /** All that are passed now. */
      alerts: z.array(LagAlert),
      /** Passed, or kept again, since what was told before; only one of those who watch is given them, so that nobody is told twice. */
      news: z.array(z.strictObject({ alert: LagAlert, isPassed: z.boolean() })),
    }),
    progress: SamplingState,
    done: Empty,
    effect: 'local',
  }),
}
