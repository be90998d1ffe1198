import { lazy, type ComponentType, type LazyExoticComponent } from 'react'
import type { IntentKind } from '../workbench/navigation.ts'
import type { TabViewProps } from '../workbench/tab-view.ts'

export type TabView<K extends IntentKind> = LazyExoticComponent<ComponentType<TabViewProps<K>>>

/**
 * Which feature draws which kind of tab; the only place that names features. Each is a chunk of its own:
 * `topics: lazy(() => import('../features/topics/topics-view.tsx').then((m) => ({ default: m.TopicsView })))`
 */
export const tabViews: { readonly [K in IntentKind]?: TabView<K> } = {
  profiles: lazy(() => import('../features/connections/profiles-view.tsx').then((m) => ({ default: m.ProfilesView }))),
  cluster: lazy(() => import('../features/connections/cluster-view.tsx').then((m) => ({ default: m.ClusterView }))),
  topics: lazy(() => import('../features/topics/topics-view.tsx').then((m) => ({ default: m.TopicsView }))),
  topic: lazy(() => import('../features/topics/topic-view.tsx').then((m) => ({ default: m.TopicView }))),
  messages: lazy(() => import('../features/messages/messages-view.tsx').then((m) => ({ default: m.MessagesView }))),
  groups: lazy(() => import('../features/groups/groups-view.tsx').then((m) => ({ default: m.GroupsView }))),
  group: lazy(() => import('../features/groups/group-view.tsx').then((m) => ({ default: m.GroupView }))),
  delete: lazy(() => import('../features/groups/delete-view.tsx').then((m) => ({ default: m.DeleteView }))),
  plan: lazy(() => import('../features/offsets/plan-view.tsx').then((m) => ({ default: m.OffsetsPlanView }))),
  journal: lazy(() => import('../features/journal/journal-view.tsx').then((m) => ({ default: m.JournalView }))),
  replay: lazy(() => import('../features/replay/replay-view.tsx').then((m) => ({ default: m.ReplayView }))),
}
