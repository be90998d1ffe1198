import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '#shared/contract/common.ts'
import type { Output } from '#shared/contract/define.ts'
import type { TopicRow, topics } from '#shared/contract/topics.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from './api.ts'
import { betweenFrames, mergedInSlices } from '../ui/sort-in-slices.ts'
import { createOnce, failed, idle, loading, ready, type Fetched } from './fetched.ts'

export interface TopicList {
  /** Sorted by name. */
  readonly items: readonly TopicRow[]
  /** Lower-case names in the same order, made once: filtering 5,000 topics must not make 5,000 strings per key press. */
  readonly lowered: readonly string[]
  readonly failures: readonly Failure[]
}

export interface TopicsState {
  readonly byConnection: Readonly<Record<string, Fetched<TopicList>>>
}

export interface TopicsStore extends StoreApi<TopicsState> {
  load: (connectionId: ConnectionId) => Promise<void>
  forget: (connectionId: ConnectionId) => void
}

export function createTopicsStore(api: StoreApiPort): TopicsStore {
  const store = createStore<TopicsState>(() => ({ byConnection: {} }))
  const once = createOnce<string>()
  const update = (id: string, change: (before: Fetched<TopicList>) => Fetched<TopicList>): void =>
    store.setState(({ byConnection }) => ({
      byConnection: { ...byConnection, [id]: change(byConnection[id] ?? idle) },
    }))
  return {
    ...store,
    load: (connectionId) =>
      once(connectionId, async () => {
        const asConnected = store.getState().byConnection[connectionId] === undefined
        update(connectionId, loading)
        try {
          const pages: TopicRow[][] = []
          const failures: Failure[] = []
          for (let from: number | null | undefined = 0; typeof from === 'number';) {
            const page: Output<(typeof topics)['topics.list']> = await api.call('topics.list', {
              connectionId,
              from,
              asConnected,
            })
            pages.push(page.items)
            failures.push(...page.failures)
            from = page.next
          }
          const list = await topicList(pages, failures)
          update(connectionId, () => ready(list))
        } catch (error) {
          update(connectionId, (before) => failed(before, error))
        }
      }),
    forget: (connectionId) =>
      store.setState(({ byConnection }) => {
        const { [connectionId]: _, ...others } = byConnection
        return { byConnection: others }
      }),
  }
}

const collator = new Intl.Collator('en', { numeric: true })

/** Merges pages, which may arrive in any order. */
export async function topicList(
  pages: readonly (readonly TopicRow[])[],
  failures: readonly Failure[] = [],
): Promise<TopicList> {
  const sorted: TopicRow[][] = []
  await betweenFrames(() => {
    const next = pages[sorted.length]
    if (next !== undefined) sorted.push(next.toSorted(byName))
    return sorted.length >= pages.length
  })
  const items = await mergedInSlices(sorted, byName)
  const lowered: string[] = []
  await betweenFrames((isOver) => {
    while (lowered.length < items.length) {
      lowered.push(items[lowered.length]!.name.toLowerCase()) // lowered.length < items.length
      if (lowered.length % 1024 === 0 && isOver()) return false
    }
    return true
  })
  return { items, lowered, failures }
}

const byName = (a: TopicRow, b: TopicRow): number => collator.compare(a.name, b.name)

/** Binary search in the sorted list: every tab of a topic calls it at each change of the list, which may hold 200,000. */
export function topicIn({ items }: TopicList, name: string): TopicRow | undefined {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    // The middle is always within the list.
    if (collator.compare(items[middle]!.name, name) < 0) low = middle + 1 // middle < high
    else high = middle
  }
  // Names that differ only in zeros before a number count as equal in this order.
  for (let at = low; at < items.length; at += 1) {
    const one = items[at]
    if (one === undefined || collator.compare(one.name, name) !== 0) return undefined
    if (one.name === name) return one
  }
  return undefined
}

export interface TopicFilter {
  text: string
  pins: readonly string[]
  showInternal: boolean
}

export interface FilteredTopics {
  readonly rows: readonly TopicRow[]
  /** How many of `rows` are pinned; they come first. */
  readonly pinned: number
  readonly total: number
}

/** Pinned ones first, then the rest by name; a name must contain every word of the text. */
export function filterTopics(list: TopicList, { text, pins, showInternal }: TopicFilter): FilteredTopics {
  const { items, lowered } = list
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const pinnedNames = new Set(pins)
  const first: TopicRow[] = []
  const rest: TopicRow[] = []
  let total = 0
  // Plain loops: over 200,000 topics, with each key press.
  for (let i = 0; i < items.length; i++) {
    const topic = items[i]! // i is below the length of both lists, which is the same
    const isPinned = pinnedNames.size > 0 && pinnedNames.has(topic.name)
    if (topic.internal && !showInternal && !isPinned) continue
    total++
    let isFound = true
    for (let at = 0; at < words.length && isFound; at++) isFound = lowered[i]!.includes(words[at]!) // `lowered` has an entry per item, and at < words.length
    if (isFound) (isPinned ? first : rest).push(topic)
  }
  return { rows: first.length === 0 ? rest : [...first, ...rest], pinned: first.length, total }
}
