import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { GroupPosition } from '#shared/contract/groups.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useApi } from '../../workbench/services.ts'
import { createUnreadStore, type UnreadByPartition } from './unread-store.ts'
import { usePolling } from './use-polling.ts'

/** Records are read for it, so less often than positions. */
const EVERY_MS = 10_000

/** What stands unread behind the rows in view, read again while somebody looks. */
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
