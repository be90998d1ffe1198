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
  /** What the hits answer; undefined: nothing was searched for. */
  readonly shown: SearchRequest | undefined
  /** Why it cannot be searched yet. */
  readonly missing: string | undefined
  /** Searches for what the fields say, or tells what is missing. */
  readonly go: () => string | undefined
  /** Searches for what fulfils a condition, beside what is looked for or alone. */
  readonly narrowBy: (condition: string, isAlone: boolean) => void
  /** Searches between two times only. */
  readonly narrow: (from: bigint, to: bigint) => void
  /** Goes on in what is left of the logs; undefined: nothing is. */
  readonly widen: (() => void) | undefined
  /** Shows what a kept search found, and goes on with it from there. */
  readonly take: (kept: KeptSearch) => Promise<void>
}

/** A search of several topics: which ones, what its fields say, and what is searched for. `topics`: as a link named them. */
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
      // A search that was taken up may be of other topics than the bar names.
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
