import type { ComponentType, LazyExoticComponent } from 'react'
import type { IntentKind, IntentOf } from './navigation.ts'

export interface TabViewProps<K extends IntentKind = IntentKind> {
  tabId: string
  /** Changes when the same thing is opened again, e.g. at another offset. */
  intent: IntentOf<K>
  /** Whether the tab is in front; a hidden view stays mounted and may rest. */
  isActive: boolean
}

export type TabView<K extends IntentKind> = LazyExoticComponent<ComponentType<TabViewProps<K>>>

/**
 * Which feature draws which kind of tab; the only place that names features. Each is a chunk of its own:
 * `topics: lazy(() => import('../features/topics/topics-view.tsx').then((m) => ({ default: m.TopicsView })))`
 */
export const tabViews: { readonly [K in IntentKind]?: TabView<K> } = {}
