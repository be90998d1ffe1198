import { createStore, type StoreApi } from 'zustand/vanilla'
import type { TopicTotals } from '#shared/contract/topics.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'

export interface TotalsState {
  readonly byTopic: ReadonlyMap<string, TopicTotals>
  /** Why sizes are missing, in one note. */
  readonly note: string | undefined
}

export interface TotalsStore extends StoreApi<TotalsState> {
  /** Requests those in view that are not known yet, a slice at a time. */
  want: (topics: readonly string[]) => void
  /** Forgets everything, so that what is in view is requested again. */
  refresh: () => void
}

const SLICE = 100
/** After a failure nothing is requested for so long: each one is drawn, and what is drawn is wanted. */
const REST_MS = 5_000

/**
 * Offsets and sizes of the topics in view: five thousand topics are listed at once, and their values are filled in as they come
 * into view.
 */
export function createTotalsStore(api: Pick<StoreApiPort, 'call'>, connectionId: ConnectionId): TotalsStore {
  const store = createStore<TotalsState>(() => ({ byTopic: new Map(), note: undefined }))
  const { getState, setState } = store
  let waiting: string[] = []
  let isAsking = false
  let generation = 0
  let restsUntil = 0

  const ask = async () => {
    if (isAsking) return
    isAsking = true
    while (waiting.length > 0) {
      const mine = generation
      const topics = waiting.splice(0, SLICE)
      try {
        const { items, failures } = await api.call('topics.totals', { connectionId, topics })
        if (mine !== generation) continue
        const byTopic = new Map(getState().byTopic)
        for (const item of items) byTopic.set(item.topic, item)
        const failure = failures[0]
        setState({ byTopic, note: failure === undefined ? undefined : `${failure.what}: ${failure.error.message}` })
      } catch (error) {
        if (mine !== generation) continue
        waiting = []
        restsUntil = performance.now() + REST_MS
        setState({ note: error instanceof Error ? error.message : String(error) })
      }
    }
    isAsking = false
  }

  return {
    ...store,
    want: (topics) => {
      if (performance.now() < restsUntil) return
      const { byTopic } = getState()
      // The newest request first: rows that were scrolled past can wait.
      waiting = topics.filter((topic) => !byTopic.has(topic))
      if (waiting.length > 0) void ask()
    },
    refresh: () => {
      generation += 1
      waiting = []
      restsUntil = 0
      setState({ byTopic: new Map() })
    },
  }
}
