import { useEffect, useMemo, useState } from 'react'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { TopicChoice } from '#shared/model/topic-choice.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'
import { useApi } from '../../workbench/services.ts'
import { useTabStatus } from '../../workbench/tab-status.ts'
import { ErrorState } from '../../ui/error-banner.tsx'
import { SmallTable, type TableColumn } from '../../ui/small-table.tsx'
import { StateView } from '../../ui/state-view.tsx'
import { fitWords } from './topics-search-form.ts'

interface Fitting {
  readonly topics: readonly { readonly topic: string; readonly partitions: number }[]
  readonly more: number
  readonly internal: number
}

/** Without a pause, each key would ask the cluster again. */
const REST_MS = 250

export interface FittingList {
  readonly found: Fetched<Fitting>
  readonly retry: () => void
}

/**
 * The topics that a selection matches, once nobody has typed for a moment. It stays the same object as long as its content is
 * the same.
 */
export function useFittingTopics(connectionId: ConnectionId, choice: TopicChoice | null): FittingList {
  const api = useApi()
  const [found, setFound] = useState<Fetched<Fitting>>(idle)
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    const mine = new AbortController()
    const timer = setTimeout(() => {
      if (choice === null) return setFound(idle)
      setFound(loading)
      api.call('search.topics', { connectionId, topics: choice }, { signal: mine.signal }).then(
        (value) => !mine.signal.aborted && setFound(ready(value)),
        (error: unknown) => !mine.signal.aborted && setFound(failed(idle, error)),
      )
    }, REST_MS)
    return () => {
      clearTimeout(timer)
      mine.abort()
    }
  }, [api, connectionId, choice, turn])
  return {
    found: choice !== null && found.status === 'idle' ? loading(found) : found,
    retry: () => setTurn((before) => before + 1),
  }
}

const columns: readonly TableColumn<Fitting['topics'][number]>[] = [
  { id: 'topic', title: 'Topic', width: 320, flex: 1, value: ({ topic }) => topic },
  {
    id: 'partitions',
    title: 'Partitions',
    width: 100,
    align: 'end',
    mono: true,
    value: ({ partitions }) => partitions,
  },
]

export interface FittingTopicsProps {
  tabId: string
  list: FittingList
  onOpen: (topic: string) => void
}

/** Shows what would be searched, before the search starts. */
export function FittingTopics({ tabId, list: { found, retry }, onOpen }: FittingTopicsProps) {
  const main = found.value === undefined ? '' : fitWords(found.value)
  useTabStatus(
    tabId,
    useMemo(() => ({ main }), [main]),
  )
  if (found.status === 'failed') return <ErrorState error={found.error} onRetry={retry} />
  if (found.value === undefined)
    return found.status === 'loading' ? (
      <StateView kind="loading" title="Asking for the topics…" />
    ) : (
      <StateView kind="empty" title="Which topics?">
        Type a part of their names, or a regular expression: ^orders finds those that begin with it, and . all.
      </StateView>
    )
  return (
    <SmallTable
      label="Topics to search"
      columns={columns}
      rows={found.value.topics}
      rowId={({ topic }) => topic}
      onOpen={({ topic }) => onOpen(topic)}
      empty={
        <StateView kind="empty" title="No topic has such a name.">
          {found.value.internal > 0 && 'Kafka’s own topics match: Options can include them.'}
        </StateView>
      }
    />
  )
}
