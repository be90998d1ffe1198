import type { ServiceOf } from '#shared/contract/define.ts'
import type { offsets, Plan, PositionsEntry } from '#shared/contract/offsets.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { keyOf } from '#shared/model/positions.ts'
import { samePosition } from '#shared/offsets/plan-row.ts'
import type { GroupPort } from '../groups/group-port.ts'
import type { MessagesAccess } from '../messages/start.ts'
import { applyPlan, type ApplyJournal } from './apply.ts'
import { peek } from './peek.ts'
import { makePlan } from './plan.ts'

/** The journal of position changes, as this service uses it. */
export interface PositionsJournal extends ApplyJournal {
  get(id: string): Promise<PositionsEntry | null>
  list(query: {
    clusterId?: string
    group?: string
    before?: string
    limit: number
  }): Promise<{ items: PositionsEntry[]; more: boolean; damaged: string[] }>
}

export interface OffsetsDependencies {
  groupPort(connectionId: ConnectionId): Promise<GroupPort>
  /** What messages are read through. Throws `connect.closed`. */
  accessOf(connectionId: ConnectionId): MessagesAccess
  profileOf(connectionId: ConnectionId): { id: string; name: string }
  journal: PositionsJournal
}

/** Edits of group positions: plan, apply, journal, undo. */
export function createOffsetsService({
  groupPort,
  accessOf,
  profileOf,
  journal,
}: OffsetsDependencies): ServiceOf<typeof offsets> {
  return {
    'offsets.plan': async (input, { signal }) => makePlan(await groupPort(input.connectionId), input, signal),

    'offsets.peek': (input, { signal }) => peek(accessOf(input.connectionId), input, signal),

    'offsets.apply': async ({ connectionId, plan }, { signal }) => {
      if (plan.connectionId !== connectionId) {
        throw new SeeklineError('call.invalid', 'The plan belongs to another connection than the one named.')
      }
      const port = await groupPort(connectionId)
      return applyPlan(plan, { port, journal, profile: profileOf(connectionId), signal })
    },

    'offsets.planUndo': async ({ connectionId, journalId }, { signal }) => {
      const entry = await journal.get(journalId)
      if (entry === null) {
        throw new SeeklineError('call.invalid', `The journal has no entry ${journalId}.`, {
          hint: 'Open the journal and choose the change to undo there.',
        })
      }
      const port = await groupPort(connectionId)
      if (entry.clusterId !== null && entry.clusterId !== port.clusterId) {
        throw new SeeklineError(
          'plan.refused',
          `That change was made on another cluster (through ${entry.profileName}).`,
          {
            hint: `Connect ${entry.profileName} and undo it there.`,
          },
        )
      }
      const positions = undoable(entry)
      if (positions.length === 0) {
        throw new SeeklineError('plan.refused', 'That change wrote nothing, so there is nothing to undo.')
      }
      const target = { at: 'restore' as const, positions, deleteGroup: !entry.groupExisted }
      const request = { connectionId, group: entry.group, scope: [], target, undoOf: entry.id }
      return warnOfLaterCommits(await makePlan(port, request, signal), entry)
    },

    'offsets.journal': async ({ clusterId, group, before, limit }) =>
      journal.list({
        limit,
        ...(clusterId === undefined ? {} : { clusterId }),
        ...(group === undefined ? {} : { group }),
        ...(before === undefined ? {} : { before }),
      }),
  }
}

/** Only partitions that were written, or may have been, are restored; without a result all may have been. */
function undoable(entry: PositionsEntry) {
  const untouched = new Set(
    (entry.result?.rows ?? [])
      .filter((row) => row.status === 'refused' || row.status === 'conflict' || row.status === 'same')
      .map((row) => keyOf(row)),
  )
  return entry.rows
    .filter((row) => !untouched.has(keyOf(row)))
    .map(({ topic, partition, topicId, before }) => ({ topic, partition, topicId, position: before }))
}

/** The group may have read on since the change; undoing then takes that progress back, too. */
function warnOfLaterCommits(plan: Plan, entry: PositionsEntry): Plan {
  const applied = new Map(entry.rows.map((row) => [keyOf(row), row.after]))
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
