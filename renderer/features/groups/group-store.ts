import { createStore, type StoreApi } from 'zustand/vanilla'
import type { GroupDetail } from '#shared/contract/groups.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'

export interface GroupStore extends StoreApi<Fetched<GroupDetail>> {
  load: (signal?: AbortSignal) => Promise<void>
}

/** One group in detail, refreshed regularly. The last result stays while refreshing fails. */
export function createGroupStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  group: string,
): GroupStore {
  const store = createStore<Fetched<GroupDetail>>(() => idle)
  let turn = 0
  return {
    ...store,
    load: async (signal) => {
      const mine = ++turn
      store.setState(loading, true)
      try {
        const detail = await api.call('groups.describe', { connectionId, group }, { signal })
        if (mine === turn && signal?.aborted !== true) store.setState(ready(detail), true)
      } catch (error) {
        if (mine !== turn) return
        // Leaving the tab during a refresh is not a failure.
        store.setState(
          (before) => (signal?.aborted === true ? { ...before, status: 'ready' } : failed(before, error)),
          true,
        )
      }
    },
  }
}
