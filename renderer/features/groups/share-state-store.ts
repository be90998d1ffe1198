import { createStore, type StoreApi } from 'zustand/vanilla'
import type { GroupPosition } from '#shared/contract/groups.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { ShareState } from '#shared/model/share-state.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'

/** By the `keyOf` of each partition that was asked for. */
export type ShareStates = ReadonlyMap<string, ShareState>

export interface ShareStateStore extends StoreApi<Fetched<ShareStates>> {
  load: (positions: readonly GroupPosition[], signal?: AbortSignal) => Promise<void>
}

/** The most partitions that one call accepts. */
export const MOST_PARTITIONS = 400

/** The stored states of a share group's records, refreshed regularly. The last result stays while refreshing fails. */
export function createShareStateStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  group: string,
): ShareStateStore {
  const store = createStore<Fetched<ShareStates>>(() => idle)
  return {
    ...store,
    load: async (positions, signal) => {
      const asked = positions.filter(({ topicId }) => topicId !== null).slice(0, MOST_PARTITIONS)
      if (asked.length === 0) return
      store.setState(loading, true)
      try {
        const partitions = asked.map(({ topicId, partition }) => ({ topicId: topicId!, partition })) // positions without a topic id were filtered out above
        const { items } = await api.call('groups.shareState', { connectionId, group, partitions }, { signal })
        if (signal?.aborted === true) return
        store.setState(ready(new Map(asked.map((at, i) => [keyOf(at), items[i]!]))), true) // there is an answer per partition, in the same order
      } catch (error) {
        // Leaving the tab during a refresh is not a failure.
        store.setState(
          (before) => (signal?.aborted === true ? { ...before, status: 'ready' } : failed(before, error)),
          true,
        )
      }
    },
  }
}
