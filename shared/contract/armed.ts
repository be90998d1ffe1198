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
 * Which offsets count where the plan's place moves on by itself, as an end of the log, a shift or "an hour ago" does. `shown`: those
 * that the plan shows. `then`: those that the place comes to in the moment the group is empty.
 */
export const ArmedOffsets = z.enum(['shown', 'then'])
export type ArmedOffsets = z.infer<typeof ArmedOffsets>

/** How an armed plan ended without a change, or with one of which not all is known. */
export const ArmedEnd = z.enum(['conflict', 'expired', 'cancelled', 'failed', 'interrupted'])

export const ArmedState = z.discriminatedUnion('is', [
  z.strictObject({
    is: z.literal('watching'),
    /** Kafka's own word; null before the first look. */
    groupState: z.string().nullable(),
    /** null: not known. */
    members: z.number().int().nullable(),
    /** Some of them, as `client id on host`. */
    who: z.array(z.string()),
    /** Some of those with a `group.instance.id`: they stay members after they have stopped (KIP-345). */
    staticMembers: z.array(z.string()),
    /** When the group was last seen, ms since 1970. */
    lookedAt: z.bigint().nullable(),
    /** What keeps it from looking, or from applying; it goes on trying. */
    problem: ErrorValue.nullable(),
  }),
  z.strictObject({ is: z.literal('applying') }),
  z.strictObject({
    is: z.literal('applied'),
    at: z.bigint(),
    /** What came of it, as one sentence. */
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
    /** The entry of what was, or may have been, written. */
    journalId: z.string().nullable(),
  }),
])
export type ArmedState = z.infer<typeof ArmedState>

/** A plan that waits for its group to be empty, or what became of one. */
export const ArmedPlan = z.strictObject({
  id: z.string(),
  connectionId: ConnectionId,
  profileName: z.string(),
  clusterId: z.string().nullable(),
  group: z.string(),
  groupType: GroupType,
  /** What it does, as the plan said. */
  sentence: z.string(),
  offsets: ArmedOffsets,
  armedAt: z.bigint(),
  expiresAt: z.bigint(),
  state: ArmedState,
})
export type ArmedPlan = z.infer<typeof ArmedPlan>

export const armed = {
  /**
   * Has a plan applied in the moment its group is empty: the group is looked at again and again, the plan made anew then, compared
   * with this one, and applied as `offsets.apply` does. Refused for a plan that is refused for another reason than live members.
   */
  'offsets.arm': route({
    input: z.strictObject({
      connectionId: ConnectionId,
      plan: Plan,
      confirm: Confirm,
      /** Needed where the plan's place moves on by itself; elsewhere the offsets shown are meant. */
      offsets: ArmedOffsets.optional(),
      /** ms from now. */
      expiresIn: z.number().int().min(ARMED_FOR.least).max(ARMED_FOR.most).default(ARMED_FOR.usual),
      /** Answers once it is over rather than once it is armed; to cancel the call is to cancel it. For scripts. */
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
  /** All that is armed in this app, and what became of those that were, until they are dismissed: the whole list at each change. */
  'offsets.armed': stream({
    input: Empty,
    batch: z.array(ArmedPlan),
    progress: Empty,
    done: Empty,
    effect: 'read',
  }),
  /** One of them with its plan, and the rows of what came of it where that is known. */
  'offsets.armedPlan': route({
    input: z.strictObject({ id: z.string() }),
    output: z.strictObject({ plan: Plan, result: ApplyResult.nullable() }),
    effect: 'read',
  }),
  /** Ends one that waits; forgets one that has ended. What is being written is not stopped. */
  'offsets.disarm': route({ input: z.strictObject({ id: z.string() }), output: Empty, effect: 'local' }),
}
