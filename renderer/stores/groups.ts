import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '#shared/contract/common.ts'
import type { GroupRow, GroupSummary } from '#shared/contract/groups.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from './api.ts'
import { createOnce, failed, idle, loading, ready, type Fetched } from './fetched.ts'

export interface GroupList {
  /** Sorted by name. */
  readonly items: readonly GroupRow[]
  readonly failures: readonly Failure[]
  /** Why there can be none yet. */
  readonly note: string | null
}

export interface GroupsState {
  readonly byConnection: Readonly<Record<string, Fetched<GroupList>>>
  /** Lag and members by connection, then group; they arrive after the list and outlive its refreshes. */
  readonly summaries: Readonly<Record<string, ReadonlyMap<string, GroupSummary>>>
}

export interface GroupsStore extends StoreApi<GroupsState> {
  /** The list, then the summaries in slices, the first slice first. */
  load: (connectionId: ConnectionId) => Promise<void>
  /** Only which groups there are and their states: for views that ask for the lag of what they show. */
  loadList: (connectionId: ConnectionId) => Promise<void>
  loadSummaries: (connectionId: ConnectionId, groups: readonly string[]) => Promise<void>
  forget: (connectionId: ConnectionId) => void
}

const SLICE = 50
/** Beyond this many the sidebar names groups without lag; the groups view asks for those in its window. */
const SUMMARISED = 500

export function createGroupsStore(api: StoreApiPort): GroupsStore {
  const store = createStore<GroupsState>(() => ({ byConnection: {}, summaries: {} }))
  const once = createOnce<string>()
  const update = (id: string, change: (before: Fetched<GroupList>) => Fetched<GroupList>): void =>
    store.setState(({ byConnection }) => ({
      byConnection: { ...byConnection, [id]: change(byConnection[id] ?? idle) },
    }))
  const loadSummaries = async (connectionId: ConnectionId, groups: readonly string[]): Promise<void> => {
    for (let at = 0; at < groups.length; at += SLICE) {
      const { items } = await api.call('groups.summaries', { connectionId, groups: groups.slice(at, at + SLICE) })
      store.setState(({ summaries }) => {
        const merged = new Map(summaries[connectionId])
        for (const item of items) merged.set(item.group, item)
        return { summaries: { ...summaries, [connectionId]: merged } }
      })
    }
  }
  const list = async (connectionId: ConnectionId): Promise<GroupList> => {
    update(connectionId, loading)
    const { items, failures, note } = await api.call('groups.list', { connectionId })
    const value = { items: items.toSorted((a, b) => collator.compare(a.group, b.group)), failures, note }
    update(connectionId, () => ready(value))
    return value
  }
  return {
    ...store,
    loadSummaries,
    loadList: (connectionId) =>
      once(`${connectionId} list`, async () => {
        try {
          await list(connectionId)
        } catch (error) {
          update(connectionId, (before) => failed(before, error))
        }
      }),
    load: (connectionId) =>
      once(connectionId, async () => {
        try {
          const { items } = await list(connectionId)
          await loadSummaries(
            connectionId,
            items.slice(0, SUMMARISED).map((item) => item.group),
          )
        } catch (error) {
          update(connectionId, (before) => failed(before, error))
        }
      }),
    forget: (connectionId) =>
      store.setState(({ byConnection, summaries }) => {
        const { [connectionId]: _list, ...lists } = byConnection
        const { [connectionId]: _known, ...others } = summaries
        return { byConnection: lists, summaries: others }
      }),
  }
}

const collator = new Intl.Collator('en', { numeric: true })
