import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import { command, commandOnCluster } from '../../workbench/command.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { lazyView, PartitionNumber, tabKind, TargetScope } from '../../workbench/tab-kind.ts'

const Groups = z.strictObject({ connectionId: ConnectionId })
const Group = z.strictObject({ connectionId: ConnectionId, group: z.string() })
const Delete = z.strictObject({
  connectionId: ConnectionId,
  group: z.string(),
  /** The group with everything that belongs to it; omitted: its positions. */
  what: z.enum(['group', 'positions']).optional(),
  scope: TargetScope.optional(),
})

const Stuck = z.strictObject({
  connectionId: ConnectionId,
  group: z.string(),
  topic: z.string(),
  partition: PartitionNumber,
})

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    groups: z.infer<typeof Groups>
    group: z.infer<typeof Group>
    delete: z.infer<typeof Delete>
    history: z.infer<typeof Group>
    stuck: z.infer<typeof Stuck>
  }
}

export const groupsPart: AppPart = {
  tabs: [
    tabKind({
      kind: 'groups',
      target: Groups,
      oneFor: ['connectionId'],
      title: () => 'Groups',
      view: lazyView(async () => (await import('./groups-view.tsx')).GroupsView),
    }),
    tabKind({
      kind: 'group',
      target: Group,
      oneFor: ['connectionId', 'group'],
      title: ({ group }) => group,
      view: lazyView(async () => (await import('./group-view.tsx')).GroupView),
    }),
    tabKind({
      kind: 'history',
      target: Group,
      oneFor: ['connectionId', 'group'],
      title: ({ group }) => `${group} · history`,
      view: lazyView(async () => (await import('./history-view.tsx')).HistoryView),
    }),
    tabKind({
      kind: 'stuck',
      target: Stuck,
      oneFor: ['connectionId', 'group', 'topic'],
      title: ({ group, topic, partition }) => `${topic}[${partition}] · ${group}`,
      view: lazyView(async () => (await import('./stuck-view.tsx')).StuckView),
    }),
    tabKind({
      kind: 'delete',
      target: Delete,
      oneFor: ['connectionId', 'group'],
      title: ({ group }) => `${group} · delete`,
      view: lazyView(async () => (await import('./delete-view.tsx')).DeleteView),
    }),
  ],
  commands: [
    commandOnCluster({
      id: 'go.groups',
      title: 'Groups',
      words: 'lag consumers positions offsets',
      keys: ['Alt+G'],
      menu: 'go',
      run: (connectionId, { navigation }) => navigation.open({ kind: 'groups', connectionId }),
    }),
    command({
      id: 'group.clone',
      title: 'Clone the open group…',
      words: 'copy positions new group',
      menu: 'go',
      when: ({ front }) => front?.kind === 'group',
      run: ({ front, navigation }) =>
        front?.kind === 'group' && navigation.open({ kind: 'plan', connectionId: front.connectionId, group: '', like: front.group }), // oxfmt-ignore
    }),
    command({
      id: 'group.history',
      title: 'History of the open group',
      words: 'timeline commits past then back',
      menu: 'go',
      when: ({ front }) => front?.kind === 'group',
      run: ({ front, navigation }) => front?.kind === 'group' && navigation.open({ ...front, kind: 'history' }),
    }),
    command({
      id: 'group.deletePositions',
      title: 'Delete positions of the open group…',
      menu: 'go',
      when: ({ front }) => front?.kind === 'group',
      run: ({ front, navigation }) => front?.kind === 'group' && navigation.open({ ...front, kind: 'delete' }),
    }),
    command({
      id: 'group.delete',
      title: 'Delete the open group…',
      menu: 'go',
      when: ({ front }) => front?.kind === 'group',
      run: ({ front, navigation }) =>
        front?.kind === 'group' && navigation.open({ ...front, kind: 'delete', what: 'group' }),
    }),
  ],
}
