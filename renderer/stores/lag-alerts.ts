import { createStore, type StoreApi } from 'zustand/vanilla'
import type { LagAlert } from '#shared/contract/lag-limits.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from './api.ts'
import type { ConnectionsStore } from './connections.ts'
import { watchOn } from './watch-again.ts'

/** By connection, the limits of lag that are passed now. */
export type AlertsState = Readonly<Record<string, readonly LagAlert[]>>

/** A limit was passed, or is kept again, and this page is the one that says so. */
export type AlertTeller = (connectionId: ConnectionId, alert: LagAlert, isPassed: boolean) => void

export interface AlertsStore extends StoreApi<AlertsState> {
  /** Follows a connection until it is closed; asked for again it changes nothing. */
  follow: (connectionId: ConnectionId) => void
  /** A limit was set here: from now on there is something to watch. */
  limitsChanged: (connectionId: ConnectionId) => void
}

const RETRY_MS = 2_000

export function createAlertsStore(
  api: StoreApiPort,
  connections: Pick<ConnectionsStore, 'subscribe'>,
  tell: AlertTeller,
): AlertsStore {
  const store = createStore<AlertsState>(() => ({}))
  const wakes = new Map<ConnectionId, () => void>()
  /** Until a limit is set here, or it is to end. */
  const untilChanged = (id: ConnectionId, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      wakes.set(id, resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  const begin = (id: ConnectionId, signal: AbortSignal): void =>
    void watchOn(signal, RETRY_MS, async () => {
      // Of most connections there is none, and nothing is kept open for them.
      const changed = untilChanged(id, signal)
      if ((await api.call('limits.list', { connectionId: id })).items.length === 0) await changed
      if (signal.aborted) return
      await api.openStream(
        'limits.watch',
        { connectionId: id },
        {
          signal,
          onBatch: ({ alerts, news }) => {
            // What stands as it stood redraws nothing.
            if (alerts.length > 0 || (store.getState()[id] ?? []).length > 0) store.setState({ [id]: alerts })
            for (const { alert, isPassed } of news) tell(id, alert, isPassed)
          },
        },
      )
    })
  const watched = new Map<ConnectionId, AbortController>()
  connections.subscribe(({ open }) => {
    for (const [id, end] of watched) {
      if (open[id] !== undefined) continue
      end.abort()
      watched.delete(id)
      store.setState({ [id]: [] })
    }
  })
  return {
    ...store,
    limitsChanged: (id) => wakes.get(id)?.(),
    follow: (id) => {
      if (watched.has(id)) return
      const end = new AbortController()
      watched.set(id, end)
      begin(id, end.signal)
    },
  }
}

/** Those of one group. */
export function alertsOf(alerts: readonly LagAlert[] | undefined, group: string): LagAlert[] {
  return (alerts ?? []).filter((alert) => alert.group === group)
}
