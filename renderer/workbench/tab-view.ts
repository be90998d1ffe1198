import type { IntentKind, IntentOf } from './navigation.ts'

/** What a view in a tab is given. */
export interface TabViewProps<K extends IntentKind = IntentKind> {
  tabId: string
  /** Changes when the same thing is opened again, e.g. at another offset. */
  intent: IntentOf<K>
  /** Whether the tab is in front; a hidden view stays mounted and may pause. */
  isActive: boolean
}
