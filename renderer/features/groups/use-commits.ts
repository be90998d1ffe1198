import { useEffect, useRef, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { idle, type Fetched } from '../../stores/fetched.ts'
import { useApi } from '../../workbench/services.ts'
import { createHistoryStore, type History } from './history-store.ts'

export interface GroupCommits {
  readonly history: Fetched<History>
  readonly reload: () => void
}

/**
 * The recent commits of a group, as far as `__consumer_offsets` still has them: read once, while its tab is active, and again
 * when asked for.
 */
export function useCommits(
  connectionId: ConnectionId,
  group: string,
  sinceMs: number,
  /** false: the tab is not active, or it is a share group, whose start offsets are not on that topic. */
  isWanted: boolean,
): GroupCommits {
  const api = useApi()
  const [history, setHistory] = useState<Fetched<History>>(idle)
  const [version, setVersion] = useState(0)
  const wanted = `${sinceMs} ${version}`
  const found = useRef('')
  useEffect(() => {
    if (!isWanted || found.current === wanted) return undefined
    const store = createHistoryStore(api, connectionId, group, BigInt(Date.now() - sinceMs))
    const leave = store.subscribe(({ history: now }) => {
      if (now.status !== 'loading') found.current = wanted
      // The existing history stays until there is a newer one.
      setHistory((before) => (now.value === undefined ? { ...now, value: before.value } : now))
    })
    void store.load()
    return () => {
      leave()
      store.stop()
    }
  }, [api, connectionId, group, sinceMs, isWanted, wanted])
  return { history, reload: () => setVersion((now) => now + 1) }
}
