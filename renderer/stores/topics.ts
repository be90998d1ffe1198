import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '#shared/contract/common.ts'
import type { Output } from '#shared/contract/define.ts'
import type { TopicRow, topics } from '#shared/contract/topics.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from './api.ts'
import { betweenFrames } from '../ui/slices.ts'
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

/** Pages in any order. Sorted page by page and put together in slices: comparing a million names at once takes seconds. */
export async function topicList(
  pages: readonly (readonly TopicRow[])[],
  failures: readonly Failure[] = [],
): Promise<TopicList> {
  const queue: TopicRow[][] = []
  await betweenFrames(() => {
    const next = pages[queue.length]
    if (next !== undefined) queue.push(next.toSorted(byName))
    return queue.length >= pages.length
  })
  // Always the two that have waited longest: they are of about the same length.
  while (queue.length > 1) queue.push(await merged(queue.shift()!, queue.shift()!))
  const items = queue[0] ?? []
  const lowered: string[] = []
  await betweenFrames((isOver) => {
    while (lowered.length < items.length) {
      lowered.push(items[lowered.length]!.name.toLowerCase())
      if (lowered.length % 1024 === 0 && isOver()) return false
    }
    return true
  })
  return { items, lowered, failures }
}

const byName = (a: TopicRow, b: TopicRow): number => collator.compare(a.name, b.name)

async function merged(left: readonly TopicRow[], right: readonly TopicRow[]): Promise<TopicRow[]> {
  const all: TopicRow[] = []
  let at = 0
  let other = 0
  await betweenFrames((isOver) => {
    while (at < left.length || other < right.length) {
      const isLeft = other >= right.length || (at < left.length && byName(left[at]!, right[other]!) <= 0)
      all.push(isLeft ? left[at++]! : right[other++]!)
      if (all.length % 256 === 0 && isOver()) return false
    }
    return true
  })
  return all
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
