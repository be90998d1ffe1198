import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { Confirm, Failure } from './common.ts'
import { route } from './define.ts'
import { appliedExtent, DeletePlan, GroupApplied, groupsExtent, MOST_GROUPS, Scope } from './offsets.ts'

/** What is to be deleted of one group: a plan to delete from several groups is made of these. */
export const DeleteSpec = z.strictObject({
  group: z.string().min(1),
  what: z.enum(['group', 'positions']),
  /** For positions only; none named means all. */
  scope: Scope.default([]),
  /**
   * The positions as they were seen. A position that has changed since is refused, and so is the deletion of a whole
   * group that has a position which is not listed here: the group was found unused only as it was then.
   */
  ifStill: z.array(z.strictObject({ topic: z.string(), partition: PartitionId, offset: z.bigint() })).max(100_000).optional(), // oxfmt-ignore
})
export type DeleteSpec = z.infer<typeof DeleteSpec>

/** Deletions of several groups, each of which is applied, journalled and undone by itself. */
export const DeletionsPlan = z.strictObject({
  plans: z.array(DeletePlan).max(MOST_GROUPS),
  /** Groups that could not be planned, and why. */
  failures: z.array(Failure),
  /** Why none of them can be applied. */
  refusal: ErrorValue.nullable(),
  /** One sentence about all of them. */
  summary: z.string(),
})
export type DeletionsPlan = z.infer<typeof DeletionsPlan>

export const deletions = {
  /** Plans deletions in several groups. A group that cannot be planned does not stop the others. Writes nothing. */
  'offsets.planDeletions': route({
    input: z.strictObject({ connectionId: ConnectionId, groups: z.array(DeleteSpec).min(1).max(MOST_GROUPS) }),
    output: DeletionsPlan,
    extent: groupsExtent,
    effect: 'read',
  }),
  /**
   * Applies each plan as `offsets.delete` does: one journal entry and one outcome per group, independent of the others.
   */
  'offsets.applyDeletions': route({
    input: z.strictObject({ connectionId: ConnectionId, plan: DeletionsPlan, confirm: Confirm }),
    output: z.strictObject({ items: z.array(GroupApplied), summary: z.string() }),
    extent: ({ items }) => appliedExtent(items),
    effect: 'write',
    writes: ['connectionId'],
    shown: {
      by: ['offsets.planDeletions'],
      entries: ['positions'],
      running: ['Positions of several groups are being deleted.', 'deletions of several groups are being made.'],
    },
  }),
}
