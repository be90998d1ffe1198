import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '#shared/contract/common.ts'
import type { Output } from '#shared/contract/define.ts'
import type { TopicRow, topics } from '#shared/contract/topics.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from './api.ts'
import { createOnce, failed, idle, loading, ready, type Fetched } from './fetched.ts'

export interface TopicList {
  /** Sorted by name. */
  readonly items: readonly TopicRow[]
  /** Lower-case names in the same order, made once: filtering 5,000 topics per key press must not make 5,000 strings. */
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
        update(connectionId, loading)
        try {
          const items: TopicRow[] = []
          const failures: Failure[] = []
          for (let from: number | null | undefined = 0; typeof from === 'number';) {
            const page: Output<(typeof topics)['topics.list']> = await api.call('topics.list', { connectionId, from })
            for (const item of page.items) items.push(item)
            failures.push(...page.failures)
            from = page.next
          }
          update(connectionId, () => ready(topicList(items, failures)))
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

export function topicList(items: readonly TopicRow[], failures: readonly Failure[] = []): TopicList {
  const sorted = items.toSorted((a, b) => collator.compare(a.name, b.name))
  return { items: sorted, lowered: sorted.map((topic) => topic.name.toLowerCase()), failures }
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

/** Pinned first, then the rest by name; every word of the text must occur. */
export function filterTopics(list: TopicList, { text, pins, showInternal }: TopicFilter): FilteredTopics {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const pinnedNames = new Set(pins)
  const first: TopicRow[] = []
  const rest: TopicRow[] = []
  let total = 0
  for (let i = 0; i < list.items.length; i++) {
    const topic = list.items[i]!
    const isPinned = pinnedNames.has(topic.name)
    if (topic.internal && !showInternal && !isPinned) continue
    total++
    if (!words.every((word) => list.lowered[i]!.includes(word))) continue
    if (isPinned) first.push(topic)
    else rest.push(topic)
  }
  return { rows: [...first, ...rest], pinned: first.length, total }
}
