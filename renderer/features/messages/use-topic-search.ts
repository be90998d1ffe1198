import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from 'react'
import type { MarkFinder } from '#shared/filters/mark-texts.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { RowField } from '#shared/model/row-field.ts'
import { useServices } from '../../workbench/services.ts'
import type { MessagesStore } from './messages-store.ts'
import { filterOf as rowFilter } from './row-filter.ts'
import { onlyCondition, withCondition } from './search-conditions.ts'
import { filterOf, formWords } from './search-form.ts'
import { isPartOfLog, searchRequestOf } from './search-range.ts'
import { createSearchStore, type SearchStore } from './search-store.ts'
import { useMessages } from './use-messages.ts'
import { marksOf } from './use-named-fields.ts'
import { useSearch } from './use-search.ts'

export interface TopicSearch {
  readonly store: SearchStore
  /** The list shows the matches of the search. */
  readonly isShown: boolean
  readonly isRunning: boolean
  /** What was typed, with the additional conditions. */
  readonly typed: string
  /** There is something to search for: Enter searches, otherwise it reads. */
  readonly isWanted: boolean
  /** The text that filters the loaded rows while it is typed. */
  readonly narrowing: string
  /** Finds the matches in what is shown. */
  readonly marker: MarkFinder | undefined
  /** The fields that are requested by name. */
  readonly named: readonly RowField[]
  /** Starts the typed search; returns what is missing, if anything. */
  readonly go: () => string | undefined
  readonly widen: (() => void) | undefined
  /** The same search in this time range, which the bar then shows as well. */
  readonly narrow: (from: bigint, to: bigint) => void
  /** Searches with this expression, and with the typed one as well unless it is to stand alone. */
  readonly narrowBy: (condition: string, isAlone: boolean) => void
}

/** The search of one list: the text in its field, and the matches. */
export function useTopicSearch(
  connectionId: ConnectionId,
  topic: string,
  list: MessagesStore,
  partitions: readonly number[],
  fields: readonly RowField[],
  isActive: boolean,
): TopicSearch {
  const services = useServices()
  const [store] = useState(() => createSearchStore(services, connectionId))
  useLayoutEffect(() => store.show(isActive), [store, isActive])
  useLayoutEffect(() => store.setFields(fields), [store, fields])
  useEffect(() => store.mount(), [store])
  const form = useSearch(store, (state) => state.form)
  const { shown, status } = useSearch(store, (state) => ({ shown: state.shown, status: state.status }))
  const followed = useMessages(list, (state) => state.shown?.filter)
  const isFollowed = followed !== undefined && JSON.stringify(followed) === JSON.stringify(filterOf(form))
  const narrowing = shown !== undefined || form.mode !== 'text' || isFollowed ? '' : form.texts.text
  const { marker, named } = useMemo(
    () => marksOf(shown === undefined ? (followed ?? rowFilter(narrowing)) : shown.filter),
    [shown, followed, narrowing],
  )
  const go = useCallback(() => {
    const topics = { by: 'names' as const, names: [topic] }
    const request = searchRequestOf(topics, store.getState().form, list.getState().form, partitions)
    if (typeof request === 'string') return request
    list.stop()
    void store.start(request)
    return undefined
  }, [store, topic, list, partitions])
  const widen = useCallback(() => void store.widen({ at: 'log-start' }, null), [store])
  const narrow = useCallback(
    (from: bigint, to: bigint) => {
      const before = store.getState().shown
      list.change({ from: 'timestamp', place: { timestamp: from } })
      store.change({ until: 'timestamp', untilTime: to })
      if (before === undefined) return
      const range = { start: { at: 'timestamp' as const, timestamp: from }, end: { at: 'timestamp' as const, timestamp: to } } // oxfmt-ignore
      void store.start({ ...before, ...range, form: store.getState().form })
    },
    [store, list],
  )
  const narrowBy = useCallback(
    (condition: string, isAlone: boolean) => {
      const { form: before } = store.getState()
      store.change(isAlone ? onlyCondition(before, condition) : withCondition(before, condition))
      go()
    },
    [store, go],
  )
  return {
    store,
    isShown: shown !== undefined,
    isRunning: status === 'running',
    typed: formWords(form),
    isWanted: form.newestPerKey || filterOf(form) !== null,
    narrowing,
    marker,
    named,
    go,
    narrow,
    narrowBy,
    widen: shown !== undefined && isPartOfLog(shown) ? widen : undefined,
  }
}
