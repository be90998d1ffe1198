import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { GroupPosition } from '#shared/contract/groups.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useApi } from '../../workbench/services.ts'
import { createUnreadStore, type UnreadByPartition } from './unread-store.ts'
import { usePolling } from './use-polling.ts'

/** This reads records, so it is done less often than for positions. */
const EVERY_MS = 10_000

/** The unread records after the positions in view, refreshed while somebody looks. */
export function useUnread(
  connectionId: ConnectionId,
  isActive: boolean,
): { found: UnreadByPartition; want: (rows: readonly GroupPosition[]) => void } {
  const api = useApi()
  const [store] = useState(() => createUnreadStore(api, connectionId))
  const { found } = useStore(store)
  useEffect(() => store.stop, [store])
  usePolling(store.load, EVERY_MS, isActive)
  return { found, want: store.want }
}
