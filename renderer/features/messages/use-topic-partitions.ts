import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { topicIn } from '../../stores/topics.ts'
import { useServices } from '../../workbench/services.ts'

const none: readonly number[] = []

/** The topic's partitions from the list of topics; requested if the list does not have them. */
export function useTopicPartitions(connectionId: ConnectionId, topic: string): readonly number[] {
  const { topics } = useServices()
  const found = useStore(topics, (all) => {
    const list = all.byConnection[connectionId]?.value
    return list && (topicIn(list, topic)?.partitions ?? 0)
  })
  const isUnknown = found === undefined
  useEffect(() => {
    if (isUnknown) void topics.load(connectionId)
  }, [topics, connectionId, isUnknown])
  const count = found ?? 0
  return useMemo(() => (count === 0 ? none : Array.from({ length: count }, (_, i) => i)), [count])
}
