import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ArmedPlan } from '#shared/contract/armed.ts'
import type { StoreApiPort } from './api.ts'
import { watchOn } from './watch-again.ts'

export interface ArmedPlansState {
  /** Armed plans, and the outcome of those that ended, until they are dismissed. */
  readonly items: readonly ArmedPlan[]
}

export interface ArmedPlansStore extends StoreApi<ArmedPlansState> {
  /** Cancels one that waits; dismisses one that has ended. */
  disarm: (id: string) => Promise<void>
  /** Follows the app's list until aborted; starts again when the connection to the app breaks. */
  watch: (signal: AbortSignal) => Promise<void>
}

export function createArmedPlansStore(api: StoreApiPort, retryMs: number = 1000): ArmedPlansStore {
  const store = createStore<ArmedPlansState>(() => ({ items: [] }))
  return {
    ...store,
    disarm: async (id) => void (await api.call('offsets.disarm', { id })),
    watch: (signal) =>
      watchOn(signal, retryMs, () =>
        api.openStream('offsets.armed', {}, { signal, onBatch: (items) => store.setState({ items }) }),
      ),
  }
}

export const isWaiting = ({ state }: Pick<ArmedPlan, 'state'>): boolean =>
  state.is === 'watching' || state.is === 'applying'

/** Those that waited before and have ended now. */
export function newlyOver(before: readonly ArmedPlan[], now: readonly ArmedPlan[]): ArmedPlan[] {
  const waited = new Set(before.filter(isWaiting).map(({ id }) => id))
  return now.filter((item) => waited.has(item.id) && !isWaiting(item))
}
