import type { EntryOf, JournalEntry } from '#shared/contract/journal.ts'
import type { ApplyResult, ApplyRow } from '#shared/contract/offsets.ts'
import { fromErrorValue, SeeklineError } from '#shared/errors.ts'
import type { Position } from '#shared/model/positions.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { applySentence } from '#shared/offsets/outcome.ts'
import { samePosition } from '#shared/offsets/plan-row.ts'
import type { ChangeJournal } from '../../changes/run-change.ts'
import type { GroupPort, PerPartition } from '../groups/group-port.ts'
import { say } from './row-outcome.ts'

type Positions = EntryOf<'positions'>

export interface SettleJournal extends Pick<ChangeJournal, 'result'> {
  get(id: string): Promise<JournalEntry | null>
  list(query: { limit: number; kind: 'positions'; clusterId?: string }): Promise<{ items: JournalEntry[] }>
}

/** How many of a cluster's newest changes are checked when it is opened: interruptions are rare, and recent. */
const NEWEST = 50
/** Longer than all requests of a change together may take, with all their retries. */
const UNDER_WAY_MS = 300_000
/** The limit for one check when a cluster is opened. */
const LOOK_MS = 60_000

/**
 * Finds out the outcome of an interrupted change of positions from the current positions: the journal gets it as that change's
 * result. Nothing is written to the cluster. Throws if it is known already, or may still be running.
 */
export async function settle(
  id: string,
  {
    journal,
    port,
    startedAt,
    signal,
  }: { journal: SettleJournal; port: GroupPort; startedAt: bigint; signal: AbortSignal },
): Promise<ApplyResult> {
  const entry = await journal.get(id)
  if (entry === null) throw refused(`The journal has no entry ${id}.`)
  if (entry.kind !== 'positions') throw refused('Only a change of positions can be looked at again.')
  if (entry.result !== null) throw refused('It is known what came of this change.')
  if (entry.clusterId !== port.clusterId) throw refused(`That change was made on another cluster (through ${entry.profileName}).`, `Connect ${entry.profileName} and look there.`) // oxfmt-ignore
  // A change of this run may be running for as long as its requests may take; a change of another run is settled by what it
  // last wrote.
  if (entry.at >= startedAt && Date.now() - Number(entry.at) < UNDER_WAY_MS) throw refused('This change may still be under way.', 'Look again in a few minutes.') // oxfmt-ignore
  return record(entry, journal, port, signal)
}

/**
 * The same for all changes that were interrupted on a cluster before the app was started. Those that cannot be settled can be
 * settled later on request.
 */
export async function settleAll(journal: SettleJournal, port: GroupPort, startedAt: bigint): Promise<void> {
  if (port.clusterId === null) return
  const { items } = await journal.list({ limit: NEWEST, kind: 'positions', clusterId: port.clusterId })
  for (const entry of items) {
    if (entry.kind !== 'positions' || entry.result !== null || entry.at >= startedAt) continue
    await record(entry, journal, port, AbortSignal.timeout(LOOK_MS)).catch(() => undefined)
  }
}

async function record(
  entry: Positions,
  journal: SettleJournal,
  port: GroupPort,
  signal: AbortSignal,
): Promise<ApplyResult> {
  const result = await resultOf(entry, port, signal)
  await journal.result(entry.id, 'positions', result)
  return result
}

async function resultOf(entry: Positions, port: GroupPort, signal: AbortSignal): Promise<ApplyResult> {
  const { group, deletes, rows: meant } = entry
  const [facts, found] = await Promise.all([
    port.facts(group, signal),
    meant.length === 0 ? new Map<string, never>() : port.positions(group, meant, signal),
  ])
  const failures = [...found.values()].filter((one) => 'error' in one)
  // Nothing is known then, and the entry stays as it is: it can be settled later.
  if (failures[0] !== undefined && failures.length === found.size) throw fromErrorValue(failures[0].error)
  const rows = meant.map((row) => rowOf(row, found))
  const groupDeleted = deletes === 'group' && !facts.exists
  return {
    journalId: entry.id,
    rows,
    summary: `Interrupted, and looked at afterwards. ${sentence(entry, rows, groupDeleted)}`,
    groupCreated:
      !entry.groupExisted && rows.some(({ status, intended }) => status === 'confirmed' && intended !== null),
    groupDeleted,
  }
}

function sentence({ group, deletes }: Positions, rows: readonly ApplyRow[], groupDeleted: boolean): string {
  const isUntouched = rows.length > 0 && rows.every(({ status }) => status === 'same')
  if (isUntouched) return `Nothing was written: ${group} stands as it did before.`
  if (deletes === undefined) return applySentence(group, rows)
  if (rows.length === 0 || groupDeleted) return groupDeleted ? `${group} is gone.` : `${group} is still there.`
  return applySentence(group, rows, false, { subject: `The positions of ${group}`, was: 'were', done: 'deleted' })
}

function rowOf(
  { topic, partition, topicId, before, after }: Positions['rows'][number],
  found: PerPartition<Position | null>,
): ApplyRow {
  const base = { topic, partition, topicId, before, intended: after }
  const now = found.get(keyOf({ topic, partition }))
  if (now === undefined || 'error' in now) {
    const why = now === undefined ? 'the group’s coordinator did not tell of it' : now.error.message
    return { ...base, status: 'unknown', message: `What stands there could not be read: ${why}` }
  }
  const { value } = now
  if (samePosition(value, after)) {
    const message = 'It stands as planned. Whether somebody else committed in between was not checked: Seekline ended before it could look.' // oxfmt-ignore
    return { ...base, found: value, unchecked: true, status: 'confirmed', message }
  }
  if (samePosition(value, before)) return { ...base, found: value, status: 'same', message: 'Not written: it stands as it did before.' } // oxfmt-ignore
  const message = `It is ${say(value)} now, neither as before nor as planned: somebody has committed since.`
  return { ...base, found: value, status: 'unknown', message }
}

function refused(message: string, hint?: string): SeeklineError {
  return new SeeklineError('plan.refused', message, hint === undefined ? {} : { hint })
}
