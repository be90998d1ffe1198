import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { commandOn, commandOnCluster } from '../../workbench/command.ts'
import { showingArmed } from '../../shared-views/armed/armed-badge.tsx'
import { exportingPositions } from '../../shared-views/position-diff/export-positions.ts'
import { lazyView, StoredOffset, tabKind, TargetScope } from '../../workbench/tab-kind.ts'

const Plan = z.strictObject({
  connectionId: ConnectionId,
  /** Empty: the group is still to be named. */
  group: z.string(),
  /** What the plan affects; omitted: everything for which the group has a position. */
  scope: TargetScope.optional(),
  offset: StoredOffset.optional(),
  /** Back to the group's positions at this time, ms since 1970. */
  then: StoredOffset.optional(),
  /** A plan that undoes this journal entry. */
  undo: z.string().optional(),
  /** An armed plan, to be shown with its result. */
  armed: z.string().optional(),
  /** The group whose positions are the target: its clone, if no group is named. */
  like: z.string().optional(),
})

/** Several groups in one plan; none: the groups of a file that is still to be opened. */
const Plans = z.strictObject({
  connectionId: ConnectionId,
  groups: z.array(z.string()).max(200),
  /** Offsets that another view passed, by name (`workbench/handed-specs.ts`). */
  handed: z.string().optional(),
})

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    plan: z.infer<typeof Plan>
    plans: z.infer<typeof Plans>
  }
}

export const offsetsPart: AppPart = {
  tabs: [
    tabKind({
      kind: 'plan',
      target: Plan,
      oneFor: ['connectionId', 'group'],
      title: ({ group }) => `${group === '' ? 'New group' : group} · positions`,
      view: lazyView(async () => (await import('./plan-view.tsx')).OffsetsPlanView),
    }),
    tabKind({
      kind: 'plans',
      target: Plans,
      oneFor: ['connectionId'],
      title: ({ groups }) =>
        groups.length === 0 ? 'Several groups · positions' : `${groups.length} ${groups.length === 1 ? 'group' : 'groups'} · positions`, // oxfmt-ignore
      view: lazyView(async () => (await import('./groups-plan-view.tsx')).GroupsPlanView),
    }),
  ],
  commands: [
    commandOnCluster({
      id: 'positions.ofGroups',
      title: 'Move positions of several groups…',
      words: 'reset offsets from a file csv plan',
      menu: 'go',
      run: (connectionId, { navigation }) => navigation.open({ kind: 'plans', connectionId, groups: [] }),
    }),
    commandOn(showingArmed, {
      id: 'positions.armed',
      title: 'Armed plans…',
      words: 'apply when empty waiting live members cancel disarm',
      menu: 'go',
      run: (show) => show(),
    }),
    commandOn(exportingPositions, {
      id: 'positions.export',
      title: 'Export positions as CSV…',
      words: 'save file kafka-consumer-groups from-file',
      menu: 'file',
      run: (save) => save(),
    }),
  ],
}
