import type { ApplyResult, GroupApplied, GroupsPlan, PlanSpec } from '#shared/contract/offsets.ts'
import type { Failure } from '#shared/contract/common.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { appliedGroupsSentence, groupsSentence } from '#shared/offsets/groups-sentence.ts'
import type { ChangeContext } from '../../changes/run-change.ts'
import { mapLimited } from '../../kafka/map-limited.ts'
import type { GroupPort } from '../groups/group-port.ts'
import { applyPlan } from './apply.ts'
import { makePlan } from './plan.ts'

/** A group takes a handful of requests, mostly to one coordinator. */
const GROUPS_AT_ONCE = 4

/** A plan for each group, or why there is none: a problem with one group does not affect the others. */
export async function planGroups(
  port: GroupPort,
  connectionId: ConnectionId,
  specs: readonly PlanSpec[],
  signal: AbortSignal,
): Promise<GroupsPlan> {
  const made = await planEach(specs, (spec) => makePlan(port, { ...spec, connectionId }, signal), signal)
  return { ...made, summary: groupsSentence(made.plans, made.failures) }
}

/**
 * One after the other, each as if it were alone: compared, journalled, committed and read back separately, so that it can be
 * undone separately. After a cancel, groups that were not started say so.
 */
export async function applyGroups(
  { plans }: GroupsPlan,
  port: GroupPort,
  context: ChangeContext,
): Promise<{ items: GroupApplied[]; summary: string }> {
  const items = await applyEach(plans, (plan) => applyPlan(plan, port, context), context.signal)
  return { items, summary: appliedGroupsSentence(items) }
}

interface OfGroup {
  group: string
}

/** What plans of several groups have in common, whatever they do. */
export async function planEach<Spec extends OfGroup, One extends OfGroup & { refusal: ErrorValue | null }>(
  specs: readonly Spec[],
  make: (spec: Spec) => Promise<One>,
  signal: AbortSignal,
): Promise<{ plans: One[]; failures: Failure[]; refusal: ErrorValue | null }> {
  requireOnce(specs)
  const failures: Failure[] = []
  const made = await mapLimited(specs, GROUPS_AT_ONCE, async (spec): Promise<One[]> => {
    try {
      return [await make(spec)]
    } catch (error) {
      if (signal.aborted) throw error
      failures.push({ what: spec.group, error: toErrorValue(error) })
      return []
    }
  })
  const plans = made.flat()
  const errors = [...plans.map((plan) => plan.refusal), ...failures.map(({ error }) => error)]
  return { plans, failures, refusal: errors.every((error) => error !== null) ? (errors[0] ?? null) : null }
}

/** One after the other; the outcome of one does not affect the others. */
export async function applyEach<One extends OfGroup & { refusal: ErrorValue | null }>(
  plans: readonly One[],
  apply: (plan: One) => Promise<ApplyResult>,
  signal: AbortSignal,
): Promise<GroupApplied[]> {
  requireOnce(plans)
  const items: GroupApplied[] = []
  for (const plan of plans) items.push(await applyOne(plan, apply, signal))
  return items
}

async function applyOne<One extends OfGroup & { refusal: ErrorValue | null }>(
  plan: One,
  apply: (plan: One) => Promise<ApplyResult>,
  signal: AbortSignal,
): Promise<GroupApplied> {
  const { group } = plan
  if (signal.aborted) {
    const error = new SeeklineError('call.cancelled', 'It was cancelled before this group was begun.')
    return { group, result: null, error: toErrorValue(error) }
  }
  // It was shown as one that is not applied, so it is not, even if its reason no longer exists.
  if (plan.refusal !== null) return { group, result: null, error: plan.refusal }
  try {
    return { group, result: await apply(plan), error: null }
  } catch (error) {
    return { group, result: null, error: toErrorValue(error) }
  }
}

/** Two plans for one group start from the same positions: after the first one, the second is a conflict. */
function requireOnce(of: readonly OfGroup[]): void {
  const names = new Set<string>()
  for (const { group } of of) {
    if (names.has(group)) {
      throw new SeeklineError('call.invalid', `${group} is named twice.`, { hint: 'Name each group once.' })
    }
    names.add(group)
  }
}
