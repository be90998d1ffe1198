import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { commandOnCluster } from '../../workbench/command.ts'
import { lazyView, tabKind } from '../../workbench/tab-kind.ts'

const Cleaning = z.strictObject({ connectionId: ConnectionId })

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    cleaning: z.infer<typeof Cleaning>
  }
}

export const cleaningPart: AppPart = {
  tabs: [
    tabKind({
      kind: 'cleaning',
      target: Cleaning,
      oneFor: ['connectionId'],
      title: () => 'Cleaning',
      view: lazyView(async () => (await import('./cleaning-view.tsx')).CleaningView),
    }),
  ],
  commands: [
    commandOnCluster({
      id: 'go.cleaning',
      title: 'Clean up groups and positions…',
      words: 'cleaning stale dead unused delete expired orphaned',
      menu: 'go',
      run: (connectionId, { navigation }) => navigation.open({ kind: 'cleaning', connectionId }),
    }),
  ],
}
