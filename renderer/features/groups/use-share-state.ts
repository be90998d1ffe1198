import { useState } from 'react'
import { useStore } from 'zustand'
import type { GroupDetail } from '#shared/contract/groups.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Fetched } from '../../stores/fetched.ts'
import { useApi } from '../../workbench/services.ts'
import { isShare } from './group-words.ts'
import { createShareStateStore, type ShareStates } from './share-state-store.ts'
import { usePolling } from './use-polling.ts'

/** This reads records, so it is done less often than for start offsets. */
const EVERY_MS = 10_000

/** The stored states of a share group's records, while somebody looks; nothing for other groups. */
export function useShareState(
  connectionId: ConnectionId,
  detail: GroupDetail,
  isActive: boolean,
): Fetched<ShareStates> {
  const api = useApi()
  const { group, positions } = detail
  const [store] = useState(() => createShareStateStore(api, connectionId, group))
  // Starts once its first partitions are known: without partitions there is nothing to ask for.
  const isAsked = isActive && isShare(detail) && positions.length > 0
  usePolling((signal) => store.load(positions, signal), EVERY_MS, isAsked)
  return useStore(store)
}
