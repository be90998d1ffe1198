import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import { commandOnCluster } from '../../workbench/command.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { lazyView, tabKind } from '../../workbench/tab-kind.ts'

const Cluster = z.strictObject({ connectionId: ConnectionId })

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    cluster: z.infer<typeof Cluster>
  }
}

export const clusterPart: AppPart = {
  tabs: [
    tabKind({
      kind: 'cluster',
      target: Cluster,
      oneFor: ['connectionId'],
      title: () => 'Cluster',
      view: lazyView(async () => (await import('./cluster-view.tsx')).ClusterView),
    }),
  ],
  commands: [
    commandOnCluster({
      id: 'go.cluster',
      title: 'Cluster overview',
      words: 'brokers',
      menu: 'go',
      run: (connectionId, { navigation }) => navigation.open({ kind: 'cluster', connectionId }),
    }),
  ],
}
