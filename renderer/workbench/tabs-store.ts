import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Settings, SettingsPatch } from '#shared/model/settings.ts'
import { storedIntent, type Intent } from './navigation.ts'
import type { TabKinds } from './tab-kind.ts'

export interface OpenTab {
  readonly id: string
  readonly intent: Intent
}

export interface TabsState {
  readonly tabs: readonly OpenTab[]
  readonly active: string | undefined
  /** Counts tabs that were opened (not only brought to the front): the focus then moves into them. */
  readonly opened: number
  /** Most recent last, for "reopen closed tab". */
  readonly closed: readonly Intent[]
}

export interface TabsStore extends StoreApi<TabsState> {
  /** The intent of the tab in front. */
  front: () => Intent | undefined
  open: (intent: Intent) => void
  select: (id: string) => void
  close: (id: string) => void
  closeOthers: (id: string) => void
  move: (id: string, by: -1 | 1) => void
  step: (by: -1 | 1) => void
  reopen: () => void
  restore: (settings: Pick<Settings, 'tabs' | 'activeTab'>) => void
}

const MOST_TABS = 100

export function createTabsStore(kinds: TabKinds, save: (patch: SettingsPatch) => void): TabsStore {
  const store = createStore<TabsState>(() => ({ tabs: [], active: undefined, opened: 0, closed: [] }))
  const { getState } = store
  const set = (change: Partial<TabsState>): void => {
    store.setState(change)
    const { tabs, active } = getState()
    save({ tabs: tabs.map((tab) => ({ id: tab.id, intent: storedIntent(tab.intent) })), activeTab: active ?? null })
  }
  const remove = (gone: (tab: OpenTab) => boolean): void => {
    const { tabs, active, closed } = getState()
    const left = tabs.filter((tab) => !gone(tab))
    const at = tabs.findIndex((tab) => tab.id === active)
    const survives = left.some((tab) => tab.id === active)
    // The right-hand neighbour comes to the front, as in browsers.
    const next = survives ? active : (tabs.slice(at + 1).find((tab) => !gone(tab)) ?? left.at(-1))
    set({
      tabs: left,
      active: typeof next === 'string' ? next : next?.id,
      closed: [...closed, ...tabs.filter(gone).map((tab) => tab.intent)].slice(-20),
    })
  }
  const open = (intent: Intent): void => {
    const { tabs, active } = getState()
    const opened = getState().opened + 1
    const id = kinds.idOf(intent)
    if (tabs.some((tab) => tab.id === id)) {
      return set({ tabs: tabs.map((tab) => (tab.id === id ? { id, intent } : tab)), active: id, opened })
    }
    const at = tabs.findIndex((tab) => tab.id === active)
    const next = [...tabs.slice(0, at + 1), { id, intent }, ...tabs.slice(at + 1)]
    set({ tabs: next.length > MOST_TABS ? next.filter((tab, i) => i > 0 || tab.id === id) : next, active: id, opened })
  }
  return {
    ...store,
    front: () => {
      const { tabs, active } = getState()
      return tabs.find((tab) => tab.id === active)?.intent
    },
    open,
    select: (id) => set({ active: id }),
    close: (id) => remove((tab) => tab.id === id),
    closeOthers: (id) => remove((tab) => tab.id !== id),
    move: (id, by) => {
      const tabs = [...getState().tabs]
      const at = tabs.findIndex((tab) => tab.id === id)
      const to = at + by
      if (at === -1 || to < 0 || to >= tabs.length) return
      ;[tabs[at], tabs[to]] = [tabs[to]!, tabs[at]!] // both indexes were checked
      set({ tabs })
    },
    step: (by) => {
      const { tabs, active } = getState()
      const at = tabs.findIndex((tab) => tab.id === active)
      const next = tabs[(at + by + tabs.length) % tabs.length]
      if (next !== undefined) set({ active: next.id })
    },
    reopen: () => {
      const { closed } = getState()
      const last = closed.at(-1)
      if (last === undefined) return
      store.setState({ closed: closed.slice(0, -1) })
      open(last)
    },
    restore: ({ tabs, activeTab }) => {
      const known = tabs.map((tab) => kinds.restored(tab.intent)).filter((intent) => intent !== undefined)
      // The id is recomputed, because a stored one may be from another version.
      const unique = new Map(known.map((intent) => [kinds.idOf(intent), intent]))
      const restored = [...unique].map(([id, intent]) => ({ id, intent }))
      const active = restored.some((tab) => tab.id === activeTab) ? activeTab : restored[0]?.id
      store.setState({ tabs: restored, active: active ?? undefined })
    },
  }
}
