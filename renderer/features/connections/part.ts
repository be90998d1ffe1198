import { z } from 'zod'
import { ProfileId } from '#shared/model/ids.ts'
import { command } from '../../workbench/command.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { lazyView, tabKind } from '../../workbench/tab-kind.ts'

const Profiles = z.strictObject({ profileId: ProfileId.optional() })

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    profiles: z.infer<typeof Profiles>
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
  ],
  commands: [
    command({
      id: 'go.profiles',
      title: 'Profiles',
      keys: ['Mod+Shift+P'],
      menu: 'go',
      run: ({ navigation }) => navigation.open({ kind: 'profiles' }),
    }),
  ],
}
