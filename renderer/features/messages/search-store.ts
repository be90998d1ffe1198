import { createStore, type StoreApi } from 'zustand/vanilla'
import type { KeptSearch } from '#shared/contract/searches.ts'
import { toErrorValue } from '#shared/errors.ts'
import { compileFilter, isProblem } from '#shared/filters/compile.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { advanced, rangesLeft, tallyOf, type Covered, type ScanLedger } from '#shared/model/ledger.ts'
import type { Place } from '#shared/model/place.ts'
import type { RowField } from '#shared/model/row-field.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import { SpreadCounts } from '#shared/model/spread.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { inFrames, type FrameStore } from '../../stores/frame-store.ts'
import type { HeldBudget, RowBudget } from '../../workbench/row-budget.ts'
import { requestOfKept } from './kept-search.ts'
import type { SearchRequest } from './search-request.ts'
import { createHitLines, type HitLines } from './hit-lines.ts'
import { listedOf } from './not-judged.ts'
import { filterOf, type SearchForm } from './search-form.ts'
import { withHits } from './search-marks.ts'
import { begun, nothing, partsOf, still, type OrderOfHits, type SearchState } from './search-state.ts'
import { timeOf } from './search-times.ts'

export interface SearchStore extends StoreApi<SearchState> {
  readonly lines: HitLines
  readonly drawn: FrameStore<SearchState>
  /** Takes part in the memory budget of rows until the returned function is called, which also stops whatever is running. */
  mount: () => () => void
  show: (isShown: boolean) => void
  change: (form: Partial<SearchForm>) => void
  /** The filter that the form describes; null: none, undefined: it is not valid, and `problem` says why. */
  check: () => RecordFilter | null | undefined
  /** Forgets earlier matches and starts this search. */
  start: (request: SearchRequest) => Promise<void>
  stop: () => void
  /** Reads the rest of the range. */
  resume: () => Promise<void>
  /** Reads the rest of the range from the other end. */
  turn: () => Promise<void>
  /** Searches a larger range: what was read of it is not read again. */
  widen: (start: Place, end: Place | null) => Promise<void>
  /** Shows the matches of a stored search, which can be continued. */
  take: (kept: KeptSearch) => Promise<void>
  /** The name under which the app stores the search. */
  name: () => string | undefined
  /** Returns to the list that was read. */
  clear: () => void
  setOrder: (order: OrderOfHits) => void
  setFields: (fields: readonly RowField[]) => void
  refresh: () => void
}

/**
 * The matches that are sent with the frames, to be marked on the seeklines. The app stores all matches, and the page fetches
 * them.
 */
const MARKED = 1_000
/** In orders other than the order of arrival, new matches move others; more often than this nobody could read them. */
const REORDER_MS = 500

/**
 * One search of a topic or of several. The app stores its ledgers and its matches, of which the page holds those in view. The
 * copies of the ledgers here are for display; each call continues from the app's own.
 */
// oxlint-disable-next-line max-lines-per-function -- the search that runs, its name and the count of its hits change together with each answer
export function createSearchStore(
  { api, rowBudget }: { api: Pick<StoreApiPort, 'call' | 'openStream'>; rowBudget: RowBudget },
  connectionId: ConnectionId,
): SearchStore {
  const store = createStore<SearchState>(() => begun)
  const { getState, setState } = store
  const drawn = inFrames(
    store,
    (now, before) =>
      now.form !== before.form ||
      now.status !== before.status ||
      now.shown !== before.shown ||
      now.problem !== before.problem,
  )
  /** The name under which the app stores it; undefined: nothing was searched. */
  let name: string | undefined
  let reorderedAt = 0
  let spread: SpreadCounts | undefined
  const lines = createHitLines({
    page: async (from, count, signal) => {
      const { order } = getState()
      const by = order === 'newest' || order === 'oldest' ? 'timestamp' : order
      const found = await api.call(
        'search.page',
        { search: name!, order: by, newestFirst: order === 'newest', from, count }, // pages are asked for only once a search has a name
        { signal },
      )
      if (found.stopped !== null && !signal.aborted) setState({ stopped: found.stopped })
      return found
    },
    onCame: () => {
      changed()
      share?.grew()
    },
    onError: (error) => changed({ error: toErrorValue(error) }),
  })
  let share: HeldBudget | undefined
  let running: AbortController | undefined
  let fields: readonly RowField[] = []

  const changed = (change: Partial<SearchState> = {}) =>
    setState((before) => ({ ...change, version: before.version + 1 }))
  /** Shows as many lines as were counted; matches that move others are shown from time to time, and at the end. */
  const grow = (isEnd: boolean) => {
    const { ledgers, shown, order, stopped } = getState()
    const whole = partsOf(ledgers)
    if (whole === undefined || stopped !== null) return
    const movesOthers = order !== 'found' && (isEnd || performance.now() - reorderedAt > REORDER_MS)
    if (movesOthers) reorderedAt = performance.now()
    lines.grow(Number(listedOf(shown?.list ?? 'matches', tallyOf(whole))), movesOthers)
  }
  const came = (topic: string, rows: RowColumns, covered: readonly Covered[]) => {
    setState(({ ledgers, hits, spread: known }) => ({
      hits: new Map(hits).set(topic, withHits(hits.get(topic) ?? new Map(), rows, covered)),
      ledgers: ledgers.map((ledger) => (ledger.topic === topic ? advanced(ledger, covered) : ledger)),
      ...(known === undefined || spread === undefined ? {} : { spread: { ...known, series: spread.series } }),
    }))
    grow(false)
    changed()
  }
  /** Forgets the search in this list; the app still has it, as long as it stores searches. */
  const leave = () => {
    lines.clear()
    name = undefined
  }

  /** Stops what is running and starts this. */
  const begin = async (work: (signal: AbortSignal) => Promise<Partial<SearchState>>): Promise<void> => {
    running?.abort()
    const mine = new AbortController()
    running = mine
    changed({ ...still, status: 'running', error: undefined, failures: [] })
    try {
      const change = await work(mine.signal)
      if (running === mine) changed({ ...still, ...change })
    } catch (error) {
      if (running === mine) changed({ ...still, status: 'stopped', error: toErrorValue(error) })
    } finally {
      if (running === mine) running = undefined
      grow(true)
    }
  }

  /** From now on the app stores this as a search. */
  const keep = async (request: SearchRequest, signal: AbortSignal) => {
    const { topics, start, end, partitions, show, ifNone, filter, list, newestPerKey, direction } = request
    const counted = await timeOf(api, { connectionId, ...request }, signal)
    signal.throwIfAborted()
    const made = await api.call(
      'search.start',
      {
        connectionId,
        topics,
        start,
        end,
        filter,
        list,
        newestPerKey,
        show,
        direction,
        order: getState().order,
        fields: [...fields],
        spreads: counted === null ? [] : [counted],
        ...(ifNone === undefined ? {} : { ifNone }),
        ...(partitions === undefined ? {} : { partitions: [...partitions] }),
      },
      { signal },
    )
    return { ...made, counted }
  }

  /** Reads the rest of the range. */
  const scan = async (signal: AbortSignal): Promise<Partial<SearchState>> => {
    const { failures: before, shown } = getState()
    if (name === undefined || shown === undefined) return { status: 'idle' }
    const done = await api.openStream(
      'search.run',
      { connectionId, search: name, direction: shown.direction, shown: lines.count >= MARKED ? 0 : MARKED },
      {
        signal,
        onBatch: ({ topic, rows, covered, spreads }) => {
          if (signal.aborted) return
          if (spreads[0] !== undefined && spreads[0].length > 0) spread?.merge(spreads[0])
          came(topic, rows, covered)
        },
        onProgress: ({ counts, ratePerSecond, bytesPerSecond, secondsLeft, waiting }) => {
          if (!signal.aborted) setState({ counts, ratePerSecond, bytesPerSecond, secondsLeft, waiting })
        },
      },
    )
    if (signal.aborted) return {}
    const { ledgers } = done
    const { spread: known } = getState()
    if (known !== undefined) {
      // The app knows about a frame that no longer arrived when the search was stopped.
      spread = new SpreadCounts(known.request)
      spread.merge(done.spreads[0] ?? [])
      setState({ spread: { ...known, series: spread.series } })
    }
    // If the only topic failed there is no result at all; of several, the others still have results.
    const failed = ledgers.length === 1 ? done.failures.find(({ partition }) => partition === null) : undefined
    const failures = [...before, ...done.failures.filter((one) => one !== failed)]
    return { status: statusAfter(ledgers), failures, ledgers, error: failed?.error }
  }

  const resume = (): Promise<void> => begin(scan)
  const stop = (): void => {
    if (running === undefined) return
    running.abort()
    running = undefined
    changed({ ...still, status: 'stopped' })
  }
  const isGood = (filter: RecordFilter): boolean => {
    const made = compileFilter(filter)
    if (!isProblem(made)) return true
    setState({ problem: made })
    return false
  }
  const start = async (request: SearchRequest): Promise<void> => {
    const { filter } = request
    if (filter !== null) {
      if (!isGood(filter)) return
      // Adds it to the recent filters; if that fails, the search goes on.
      const topic = request.topics.by === 'names' ? request.topics.names[0] : undefined
      if (topic !== undefined)
        void api.call('search.filters.used', { connectionId, topic, filter }).catch(() => undefined)
    }
    leave()
    changed({ ...nothing, shown: request, fields, problem: undefined })
    await begin(async (signal) => {
      const { kept, ledgers, failures, counted } = await keep(request, signal)
      if (signal.aborted) return {}
      name = kept.search
      spread = counted === null ? undefined : new SpreadCounts(counted)
      changed({
        ledgers,
        failures,
        spread: counted === null ? undefined : { request: counted, series: [] },
      })
      return scan(signal)
    })
  }

  const take = async (kept: KeptSearch): Promise<void> => {
    stop()
    leave()
    const { search, of, order } = kept
    const shown = requestOfKept(kept)
    changed({
      ...nothing,
      shown,
      form: { ...getState().form, ...shown.form },
      order,
      fields: of.fields,
      problem: undefined,
    })
    await begin(async (signal) => {
      const [{ ledgers, spreads, kept: now }, { changes }] = await Promise.all([
        api.call('search.get', { connectionId, search }, { signal }),
        api.call('search.check', { connectionId, search }, { signal }),
      ])
      if (signal.aborted) return {}
      name = search
      const [counted] = of.spreads
      spread = counted === undefined ? undefined : new SpreadCounts(counted)
      spread?.merge(spreads[0] ?? [])
      lines.grow(now.hits, false)
      return {
        ledgers,
        changes,
        stopped: now.stopped,
        spread: counted === undefined ? undefined : { request: counted, series: spread?.series ?? [] },
        status: statusAfter(ledgers),
      }
    })
  }

  return {
    ...store,
    lines,
    drawn,
    take,
    name: () => name,
    mount: () => {
      share = rowBudget.hold({
        get bytes() {
          return lines.bytes
        },
        giveUp: lines.giveUp,
      })
      return () => {
        stop()
        leave()
        share?.release()
        share = undefined
      }
    },
    show: (isShown) => {
      if (isShown) share?.shown()
      drawn.show(isShown)
    },
    check: () => {
      const filter = filterOf(getState().form)
      return filter === null || isGood(filter) ? filter : undefined
    },
    change: (part) => setState(({ form }) => ({ form: { ...form, ...part }, problem: undefined })),
    start,
    stop,
    resume,
    turn: async () => {
      const { shown, status } = getState()
      if (shown === undefined) return
      setState({ shown: { ...shown, direction: shown.direction === 'forward' ? 'backward' : 'forward' } })
      if (status !== 'ended') await resume()
    },
    widen: async (from, end) => {
      const { shown } = getState()
      if (shown === undefined) return
      const wider = { ...shown, start: from, end }
      const search = name
      if (search === undefined) return
      await begin(async (signal) => {
        const { ledgers, failures } = await api.call('search.widen', { connectionId, search, start: from, end }, { signal }) // oxfmt-ignore
        if (signal.aborted) return {}
        setState({ shown: wider, failures, ledgers })
        return scan(signal)
      })
    },
    clear: () => {
      stop()
      if (getState().shown === undefined) return
      leave()
      changed(nothing)
    },
    setOrder: (order) => {
      const { count } = lines
      lines.clear()
      changed({ order })
      if (name !== undefined)
        void api.call('search.change', { connectionId, search: name, order }).catch(() => undefined)
      lines.grow(count, false)
    },
    setFields: (next) => {
      if (JSON.stringify(fields) === JSON.stringify(next)) return
      fields = next
      const { shown } = getState()
      // The loaded rows do not contain the new fields.
      if (shown !== undefined) void start(shown)
    },
    refresh: () => changed(),
  }
}

function statusAfter(ledgers: readonly ScanLedger[]): SearchState['status'] {
  return ledgers.some((ledger) => rangesLeft(ledger).length > 0) ? 'stopped' : 'ended'
}
