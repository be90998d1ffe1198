import { createStore, type StoreApi } from 'zustand/vanilla'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Place } from '#shared/model/place.ts'
import type { RowField } from '#shared/model/row-field.ts'
import type { RowView } from '#shared/model/rows.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { inFrames, type FrameStore } from '../../stores/frame-store.ts'
import type { HeldBudget, RowBudget } from '../../workbench/row-budget.ts'
import { isSameFields, requestOf, type BrowseChange } from './browse-form.ts'
import type { KeptFollow } from './follow-memory.ts'
import { moved } from './list-ends.ts'
import { createFollow } from './list-follow.ts'
import { createPages } from './list-pages.ts'
import { CAPACITY, emptyState, type ListParts, type MessagesState, type Reading } from './list-state.ts'
import { createRowModel, type RowModel } from './row-model.ts'

/** What a Follow shows, and whether it ends with the first match. */
export interface FollowBy {
  readonly filter: RecordFilter
  readonly untilFirst: boolean
}

export interface MessagesStore extends StoreApi<MessagesState> {
  readonly lines: RowModel
  /** What views draw. The store itself is ahead of it by a frame, or by as long as its tab is hidden. */
  readonly drawn: FrameStore<MessagesState>
  /** Takes part in the memory budget of rows until the returned function is called, which also stops whatever is running. */
  mount: () => () => void
  show: (isShown: boolean) => void
  /** Changes the given settings and nothing else; it reads nothing. */
  change: (form: BrowseChange) => void
  setPartitions: (all: readonly number[]) => void
  /** Reads one page as the form says. */
  read: () => Promise<void>
  /** Reads one page from another place; the form and the offsets of the next page stay as they are. */
  readFrom: (start: Place, partitions?: readonly number[]) => Promise<void>
  /** Reads the same again if the records in the list can now be decoded differently; a Follow continues. */
  again: () => Promise<void>
  page: (way: 'older' | 'newer') => Promise<void>
  /**
   * Follows as the form says: after the rows shown if they answer it, otherwise after a new page. With a filter it begins at
   * the end: earlier matches are found by a search.
   */
  tail: (by?: FollowBy) => Promise<void>
  /** Continues a Follow where an earlier page stopped, after a page of older records. */
  goOn: (kept: KeptFollow) => Promise<void>
  setNewestFirst: (isNewestFirst: boolean) => void
  /** The fields that rows contain from the next read on; the rows shown are read again for new fields. */
  setFields: (fields: readonly RowField[]) => void
  /** Lines were changed by something other than a read. */
  refresh: () => void
  pause: (isPaused: boolean) => void
  stop: () => void
}

/** The messages of one topic: one read at a time, with the rows outside React. */
// oxlint-disable-next-line max-lines-per-function -- one short action per operation on a list; pages, following and rows have files of their own, joined here
export function createMessagesStore(
  { api, rowBudget }: { api: Pick<StoreApiPort, 'call' | 'openStream'>; rowBudget: RowBudget },
  connectionId: ConnectionId,
  topic: string,
  /** Called when a Follow has ended with its first match. */
  onFirst: (row: RowView) => void = () => undefined,
): MessagesStore {
  const store = createStore<MessagesState>(() => emptyState)
  const { setState, getState } = store
  const drawn = inFrames(
    store,
    (now, before) => now.form !== before.form || now.reading !== before.reading || now.isPaused !== before.isPaused,
  )
  let share: HeldBudget | undefined
  const lines = createRowModel({
    capacity: CAPACITY,
    // Rows that were dropped can be read again: the next page in that direction starts there, not beyond it.
    onCut: ({ end, offsets }) =>
      setState(({ older, newer }) =>
        end === 'front'
          ? { older: moved(older, offsets), hasOlder: true }
          : { newer: moved(newer, offsets), hasNewer: true },
      ),
    onSearched: () => publish(),
  })
  let all: readonly number[] = []
  let fields: readonly RowField[] = []
  let running: AbortController | undefined

  const changed = (change: Partial<MessagesState> = {}) =>
    setState((before) => ({ ...change, lineCount: lines.count, version: before.version + 1 }))
  const publish = (change?: Partial<MessagesState>) => {
    changed(change)
    share?.grew()
  }
  const parts: ListParts = { ...store, api, connectionId, topic, lines, publish }
  const pages = createPages(parts)
  const following = createFollow(parts, pages, onFirst)

  /** A page that is being read ends with the range that it read, and would not know about rows that were dropped meanwhile. */
  const giveUp = (bytes: number) => {
    const { reading, followed } = getState()
    if (reading !== undefined && followed === undefined) return
    lines.giveUp(bytes, reading !== undefined)
    changed()
  }
  /** Stops what is running and starts the next read; the previous work learns of it by its signal. */
  const begin = async (reading: Reading, work: (signal: AbortSignal) => Promise<Partial<MessagesState>>) => {
    running?.abort()
    following.letGo()
    const mine = new AbortController()
    running = mine
    setState({
      reading,
      followed: undefined,
      error: undefined,
      waiting: null,
      looked: undefined,
      stopped: [],
      ratePerSecond: 0,
      isPaused: false,
      waitingRows: 0,
    })
    try {
      const change = await work(mine.signal)
      if (running === mine) publish({ ...change, reading: undefined })
    } catch (error) {
      if (running === mine) publish({ error: mine.signal.aborted ? undefined : error, reading: undefined })
    } finally {
      if (running === mine) running = undefined
    }
  }

  const readFrom: MessagesStore['readFrom'] = (from, partitions = getState().form.partitions) => {
    const { aborted, open } = getState().form
    return begin('page', (signal) => pages.first({ start: from, partitions, show: { aborted, open }, fields }, signal))
  }

  const tail = async (by?: FollowBy): Promise<void> => {
    const chosen = requestOf(getState().form, all)
    if (typeof chosen === 'string') return
    const request = { ...chosen, fields, ...(by === undefined ? {} : { filter: by.filter }) }
    await begin('tail', (signal) => following.begin(request, by?.untilFirst ?? false, signal))
  }

  const again = async (): Promise<void> => {
    const { shown, reading, followed } = getState()
    if (reading === 'tail') {
      // Rows of a Follow are its own: they are read again from where they began.
      if (followed?.filter === undefined) {
        setState({ shown: undefined })
        return tail()
      }
      return begin('tail', (signal) => following.again({ ...followed, fields }, signal))
    }
    // A match was received once; its position was not stored.
    if (shown !== undefined && shown.filter === undefined)
      await begin('page', (signal) => pages.first({ ...shown, fields }, signal))
  }

  const stop = () => {
    // Rows that a pause held back have been read; they are shown, not lost.
    following.letGo()
    if (getState().isPaused) publish({ isPaused: false, waitingRows: 0 })
    running?.abort()
  }

  return {
    ...store,
    lines,
    drawn,
    mount: () => {
      share = rowBudget.hold({
        get bytes() {
          return lines.bytes + following.heldBytes
        },
        giveUp,
      })
      return () => {
        stop()
        share?.release()
        share = undefined
      }
    },
    show: (isShown) => {
      if (isShown) share?.shown()
      drawn.show(isShown)
    },
    change: ({ place, ...form }) =>
      setState(({ form: before }) => ({ form: { ...before, ...form, place: { ...before.place, ...place } } })),
    setPartitions: (partitions) => {
      all = partitions
    },
    readFrom,
    read: async () => {
      const request = requestOf(getState().form, all)
      if (typeof request !== 'string') await begin('page', (signal) => pages.first({ ...request, fields }, signal))
    },
    again,
    page: (way) => begin(way, (signal) => pages.next(way, signal)),
    tail,
    goOn: async ({ form, running: at }) => {
      setState({ form })
      if (at === undefined) return tail()
      await begin('tail', (signal) => following.goOn(at, signal))
    },
    setNewestFirst: (isNewestFirst) => {
      lines.setNewestFirst(isNewestFirst)
      publish()
    },
    setFields: (next) => {
      if (isSameFields(fields, next)) return
      fields = next
      void again()
    },
    refresh: () => publish(),
    pause: (isPaused) => {
      if (!isPaused) following.letGo()
      publish({ isPaused, ...(isPaused ? {} : { waitingRows: 0 }) })
    },
    stop,
  }
}
