import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import { SearchName } from '#shared/model/search-name.ts'
import { commandOnCluster } from '../../workbench/command.ts'
import type { AppPart } from '../../workbench/app-part.ts'
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
  /** Open this stored search of the topic. */
  search: SearchName.optional(),
})

/** Several topics of a cluster, by a pattern of their names. */
const Search = z.strictObject({
  connectionId: ConnectionId,
  topics: z.string().max(1_000).optional(),
  /** Open this stored search. */
  search: SearchName.optional(),
})

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    messages: z.infer<typeof Messages>
    search: z.infer<typeof Search>
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
    tabKind({
      kind: 'search',
      target: Search,
      oneFor: ['connectionId'],
      title: () => 'Search of topics',
      view: lazyView(async () => (await import('./topics-search-view.tsx')).TopicsSearchView),
    }),
  ],
  commands: [
    commandOnCluster({
      id: 'go.search',
      title: 'Records of several topics',
      words: 'search find grep across all pattern',
      keys: ['Alt+Shift+F'],
      menu: 'go',
      run: (connectionId, { navigation }) => navigation.open({ kind: 'search', connectionId }),
    }),
    ...listCommands,
    ...recordCommands,
  ],
}
