import type { ArmedOffsets, ArmedState } from '#shared/contract/armed.ts'
import type { ApplyResult, Plan } from '#shared/contract/offsets.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { AccessMode } from '#shared/model/profile.ts'
import { applySentence, canUndo } from '#shared/offsets/outcome.ts'
import { planWhenEmpty, specWhenEmpty } from '#shared/offsets/when-empty.ts'
import type { ChangeJournal } from '../../changes/run-change.ts'
import type { GroupPort } from '../groups/group-port.ts'
import { applyPlan, type ArmedFor } from './apply.ts'
import { makePlan } from './plan.ts'
import { groupRefusal } from './refusals.ts'

export interface WhenEmpty {
  plan: Plan
  offsets: ArmedOffsets
  /** For the journal. */
  armed: ArmedFor
  port: GroupPort
  profile: { id: string; name: string; accessMode: AccessMode }
  /** The profile's name was typed when it was armed. */
  isConfirmed: boolean
  journal: ChangeJournal
  signal: AbortSignal
}

export type WhenEmptyOutcome =
  /** Nothing was written, and the group is to be watched further: a member is back, or the brokers could not be asked. */
  { kind: 'again'; problem: ErrorValue | null } | { kind: 'over'; state: ArmedState; result: ApplyResult | null }

/** Positions that keep changing in a group without members belong to somebody, for example a consumer with assign(). */
const MOST_TRIES = 3

/**
 * Called when the group has no members: makes the plan again, compares it with the armed one, and applies it like any other.
 * The broker refuses the commit if a member was quicker.
 */
export async function applyWhenEmpty(given: WhenEmpty): Promise<WhenEmptyOutcome> {
  const { plan, port } = given
  const closed = accessProblem(given)
  if (closed !== null) return failed(closed)
  if (plan.clusterId !== port.clusterId) {
    return ended('conflict', 'Another cluster answers now than the one that the plan was made for.', 'Nothing was written. Make the plan again.') // oxfmt-ignore
  }
  // The entry whose outcome is not known yet: an error from here on may have left something behind.
  let open: string | null = null
  const journal: ChangeJournal = {
    intent: async (entry) => (open = await given.journal.intent(entry)),
    result: (...told) => given.journal.result(...told),
  }
  const apply: Apply = async (next) => {
    const result = await applyPlan(next, port, { ...given, journal }, given.armed)
    open = null
    return result
  }
  try {
    return await tryAndTryAgain(given, apply)
  } catch (error) {
    const value = toErrorValue(error)
    if (open !== null) {
      return over({ is: 'ended', how: 'failed', message: value.message, journalId: open, hint: 'The journal has what is known of it.' }) // oxfmt-ignore
    }
    if (given.signal.aborted) throw error
    return again(value)
  }
}

type Apply = (next: Plan) => Promise<ApplyResult>

async function tryAndTryAgain({ plan, offsets, port, signal }: WhenEmpty, apply: Apply): Promise<WhenEmptyOutcome> {
  const request = {
    connectionId: plan.connectionId,
    ...specWhenEmpty(plan, offsets),
    ...(plan.undoOf === null ? {} : { undoOf: plan.undoOf }),
  }
  for (let tries = 1; ; tries += 1) {
    const now = await makePlan(port, request, signal)
    if (now.refusal !== null) return again(now.refusal)
    const next = planWhenEmpty(plan, offsets, now)
    if ('conflict' in next) return conflict(next.conflict)
    const result = await apply(next.plan)
    const isConflict = result.rows.some((row) => row.status === 'conflict')
    const isRefused = result.rows.length > 0 && result.rows.every((row) => row.status === 'refused')
    if (!isConflict && !isRefused) return applied(plan, result)
    // Usually by a member that joined in between. In any case nothing was written.
    const refusal = isRefused ? groupRefusal(plan.group, await port.facts(plan.group, signal)) : null
    if (refusal !== null) return again(refusal)
    if (tries >= MOST_TRIES) return isConflict ? conflict(withoutMembers(plan.group, result)) : ended('failed', result.summary) // oxfmt-ignore
  }
}

/** Temporary problems need not be reported: a member that is back is seen by the watch anyway. */
function again(error: ErrorValue): WhenEmptyOutcome {
  if (!error.retryable) return failed(error)
  return { kind: 'again', problem: error.code === 'kafka.group-live' ? null : error }
}

/** As for any write to this profile: what was permitted when it was armed may no longer be. */
function accessProblem({ profile, isConfirmed }: WhenEmpty): ErrorValue | null {
  if (profile.accessMode === 'read-only') {
    const message = `The profile "${profile.name}" has become read-only since this was armed.`
    return toErrorValue(new SeeklineError('access.read-only', message, { hint: 'Nothing was written.' }))
  }
  if (profile.accessMode !== 'guarded' || isConfirmed) return null
  const message = `The profile "${profile.name}" has become guarded since this was armed, and its name was not typed.`
  return toErrorValue(new SeeklineError('access.unconfirmed', message, { hint: 'Nothing was written. Arm it again.' }))
}

function applied({ group }: Plan, result: ApplyResult): WhenEmptyOutcome {
  const summary = result.rows.length > 0 ? result.summary : `${group} stood there already when it was empty: nothing was left to change.` // oxfmt-ignore
  const isUndoable = canUndo(result)
  return over({ is: 'applied', summary, journalId: result.journalId, isUndoable }, result)
}

const conflict = (result: ApplyResult): WhenEmptyOutcome =>
  over({ is: 'ended', how: 'conflict', message: result.summary, journalId: null }, result)

/** The same, and what it means that positions change although the group is empty. */
function withoutMembers(group: string, result: ApplyResult): ApplyResult {
  const why = `${group} has no members, and its positions move all the same: a consumer that uses assign() commits, or another tool does.`
  return { ...result, summary: `${applySentence(group, result.rows)} ${why}` }
}

const failed = ({ message, hint }: ErrorValue): WhenEmptyOutcome => ended('failed', message, hint)

const ended = (how: 'conflict' | 'failed', message: string, hint?: string): WhenEmptyOutcome =>
  over({ is: 'ended', how, message, journalId: null, ...(hint === undefined ? {} : { hint }) })

type Over = Exclude<ArmedState, { is: 'watching' | 'applying' }>
type WithoutTime<S> = S extends unknown ? Omit<S, 'at'> : never

const over = (state: WithoutTime<Over>, result: ApplyResult | null = null): WhenEmptyOutcome => ({
  kind: 'over',
  state: { ...state, at: BigInt(Date.now()) } as Over,
  result,
})
