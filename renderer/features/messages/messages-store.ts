// oxlint-disable max-lines -- one closure over what a list of records is made of; what can be told apart stands beside it
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { BrowseDone, ReadCounts } from '#shared/contract/messages.ts'
import type { ErrorValue } from '#shared/errors.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { NotJudged } from '#shared/model/ledger.ts'
import type { Place } from '#shared/model/place.ts'
import type { PartitionOffset } from '#shared/model/positions.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { rowAt, type RowColumns, type RowView } from '#shared/model/rows.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { inFrames, type FrameStore } from '../../stores/frame-store.ts'
import { changedParts } from '../../stores/kept.ts'
import type { HeldBudget, RowBudget } from '../../workbench/row-budget.ts'
import type { KeptFollow } from './follow-at.ts'
import {
  emptyForm,
  isSameRequest,
  requestOf,
  type BrowseChange,
  type BrowseForm,
  type BrowseRequest,
} from './browse-form.ts'
import { bytesOf } from './held-rows.ts'
import { edges, ended, endsOf, moved, recreated, sameTopic } from './list-ends.ts'
import { createRowModel, type RowModel } from './row-model.ts'

/** Rows kept of one list, as far as the budget of all reaches; older ones leave, and the view says so. */
export const CAPACITY = 50_000
/** Rows a pause holds back; then the stream waits as well, so that nothing is lost and nothing grows. */
const HELD_ROWS = 5_000

export type Reading = 'page' | 'older' | 'newer' | 'tail'

export interface LookedAt {
  readonly records: bigint
  readonly notJudged: NotJudged
}

/** What a Follow shows of what comes, and whether it ends with the first of it. */
export interface FollowBy {
  readonly filter: RecordFilter
  readonly untilFirst: boolean
}

export interface MessagesState {
  readonly form: BrowseForm
  /** What the rows in the list answer, which is not what the form says once that was changed. */
  readonly shown: BrowseRequest | undefined
  /** What runs, if anything. */
  readonly reading: Reading | undefined
  readonly error: unknown
  /** How the last page ended. */
  readonly done: BrowseDone | undefined
  readonly counts: ReadCounts | undefined
  readonly ratePerSecond: number
  /** What a tail follows, once it does. */
  readonly followed: BrowseRequest | undefined
  /** The next page each way; undefined before the first page. */
  readonly older: readonly PartitionOffset[] | undefined
  readonly newer: readonly PartitionOffset[] | undefined
  readonly hasOlder: boolean
  readonly hasNewer: boolean
  readonly isPaused: boolean
  /** Rows that came while a paused tail was looked at. */
  readonly waitingRows: number
  /** A tail waits for the connection. */
  readonly waiting: ErrorValue | null
  /** Of a Follow with a filter: what it has looked at, whether it became a row or not. */
  readonly looked: LookedAt | undefined
  /** Partitions that a tail had to give up, each with its own reason; the others go on. */
  readonly stopped: BrowseDone['failures']
  /** Lines of the grid; changes whenever they do. */
  readonly lineCount: number
  readonly version: number
}

export interface MessagesStore extends StoreApi<MessagesState> {
  readonly lines: RowModel
  /** What views draw; the store itself is ahead of it by a frame, or by as long as its tab is hidden. */
  readonly drawn: FrameStore<MessagesState>
  /** Takes part in the budget of rows until the function it gives is called; that stops what runs, too. */
  mount: () => () => void
  show: (isShown: boolean) => void
  /** Changes what is named and nothing else; what is read is another matter. */
  change: (form: BrowseChange) => void
  setPartitions: (all: readonly number[]) => void
  /** One page as the form says. */
  read: () => Promise<void>
  /** One page from elsewhere; the form, and what is read next, stay as they were chosen. */
  readFrom: (start: Place, partitions?: readonly number[]) => Promise<void>
  /** The same once more, where what is in the list is decoded otherwise by now; a Follow goes on. */
  again: () => Promise<void>
  page: (way: 'older' | 'newer') => Promise<void>
  /**
   * Follows what the form says: behind the rows shown where they answer it, else behind a page of its own. By a filter it begins at
   * the end: what matches before it is a search's.
   */
  tail: (by?: FollowBy) => Promise<void>
  /** Follows on from where a former page stood, behind a page of what came before. */
  goOn: (kept: KeptFollow) => Promise<void>
  setNewestFirst: (isNewestFirst: boolean) => void
  /** Fields that rows which are read from now on bring along; what is shown is read again for others. */
  setFields: (fields: readonly RowField[]) => void
  /** Lines changed by something other than a read. */
  refresh: () => void
  pause: (isPaused: boolean) => void
  stop: () => void
}

const start: MessagesState = {
  form: emptyForm,
  shown: undefined,
  reading: undefined,
  error: undefined,
  done: undefined,
  counts: undefined,
  ratePerSecond: 0,
  followed: undefined,
  older: undefined,
  newer: undefined,
  hasOlder: false,
  hasNewer: false,
  isPaused: false,
  waitingRows: 0,
  waiting: null,
  looked: undefined,
  stopped: [],
  lineCount: 0,
  version: 0,
}

function isSameFields(a: readonly RowField[] = [], b: readonly RowField[] = []): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The messages of one topic as they are looked at: one read at a time, rows outside React. */
// oxlint-disable-next-line max-lines-per-function -- one closure over the state of the store; each of its actions is short
export function createMessagesStore(
  { api, rowBudget }: { api: Pick<StoreApiPort, 'call' | 'openStream'>; rowBudget: RowBudget },
  connectionId: ConnectionId,
  topic: string,
  /** A Follow that ends with the first match has ended so. */
  onFirst: (row: RowView) => void = () => undefined,
): MessagesStore {
  const store = createStore<MessagesState>(() => start)
  const { setState, getState } = store
  const drawn = inFrames(
    store,
    (now, before) => now.form !== before.form || now.reading !== before.reading || now.isPaused !== before.isPaused,
  )
  let share: HeldBudget | undefined
  const lines = createRowModel({
    capacity: CAPACITY,
    // What left the buffer can be read again: the next page that way starts there, not beyond it.
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
  let held: (() => void)[] = []
  let heldBytes = 0
  let release: (() => void) | undefined
  /** A Follow by a filter ends with the first match; and where it began. */
  let untilFirst = false
  let began: readonly PartitionOffset[] = []

  const changed = (change: Partial<MessagesState> = {}) =>
    setState((before) => ({ ...change, lineCount: lines.count, version: before.version + 1 }))
  const publish = (change?: Partial<MessagesState>) => {
    changed(change)
    share?.grew()
  }
  /** A page under way ends with where it began and ended, and would not know of rows that left meanwhile. */
  const giveUp = (bytes: number) => {
    const { reading, followed } = getState()
    if (reading !== undefined && followed === undefined) return
    lines.giveUp(bytes, reading !== undefined)
    changed()
  }
  /** Live rows: the place to go on from moves with them, so that a broken tail is taken up exactly there. */
  const take = (rows: RowColumns) => {
    setState(({ newer }) => ({ newer: moved(newer, endsOf([rows])) }))
    lines.append(rows)
  }
  const letGo = () => {
    for (const show of held) show()
    held = []
    heldBytes = 0
    release?.()
    release = undefined
  }
  /** Ends what runs, and begins anew; the work hears of its end by the signal. */
  const begin = async (reading: Reading, work: (signal: AbortSignal) => Promise<Partial<MessagesState>>) => {
    running?.abort()
    letGo()
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

  const browse = (
    { start: from, ifNone, partitions, show, fields: brought = [] }: BrowseRequest,
    onRows: (rows: RowColumns) => void,
    signal: AbortSignal,
    direction?: 'backward',
  ) =>
    api.openStream(
      'messages.browse',
      {
        connectionId,
        topic,
        start: from,
        limit: getState().form.limit,
        show,
        fields: [...brought],
        ...(ifNone === undefined ? {} : { ifNone }),
        ...(direction === undefined ? {} : { direction }),
        ...(partitions === undefined ? {} : { partitions: [...partitions] }),
      },
      {
        signal,
        onBatch: onRows,
        onProgress: ({ counts, ratePerSecond }) => setState({ counts, ratePerSecond }),
      },
    )

  /** A list of its own, from the start that the request names. */
  const firstPage = async (request: BrowseRequest, signal: AbortSignal): Promise<Partial<MessagesState>> => {
    let first = true
    const clear = () => {
      if (!first) return
      lines.clear()
      setState({ shown: request })
      first = false
    }
    const came: RowColumns[] = []
    const done = await browse(request, (rows) => {
        // What was there stays until the first new rows are here.
        clear()
        came.push(rows)
        lines.append(rows)
        publish()
      }, signal) // prettier-ignore
    // Nothing came, and not because nothing is there: the rows of before stay, with their places to go on from.
    const failure = first && lines.loaded > 0 ? done.failures[0] : undefined
    if (failure !== undefined) return { error: failure.error, ratePerSecond: 0 }
    clear()
    const isCut = done.reason === 'cancelled'
    // The newest are found from their end: a stop leaves part of them, and where that part begins is not told.
    const isBackward = request.start.at === 'high-watermark'
    if (isCut && isBackward) lines.clear()
    return {
      ...ended(done),
      ...edges(done),
      older: done.backward,
      // Records on their way when it was stopped are not shown, so the next page must bring them.
      newer: isCut && !isBackward ? moved(done.backward, endsOf(came)) : done.forward,
      ...(isCut ? { hasNewer: true } : {}),
    }
  }

  /** Before following: rows that answer the form, up to where following goes on. */
  const catchUp = async (request: BrowseRequest, signal: AbortSignal): Promise<Partial<MessagesState>> => {
    const { shown, newer, done: known } = getState()
    if (request.filter !== undefined)
      return newer !== undefined && isSameRequest(shown, request) ? {} : fromTheEnd(request, signal)
    if (newer === undefined || !isSameRequest(shown, request) || !isSameFields(shown?.fields, request.fields))
      return firstPage(request, signal)
    if (request.start.at !== 'high-watermark') return {}
    // Whoever follows the newest wants these, not the hundreds of thousands since the list was read.
    const came: RowColumns[] = []
    const done = await browse(request, (rows) => void came.push(rows), signal)
    const reached = new Map(newer.map(({ partition, offset }) => [partition, offset]))
    const isJoined = done.backward.every(({ partition, offset }) => offset <= (reached.get(partition) ?? 0n))
    if (signal.aborted || done.reason === 'cancelled') return {}
    if (isJoined && sameTopic(known, done)) return {}
    lines.clear()
    for (const rows of came) lines.append(rows)
    return { ...ended(done), ...edges(done), older: done.backward, newer: done.forward }
  }

  /** Where the logs end now, of each partition: of one without a match a stop would else forget where it began. */
  const fromTheEnd = async (request: BrowseRequest, signal: AbortSignal): Promise<Partial<MessagesState>> => {
    const { partitions, show } = request
    const chosen = partitions === undefined ? {} : { partitions: [...partitions] }
    const { ledger } = await api.call('messages.ledger', { connectionId, topic, show, start: { at: 'high-watermark' }, ...chosen }, { signal }) // prettier-ignore
    lines.clear()
    began = ledger.parts.map(({ partition, to }) => ({ partition, offset: to }))
    return {
      shown: request,
      done: undefined,
      older: undefined,
      newer: began,
      hasOlder: false,
      hasNewer: false,
    }
  }

  const follow = async (request: BrowseRequest, signal: AbortSignal): Promise<Partial<MessagesState>> => {
    const { partitions, show, filter, fields: brought = [] } = request
    const { newer } = getState()
    setState({ followed: request, ...(filter === undefined ? {} : { looked: { records: 0n, notJudged: {} } }) })
    // The last time that the app said how it goes: after a sleep that is when the sleep began.
    let heard = Date.now()
    let away: { from: number; reason: string } | undefined
    let last: RowView | undefined
    const done = await api.openStream(
      'messages.tail',
      {
        connectionId,
        topic,
        show,
        fields: [...brought],
        ...(filter === undefined ? {} : { filter, untilFirst }),
        ...(partitions === undefined ? {} : { partitions: [...partitions] }),
        ...(newer === undefined ? {} : { from: [...newer] }),
      },
      {
        signal,
        onBatch: (rows) => {
          if (signal.aborted) return undefined
          if (rows.count > 0) last = rowAt(rows, rows.count - 1)
          if (!getState().isPaused) {
            take(rows)
            return publish()
          }
          held.push(() => take(rows))
          heldBytes += bytesOf(rows)
          const waitingRows = getState().waitingRows + rows.count
          setState({ waitingRows })
          return waitingRows < HELD_ROWS ? undefined : new Promise<void>((resolve) => (release = resolve))
        },
        onProgress: ({ counts, ratePerSecond, looked: records, notJudged, bounds, waiting, stopped }) => {
          if (waiting !== null) away ??= { from: heard, reason: waiting.message }
          heard = Date.now()
          if (waiting === null && away !== undefined) {
            const pause = { ...away, to: heard }
            away = undefined
            if (getState().isPaused) held.push(() => lines.mark(pause))
            else lines.mark(pause)
            publish()
          }
          // A quiet tail says every few seconds that it goes on: nothing is told anew for that.
          setState((before) =>
            changedParts(before, {
              counts,
              ratePerSecond,
              waiting,
              stopped,
              ...(filter === undefined ? {} : { looked: { records, notJudged } }),
              ...(before.done === undefined ? {} : { done: { ...before.done, bounds } }),
            }),
          )
        },
      },
    )
    const before = getState().done
    if (done.reason === 'found') {
      if (last !== undefined) onFirst(last)
    }
    return {
      // What a filter passed over is no page of what it shows.
      hasNewer: filter === undefined,
      ...(done.reason === 'cancelled' ? {} : { newer: done.forward }),
      // How the page before it ended says nothing about the tail.
      ...(before === undefined ? {} : { done: { ...before, reason: 'cancelled' as const, failures: [] } }),
    }
  }

  const readFrom: MessagesStore['readFrom'] = (from, partitions = getState().form.partitions) => {
    const { aborted, open } = getState().form
    return begin('page', (signal) => firstPage({ start: from, partitions, show: { aborted, open }, fields }, signal))
  }

  const tail = async (by?: FollowBy): Promise<void> => {
    const chosen = requestOf(getState().form, all)
    if (typeof chosen === 'string') return
    const request = { ...chosen, fields, ...(by === undefined ? {} : { filter: by.filter }) }
    untilFirst = by?.untilFirst ?? false
    await begin('tail', async (signal) => {
      const change = await catchUp(request, signal)
      publish(change)
      return change.error !== undefined || signal.aborted ? {} : follow(request, signal)
    })
  }

  const again = async (): Promise<void> => {
    const { shown, reading, followed } = getState()
    if (reading === 'tail') {
      // Rows of a Follow are its own: they are read again from where they began.
      if (followed?.filter === undefined) {
        setState({ shown: undefined })
        return tail()
      }
      const request = { ...followed, fields }
      lines.clear()
      setState({ shown: request, newer: began })
      return begin('tail', (signal) => follow(request, signal))
    }
    // What matched came once; where it stands nobody noted.
    if (shown !== undefined && shown.filter === undefined)
      await begin('page', (signal) => firstPage({ ...shown, fields }, signal))
  }

  const stop = () => {
    // What a pause held back was read; it is shown, not lost.
    letGo()
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
          return lines.bytes + heldBytes
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
      if (typeof request !== 'string') await begin('page', (signal) => firstPage({ ...request, fields }, signal))
    },
    again,
    page: (way) =>
      begin(way, async (signal) => {
        const { older, newer, shown, done: before } = getState()
        const offsets = way === 'older' ? older : newer
        if (offsets === undefined || offsets.length === 0 || shown === undefined) return {}
        const start = { at: 'offsets' as const, offsets: [...offsets] }
        const request = { ...shown, start, partitions: offsets.map((at) => at.partition) }
        const came: RowColumns[] = []
        const onRows = (rows: RowColumns) => void came.push(rows)
        const done = await browse(request, onRows, signal, way === 'older' ? 'backward' : undefined)
        if (!sameTopic(before, done)) throw recreated(topic)
        const { hasOlder, hasNewer } = edges(done)
        if (way === 'newer') {
          const isCut = done.reason === 'cancelled'
          const next = isCut ? moved(offsets, endsOf(came)) : done.forward
          setState({ newer: next, hasNewer: isCut || hasNewer })
          for (const rows of came) lines.append(rows)
        } else if (done.reason !== 'cancelled') {
          setState({ older: done.backward, hasOlder })
          lines.prepend(came)
        }
        return ended(done)
      }),
    tail,
    goOn: async ({ form, running: at }) => {
      setState({ form })
      if (at === undefined) return tail()
      const { request, next } = at
      await begin('tail', async (signal) => {
        if (request.filter !== undefined) {
          began = next
          publish({ newer: next, shown: request })
          return follow(request, signal)
        }
        const start = { at: 'offsets' as const, offsets: [...next] }
        const partitions = next.map(({ partition }) => partition)
        const came: RowColumns[] = []
        const before = { ...request, start, partitions }
        const done = await browse(before, (rows) => void came.push(rows), signal, 'backward')
        if (signal.aborted) return {}
        if (at.topicId !== null && done.topicId !== null && at.topicId !== done.topicId) throw recreated(topic)
        for (const rows of came) lines.append(rows)
        publish({ ...ended(done), ...edges(done), older: done.backward, newer: next, shown: request })
        return follow(request, signal)
      })
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
      if (!isPaused) letGo()
      publish({ isPaused, ...(isPaused ? {} : { waitingRows: 0 }) })
    },
    stop,
  }
}
