import type { ServiceOf } from '#shared/contract/define.ts'
import type { deletions } from '#shared/contract/deletions.ts'
import type { elsewhere } from '#shared/contract/elsewhere.ts'
import type { meaning } from '#shared/contract/meaning.ts'
import type { offsets } from '#shared/contract/offsets.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { ChangeJournal } from '../../changes/run-change.ts'
import type { GroupPort } from '../groups/group-port.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'
import { applyPlan } from './apply.ts'
import { csvOfGroups, csvOfPlans, specsOf } from './csv.ts'
import { applyDelete, planDelete } from './delete.ts'
import { applyDeletions, planDeletions } from './deletions.ts'
import { positionsElsewhere } from './elsewhere.ts'
import { applyGroups, planGroups } from './groups.ts'
import { tellMeaning } from './meaning.ts'
import { peek } from './next-of-group.ts'
import { makePlan } from './plan.ts'
import { settle, type SettleJournal } from './settle.ts'
import { planUndo } from './undo.ts'

export interface OffsetsDependencies {
  groupPort(connectionId: ConnectionId): Promise<GroupPort>
  /** Access for reading messages. Throws `connect.closed`. */
  accessOf(connectionId: ConnectionId): MessagesAccess
  profileOf(connectionId: ConnectionId): { id: string; name: string }
  journal: ChangeJournal & SettleJournal
  /** When the app started, ms since 1970: a change without a result that was started earlier was interrupted. */
  startedAt: bigint
}

/** Changes of group positions: plan, apply, journal, undo. */
export function createOffsetsService({
  groupPort,
  accessOf,
  profileOf,
  journal,
  startedAt,
}: OffsetsDependencies): ServiceOf<typeof offsets & typeof deletions & typeof elsewhere & typeof meaning> {
  return {
    'offsets.plan': async (input, { signal }) => makePlan(await groupPort(input.connectionId), input, signal),

    'offsets.peek': (input, { signal }) => peek(accessOf(input.connectionId), input, signal),

    'offsets.meaning': (input, sink, { signal }) => tellMeaning(accessOf(input.connectionId), input, sink, signal),

    'offsets.elsewhere': async ({ connectionId, other, ...of }, { signal }) => {
      const here = { ...accessOf(connectionId), groups: await groupPort(connectionId) }
      const there = { ...accessOf(other), groups: await groupPort(other) }
      return positionsElsewhere(here, there, of, signal)
    },

    'offsets.apply': async ({ connectionId, plan }, { signal }) => {
      requireOwn(plan, connectionId)
      const port = await groupPort(connectionId)
      return applyPlan(plan, port, { journal, profile: profileOf(connectionId), signal })
    },

    'offsets.planDelete': async (input, { signal }) => planDelete(await groupPort(input.connectionId), input, signal),

    'offsets.delete': async ({ connectionId, plan }, { signal }) => {
      requireOwn(plan, connectionId)
      const port = await groupPort(connectionId)
      return applyDelete(plan, port, { journal, profile: profileOf(connectionId), signal })
    },

    'offsets.planDeletions': async ({ connectionId, groups }, { signal }) =>
      planDeletions(await groupPort(connectionId), connectionId, groups, signal),

    'offsets.applyDeletions': async ({ connectionId, plan }, { signal }) => {
      for (const one of plan.plans) requireOwn(one, connectionId)
      const port = await groupPort(connectionId)
      return applyDeletions(plan, port, { journal, profile: profileOf(connectionId), signal })
    },

    'offsets.planGroups': async ({ connectionId, groups }, { signal }) =>
      planGroups(await groupPort(connectionId), connectionId, groups, signal),

    'offsets.planCsv': async ({ connectionId, text, group, only }, { signal }) => {
      const specs = specsOf(text, group).map((spec) => ({ ...spec, ...(only === undefined ? {} : { only }) }))
      return planGroups(await groupPort(connectionId), connectionId, specs, signal)
    },

    'offsets.csv': async ({ connectionId, of }, { signal }) =>
      of.what === 'plans'
        ? csvOfPlans(of.plans, of.side)
        : csvOfGroups(await groupPort(connectionId), of.groups, signal),

    'offsets.applyGroups': async ({ connectionId, plan }, { signal }) => {
      for (const one of plan.plans) requireOwn(one, connectionId)
      const port = await groupPort(connectionId)
      return applyGroups(plan, port, { journal, profile: profileOf(connectionId), signal })
    },

    'offsets.planUndo': async ({ connectionId, journalId, takeBackLater }, { signal }) =>
      planUndo(await journal.get(journalId), journalId, { connectionId, groupPort, takeBackLater, signal }),

    'offsets.settle': async ({ connectionId, journalId }, { signal }) =>
      settle(journalId, { journal, port: await groupPort(connectionId), startedAt, signal }),
  }
}

function requireOwn(plan: { connectionId: ConnectionId }, connectionId: ConnectionId): void {
  if (plan.connectionId === connectionId) return
  throw new SeeklineError('call.invalid', 'The plan belongs to another connection than the one named.')
}
