import type { DeleteSpec, DeletionsPlan } from '#shared/contract/deletions.ts'
import type { GroupApplied } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { deletedGroupsSentence, deletionsSentence } from '#shared/offsets/deletions-sentence.ts'
import type { ChangeContext } from '../../changes/run-change.ts'
import type { GroupPort } from '../groups/group-port.ts'
import { applyDelete, planDelete } from './delete.ts'
import { applyEach, planEach } from './groups.ts'

/** The plan for each group, or why there is none: a problem with one group does not affect the others. */
export async function planDeletions(
  port: GroupPort,
  connectionId: ConnectionId,
  specs: readonly DeleteSpec[],
  signal: AbortSignal,
): Promise<DeletionsPlan> {
  const made = await planEach(specs, (spec) => planDelete(port, { ...spec, connectionId }, signal), signal)
  return { ...made, summary: deletionsSentence(made.plans, made.failures) }
}

/** One after the other, each compared, journalled, deleted and read back separately, so that it can be undone separately. */
export async function applyDeletions(
  { plans }: DeletionsPlan,
  port: GroupPort,
  context: ChangeContext,
): Promise<{ items: GroupApplied[]; summary: string }> {
  const items = await applyEach(plans, (plan) => applyDelete(plan, port, context), context.signal)
  return { items, summary: deletedGroupsSentence(items) }
}
