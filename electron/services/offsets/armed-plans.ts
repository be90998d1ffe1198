import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { MOST_ARMED, type armed, type ArmedPlan, type ArmedState } from '#shared/contract/armed.ts'
import type { Input, ServiceOf } from '#shared/contract/define.ts'
import type { ApplyResult } from '#shared/contract/offsets.ts'
import { fromErrorValue, SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { AccessMode } from '#shared/model/profile.ts'
import { planSentence } from '#shared/offsets/plan-sentence.ts'
import { movesOn } from '#shared/offsets/when-empty.ts'
import type { ChangeJournal } from '../../changes/run-change.ts'
import { cancelledError, sleep } from '../../kafka/cancellation.ts'
import type { ArmedRecord, ArmedStore } from '../../storage/armed-plans.ts'
import type { GroupFacts, GroupsPort } from '../groups/group-port.ts'
import { applyWhenEmpty, type WhenEmptyOutcome } from './apply-when-empty.ts'
import { GroupWatch } from './group-watch.ts'
import { leftBehind, type ArmedJournal } from './left-armed.ts'
import { groupRefusal } from './refusals.ts'

export interface ArmedDependencies {
  /** Throws `connect.closed`. */
  groupPort(connectionId: ConnectionId): Promise<GroupsPort>
  /** Throws `connect.closed`. */
  profileOf(connectionId: ConnectionId): { id: string; name: string; accessMode: AccessMode }
  journal: ChangeJournal & ArmedJournal
  store: ArmedStore
  /** Registers the armed plan as running work, so that the user is asked before quitting; its signal ends it. */
  track?: (perform: (signal: AbortSignal) => Promise<void>) => Promise<void>
}

export interface ArmedService {
  routes: ServiceOf<typeof armed>
  /** Ends all watches without changing the plans: the next start continues with them. */
  close(): void
}

interface Held {
  readonly record: ArmedRecord
  state: ArmedState
  result: ApplyResult | null
  readonly abort: AbortController
}

/** A few members are enough to recognise them. */
const MOST_NAMED = 5
/** A watch that sees an empty group says so right after its next reading. */
const AFTER_PROBLEM_MS = 1_000
/** How many that have ended are kept; the oldest are dropped first. */
const MOST_ENDED = 100

/** Plans that are applied when their groups become empty. */
// oxlint-disable-next-line max-lines-per-function -- the list of armed plans, its watchers and the stored file depend on each other; a single attempt has a file of its own
export function createArmedService(dependencies: ArmedDependencies): ArmedService {
  const { groupPort, profileOf, journal, store } = dependencies
  const track = dependencies.track ?? ((perform) => perform(new AbortController().signal))
  const owner = { pid: process.pid, host: hostname(), run: randomUUID() }
  const all = new Map<string, Held>()
  const watches = new Map<ConnectionId, GroupWatch>()
  const listeners = new Set<() => void>()
  const closing = new AbortController()

  const tell = (): void => {
    for (const listener of listeners) listener()
  }
  const watchOf = (id: ConnectionId): GroupWatch => {
    const watch = watches.get(id) ?? new GroupWatch(() => groupPort(id))
    watches.set(id, watch)
    return watch
  }

  const keepEnd = async (held: Held, end: ArmedState | null): Promise<void> => {
    const { id } = held.record
    await store.update((records) =>
      records.flatMap((one) => (one.id !== id ? [one] : end === null ? [] : [{ ...one, end }])),
    )
  }

  /** If the disk is full by then, the file still says that it is armed, and the next start looks in the journal. */
  const finish = async (held: Held, state: ArmedState, result: ApplyResult | null = null): Promise<void> => {
    held.state = state
    held.result = result
    forgetOldest()
    tell()
    const isForgotten = state.is === 'ended' && state.how === 'cancelled'
    await keepEnd(held, isForgotten ? null : state).catch(() => undefined)
  }

  const forgetOldest = (): void => {
    const over = [...all.values()].filter(isOver)
    for (const { record } of over.slice(0, Math.max(0, over.length - MOST_ENDED))) all.delete(record.id)
  }

  /** Resolves when the group has no members; rejects when the signal is aborted. */
  const untilEmpty = (held: Held, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const { plan } = held.record
      const onAbort = (): void => {
        release()
        reject(cancelledError())
      }
      const release = watchOf(plan.connectionId).follow(plan.group, plan.groupType, (look) => {
        const before = gist(held.state)
        held.state = 'error' in look ? { ...watching(held.state), problem: look.error } : seen(look.facts)
        if ('facts' in look && groupRefusal(plan.group, look.facts) === null) {
          release()
          signal.removeEventListener('abort', onAbort)
          resolve()
        } else if (gist(held.state) !== before) tell()
      })
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) onAbort()
    })

  const attempt = async ({ record }: Held, isConfirmed: boolean, signal: AbortSignal): Promise<WhenEmptyOutcome> => {
    const { plan, offsets, id, armedAt } = record
    const { connectionId } = plan
    try {
      const [port, profile] = [await groupPort(connectionId), profileOf(connectionId)]
      return await applyWhenEmpty({ plan, offsets, armed: { id, at: armedAt }, port, profile, isConfirmed, journal, signal }) // oxfmt-ignore
    } catch (error) {
      if (signal.aborted) throw error
      return { kind: 'again', problem: toErrorValue(error) }
    }
  }

  /** Watches and tries until the plan has ended, however it ends. */
  const untilOver = async (held: Held, isConfirmed: boolean, signal: AbortSignal): Promise<WhenEmptyOutcome> => {
    for (;;) {
      await untilEmpty(held, signal)
      // After the computer slept, the group may be empty although the plan has expired.
      if (isExpired(held)) throw cancelledError()
      const before = watching(held.state)
      held.state = { is: 'applying' }
      tell()
      const outcome = await attempt(held, isConfirmed, signal)
      if (outcome.kind === 'over') return outcome
      held.state = { ...before, problem: outcome.problem }
      tell()
      if (outcome.problem !== null) await sleep(AFTER_PROBLEM_MS, signal)
    }
  }

  const run = async (held: Held, isConfirmed: boolean, cancelled: AbortSignal): Promise<void> => {
    const timer = setTimeout(() => held.abort.abort(), Number(held.record.expiresAt) - Date.now())
    const signal = AbortSignal.any([cancelled, held.abort.signal, closing.signal])
    try {
      const outcome = await untilOver(held, isConfirmed, signal)
      if (outcome.kind === 'over') await finish(held, outcome.state, outcome.result)
    } catch (error) {
      // The file still says that it is armed, so the next start continues: nobody cancelled it.
      if (closing.signal.aborted) return
      await finish(held, endOf(held, signal.aborted ? undefined : error))
    } finally {
      clearTimeout(timer)
    }
  }

  let loading: Promise<void> | undefined
  /**
   * Loads plans left by an earlier start, and those kept after they ended. Called each time, because a process may have ended
   * since.
   */
  const load = (): Promise<void> => (loading ??= loadNow().finally(() => (loading = undefined)))
  const loadNow = async (): Promise<void> => {
    const isMine = (record: ArmedRecord) => record.owner.run === owner.run
    const records = (await store.get()).filter((record) => !isMine(record) && !all.has(record.id))
    for (const record of records) {
      const end = record.end ?? (await leftBehind(record, journal))
      if (end === null) continue
      const held = { record, state: end, result: null, abort: new AbortController() }
      all.set(record.id, held)
      if (record.end === null) await keepEnd(held, end).catch(() => undefined)
    }
    if (records.length > 0) tell()
  }

  const arm = async (input: Input<(typeof armed)['offsets.arm']>): Promise<{ held: Held; isConfirmed: boolean }> => {
    const { plan, connectionId, expiresIn } = input
    const offsets = requireArmable(input)
    const profile = profileOf(connectionId)
    const waiting = [...all.values()].filter((one) => !isOver(one))
    const twice = waiting.some(({ record }) => record.plan.connectionId === connectionId && record.plan.group === plan.group) // oxfmt-ignore
    if (twice) throw refusal(`A plan for ${plan.group} is armed already.`, 'Cancel that one first.')
    if (waiting.length >= MOST_ARMED) throw refusal(`${MOST_ARMED} plans are armed already.`, 'Cancel one first.')
    const armedAt = BigInt(Date.now())
    const record: ArmedRecord = {
      id: randomUUID(),
      profileId: profile.id,
      profileName: profile.name,
      // The members are read again, and may be many.
      plan: { ...plan, members: [], failures: [], warnings: [] },
      offsets,
      armedAt,
      expiresAt: armedAt + BigInt(expiresIn),
      owner,
      end: null,
    }
    const held: Held = {
      record,
      state: seen({ state: plan.groupState, members: plan.members }),
      result: null,
      abort: new AbortController(),
    }
    // Registered before it is on disk, so that the same group is not armed twice in the meantime.
    all.set(record.id, held)
    try {
      await store.update((records) => [...withoutOldest(records), record])
    } catch (error) {
      all.delete(record.id)
      throw error
    }
    return { held, isConfirmed: input.confirm === profile.name }
  }

  const get = (id: string): Held => {
    const held = all.get(id)
    if (held === undefined) throw new SeeklineError('call.invalid', 'No plan of that id is armed here.', { hint: 'Look at the list of armed plans.' }) // oxfmt-ignore
    return held
  }

  const routes: ArmedService['routes'] = {
    'offsets.arm': async (input, { signal }) => {
      const { held, isConfirmed } = await arm(input)
      tell()
      // While it is waited for, the call itself counts as running work.
      if (input.wait) await run(held, isConfirmed, signal)
      else void track((cancelled) => run(held, isConfirmed, cancelled))
      return headOf(held)
    },

    'offsets.armed': async (_input, sink, { signal }) => {
      let wake = (): void => undefined
      let isNew = true
      const listener = (): void => {
        isNew = true
        wake()
      }
      listeners.add(listener)
      signal.addEventListener('abort', listener, { once: true })
      try {
        // If the file cannot be read, plans armed now are still listed.
        await load().catch(() => undefined)
        while (!signal.aborted) {
          if (!isNew) await new Promise<void>((resolve) => (wake = resolve))
          isNew = false
          if (!signal.aborted) await sink.batch([...all.values()].map(headOf))
        }
        return {}
      } finally {
        listeners.delete(listener)
        signal.removeEventListener('abort', listener)
      }
    },

    'offsets.armedPlan': async ({ id }) => {
      await load()
      const { record, result } = get(id)
      return { plan: record.plan, result }
    },

    'offsets.disarm': async ({ id }) => {
      await load()
      const held = get(id)
      if (!isOver(held)) {
        held.abort.abort()
        return {}
      }
      all.delete(id)
      tell()
      await keepEnd(held, null)
      return {}
    },
  }
  return { routes, close: () => closing.abort() }
}

const isExpired = ({ record }: Held): boolean => Date.now() >= Number(record.expiresAt)

/** Nothing was written: it was cancelled, it expired, or an unexpected error occurred. */
function endOf(held: Held, error: unknown): ArmedState {
  const base = { is: 'ended' as const, at: BigInt(Date.now()), journalId: null }
  if (error !== undefined && !isExpired(held)) return { ...base, how: 'failed', message: toErrorValue(error).message }
  if (!isExpired(held)) return { ...base, how: 'cancelled', message: 'Cancelled. Nothing was written.' }
  const message = `${held.record.plan.group} was never seen without members in time. Nothing was written.`
  return { ...base, how: 'expired', message, hint: 'Arm it again, for longer perhaps.' }
}

const isOver = ({ state }: Pick<Held, 'state'>): boolean => state.is === 'applied' || state.is === 'ended'

/** The offsets it is armed with; throws if it cannot be armed. */
function requireArmable({ plan, connectionId, offsets }: Input<(typeof armed)['offsets.arm']>): ArmedRecord['offsets'] {
  if (plan.connectionId !== connectionId) {
    throw new SeeklineError('call.invalid', 'The plan belongs to another connection than the one named.')
  }
  if (plan.refusal !== null && plan.refusal.code !== 'kafka.group-live') throw fromErrorValue(plan.refusal)
  if (plan.rows.every(({ status }) => status !== 'change')) throw refusal('This plan changes nothing.', 'Choose another place.') // oxfmt-ignore
  if (!movesOn(plan)) return 'shown'
  if (offsets !== undefined) return offsets
  throw new SeeklineError('call.invalid', 'The place of this plan moves on by itself while its group is waited for.', {
    hint: 'Say which offsets are meant: those that are shown now (shown), or those that it comes to then (then).',
  })
}

function seen({ state, members }: Pick<GroupFacts, 'state' | 'members'>): ArmedState {
  const named = (members ?? []).slice(0, MOST_NAMED)
  return {
    is: 'watching',
    groupState: state,
    members: members?.length ?? null,
    who: named.map(({ clientId, host }) => `${clientId} on ${host}`),
    staticMembers: (members ?? []).flatMap(({ instanceId }) => instanceId ?? []).slice(0, MOST_NAMED),
    lookedAt: BigInt(Date.now()),
    problem: null,
  }
}

function watching(before: ArmedState): Extract<ArmedState, { is: 'watching' }> {
  if (before.is === 'watching') return before
  return { is: 'watching', groupState: null, members: null, who: [], staticMembers: [], lookedAt: null, problem: null }
}

function headOf({ record, state }: Held): ArmedPlan {
  const { id, profileName, plan, offsets, armedAt, expiresAt } = record
  const { connectionId, clusterId, group, groupType } = plan
  const sentence = planSentence({ ...plan, refusal: null })
  return { id, connectionId, profileName, clusterId, group, groupType, sentence, offsets, armedAt, expiresAt, state }
}

function withoutOldest(records: readonly ArmedRecord[]): ArmedRecord[] {
  const ended = records.filter(({ end }) => end !== null)
  const gone = new Set(ended.slice(0, Math.max(0, ended.length - MOST_ENDED)))
  return records.filter((record) => !gone.has(record))
}

const refusal = (message: string, hint: string): SeeklineError => new SeeklineError('plan.refused', message, { hint })

/** The parts of a state whose change is worth sending: not the time of the last reading. */
const gist = (state: ArmedState): string =>
  JSON.stringify(state, (key, value: unknown) => (key === 'lookedAt' ? undefined : typeof value === 'bigint' ? String(value) : value)) // oxfmt-ignore
