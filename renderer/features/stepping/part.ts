import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { command, commandOn, commandOnCluster, subject } from '../../workbench/command.ts'
import { lazyView, tabKind } from '../../workbench/tab-kind.ts'

const Step = z.strictObject({
  connectionId: ConnectionId,
  /** Empty: the group is still to be named. */
  group: z.string(),
  topics: z.array(z.string()).max(50).optional(),
})

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    step: z.infer<typeof Step>
  }
}

/** What a stepped member can do now; only while it is a member. */
export interface StepCommands {
  take: () => void
  commit: () => void
  giveBack: () => void
  leave: () => void
}

export const steppingGroup = subject<StepCommands>('stepping')

export const steppingPart: AppPart = {
  tabs: [
    tabKind({
      kind: 'step',
      target: Step,
      oneFor: ['connectionId', 'group'],
      title: ({ group }) => `${group === '' ? 'New group' : group} · step`,
      view: lazyView(async () => (await import('./stepping-view.tsx')).SteppingView),
    }),
  ],
  commands: [
    command({
      id: 'group.step',
      title: 'Step the open group…',
      words: 'join member consume one record commit poll debug',
      menu: 'go',
      when: ({ front }) => front?.kind === 'group',
      run: ({ front, navigation }) =>
        front?.kind === 'group' &&
        navigation.open({ kind: 'step', connectionId: front.connectionId, group: front.group }),
    }),
    commandOnCluster({
      id: 'group.stepNew',
      title: 'Step a new group…',
      words: 'join member consume one record commit poll debug',
      menu: 'go',
      run: (connectionId, { navigation, front }) =>
        navigation.open({
          kind: 'step',
          connectionId,
          group: '',
          ...(front !== undefined && 'topic' in front && front.topic !== undefined ? { topics: [front.topic] } : {}),
        }),
    }),
    commandOn(steppingGroup, { id: 'step.take', title: 'Stepping: take one record', menu: 'go', run: ({ take }) => take() }), // oxfmt-ignore
    commandOn(steppingGroup, { id: 'step.commit', title: 'Stepping: commit what was taken', menu: 'go', run: ({ commit }) => commit() }), // oxfmt-ignore
    commandOn(steppingGroup, { id: 'step.giveBack', title: 'Stepping: return to the open record', words: 'nack', menu: 'go', run: ({ giveBack }) => giveBack() }), // oxfmt-ignore
    commandOn(steppingGroup, { id: 'step.leave', title: 'Stepping: leave the group', menu: 'go', run: ({ leave }) => leave() }), // oxfmt-ignore
  ],
}
