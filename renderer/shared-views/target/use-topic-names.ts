import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { filterTopics, topicIn } from '../../stores/topics.ts'
import type { NameChoice } from '../../ui/combo-field.tsx'
import { useConnection, useServices } from '../../workbench/services.ts'

/** The names of a cluster's topics, without Kafka's own. */
export function useTopicNames(connectionId: ConnectionId | undefined): NameChoice {
  const { topics } = useServices()
  const list = useStore(topics, (state) =>
    connectionId === undefined ? undefined : state.byConnection[connectionId]?.value,
  )
  const isUp = useConnection(connectionId)?.status === 'connected'
  useEffect(() => {
    if (connectionId !== undefined && isUp && list === undefined) void topics.load(connectionId)
  }, [topics, connectionId, isUp, list])
  return useMemo(
    () => ({
      includes: (name) => list !== undefined && topicIn(list, name)?.internal === false,
      firstWith(text, most) {
        const rows = list === undefined ? [] : filterTopics(list, { text, pins: [], showInternal: false }).rows
        return { names: rows.slice(0, most).map(({ name }) => name), count: rows.length }
      },
    }),
    [list],
  )
}
