import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { topicsOfSubject } from '#shared/model/subject-names.ts'
import { useServices } from '../../workbench/services.ts'

export interface TopicNames {
  /** Empty also while the topics are not known. */
  of: (subject: string) => readonly string[]
  isKnown: boolean
}

/** The topics that a subject belongs to, by its name and by the topics that these rights list. */
export function useTopicNames(connectionId: ConnectionId): TopicNames {
  const { topics } = useServices()
  const items = useStore(topics, (state) => state.byConnection[connectionId]?.value?.items)
  const isUnknown = items === undefined
  useEffect(() => {
    if (isUnknown) void topics.load(connectionId)
  }, [topics, connectionId, isUnknown])
  return useMemo(() => {
    const names = new Set(items?.map(({ name }) => name))
    const of = (subject: string) => [...new Set(topicsOfSubject(subject, (name) => names.has(name)).map(({ topic }) => topic))] // oxfmt-ignore
    return { of, isKnown: !isUnknown }
  }, [items, isUnknown])
}
