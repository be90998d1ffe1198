import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '#shared/contract/common.ts'
import type { Output } from '#shared/contract/define.ts'
import type { TopicRow, topics } from '#shared/contract/topics.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from './api.ts'
import { betweenFrames, breath, mergedInSlices } from '../ui/sort-in-slices.ts'
import { wordsIn } from '../ui/words-in.ts'
import { createReads, fetchInto, idle, type Fetched } from './fetched.ts'

export interface TopicList {
  /** Sorted by name. */
  readonly items: readonly TopicRow[]
  /**
   * The lower-case names in the same order, a line each: to search 200,000 names takes a few milliseconds with each key press
   * in one string, and fifty in as many.
   */
  readonly names: string
  /** Where in `names` that of each topic begins. */
  readonly starts: Uint32Array
  /** Which of `items` are internal topics. */
  readonly internal: readonly number[]
  readonly failures: readonly Failure[]
}

export interface TopicsState {
  readonly byConnection: Readonly<Record<string, Fetched<TopicList>>>
}

export interface TopicsStore extends StoreApi<TopicsState> {
  /** Reads the list, or joins the reading on its way. */
  load: (connectionId: ConnectionId) => Promise<void>
  /** Reads it as it is from now on: after a change, or if somebody asks for it. */
  refresh: (connectionId: ConnectionId) => Promise<void>
  forget: (connectionId: ConnectionId) => void
}

export function createTopicsStore(api: StoreApiPort): TopicsStore {
  const store = createStore<TopicsState>(() => ({ byConnection: {} }))
  const reads = createReads<string>()
  const update = (id: string, change: (before: Fetched<TopicList>) => Fetched<TopicList>): void =>
    store.setState(({ byConnection }) => ({
      byConnection: { ...byConnection, [id]: change(byConnection[id] ?? idle) },
    }))
  const read = (connectionId: ConnectionId) => async (signal: AbortSignal) => {
    const asConnected = store.getState().byConnection[connectionId] === undefined
    const list = async (): Promise<TopicList> => {
      const pages: TopicRow[][] = []
      const failures: Failure[] = []
      for (let from: number | null | undefined = 0; typeof from === 'number';) {
        const input = { connectionId, from, asConnected }
        const page: Output<(typeof topics)['topics.list']> = await api.call('topics.list', input, { signal })
        pages.push(page.items)
        failures.push(...page.failures)
        from = page.next
      }
      return await topicList(pages, failures)
    }
    await fetchInto<TopicList>((change) => update(connectionId, change), list, signal)
  }
  return {
    ...store,
    load: (connectionId) => reads.join(connectionId, read(connectionId)),
    refresh: (connectionId) => reads.anew(connectionId, read(connectionId)),
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
  const starts = new Uint32Array(items.length)
  const internal: number[] = []
  let start = 0
  await betweenFrames((isOver) => {
    while (lowered.length < items.length) {
      const at = lowered.length
      const topic = items[at]! // at < items.length
      const name = topic.name.toLowerCase()
      if (topic.internal) internal.push(at)
      lowered.push(name)
      starts[at] = start
      start += name.length + 1
      if (lowered.length % 1024 === 0 && isOver()) return false
    }
    return true
  })
  await breath()
  const names = lowered.join('\n')
  // What is drawn from it takes a task of its own as well.
  await breath()
  return { items, names, starts, internal, failures }
}

const byName = (a: TopicRow, b: TopicRow): number => collator.compare(a.name, b.name)

/** Binary search in the sorted list: every tab of a topic calls it at each change of the list, which may hold 200,000. */
export function topicIn(list: TopicList, name: string): TopicRow | undefined {
  const [at] = placesOf(list, name)
  return at === undefined ? undefined : list.items[at]
}

/** Where topics of this name are; more than one only if the broker names it twice. */
function placesOf({ items }: TopicList, name: string): number[] {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (collator.compare(items[middle]!.name, name) < 0) low = middle + 1 // middle < high
    else high = middle
  }
  const places: number[] = []
  // Names that differ only in zeros before a number count as equal in this order.
  for (let at = low; at < items.length; at += 1) {
    const one = items[at]!.name // at < items.length
    if (collator.compare(one, name) !== 0) break
    if (one === name) places.push(at)
  }
  return places
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
  const { items, internal } = list
  const words = wordsIn(text)
  const pinned = new Set(pins.flatMap((name) => placesOf(list, name)).toSorted((a, b) => a - b))
  const hidden = new Set(showInternal ? [] : internal.filter((at) => !pinned.has(at)))
  const total = items.length - hidden.size
  const found = words.length === 0 ? undefined : placesWith(list, words)
  if (found === undefined && pinned.size === 0 && hidden.size === 0) return { rows: items, pinned: 0, total }
  const isInRest = (at: number): boolean => !pinned.has(at) && !hidden.has(at)
  const first = [...pinned].filter((at) => found?.includes(at) ?? true)
  const topicAt = (at: number): TopicRow => items[at]! // places are of this list
  const rest = found === undefined ? items.filter((_, at) => isInRest(at)) : found.filter(isInRest).map(topicAt)
  return { rows: first.length === 0 ? rest : [...first.map(topicAt), ...rest], pinned: first.length, total }
}

/** From where to where the name of the topic at this place is in `names`. */
export function boundsOf({ names, starts }: TopicList, place: number): [start: number, end: number] {
  const next = starts[place + 1]
  return [starts[place] ?? names.length, next === undefined ? names.length : next - 1]
}

/** Where the topics are whose names contain all of these words, in their order. */
export function placesWith(list: TopicList, words: readonly string[]): number[] {
  const { names, starts } = list
  // The longest is in the fewest names.
  const [word = '', ...others] = words.toSorted((a, b) => b.length - a.length)
  const places: number[] = []
  let topic = 0
  for (let at = names.indexOf(word); at >= 0;) {
    while ((starts[topic + 1] ?? Infinity) <= at) topic += 1
    const next = starts[topic + 1] ?? names.length
    const name = others.length === 0 ? '' : names.slice(...boundsOf(list, topic))
    if (others.every((other) => name.includes(other))) places.push(topic)
    at = next === names.length ? -1 : names.indexOf(word, next)
  }
  return places
}
