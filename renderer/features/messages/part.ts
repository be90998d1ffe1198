import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import { SearchName } from '#shared/model/search-name.ts'
import type { AppPart } from '../../workbench/part.ts'
import { lazyView, PartitionNumber, StoredOffset, tabKind } from '../../workbench/tab-kind.ts'
import { listCommands } from './list-commands.ts'
import { recordCommands } from './record-commands.ts'

const Messages = z.strictObject({
  connectionId: ConnectionId,
  topic: z.string(),
  partition: PartitionNumber.optional(),
  offset: StoredOffset.optional(),
  /** Start at this group's positions. */
  group: z.string().optional(),
  /** Take up this kept search of it. */
  search: SearchName.optional(),
})

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    messages: z.infer<typeof Messages>
  }
}

export const messagesPart: AppPart = {
  tabs: [
    tabKind({
      kind: 'messages',
      target: Messages,
      oneFor: ['connectionId', 'topic'],
      title: ({ topic }) => `${topic} · messages`,
      view: lazyView(async () => (await import('./messages-view.tsx')).MessagesView),
    }),
  ],
  commands: [...listCommands, ...recordCommands],
}
