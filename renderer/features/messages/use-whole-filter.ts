import { useEffect, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useApi } from '../../workbench/services.ts'
import type { MessagesStore } from './messages-store.ts'
import { createWholeFilter, type WholeFilter } from './whole-filter.ts'

/** The text that filters a list; whole records are examined where the loaded part does not decide. */
export function useWholeFilter(
  connectionId: ConnectionId,
  topic: string,
  store: MessagesStore,
  narrowing: string,
): WholeFilter {
  const api = useApi()
  const [filter] = useState(() =>
    createWholeFilter({
      api,
      connectionId,
      topic,
      lines: store.lines,
      topicId: () => store.getState().done?.topicId ?? null,
      onFound: store.refresh,
    }),
  )
  useEffect(() => filter.set(narrowing), [filter, narrowing])
  useEffect(() => store.drawn.subscribe(filter.poke), [store, filter])
  useEffect(() => () => filter.stop(), [filter])
  return filter
}
