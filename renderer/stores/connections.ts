import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ConnectionState, ProfileEntry } from '#shared/contract/connections.ts'
import type { ConnectionId, ProfileId } from '#shared/model/ids.ts'
import type { SecretsInput } from '#shared/model/secrets.ts'
import type { StoreApiPort } from './api.ts'
import { createReads, failed, idle, loading, ready, type Fetched } from './fetched.ts'
import { watchOn } from './watch-again.ts'

export interface ConnectionsState {
  readonly profiles: Fetched<readonly ProfileEntry[]>
  /** Profile files that were moved aside as damaged, as sentences. */
  readonly damaged: readonly string[]
  /** Open profiles, by connection id (which is the profile's id). */
  readonly open: Readonly<Record<string, ConnectionState>>
  /** What the shell shows if no tab decides it. */
  readonly current: ConnectionId | undefined
}

export interface ConnectionsStore extends StoreApi<ConnectionsState> {
  loadProfiles: () => Promise<void>
  /** Throws the error of the attempt; `connect.secret` means: ask the user, then call again with secrets. */
  open: (
    profileId: ProfileId,
    secrets?: SecretsInput,
    remember?: boolean,
    agreed?: readonly string[],
  ) => Promise<ConnectionState>
  close: (connectionId: ConnectionId) => Promise<void>
  reconnect: (connectionId: ConnectionId) => Promise<void>
  setCurrent: (connectionId: ConnectionId | undefined) => void
  /** Follows every connection's state until aborted; starts again when the connection to the app breaks. */
  watch: (signal: AbortSignal) => Promise<void>
}

export function createConnectionsStore(api: StoreApiPort, retryMs: number = 1000): ConnectionsStore {
  const store = createStore<ConnectionsState>(() => ({ profiles: idle, damaged: [], open: {}, current: undefined }))
  const { getState, setState } = store
  const reads = createReads<'profiles'>()
  /** All at once if this is the complete list: a moment without any would look as if all were closed. */
  const put = (states: readonly ConnectionState[], areAll = false): void =>
    setState(({ open, current }) => {
      const next = areAll ? {} : { ...open }
      for (const state of states) {
        if (state.status === 'closed') delete next[state.connectionId]
        else next[state.connectionId] = state
      }
      const first = Object.values(next)[0]?.connectionId
      return { open: next, current: current !== undefined && next[current] !== undefined ? current : first }
    })
  return {
    ...store,
    subscribe: (listener) => store.subscribe(unthrown(listener)),
    loadProfiles: () =>
      reads.anew('profiles', async (signal) => {
        setState(({ profiles }) => ({ profiles: loading(profiles) }))
        try {
          const { items, damaged } = await api.call('profiles.list', {}, { signal })
          if (!signal.aborted) setState({ profiles: ready(items), damaged })
        } catch (error) {
          if (!signal.aborted) setState(({ profiles }) => ({ profiles: failed(profiles, error) }))
        }
      }),
    open: async (profileId, secrets = {}, remember = false, agreed = []) => {
      const more = agreed.length === 0 ? {} : { agreed: [...agreed] }
      const state = await api.call('connections.open', { profileId, secrets, remember, ...more })
      put([state])
      setState({ current: state.connectionId })
      return state
    },
    close: async (connectionId) => {
      await api.call('connections.close', { connectionId })
      const state = getState().open[connectionId]
      if (state !== undefined) put([{ ...state, status: 'closed' }])
    },
    reconnect: async (connectionId) => put([await api.call('connections.reconnect', { connectionId })]),
    setCurrent: (current) => setState({ current }),
    watch: (signal) =>
      watchOn(signal, retryMs, () => {
        let isFirst = true
        return api.openStream(
          'connections.watch',
          {},
          {
            signal,
            onBatch: (states) => {
              // The first batch is complete; connections missing from it were closed while nobody watched.
              put(states, isFirst)
              isFirst = false
            },
          },
        )
      }),
  }
}

/**
 * An error in a listener is an error of the window and is shown as one. Thrown to the caller that changed the state, it would
 * look as if connecting had failed.
 */
function unthrown<A extends unknown[]>(listener: (...told: A) => void): (...told: A) => void {
  return (...told) => {
    try {
      listener(...told)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}

export function profileOf(state: Pick<ConnectionsState, 'profiles'>, id: string | undefined): ProfileEntry | undefined {
  return id === undefined ? undefined : state.profiles.value?.find((entry) => entry.profile.id === id)
}
