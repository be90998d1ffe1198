import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { command, commandOnCluster } from '../../workbench/command.ts'
import { lazyView, tabKind } from '../../workbench/tab-kind.ts'

const Compare = z.strictObject({
  connectionId: ConnectionId,
  /** The group on the left; omitted: all groups. */
  group: z.string().optional(),
  /** The group on the right; omitted: not chosen yet. */
  with: z.string().optional(),
})

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    compare: z.infer<typeof Compare>
  }
}

export const comparePart: AppPart = {
  tabs: [
    tabKind({
      kind: 'compare',
      target: Compare,
      oneFor: ['connectionId'],
      title: () => 'Compare positions',
      view: lazyView(async () => (await import('./compare-view.tsx')).CompareView),
    }),
  ],
  commands: [
    commandOnCluster({
      id: 'go.compare',
      title: 'Compare positions…',
      words: 'difference diff groups clusters moments snapshot',
      menu: 'go',
      run: (connectionId, { navigation }) => navigation.open({ kind: 'compare', connectionId }),
    }),
    commandOnCluster({
      id: 'snapshot.positions',
      title: 'Snapshot of all positions…',
      words: 'save backup export restore file',
      menu: 'file',
      run: (connectionId, { navigation }) => navigation.open({ kind: 'compare', connectionId }),
    }),
    command({
      id: 'group.compare',
      title: 'Compare the open group…',
      words: 'difference diff another group moment',
      menu: 'go',
      when: ({ front }) => front?.kind === 'group',
      run: ({ front, navigation }) =>
        front?.kind === 'group' && navigation.open({ kind: 'compare', connectionId: front.connectionId, group: front.group }), // oxfmt-ignore
    }),
  ],
}
