import { createStore, type StoreApi } from 'zustand/vanilla'
import type { LagAlert } from '#shared/contract/lag-limits.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from './api.ts'
import type { ConnectionsStore } from './connections.ts'
import { watchOn } from './watch-again.ts'

/** By connection, the lag limits that are exceeded now. */
export type AlertsState = Readonly<Record<string, readonly LagAlert[]>>

/** A limit is exceeded, or kept again, and this page is the one that notifies the user. */
export type AlertTeller = (connectionId: ConnectionId, alert: LagAlert, isPassed: boolean) => void

export interface AlertsStore extends StoreApi<AlertsState> {
  /** Follows every open connection until aborted. */
  watch: (signal: AbortSignal) => void
}

const RETRY_MS = 2_000

export function createAlertsStore(
  api: Pick<StoreApiPort, 'openStream'>,
  connections: Pick<ConnectionsStore, 'getState' | 'subscribe'>,
  tell: AlertTeller,
): AlertsStore {
  const store = createStore<AlertsState>(() => ({}))
  const begin = (id: ConnectionId, { signal }: AbortController): void =>
    void watchOn(signal, RETRY_MS, () =>
      api.openStream(
        'limits.watch',
        { connectionId: id },
        {
          signal,
          onBatch: ({ alerts, news }) => {
            // Avoids redrawing if nothing has changed.
            if (alerts.length > 0 || (store.getState()[id] ?? []).length > 0) store.setState({ [id]: alerts })
            for (const { alert, isPassed } of news) tell(id, alert, isPassed)
          },
        },
      ),
    )
  return {
    ...store,
    watch: (signal) => {
      const watched = new Map<string, AbortController>()
      const follow = (): void => {
        const { open } = connections.getState()
        for (const { connectionId } of Object.values(open)) {
          if (watched.has(connectionId)) continue
          const end = new AbortController()
          watched.set(connectionId, end)
          begin(connectionId, end)
        }
        for (const [id, end] of watched) {
          if (open[id] !== undefined) continue
          end.abort()
          watched.delete(id)
          store.setState({ [id]: [] })
        }
      }
      const stop = connections.subscribe(follow)
      signal.addEventListener('abort', () => (stop(), watched.forEach((end) => end.abort())), { once: true })
      follow()
    },
  }
}

/** Those of one group. */
export function alertsOf(alerts: readonly LagAlert[] | undefined, group: string): LagAlert[] {
  return (alerts ?? []).filter((alert) => alert.group === group)
}
