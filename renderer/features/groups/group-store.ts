import { createStore, type StoreApi } from 'zustand/vanilla'
import type { GroupDetail } from '#shared/contract/groups.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { createReads, failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'

export interface GroupStore extends StoreApi<Fetched<GroupDetail>> {
  /** Aborted by the signal once nobody looks any more. */
  load: (left?: AbortSignal) => Promise<void>
}

/** One group in detail, refreshed regularly. The last result stays while refreshing fails. */
export function createGroupStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  group: string,
): GroupStore {
  const store = createStore<Fetched<GroupDetail>>(() => idle)
  const reads = createReads<'group'>()
  return {
    ...store,
    load: (left) =>
      reads.anew('group', async (replaced) => {
        const signal = left === undefined ? replaced : AbortSignal.any([left, replaced])
        store.setState(loading, true)
        try {
          const detail = await api.call('groups.describe', { connectionId, group }, { signal })
          if (!signal.aborted) store.setState(ready(detail), true)
        } catch (error) {
          // Leaving the tab during a refresh is not a failure.
          if (!replaced.aborted)
            store.setState((before) => (signal.aborted ? { ...before, status: 'ready' } : failed(before, error)), true)
        }
      }),
  }
}
