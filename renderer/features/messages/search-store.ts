import { createStore, type StoreApi } from 'zustand/vanilla'
import type { BrowseDone, ReadCounts, Show } from '#shared/contract/messages.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { compileFilter, isProblem } from '#shared/filters/compile.ts'
import type { RecordFilter } from '#shared/filters/filter.ts'
import type { FilterProblem } from '#shared/filters/predicate.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { advanced, rangesLeft, widened, type Covered, type ScanLedger } from '#shared/model/ledger.ts'
import type { IfNone, Place } from '#shared/model/place.ts'
import type { RowField } from '#shared/model/row-field.ts'
import type { RowColumns } from '#shared/model/rows.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { inFrames, type FrameStore } from '../../stores/frame-store.ts'
import type { HeldBudget, RowBudget } from '../../workbench/row-budget.ts'
import type { MessagesState } from './messages-store.ts'
import { createRowModel, type RowModel } from './row-model.ts'
import { emptySearch, type SearchForm } from './search-form.ts'

/** What is looked for, where, and which way: what the hits answer, whatever was typed since. */
export interface SearchRequest {
  readonly filter: RecordFilter
  /** What was typed for it. */
  readonly form: SearchForm
  readonly start: Place
  /** Exclusive; null: to the end. */
  readonly end: Place | null
  readonly ifNone?: IfNone | undefined
  readonly partitions: readonly number[] | undefined
  readonly show: Show
  readonly direction: 'forward' | 'backward'
  /** Records that nobody could judge, instead of those that match. */
  readonly list: 'matches' | 'not-judged'
}

export interface SearchState extends Pick<MessagesState, 'version' | 'reading' | 'isPaused'> {
  readonly form: SearchForm
  /** What the hits answer; undefined: nothing was searched, and the list shows what was read. */
  readonly shown: SearchRequest | undefined
  readonly status: 'idle' | 'running' | 'stopped' | 'full' | 'ended'
  /** What was read and what is left; undefined until the edges of the logs are known. */
  readonly ledger: ScanLedger | undefined
  /** Where something was found, of each partition; not all places, where there are very many. */
  readonly hits: ReadonlyMap<number, readonly bigint[]>
  readonly counts: ReadCounts | undefined
  readonly ratePerSecond: number
  readonly bytesPerSecond: number
  readonly secondsLeft: number | null
  readonly waiting: ErrorValue | null
  /** Partitions of which something could not be read. */
  readonly failures: BrowseDone['failures']
  readonly error: ErrorValue | undefined
  /** Why what was typed is no filter. */
  readonly problem: FilterProblem | undefined
}

export interface SearchStore extends StoreApi<SearchState> {
  readonly lines: RowModel
  readonly drawn: FrameStore<SearchState>
  /** Takes part in the budget of rows until the function it gives is called; that stops what runs, too. */
  mount: () => () => void
  show: (isShown: boolean) => void
  change: (form: Partial<SearchForm>) => void
  /** Forgets what was found before, and looks for this. */
  start: (request: SearchRequest) => Promise<void>
  stop: () => void
  /** Reads what is left. */
  resume: () => Promise<void>
  /** Reads what is left from the other end. */
  turn: () => Promise<void>
  /** Searches more: what was read of it is not read again. */
  widen: (start: Place, end: Place | null) => Promise<void>
  /** Back to the list that was read. */
  clear: () => void
  setFields: (fields: readonly RowField[]) => void
  refresh: () => void
}

/** Hits held in the page. */
export const MOST_HITS = 50_000
/** Of one call, which is gone on with: what the brokers send, and how long it takes. */
const MOST_BYTES = 1n << 60n
const MOST_MS = 3_600_000

const still = { ratePerSecond: 0, bytesPerSecond: 0, secondsLeft: null, waiting: null }
const nothing: Omit<SearchState, 'form' | 'problem' | 'version' | 'reading' | 'isPaused'> = {
  ...still,
  shown: undefined,
  status: 'idle',
  ledger: undefined,
  hits: new Map(),
  counts: undefined,
  failures: [],
  error: undefined,
}

const begun: SearchState = {
  ...nothing,
  form: emptySearch,
  problem: undefined,
  version: 0,
  reading: undefined,
  isPaused: false,
}

/**
 * One search of one topic. Nothing of it lives in the app: the ledger here says what was read and what is left, and each call
 * goes on from it, whichever way.
 */
// oxlint-disable-next-line max-lines-per-function -- one closure over the state of the search; each of its actions is short
export function createSearchStore(
  { api, rowBudget }: { api: Pick<StoreApiPort, 'call' | 'openStream'>; rowBudget: RowBudget },
  connectionId: ConnectionId,
  topic: string,
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
  const lines = createRowModel({ capacity: MOST_HITS })
  let share: HeldBudget | undefined
  let running: AbortController | undefined
  let fields: readonly RowField[] = []

  const changed = (change: Partial<SearchState> = {}) =>
    setState((before) => ({ ...change, version: before.version + 1 }))
  const take = (rows: RowColumns, covered: readonly Covered[]) => {
    lines.append(rows)
    setState(({ ledger, hits }) => ({
      hits: withHits(hits, rows),
      ...(ledger === undefined ? {} : { ledger: advanced(ledger, covered) }),
    }))
    changed()
    share?.grew()
  }

  /** Ends what runs, and begins this. */
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
    }
  }

  const ledgerOf = async ({ start, end, partitions, show, ifNone }: SearchRequest, signal: AbortSignal) =>
    api.call(
      'messages.ledger',
      {
        connectionId,
        topic,
        start,
        show,
        ...(end === null ? {} : { end }),
        ...(ifNone === undefined ? {} : { ifNone }),
        ...(partitions === undefined ? {} : { partitions: [...partitions] }),
      },
      { signal },
    )

  /** Goes through what is left, in as many calls as that takes. */
  const scan = async (signal: AbortSignal): Promise<Partial<SearchState>> => {
    const { failures: before } = getState()
    for (;;) {
      const { ledger, shown } = getState()
      if (ledger === undefined || shown === undefined) return { status: 'idle' }
      if (rangesLeft(ledger).length === 0) return { status: 'ended' }
      const { filter, direction, show, list } = shown
      const room = MOST_HITS - (lines.loaded % MOST_HITS)
      const done = await api.openStream(
        'messages.scan',
        {
          connectionId,
          ledger,
          filter,
          direction,
          list,
          show,
          previews: 'short',
          fields: [...fields],
          most: { matches: room, bytes: MOST_BYTES, milliseconds: MOST_MS },
        },
        {
          signal,
          onBatch: ({ rows, covered }) => {
            if (!signal.aborted) take(rows, covered)
          },
          onProgress: ({ counts, ratePerSecond, bytesPerSecond, secondsLeft, waiting }) => {
            if (!signal.aborted) setState({ counts, ratePerSecond, bytesPerSecond, secondsLeft, waiting })
          },
        },
      )
      if (signal.aborted) return {}
      const failures = [...before, ...done.failures]
      const isLeft = rangesLeft(getState().ledger ?? ledger).length > 0
      if (done.reason === 'cancelled') return { status: 'stopped', failures }
      if (done.reason === 'end' || !isLeft) return { status: isLeft ? 'stopped' : 'ended', failures }
      if (done.limit === 'matches' && lines.loaded >= MOST_HITS) return { status: 'full', failures }
    }
  }

  const resume = (): Promise<void> => begin(scan)
  const stop = (): void => {
    if (running === undefined) return
    running.abort()
    running = undefined
    changed({ ...still, status: 'stopped' })
  }
  const start = async (request: SearchRequest): Promise<void> => {
    const made = compileFilter(request.filter)
    if (isProblem(made)) return setState({ problem: made })
    lines.clear()
    changed({ ...nothing, shown: request, problem: undefined })
    await begin(async (signal) => {
      const { ledger, failures } = await ledgerOf(request, signal)
      if (signal.aborted) return {}
      changed({ ledger, failures })
      return scan(signal)
    })
  }

  return {
    ...store,
    lines,
    drawn,
    mount: () => {
      share = rowBudget.hold({
        get bytes() {
          return lines.bytes
        },
        giveUp: () => undefined,
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
      await begin(async (signal) => {
        const { ledger: more, failures } = await ledgerOf(wider, signal)
        if (signal.aborted) return {}
        setState(({ ledger }) => ({
          shown: wider,
          failures,
          ledger: ledger === undefined ? more : widened(ledger, more.parts),
        }))
        return scan(signal)
      })
    },
    clear: () => {
      stop()
      if (getState().shown === undefined) return
      lines.clear()
      changed(nothing)
    },
    setFields: (next) => {
      if (JSON.stringify(fields) === JSON.stringify(next)) return
      fields = next
      const { shown } = getState()
      // Rows that are here lack them.
      if (shown !== undefined) void start(shown)
    },
    refresh: () => changed(),
  }
}

/** Marks of one seekline: more would not be told apart. */
const MOST_MARKS = 400

function withHits(hits: SearchState['hits'], { count, partition, offset }: RowColumns): SearchState['hits'] {
  if (count === 0) return hits
  const more = new Map(hits)
  for (let i = 0; i < count; i += 1) {
    const known = more.get(partition[i]!) ?? []
    if (known.length < MOST_MARKS) more.set(partition[i]!, [...known, offset[i]!])
  }
  return more
}
