import { createStore, type StoreApi } from 'zustand/vanilla'
import type { OffsetRange } from '#shared/contract/messages.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import type { RowModel } from './row-model.ts'

export interface WholeFilterState {
  /** Whole records are being looked through. */
  readonly isLooking: boolean
  /** Why some rows were seen in part only, once the search has ended: it may be gone on with. */
  readonly ended: 'limit' | 'gone' | 'stopped' | undefined
  readonly error: ErrorValue | undefined
}

export interface WholeFilter extends StoreApi<WholeFilterState> {
  set: (text: string) => void
  /** Rows have come that may have to be looked at. */
  poke: () => void
  goOn: () => void
  stop: () => void
}

export interface WholeFilterOptions {
  api: Pick<StoreApiPort, 'openStream'>
  connectionId: ConnectionId
  topic: string
  /** Of the list: another topic under its name holds other records. */
  topicId: () => string | null
  lines: RowModel
  onFound: () => void
  restMs?: number
}

/** Each key typed would otherwise read everything anew. */
const REST_MS = 300
const idle: WholeFilterState = { isLooking: false, ended: undefined, error: undefined }

/** Filters loaded rows by their whole records: previews decide at once where they can, the app's workers decide the rest. */
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
    const decide = (looked: readonly OffsetRange[]): void => {
      if (mine.signal.aborted) return
      lines.decide(looked, found)
      onFound()
    }
    const before = lines.filter.unseen
    try {
      const input = { connectionId, topic, topicId: topicId(), ranges, text: needle }
      const done = await api.openStream('messages.match', input, {
        signal: mine.signal,
        onBatch: ({ partition, offset }) => {
          for (let i = 0; i < offset.length; i += 1) {
            const own = found.get(partition[i]!) ?? new Set()
            found.set(partition[i]!, own.add(offset[i]!))
          }
        },
        onProgress: ({ looked }) => decide(looked),
      })
      if (running !== mine) return
      decide(done.looked)
      const isStuck = lines.filter.unseen >= before
      setState({
        isLooking: false,
        ended: done.reason === 'limit' ? 'limit' : done.reason === 'cancelled' ? 'stopped' : isStuck || done.failures.length > 0 ? 'gone' : undefined, // prettier-ignore
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
