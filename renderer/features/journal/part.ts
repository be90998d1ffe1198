import { z } from 'zod'
import { ChangeKind } from '#shared/contract/journal.ts'
import { command } from '../../workbench/command.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { lazyView, tabKind } from '../../workbench/tab-kind.ts'

const Journal = z.strictObject({
  entry: z.string().optional(),
  /** Only changes of this group. */
  group: z.string().optional(),
  clusterId: z.string().optional(),
  /** Only changes of this kind. */
  change: ChangeKind.optional(),
})

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    journal: z.infer<typeof Journal>
  }
}

export const journalPart: AppPart = {
  tabs: [
    tabKind({
      kind: 'journal',
      target: Journal,
      oneFor: [],
      title: () => 'Journal',
      view: lazyView(async () => (await import('./journal-view.tsx')).JournalView),
    }),
  ],
  commands: [
    command({
      id: 'go.journal',
      title: 'Journal of changes',
      words: 'undo history audit',
      keys: ['Alt+J'],
      menu: 'go',
      run: ({ navigation }) => navigation.open({ kind: 'journal' }),
    }),
  ],
}
