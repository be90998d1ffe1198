import type { GroupApplied, GroupsPlan, Plan, PlanSpec } from '#shared/contract/offsets.ts'
import type { Failure } from '#shared/contract/common.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { appliedGroupsSentence, groupsSentence } from '#shared/offsets/groups-sentence.ts'
import type { ChangeContext } from '../../changes/run-change.ts'
import { mapLimited } from '../../kafka/map-limited.ts'
import type { GroupPort } from '../groups/group-port.ts'
import { applyPlan } from './apply.ts'
import { makePlan } from './plan.ts'

/** A group is a handful of questions, mostly to one coordinator. */
const GROUPS_AT_ONCE = 4

/** A plan of each group, or why there is none: what is wrong with one holds up no other. */
export async function planGroups(
  port: GroupPort,
  connectionId: ConnectionId,
  specs: readonly PlanSpec[],
  signal: AbortSignal,
): Promise<GroupsPlan> {
  requireOnce(specs)
  const failures: Failure[] = []
  const made = await mapLimited(specs, GROUPS_AT_ONCE, async (spec): Promise<Plan[]> => {
    try {
      return [await makePlan(port, { ...spec, connectionId }, signal)]
    } catch (error) {
      if (signal.aborted) throw error
      failures.push({ what: spec.group, error: toErrorValue(error) })
      return []
    }
  })
  const plans = made.flat()
  const errors = [...plans.map((plan) => plan.refusal), ...failures.map(({ error }) => error)]
  const refusal = errors.every((error) => error !== null) ? (errors[0] ?? null) : null
  return { plans, failures, refusal, summary: groupsSentence(plans, failures) }
}

/**
 * One after the other, each as if it were alone: compared, journalled, committed and read back by itself, so that it can be
 * undone by itself. Cancelled in between, those that were not begun say so.
 */
export async function applyGroups(
  { plans }: GroupsPlan,
  port: GroupPort,
  context: ChangeContext,
): Promise<{ items: GroupApplied[]; summary: string }> {
  requireOnce(plans)
  const items: GroupApplied[] = []
  for (const plan of plans) items.push(await applyOne(plan, port, context))
  return { items, summary: appliedGroupsSentence(items) }
}

async function applyOne(plan: Plan, port: GroupPort, context: ChangeContext): Promise<GroupApplied> {
  const { group } = plan
  if (context.signal.aborted) {
    const error = new SeeklineError('call.cancelled', 'It was cancelled before this group was begun.')
    return { group, result: null, error: toErrorValue(error) }
  }
  // It was shown as one that is not applied, and so it is not, though its reason may be gone by now.
  if (plan.refusal !== null) return { group, result: null, error: plan.refusal }
  try {
    return { group, result: await applyPlan(plan, port, context), error: null }
  } catch (error) {
    return { group, result: null, error: toErrorValue(error) }
  }
}

/** Two plans of one group were made of the same positions: after the first the second is a conflict. */
function requireOnce(of: readonly { group: string }[]): void {
  const twice = of.find(({ group }, i) => of.findIndex((one) => one.group === group) !== i)
  if (twice === undefined) return
  throw new SeeklineError('call.invalid', `${twice.group} is named twice.`, { hint: 'Name each group once.' })
}
