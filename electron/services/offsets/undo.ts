import { undoOf, type WayBack } from '#shared/changes/kinds.ts'
import type { JournalEntry } from '#shared/contract/journal.ts'
import type { Plan } from '#shared/contract/offsets.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { samePosition } from '#shared/offsets/plan-row.ts'
import type { GroupPort } from '../groups/group-port.ts'
import { makePlan } from './plan.ts'

interface UndoContext {
  connectionId: ConnectionId
  groupPort: (connectionId: ConnectionId) => Promise<GroupPort>
  signal: AbortSignal
}

/** A plan that gives back what a change of positions took; or the reason why there is none. */
export async function planUndo(
  entry: JournalEntry | null,
  journalId: string,
  { connectionId, groupPort, signal }: UndoContext,
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
  const { group, rows, deleteGroup } = way
  const positions = rows.map(({ topic, partition, topicId, before }) => ({
    topic,
    partition,
    topicId,
    position: before,
  }))
  const target = { at: 'restore' as const, positions, deleteGroup }
  const request = { connectionId, group, scope: [], target, undoOf: entry.id }
  return warnOfLaterCommits(await makePlan(port, request, signal), rows)
}

/** The group may have read on since the change; undoing then takes that progress back, too. */
function warnOfLaterCommits(plan: Plan, undone: WayBack['rows']): Plan {
  const applied = new Map(undone.map((row) => [keyOf(row), row.after]))
  const moved = plan.rows.filter((row) => {
    const after = applied.get(keyOf(row))
    return after !== undefined && !samePosition(row.before, after)
  })
  if (moved.length === 0) return plan
  const count = moved.length === 1 ? '1 partition has' : `${moved.length} partitions have`
  return {
    ...plan,
    warnings: [`${count} been committed since that change; undoing takes this back as well.`, ...plan.warnings],
  }
}
