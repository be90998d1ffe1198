import { z } from 'zod'
import { ConnectionId, ProfileId } from '#shared/model/ids.ts'
import { command, commandOnCluster } from '../../workbench/command.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { lazyView, tabKind } from '../../workbench/tab-kind.ts'

const Profiles = z.strictObject({ profileId: ProfileId.optional() })
const Cluster = z.strictObject({ connectionId: ConnectionId })

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    profiles: z.infer<typeof Profiles>
    cluster: z.infer<typeof Cluster>
  }
}

export const connectionsPart: AppPart = {
  tabs: [
    tabKind({
      kind: 'profiles',
      target: Profiles,
      oneFor: [],
      title: () => 'Profiles',
      view: lazyView(async () => (await import('./profiles-view.tsx')).ProfilesView),
    }),
    tabKind({
      kind: 'cluster',
      target: Cluster,
      oneFor: ['connectionId'],
      title: () => 'Cluster',
      view: lazyView(async () => (await import('./cluster-view.tsx')).ClusterView),
    }),
  ],
  commands: [
    command({
      id: 'go.profiles',
      title: 'Profiles',
      keys: ['Mod+Shift+P'],
      menu: 'go',
      run: ({ navigation }) => navigation.open({ kind: 'profiles' }),
    }),
    commandOnCluster({
      id: 'go.cluster',
      title: 'Cluster overview',
      words: 'brokers',
      menu: 'go',
      run: (connectionId, { navigation }) => navigation.open({ kind: 'cluster', connectionId }),
    }),
  ],
}
