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
  /** Reads as the bar says. */
  readonly read: () => Promise<void>
  readonly showNewest: () => void
  /** Scrolls to where a new read begins. */
  readonly showFirst: () => void
}

/**
 * Reads what the tab's intent says when the tab is opened, or continues from a page that was left; and scrolls to the right
 * place.
 */
export function useListReads({ tabId, intent, store, openStore, search, showEdge, setCursor }: ListOfTab): ListReads {
  const { connectionId } = intent
  const api = useApi()
  /** Reads at one place; the chosen start and the chosen partitions stay. */
  const goTo = async (partition: number, offset: bigint) => {
    search.clear()
    void openStore.open({ partition, offset })
    await store.readFrom({ at: 'offsets', offsets: [{ partition, offset }] }, [partition])
    showOldest()
  }
  /** Somebody who asked for the newest records sees those. */
  const showNewest = () => showEdge(store.lines.isNewestFirst ? 'start' : 'end')
  /** In all other cases the start of the read is shown; the scroll position of an earlier list means nothing in it. */
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
  /** Scrolls to where a new read begins. */
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
