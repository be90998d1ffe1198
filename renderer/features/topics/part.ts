import { z } from 'zod'
import { ConnectionId } from '#shared/model/ids.ts'
import { commandOnCluster } from '../../workbench/command.ts'
import type { AppPart } from '../../workbench/app-part.ts'
import { lazyView, tabKind } from '../../workbench/tab-kind.ts'

const Topics = z.strictObject({ connectionId: ConnectionId })
const Topic = z.strictObject({ connectionId: ConnectionId, topic: z.string() })

declare module '../../workbench/navigation.ts' {
  interface TabTargets {
    topics: z.infer<typeof Topics>
    topic: z.infer<typeof Topic>
  }
}

export const topicsPart: AppPart = {
  tabs: [
    tabKind({
      kind: 'topics',
      target: Topics,
      oneFor: ['connectionId'],
      title: () => 'Topics',
      view: lazyView(async () => (await import('./topics-view.tsx')).TopicsView),
    }),
    tabKind({
      kind: 'topic',
      target: Topic,
      oneFor: ['connectionId', 'topic'],
      title: ({ topic }) => topic,
      view: lazyView(async () => (await import('./topic-view.tsx')).TopicView),
    }),
  ],
  commands: [
    commandOnCluster({
      id: 'go.topics',
      title: 'Topics',
      keys: ['Alt+T'],
      menu: 'go',
      run: (connectionId, { navigation }) => navigation.open({ kind: 'topics', connectionId }),
    }),
  ],
}
