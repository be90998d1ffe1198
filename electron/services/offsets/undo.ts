import { undoOf, type WayBack } from '#shared/changes/kinds.ts'
import type { JournalEntry } from '#shared/contract/journal.ts'
import type { Plan, PlanRow } from '#shared/contract/offsets.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { samePosition } from '#shared/offsets/plan-row.ts'
import { COMMITTED_LATER } from '#shared/offsets/when-empty.ts'
import type { GroupPort } from '../groups/group-port.ts'
import { makePlan } from './plan.ts'

interface UndoContext {
  connectionId: ConnectionId
  groupPort: (connectionId: ConnectionId) => Promise<GroupPort>
  takeBackLater?: boolean | undefined
  signal: AbortSignal
}

/** The plan that undoes a change of positions; or the reason why there is none. */
export async function planUndo(
  entry: JournalEntry | null,
  journalId: string,
  { connectionId, groupPort, takeBackLater = false, signal }: UndoContext,
): Promise<Plan> {
  if (entry === null) {
    throw new SeeklineError('call.invalid', `The journal has no entry ${journalId}.`, {
      hint: 'Open the journal and choose the change to undo there.',
    })
  }
  const way = undoOf(entry)
  if ('why' in way) throw new SeeklineError('plan.refused', way.why)
  if ('schema' in way) throw new SeeklineError('call.invalid', 'That change was made in the schema registry.')
  const port = await groupPort(connectionId)
  if (entry.clusterId !== null && entry.clusterId !== port.clusterId) {
    throw new SeeklineError('plan.refused', `That change was made on another cluster (through ${entry.profileName}).`, {
      hint: `Connect ${entry.profileName} and undo it there.`,
    })
  }
  const { group, rows, deleteGroup, isShare } = way
  const positions = rows.map(({ topic, partition, topicId, before }) => ({
    topic,
    partition,
    topicId,
    position: before,
  }))
  const target = { at: 'restore' as const, positions, deleteGroup }
  const request = { connectionId, group, scope: [], target, undoOf: entry.id, isShare }
  return withoutLaterCommits(await makePlan(port, request, signal), rows, takeBackLater)
}

/**
 * The group may have read on since the change. Undoing would discard what it committed since, and it would read those records
 * again; so such a partition is a conflict, unless the user says that this is intended.
 */
function withoutLaterCommits(plan: Plan, undone: WayBack['rows'], takeBackLater: boolean): Plan {
  const applied = new Map(undone.map((row) => [keyOf(row), row.after]))
  const isLater = (row: PlanRow): boolean => {
    const after = applied.get(keyOf(row))
    return row.status === 'change' && after !== undefined && !samePosition(row.before, after)
  }
  const committedLater = plan.rows.filter(isLater).length
  if (committedLater === 0) return plan
  if (takeBackLater) {
    const count = committedLater === 1 ? '1 partition was' : `${committedLater} partitions were`
    const warning = `${count} committed after that change; undoing takes this back as well.`
    return { ...plan, committedLater, warnings: [warning, ...plan.warnings] }
  }
  const unmoved = { skips: 0n, repeats: 0n, clampedFrom: null, status: 'refused' as const, note: COMMITTED_LATER }
  const rows = plan.rows.map((row) => (isLater(row) ? { ...row, ...unmoved, after: row.before } : row))
  return { ...plan, committedLater, rows }
}
