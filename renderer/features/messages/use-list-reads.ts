import { useEffect, useEffectEvent, useRef } from 'react'
import type { OpenRecordStore } from '../../shared-views/record/record-store.ts'
import { emptyCursor, type GridCursor } from '../../ui/data-grid/grid-keys.ts'
import { toastFailure } from '../../ui/toast.tsx'
import { useApi } from '../../workbench/services.ts'
import type { TabViewProps } from '../../workbench/tab-view.ts'
import { keepFollow, takeFollow } from './kept-follow.ts'
import { cursorAt } from './messages-grid.tsx'
import type { MessagesStore } from './messages-store.ts'
import type { SearchStore } from './search-store.ts'

interface ListOfTab extends Pick<TabViewProps<'messages'>, 'tabId' | 'intent'> {
  store: MessagesStore
  openStore: OpenRecordStore
  search: SearchStore
  showEdge: (edge: 'start' | 'end') => void
  setCursor: (cursor: GridCursor) => void
}

export interface ListReads {
  /** As the bar says. */
  readonly read: () => Promise<void>
  readonly showNewest: () => void
  /** Where whoever begins to read looks. */
  readonly showFirst: () => void
}

/** What is read, and where in it one looks: at once as the tab's intent says, or on from a page that was left. */
export function useListReads({ tabId, intent, store, openStore, search, showEdge, setCursor }: ListOfTab): ListReads {
  const { connectionId } = intent
  const api = useApi()
  /** A look at one place: what was chosen to be read, and which partitions, stays chosen. */
  const goTo = async (partition: number, offset: bigint) => {
    search.clear()
    void openStore.open({ partition, offset })
    await store.readFrom({ at: 'offsets', offsets: [{ partition, offset }] }, [partition])
    showOldest()
  }
  /** Whoever asked for the newest looks at those. */
  const showNewest = () => showEdge(store.lines.isNewestFirst ? 'start' : 'end')
  /** Everywhere else one asked for where reading began; an earlier list's place in it means nothing. */
  const showOldest = () => {
    const { count, isNewestFirst } = store.lines
    setCursor(count === 0 ? emptyCursor : cursorAt(isNewestFirst ? count - 1 : 0))
    showEdge(isNewestFirst ? 'end' : 'start')
  }
  const read = async () => {
    openStore.close()
    search.clear()
    await store.read()
    showFirst()
  }
  /** Where whoever begins to read looks. */
  const showFirst = () => (store.getState().shown?.start.at === 'high-watermark' ? showNewest() : showOldest())
  const takeUp = async (name: string) => {
    try {
      const { kept } = await api.call('search.get', { connectionId, search: name })
      await search.take(kept)
    } catch (error) {
      toastFailure(error)
    }
  }
  const follow = useEffectEvent(() => {
    const { partition, offset, group, search: kept } = intent
    if (kept !== undefined) return void takeUp(kept)
    if (partition !== undefined && offset !== undefined) return void goTo(partition, offset)
    if (group !== undefined)
      store.change({ from: 'group', place: { group }, ...(partition === undefined ? {} : { partitions: [partition] }) }) // oxfmt-ignore
    else if (partition !== undefined) store.change({ from: 'high-watermark', partitions: [partition] })
    else if (store.getState().done !== undefined) return
    void read()
  })
  const goOnFollowing = useEffectEvent((): boolean => {
    const kept = takeFollow(sessionStorage, tabId)
    if (kept === undefined) return false
    store.lines.look('newest')
    showNewest()
    void store.goOn(kept)
    return true
  })
  const isNew = useRef(true)
  useEffect(() => {
    const wasNew = isNew.current
    isNew.current = false
    if (!wasNew || !goOnFollowing()) follow()
  }, [intent])
  useEffect(() => keepFollow(sessionStorage, tabId, store), [store, tabId])
  return { read, showNewest, showFirst }
}
