import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useConnection, useServices } from '../../workbench/services.ts'

/** The names of a cluster's topics, without Kafka's own. */
export function useTopicNames(connectionId: ConnectionId | undefined): readonly string[] {
  const { topics } = useServices()
  const list = useStore(topics, (state) =>
    connectionId === undefined ? undefined : state.byConnection[connectionId]?.value,
  )
  const isUp = useConnection(connectionId)?.status === 'connected'
  useEffect(() => {
    if (connectionId !== undefined && isUp && list === undefined) void topics.load(connectionId)
  }, [topics, connectionId, isUp, list])
  return useMemo(() => list?.items.filter((item) => !item.internal).map((item) => item.name) ?? [], [list])
}
