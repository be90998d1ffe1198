import { createStore, type StoreApi } from 'zustand/vanilla'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { newLedger } from '#shared/model/ledger.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { filterOf } from './row-filter.ts'
import type { RowModel } from './row-model.ts'

export interface WholeFilterState {
  /** Whole records are being examined. */
  readonly isLooking: boolean
  /** Why some rows were examined only in part once the search has ended: it may be continued. */
  readonly ended: 'limit' | 'gone' | 'stopped' | undefined
  readonly error: ErrorValue | undefined
}

export interface WholeFilter extends StoreApi<WholeFilterState> {
  set: (text: string) => void
  /** Rows have arrived that may have to be examined. */
  poke: () => void
  goOn: () => void
  stop: () => void
}

export interface WholeFilterOptions {
  api: Pick<StoreApiPort, 'openStream'>
  connectionId: ConnectionId
  topic: string
  /** The topic id of the list: another topic with the same name has other records. */
  topicId: () => string | null
  lines: RowModel
  onFound: () => void
  restMs?: number
}

/** The most that one search reads; the user can continue it. */
const MOST_BYTES = 256n << 20n
const MOST_FOUND = 100_000
/** Without a pause, each key would read everything again. */
const REST_MS = 300
const idle: WholeFilterState = { isLooking: false, ended: undefined, error: undefined }

/**
 * Filters loaded rows by their whole records: previews decide at once where they can, and the app's workers decide the rest.
 */
// oxlint-disable-next-line max-lines-per-function -- what was searched, found and is left are one ledger, changed by each frame
export function createWholeFilter(options: WholeFilterOptions): WholeFilter {
  const { api, connectionId, topic, topicId, lines, onFound, restMs = REST_MS } = options
  const store = createStore<WholeFilterState>(() => idle)
  const { getState, setState } = store
  let needle = ''
  let running: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const look = async (): Promise<void> => {
    const ranges = lines.unseen()
    if (needle === '' || running !== undefined || ranges.length === 0) return
    const mine = new AbortController()
    running = mine
    setState({ isLooking: true, ended: undefined, error: undefined })
    const found = new Map<number, Set<bigint>>()
    const before = lines.filter.unseen
    try {
      const ledger = newLedger({ clusterId: null, topic, topicId: topicId() }, ranges)
      const filter = filterOf(needle)
      const show = { aborted: true, open: true }
      const most = { matches: MOST_FOUND, bytes: MOST_BYTES }
      const input = { connectionId, ledger, filter, show, most, previews: 'none' as const }
      const done = await api.openStream('messages.scan', input, {
        signal: mine.signal,
        onBatch: ({ rows: { partition, offset }, covered }) => {
          for (let i = 0; i < offset.length; i += 1) {
            const own = found.get(partition[i]!) ?? new Set() // i < count, and the columns are that long
            found.set(partition[i]!, own.add(offset[i]!)) // i < count, and the columns are that long
          }
          if (mine.signal.aborted) return
          // Of deleted records nobody knows whether they would match.
          lines.decide(
            covered.filter(({ why }) => why === 'read'),
            found,
          )
          onFound()
        },
      })
      if (running !== mine) return
      const isStuck = lines.filter.unseen >= before
      setState({
        isLooking: false,
        ended: done.reason === 'limit' ? 'limit' : done.reason === 'cancelled' ? 'stopped' : isStuck || done.failures.length > 0 ? 'gone' : undefined, // oxfmt-ignore
        error: done.failures[0]?.error,
      })
    } catch (error) {
      if (running === mine) setState({ isLooking: false, ended: 'gone', error: toErrorValue(error) })
    } finally {
      if (running === mine) running = undefined
    }
    poke()
  }
  const poke = (): void => {
    if (needle === '' || timer !== undefined || running !== undefined || getState().ended !== undefined) return
    if (lines.filter.unseen === 0) return
    timer = setTimeout(() => {
      timer = undefined
      void look()
    }, restMs)
  }
  const halt = (): void => {
    clearTimeout(timer)
    timer = undefined
    running?.abort()
    running = undefined
  }
  return {
    ...store,
    poke,
    set: (text) => {
      halt()
      setState(idle)
      needle = text.trim().slice(0, 1_000)
      lines.setFilter(needle)
      poke()
    },
    goOn: () => {
      setState(idle)
      void look()
    },
    stop: () => {
      const wasLooking = getState().isLooking
      halt()
      setState({ isLooking: false, ended: wasLooking ? 'stopped' : getState().ended })
    },
  }
}
