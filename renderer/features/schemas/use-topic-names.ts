import { useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import type { ConnectionId } from '#shared/model/ids.ts'
import { topicsOfSubject } from '#shared/model/subject-names.ts'
import { topicIn } from '../../stores/topics.ts'
import { useServices } from '../../workbench/services.ts'

export interface TopicNames {
  /** Empty also while the topics are not known. */
  of: (subject: string) => readonly string[]
  isKnown: boolean
}

/** The topics that a subject belongs to, by its name and by the topics that these rights list. */
export function useTopicNames(connectionId: ConnectionId): TopicNames {
  const { topics } = useServices()
  const list = useStore(topics, (state) => state.byConnection[connectionId]?.value)
  const isUnknown = list === undefined
  useEffect(() => {
    if (isUnknown) void topics.load(connectionId)
  }, [topics, connectionId, isUnknown])
  return useMemo(() => {
    const isTopic = (name: string) => list !== undefined && topicIn(list, name) !== undefined
    const of = (subject: string) => [...new Set(topicsOfSubject(subject, isTopic).map(({ topic }) => topic))]
    return { of, isKnown: list !== undefined }
  }, [list])
}
