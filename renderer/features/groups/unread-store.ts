import { createStore, type StoreApi } from 'zustand/vanilla'
import type { GroupPosition } from '#shared/contract/groups.ts'
import type { UnreadOf } from '#shared/contract/lag.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { tellFault } from '../../stores/tell-fault.ts'

export type UnreadByPartition = ReadonlyMap<string, UnreadOf>

export interface UnreadStore extends StoreApi<{ readonly found: UnreadByPartition }> {
  /** Asked for as rows come into view: in a group with ten thousand partitions only the visible ones are read. */
  want: (rows: readonly GroupPosition[]) => void
  load: (signal?: AbortSignal) => Promise<void>
  stop: () => void
}

/** The most partitions that one call accepts. */
const MOST = 400
/** Rows that are scrolled past are not worth a request. */
const REST_MS = 120

/**
 * The unread records after the positions in view. At the end of a partition nothing is unread, so a group that keeps up costs
 * nothing.
 */
export function createUnreadStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  restMs: number = REST_MS,
): UnreadStore {
  const store = createStore<{ readonly found: UnreadByPartition }>(() => ({ found: new Map() }))
  let wanted: readonly GroupPosition[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  const load = async (signal?: AbortSignal): Promise<void> => {
    clearTimeout(timer)
    const positions = wanted
      .flatMap(({ topic, topicId, partition, position, standing }) =>
        position === null || standing !== 'in-range' ? [] : [{ topic, topicId, partition, offset: position.offset }],
      )
      .slice(0, MOST)
    if (positions.length === 0) return
    try {
      const { items } = await api.call('groups.unread', { connectionId, positions }, { signal })
      if (signal?.aborted === true) return
      store.setState(({ found }) => ({
        found: new Map([...found, ...items.map((item) => [keyOf(item), item] as const)]),
      }))
    } catch (error) {
      // The refresh of the positions says what is wrong with the cluster.
      tellFault(error)
    }
  }
  return {
    ...store,
    load,
    want: (rows) => {
      const known = new Set(wanted.map(keyOf))
      wanted = rows
      if (rows.every((row) => known.has(keyOf(row)))) return
      clearTimeout(timer)
      timer = setTimeout(() => void load(), restMs)
    },
    stop: () => clearTimeout(timer),
  }
}
