import { createStore, type StoreApi } from 'zustand/vanilla'
import type { StaleGroup } from '#shared/contract/cleaning.ts'
import type { Done, ProgressOf } from '#shared/contract/define.ts'
import type { SeeklineContract } from '#shared/contract/index.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'
import { rowsOf, type CleaningRow } from './cleaning-rows.ts'

type FindDef = SeeklineContract['cleaning.find']

export interface FindState {
  readonly days: number
  /** The rows found so far by a first search. During a later search, the rows of the previous one stay until it is done. */
  readonly rows: readonly CleaningRow[]
  readonly done: Fetched<Done<FindDef>>
  readonly progress: ProgressOf<FindDef> | undefined
  readonly error: ErrorValue | undefined
}

export interface FindStore extends StoreApi<FindState> {
  find: (days?: number) => Promise<void>
  stop: () => void
}

const DAY_MS = 86_400_000n
/** How often new rows are shown: rebuilding the whole list at each frame would be most of the work. */
const SHOW_MS = 250

export function createFindStore(api: Pick<StoreApiPort, 'openStream'>, connectionId: ConnectionId): FindStore {
  const store = createStore<FindState>(() => ({
    days: 14,
    rows: [],
    done: idle,
    progress: undefined,
    error: undefined,
  }))
  const { getState: get, setState: set } = store
  let running: AbortController | undefined
  return {
    ...store,
    stop: () => running?.abort(),
    find: async (days = get().days) => {
      running?.abort()
      const mine = new AbortController()
      running = mine
      const isFirst = get().done.value === undefined || days !== get().days
      set(({ done, rows }) => ({ days, done: loading(isFirst ? idle : done), rows: isFirst ? [] : rows, progress: undefined, error: undefined })) // oxfmt-ignore
      const found: CleaningRow[] = []
      let shownAt = performance.now()
      try {
        const done = await api.openStream(
          'cleaning.find',
          { connectionId, quietMs: BigInt(days) * DAY_MS },
          {
            signal: mine.signal,
            onBatch: (groups: StaleGroup[]) => {
              found.push(...rowsOf(groups))
              if (!isFirst || mine.signal.aborted || performance.now() - shownAt < SHOW_MS) return
              shownAt = performance.now()
              set({ rows: [...found] })
            },
            onProgress: (progress) => {
              if (!mine.signal.aborted) set({ progress })
            },
          },
        )
        if (!mine.signal.aborted) set({ rows: found, done: ready(done), progress: undefined })
      } catch (error) {
        if (!mine.signal.aborted) set(({ done }) => ({ done: failed(done, error), progress: undefined, error: toErrorValue(error) })) // oxfmt-ignore
      }
    },
  }
}
