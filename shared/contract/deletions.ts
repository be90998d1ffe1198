import { z } from 'zod'
import { ErrorValue } from '../errors.ts'
import { ConnectionId, PartitionId } from '../model/ids.ts'
import { Confirm, Failure } from './common.ts'
import { route } from './define.ts'
import { appliedExtent, DeletePlan, GroupApplied, groupsExtent, MOST_GROUPS, Scope } from './offsets.ts'

/** What is to go of one group: what a plan that deletes of several is made of. */
export const DeleteSpec = z.strictObject({
  group: z.string().min(1),
  what: z.enum(['group', 'positions']),
  /** Of positions; none named = all. */
  scope: Scope.default([]),
  /**
   * Offsets that were seen there. A position that is another one by now is refused, and so is a whole group that has one which is not
   * among them: it was found to be of no use as it stood then.
   */
  ifStill: z.array(z.strictObject({ topic: z.string(), partition: PartitionId, offset: z.bigint() })).max(100_000).optional(), // oxfmt-ignore
})
export type DeleteSpec = z.infer<typeof DeleteSpec>

/** Deletions of several groups, each of which is applied, journalled and undone by itself. */
export const DeletionsPlan = z.strictObject({
  plans: z.array(DeletePlan).max(MOST_GROUPS),
  /** Groups of which there is no plan, and why. */
  failures: z.array(Failure),
  /** Why none of them can be applied. */
  refusal: ErrorValue.nullable(),
  /** One sentence on all of them. */
  summary: z.string(),
})
export type DeletionsPlan = z.infer<typeof DeletionsPlan>

export const deletions = {
  /** The same of several groups. Of one that cannot be planned the others are told. Writes nothing. */
  'offsets.planDeletions': route({
    input: z.strictObject({ connectionId: ConnectionId, groups: z.array(DeleteSpec).min(1).max(MOST_GROUPS) }),
    output: DeletionsPlan,
    extent: groupsExtent,
    effect: 'read',
  }),
  /** Each plan as `offsets.delete` does it: one journal entry and one outcome a group, whatever comes of the others. */
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
