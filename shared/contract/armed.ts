import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId } from '../model/ids.ts'
import { Confirm, Empty } from './common.ts'
import { route, stream } from './define.ts'
import { GroupType } from './groups.ts'
import { ApplyResult, Plan } from './offsets.ts'

const MINUTE_MS = 60_000

/** How long a plan may stay armed, ms: long enough for the next deployment, never so long that it is forgotten. */
export const ARMED_FOR = { least: MINUTE_MS, usual: 60 * MINUTE_MS, most: 24 * 60 * MINUTE_MS } as const

/** How many plans may be armed at a time: each group is looked at several times a second. */
export const MOST_ARMED = 50

/**
 * Which offsets are applied where the plan's place moves by itself, as an end of the log, a shift or "an hour ago"
 * does. `shown`: the offsets in the plan. `then`: the offsets of that place at the moment when the group is empty.
 */
export const ArmedOffsets = z.enum(['shown', 'then'])
export type ArmedOffsets = z.infer<typeof ArmedOffsets>

/** How an armed plan ended if it changed nothing, or if part of its outcome is not known. */
export const ArmedEnd = z.enum(['conflict', 'expired', 'cancelled', 'failed', 'interrupted'])

export const ArmedState = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.literal('watching'),
    /** Kafka's own word; null before the first look. */
    groupState: z.string().nullable(),
    /** null: not known. */
    members: z.number().int().nullable(),
    /** Some of the members, as `client id on host`. */
    who: z.array(z.string()),
    /** Some of the members with a `group.instance.id`: they stay in the group after they have stopped (KIP-345). */
    staticMembers: z.array(z.string()),
    /** When the group was last seen, ms since 1970. */
    lookedAt: z.bigint().nullable(),
    /** What keeps the app from reading the group's state, or from applying the plan; it goes on trying. */
    problem: ErrorValue.nullable(),
  }),
  z.strictObject({ is: z.literal('applying') }),
  z.strictObject({
    is: z.literal('applied'),
    at: z.bigint(),
    /** The outcome, as one sentence. */
    summary: z.string(),
    /** null: nothing was left to change. */
    journalId: z.string().nullable(),
    isUndoable: z.boolean(),
  }),
  z.strictObject({
    is: z.literal('ended'),
    how: ArmedEnd,
    at: z.bigint(),
    message: z.string(),
    hint: z.string().optional(),
    /** The journal entry of what was, or may have been, written. */
    journalId: z.string().nullable(),
  }),
])
export type ArmedState = z.infer<typeof ArmedState>

/** A plan that waits until its group is empty, or the outcome of one. */
export const ArmedPlan = z.strictObject({
  id: z.string(),
  connectionId: ConnectionId,
  profileName: z.string(),
  clusterId: z.string().nullable(),
  group: z.string(),
  groupType: GroupType,
  /** What the plan does, in the plan's own sentence. */
  sentence: z.string(),
  offsets: ArmedOffsets,
  armedAt: z.bigint(),
  expiresAt: z.bigint(),
  state: ArmedState,
})
export type ArmedPlan = z.infer<typeof ArmedPlan>

export const armed = {
  /**
   * Has a plan applied as soon as its group is empty: the group's state is polled, and when it is empty the plan is
   * made again, compared with this one, and applied as `offsets.apply` does. Refused for a plan that is refused for any
   * reason other than live members.
   */
  'offsets.arm': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      plan: Plan,
      confirm: Confirm,
      /** Needed where the plan's place moves by itself; elsewhere the offsets shown are applied. */
      offsets: ArmedOffsets.optional(),
      /** ms from now. */
      expiresIn: z.number().int().min(ARMED_FOR.least).max(ARMED_FOR.most).default(ARMED_FOR.usual),
      /**
       * Answer once the plan has ended instead of once it is armed; cancelling the call then cancels the plan. For
       * scripts.
       */
      wait: z.boolean().default(false),
    }),
    output: ArmedPlan,
    extent: ({ state }) => (state.is === 'ended' ? 'none' : 'all'),
    effect: 'write',
    writes: ['connectionId'],
    shown: {
      by: ['offsets.plan', 'offsets.planUndo'],
      entries: ['positions'],
      running: [
        'A plan is armed: it would be applied in the moment its group is empty.',
        'plans are armed: each would be applied in the moment its group is empty.',
      ],
    },
  }),
  /**
   * All armed plans of this app, and the outcome of those that ended, until they are dismissed: the whole list on each
   * change.
   */
  'offsets.armed': stream({
    input: Empty,
    batch: z.array(ArmedPlan),
    progress: Empty,
    done: Empty,
    effect: 'read',
  }),
  /** One armed plan, with the rows of its outcome where that is known. */
  'offsets.armedPlan': route({
    input: z.strictObject({ id: z.string() }),
    output: z.strictObject({ plan: Plan, result: ApplyResult.nullable() }),
    effect: 'read',
  }),
  /** Cancels a plan that waits, or forgets one that has ended. A write that has started is not stopped. */
  'offsets.disarm': route({ input: z.strictObject({ id: z.string() }), output: Empty, effect: 'local' }),
}
