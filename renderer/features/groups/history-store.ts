import { createStore, type StoreApi } from 'zustand/vanilla'
import type { GroupDetail } from '#shared/contract/groups.ts'
import type { CommitPoint, MemberRecord, SearchedCommits } from '#shared/model/commit-history.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { historyNotes } from '#shared/offsets/history-notes.ts'
import { inLogOrder } from '#shared/offsets/positions-then.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'

/** The commits found so far. */
export interface History {
  /** Oldest first. */
  readonly points: readonly CommitPoint[]
  readonly members: readonly MemberRecord[]
  readonly searched: SearchedCommits
  /** Why the search stopped; null: it reached the start of the log. */
  readonly limit: 'bytes' | 'commits' | 'time' | null
  readonly notes: readonly string[]
}

export interface HistoryState {
  readonly history: Fetched<History>
  /** The group's current positions and the edges of the logs, as far as they can be read. */
  readonly detail: GroupDetail | undefined
}

export interface HistoryStore extends StoreApi<HistoryState> {
  /** Reads again, backwards from the newest commit. */
  load: () => Promise<void>
  /** Continues further back from where the search stopped. */
  searchOn: () => Promise<void>
  stop: () => void
}

/** How much opening the view reads; reading more is up to the user. */
const AT_FIRST = { bytes: 16_777_216n, commits: 5_000, milliseconds: 10_000 }
/** How much is read beside a group's other numbers, whenever it is opened. */
const OF_A_WHILE = { bytes: 8_388_608n, commits: 5_000, milliseconds: 5_000 }
const MORE = { bytes: 134_217_728n, commits: 20_000, milliseconds: 60_000 }
/** How often new results are shown while a search runs. */
const TELL_EVERY_MS = 500
const MOST_TOLD_EARLY = 10_000
/** So many that finding those of one time, at each move of the mouse, takes no more than a frame or two. */
export const MOST_POINTS = 100_000

export function createHistoryStore(
  api: StoreApiPort,
  connectionId: ConnectionId,
  group: string,
  /** Only from this time on, ms since 1970: for a view that shows no more than that and describes the group itself. */
  since?: bigint,
): HistoryStore {
  const store = createStore<HistoryState>(() => ({ history: idle, detail: undefined }))
  const { getState: get, setState: set } = store
  let running: AbortController | undefined
  let described = 0

  const search = async (known: History | undefined, most: typeof AT_FIRST): Promise<void> => {
    running?.abort()
    const mine = new AbortController()
    running = mine
    set(({ history }) => ({ history: loading(history) }))
    const points = [...(known?.points ?? [])]
    const members = [...(known?.members ?? [])]
    // When the history is read again, the previous one stays until the new one is complete.
    const mayTell = known !== undefined || get().history.value === undefined
    let toldAt = performance.now()
    const historyOf = (now: SearchedCommits, limit: History['limit']): History => {
      const searched = known === undefined ? now : joined(known.searched, now)
      return {
        points: inLogOrder(points),
        members: members.toSorted((a, b) => (a.offset < b.offset ? -1 : 1)),
        searched,
        limit,
        notes: historyNotes(searched, since !== undefined && limit === null),
      }
    }
    try {
      const before = known === undefined ? {} : { before: known.searched.from }
      const done = await api.openStream(
        'groups.history',
        { connectionId, group, most, ...before, ...(since === undefined ? {} : { since }) },
        {
          signal: mine.signal,
          onBatch: (found) => {
            points.push(...found.points)
            members.push(...found.members)
          },
          // For a group with few commits, the search goes far back: what is found is shown before it ends.
          onProgress: ({ searched }) => {
            if (!mayTell || mine.signal.aborted || points.length > MOST_TOLD_EARLY) return
            if (performance.now() - toldAt < TELL_EVERY_MS) return
            set({ history: loading(ready(historyOf(searched, null))) })
            toldAt = performance.now()
          },
        },
      )
      if (mine.signal.aborted) return
      set({ history: ready(historyOf(done.searched, done.limit)) })
    } catch (error) {
      if (!mine.signal.aborted) set(({ history }) => ({ history: failed(history, error) }))
    }
  }

  return {
    ...store,
    load: async () => {
      const found = search(undefined, since === undefined ? AT_FIRST : OF_A_WHILE)
      if (since !== undefined) return found
      const mine = (described += 1)
      const detail = api.call('groups.describe', { connectionId, group }).then(
        // The one that was asked for first may be answered last.
        (value) => mine === described && set({ detail: value }),
        // The history can be shown without it; only the records that are gone cannot be counted.
        () => undefined,
      )
      await Promise.all([found, detail])
    },
    searchOn: async () => {
      const known = get().history.value
      if (known !== undefined) await search(known, MORE)
    },
    stop: () => running?.abort(),
  }
}

/** Joins two searches, the second of which continued where the first stopped. */
function joined(near: SearchedCommits, far: SearchedCommits): SearchedCommits {
  return {
    ...near,
    logStart: far.logStart,
    from: far.from,
    wholeFrom: near.wholeFrom === near.from ? far.wholeFrom : near.wholeFrom,
    undecided: near.undecided + far.undecided,
    unreadable: near.unreadable + far.unreadable,
  }
}
