import { useCallback, useEffect, useMemo, useState } from 'react'
import type { KeptSearch } from '#shared/contract/searches.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { useServices } from '../../workbench/services.ts'
import { onlyCondition, withCondition } from './search-conditions.ts'
import { isPartOfLog } from './search-range.ts'
import type { SearchRequest } from './search-request.ts'
import { createSearchStore, type SearchStore } from './search-store.ts'
import { emptyTopics, requestOfSeveral, type TopicsForm } from './topics-search-form.ts'
import { useSearch } from './use-search.ts'

export interface TopicsSearch {
  readonly store: SearchStore
  readonly form: TopicsForm
  readonly change: (change: Partial<TopicsForm>) => void
  /** The request that the matches answer; undefined: nothing was searched. */
  readonly shown: SearchRequest | undefined
  /** Why the search cannot start yet. */
  readonly missing: string | undefined
  /** Starts the search described by the fields, or returns what is missing. */
  readonly go: () => string | undefined
  /** Searches with a condition, in addition to the current search or on its own. */
  readonly narrowBy: (condition: string, isAlone: boolean) => void
  /** Searches only between two times. */
  readonly narrow: (from: bigint, to: bigint) => void
  /** Continues with the rest of the logs; undefined: nothing is left. */
  readonly widen: (() => void) | undefined
  /** Shows the matches of a stored search and lets it continue from there. */
  readonly take: (kept: KeptSearch) => Promise<void>
}

/**
 * A search of several topics: which topics, the settings of its fields, and what is searched for. `topics`: as given by a link.
 */
export function useTopicsSearch(connectionId: ConnectionId, topics: string | undefined): TopicsSearch {
  const services = useServices()
  const [store] = useState(() => createSearchStore(services, connectionId))
  const [form, setForm] = useState<TopicsForm>({ ...emptyTopics, pattern: topics ?? '' })
  const change = useCallback((more: Partial<TopicsForm>) => setForm((all) => ({ ...all, ...more })), [])
  const shown = useSearch(store, (state) => state.shown)
  const searchForm = useSearch(store, (state) => state.form)
  const asked = useMemo(() => requestOfSeveral(form, searchForm), [form, searchForm])
  useEffect(() => store.mount(), [store])

  const narrowBy = useCallback(
    (condition: string, isAlone: boolean) => {
      const { form: before, shown: of } = store.getState()
      store.change(isAlone ? onlyCondition(before, condition) : withCondition(before, condition))
      const request = requestOfSeveral(form, store.getState().form)
      // A stored search may be of other topics than those in the bar.
      if (typeof request !== 'string') void store.start(of === undefined ? request : { ...request, topics: of.topics })
    },
    [store, form],
  )
  return {
    store,
    form,
    change,
    shown,
    missing: typeof asked === 'string' ? asked : undefined,
    go: () => {
      const request = requestOfSeveral(form, store.getState().form)
      if (typeof request === 'string') return request
      void store.start(request)
      return undefined
    },
    narrowBy,
    narrow: (from, to) => {
      const { shown: before } = store.getState()
      if (before === undefined) return
      setForm((all) => ({ ...all, from: 'timestamp', place: { ...all.place, timestamp: from } }))
      store.change({ until: 'timestamp', untilTime: to })
      void store.start({ ...before, start: { at: 'timestamp', timestamp: from }, end: { at: 'timestamp', timestamp: to }, form: store.getState().form }) // oxfmt-ignore
    },
    widen: shown !== undefined && isPartOfLog(shown) ? () => void store.widen({ at: 'log-start' }, null) : undefined,
    take: (kept) => {
      const { topics: of } = kept.of
      if (of.by === 'pattern') change({ pattern: of.pattern, matchCase: of.matchCase, internal: of.internal })
      return store.take(kept)
    },
  }
}
