import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Output } from '#shared/contract/define.ts'
import type { schemas } from '#shared/contract/schemas.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from './api.ts'
import { failed, idle, loading, ready, type Fetched } from './fetched.ts'
import { wordsIn } from '../ui/words-in.ts'

type Page = Output<(typeof schemas)['schemas.subjects']>
export type SubjectItem = Page['items'][number]

export interface SubjectList {
  /** By name. */
  readonly items: readonly SubjectItem[]
  /** Lower-case names in the same order, made once: filtering 10,000 subjects must not make 10,000 strings per key press. */
  readonly lowered: readonly string[]
  /** Includes soft-deleted ones. */
  readonly withDeleted: boolean
  /** The registry may hold more, but has no way to list them. */
  readonly isCut: boolean
}

export interface SubjectsState {
  readonly byConnection: Readonly<Record<string, Fetched<SubjectList>>>
  /** Counts the changes of a registry made from here: views of it then read again. */
  readonly changes: Readonly<Record<string, number>>
}

export interface SubjectsStore extends StoreApi<SubjectsState> {
  /** `withDeleted` left out: as in the last reading. */
  load: (connectionId: ConnectionId, withDeleted?: boolean) => Promise<void>
  /** Reads them as they are from now on, which a reading on its way may not. */
  refresh: (connectionId: ConnectionId) => Promise<void>
  /** Nobody looks any more: cancels what is being read. */
  stop: (connectionId: ConnectionId) => void
  changed: (connectionId: ConnectionId) => void
}

/** How many of the list are read at a time: they are unpacked in a few milliseconds. */
const PAGE = 5_000

/** The state before it was requested. */
const unread = <T>(now: Fetched<T>): Fetched<T> => (now.value === undefined ? idle : { ...now, status: 'ready' })

/** The subjects of each connection's schema registry, read when a view of them is first opened. */
export function createSubjectsStore(api: Pick<StoreApiPort, 'call'>): SubjectsStore {
  const store = createStore<SubjectsState>(() => ({ byConnection: {}, changes: {} }))
  /** The running reads, by connection. */
  const reading = new Map<string, { deleted: boolean; abort: AbortController; done: Promise<void> }>()
  const stop = (connectionId: string): void => {
    reading.get(connectionId)?.abort.abort()
    reading.delete(connectionId)
  }
  const update = (id: string, change: (before: Fetched<SubjectList>) => Fetched<SubjectList>): void =>
    store.setState(({ byConnection }) => ({
      byConnection: { ...byConnection, [id]: change(byConnection[id] ?? idle) },
    }))
  const load: SubjectsStore['load'] = (connectionId, given) => {
    const before = store.getState().byConnection[connectionId]?.value
    const present = reading.get(connectionId)
    const deleted = given ?? present?.deleted ?? before?.withDeleted ?? false
    if (present?.deleted === deleted) return present.done
    // Cancels an earlier request: otherwise the one that ends last would be shown.
    stop(connectionId)
    const abort = new AbortController()
    const read = async (): Promise<void> => {
      update(connectionId, loading)
      try {
        const items: SubjectItem[] = []
        let isCut = false
        for (let from: number | null = 0; from !== null;) {
          const page: Page = await api.call('schemas.subjects', { connectionId, deleted, from, limit: PAGE }, { signal: abort.signal }) // oxfmt-ignore
          items.push(...page.items)
          from = page.next
          isCut = page.isCut
        }
        const lowered = items.map(({ subject }) => subject.toLowerCase())
        if (!abort.signal.aborted) update(connectionId, () => ready({ items, lowered, withDeleted: deleted, isCut }))
      } catch (error) {
        if (!abort.signal.aborted) update(connectionId, (now) => failed(now, error))
        else if (!reading.has(connectionId)) update(connectionId, unread)
      } finally {
        if (reading.get(connectionId)?.abort === abort) reading.delete(connectionId)
      }
    }
    const done = read()
    reading.set(connectionId, { deleted, abort, done })
    return done
  }
  const refresh = (connectionId: ConnectionId): Promise<void> => {
    const deleted = reading.get(connectionId)?.deleted
    stop(connectionId)
    return load(connectionId, deleted)
  }
  return {
    ...store,
    load,
    refresh,
    stop,
    changed: (connectionId) => {
      store.setState(({ changes }) => ({ changes: { ...changes, [connectionId]: (changes[connectionId] ?? 0) + 1 } }))
      if (store.getState().byConnection[connectionId] !== undefined) void refresh(connectionId)
    },
  }
}

/** The subjects whose names contain every word of the text. */
export function filterSubjects({ items, lowered }: SubjectList, text: string): readonly SubjectItem[] {
  const words = wordsIn(text)
  if (words.length === 0) return items
  return items.filter((_, at) => words.every((word) => lowered[at]!.includes(word))) // `lowered` has an entry per item
}
