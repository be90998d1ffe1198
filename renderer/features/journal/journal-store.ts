import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ChangeKind, JournalEntry } from '#shared/contract/journal.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'

export interface JournalFilter {
  readonly group?: string | undefined
  readonly clusterId?: string | undefined
  readonly kind?: ChangeKind | undefined
  readonly text?: string | undefined
}

export interface JournalPages {
  /** Newest first. */
  readonly items: readonly JournalEntry[]
  /** There are older entries on disk. */
  readonly more: boolean
  /** Lines that could not be read, each described in a sentence. */
  readonly damaged: readonly string[]
}

export interface JournalState {
  readonly filter: JournalFilter
  readonly pages: Fetched<JournalPages>
}

export interface JournalStore extends StoreApi<JournalState> {
  /** Reads the newest page again; older pages that were loaded stay if they still follow it. */
  refresh: () => Promise<void>
  setFilter: (filter: JournalFilter) => Promise<void>
  loadOlder: () => Promise<void>
  /** Loads older pages until the entry is found, or there are no more. */
  find: (id: string) => Promise<void>
}

const PAGE = 50
/** An entry further back than this is not searched for automatically: two thousand changes ago. */
const MOST_PAGES = 40

export function createJournalStore(api: Pick<StoreApiPort, 'call'>): JournalStore {
  const store = createStore<JournalState>(() => ({ filter: {}, pages: idle }))
  const { getState: get, setState: set } = store
  let turn = 0
  /** The filter for which the shown pages were read: while somebody types, or after a failure, it is not the present one. */
  let readFor: JournalFilter | undefined

  const read = async (before?: string): Promise<void> => {
    const mine = ++turn
    const { filter } = get()
    const { group, clusterId, kind, text } = filter
    set(({ pages }) => ({ pages: loading(pages) }))
    try {
      const page = await api.call('journal.list', {
        limit: PAGE,
        ...(group === undefined || group === '' ? {} : { group }),
        ...(clusterId === undefined ? {} : { clusterId }),
        ...(kind === undefined ? {} : { kind }),
        ...(text === undefined || text.trim() === '' ? {} : { text }),
        ...(before === undefined ? {} : { before }),
      })
      if (mine !== turn) return
      // Entries of another filter do not belong below these.
      const known = readFor === filter ? get().pages.value : undefined
      readFor = filter
      set({ pages: ready(joined(known, page, before)) })
    } catch (error) {
      if (mine === turn) set(({ pages }) => ({ pages: failed(pages, error) }))
    }
  }
  const loadOlder = async (): Promise<void> => {
    const { value, status } = get().pages
    const last = value?.items.at(-1)
    if (status === 'loading' || value?.more !== true || last === undefined) return
    // What is shown may be what another filter had found: then its last entry is not where this one's older entries begin.
    await read(readFor === get().filter ? last.id : undefined)
  }
  return {
    ...store,
    refresh: () => read(),
    setFilter: async (filter) => {
      const { group, clusterId, kind } = get().filter
      // While somebody types, the remaining matches of the old list stay visible until the next list arrives.
      const isTyped = group === filter.group && clusterId === filter.clusterId && kind === filter.kind
      set(({ pages }) => ({ filter, pages: isTyped ? loading(pages) : { ...idle, value: undefined } }))
      await read()
    },
    loadOlder,
    find: async (id) => {
      for (let page = 0; page < MOST_PAGES; page++) {
        const { value, status } = get().pages
        if (status !== 'ready' || value === undefined || !value.more || value.items.some((entry) => entry.id === id))
          return
        await loadOlder()
      }
    },
  }
}

function joined(before: JournalPages | undefined, page: JournalPages, from: string | undefined): JournalPages {
  if (from !== undefined && before !== undefined) {
    return {
      items: [...before.items, ...page.items],
      more: page.more,
      damaged: unique([...before.damaged, ...page.damaged]),
    }
  }
  const oldest = page.items.at(-1)?.id
  const at = before?.items.findIndex((entry) => entry.id === oldest) ?? -1
  // The new page overlaps what is loaded: the older part is still right, because entries are never rewritten.
  if (before === undefined || at === -1) return page
  const older = before.items.slice(at + 1)
  return {
    items: [...page.items, ...older],
    more: older.length === 0 ? page.more : before.more,
    damaged: unique([...page.damaged, ...before.damaged]),
  }
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)]
}
