import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Failure } from '#shared/contract/common.ts'
import type { GroupRow, GroupSummary } from '#shared/contract/groups.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from './api.ts'
import { createReads, failed, idle, loading, ready, type Fetched } from './fetched.ts'
import { kept } from './same-value.ts'

export interface GroupList {
  /** Sorted by name. */
  readonly items: readonly GroupRow[]
  /** Groups that the last reading could not list, because a broker failed: they are from an earlier one. */
  readonly older: ReadonlySet<string>
  readonly failures: readonly Failure[]
  /** Why there are none yet. */
  readonly note: string | null
}

/** Lag, members and topics of a connection's groups. */
export interface Summaries {
  readonly byGroup: ReadonlyMap<string, GroupSummary>
  /** Progress of the first reading; undefined before it, and once all groups were read. */
  readonly progress: { readonly done: number; readonly total: number } | undefined
  /**
   * When the last reading of all groups began, by this computer's clock. Before there is one, none of these columns may be
   * sorted or added up.
   */
  readonly readAt: number | undefined
  /** Why the last reading broke off; the values are older. */
  readonly error: unknown
}

export interface GroupsState {
  readonly byConnection: Readonly<Record<string, Fetched<GroupList>>>
  /** By connection; they arrive after the list and survive its refreshes. */
  readonly summaries: Readonly<Record<string, Summaries>>
}

export interface GroupsStore extends StoreApi<GroupsState> {
  /** Reads the list, then the summaries of all of it, or joins the reading on its way. */
  load: (connectionId: ConnectionId) => Promise<void>
  /** Reads both as they are from now on: after a change, or if somebody asks for it. */
  refresh: (connectionId: ConnectionId) => Promise<void>
  /** As `load`, if the last reading ended long enough ago; see {@link everyMs}. */
  loadIfDue: (connectionId: ConnectionId, atLeastMs: number) => Promise<void>
  /** How long after its end a reading is repeated: ten thousand groups are read less often than ten. */
  everyMs: (connectionId: ConnectionId, atLeastMs: number) => number
  /** After a change to one group: reads the list, which may have gained or lost it, and this group's summary. */
  loadOne: (connectionId: ConnectionId, group: string) => Promise<void>
  forget: (connectionId: ConnectionId) => void
}

/** Reading takes at most a twentieth of the time: 5 % of a core, if all of it were work. */
const RESTS = 19
const LONGEST_MS = 300_000

export const noSummaries: Summaries = { byGroup: new Map(), progress: undefined, readAt: undefined, error: undefined }

// oxlint-disable-next-line max-lines-per-function -- names and summaries are read separately and shown together: reading one decides when the other is due
export function createGroupsStore(api: StoreApiPort): GroupsStore {
  const store = createStore<GroupsState>(() => ({ byConnection: {}, summaries: {} }))
  const reads = createReads<string>()
  /** Each reading has a turn as it begins: what an earlier one found does not replace what a later one did. */
  let turns = 0
  /** By connection: the turns of the list and of the summaries of all groups that are shown. */
  const listed = new Map<string, number>()
  const summarised = new Map<string, number>()
  /** By connection and group: what `loadOne` found since. */
  const ones = new Map<string, Map<string, { turn: number; row: GroupSummary }>>()
  const last = new Map<string, { endedAt: number; tookMs: number }>()
  const update = (id: string, change: (before: Fetched<GroupList>) => Fetched<GroupList>): void =>
    store.setState(({ byConnection }) => ({
      byConnection: { ...byConnection, [id]: change(byConnection[id] ?? idle) },
    }))
  const summarise = (id: string, change: (before: Summaries) => Partial<Summaries>): void =>
    store.setState(({ summaries }) => {
      const before = summaries[id] ?? noSummaries
      return { summaries: { ...summaries, [id]: { ...before, ...change(before) } } }
    })

  const isOld = (connectionId: ConnectionId, turn: number): boolean => (listed.get(connectionId) ?? 0) > turn
  const list = async (connectionId: ConnectionId, turn: number, signal?: AbortSignal): Promise<GroupList> => {
    update(connectionId, loading)
    const { items, failures, note } = await api.call('groups.list', { connectionId }, { signal })
    const told = new Set(items.map((item) => item.group))
    // Groups of a broker that does not answer still exist.
    const known = failures.length === 0 ? [] : (store.getState().byConnection[connectionId]?.value?.items ?? [])
    const kept = known.filter((item) => !told.has(item.group))
    const value = {
      items: [...items, ...kept].sort((a, b) => collator.compare(a.group, b.group)),
      older: new Set(kept.map((item) => item.group)),
      failures,
      note: kept.length > 0 ? null : note,
    }
    if (signal?.aborted !== true && !isOld(connectionId, turn)) {
      listed.set(connectionId, turn)
      update(connectionId, () => ready(value))
    }
    return value
  }

  /** With what was read of single groups since. */
  const withOnes = (connectionId: ConnectionId, read: ReadonlyMap<string, GroupSummary>, turn: number) => {
    const since = [...(ones.get(connectionId) ?? [])].filter(([, one]) => one.turn > turn)
    if (since.length === 0) return read
    return new Map([...read, ...since.map(([group, { row }]) => [group, row] as const)])
  }

  const summariesOf = async (
    connectionId: ConnectionId,
    turn: number,
    { older }: GroupList,
    signal: AbortSignal,
  ): Promise<void> => {
    const isFirst = store.getState().summaries[connectionId]?.readAt === undefined
    const began = Date.now()
    const read = new Map<string, GroupSummary>()
    try {
      await api.openStream(
        'groups.summaries',
        { connectionId },
        {
          signal,
          onBatch: (rows) => {
            if (signal.aborted) return
            for (const row of rows) read.set(row.group, row)
            // Later readings replace the earlier one as a whole: a column with values of two ages would sort wrongly.
            if (!isFirst) return
            const known = withOnes(connectionId, read, turn)
            summarise(connectionId, ({ byGroup }) => ({ byGroup: new Map([...byGroup, ...known]) }))
          },
          onProgress: (progress) => {
            if (isFirst && !signal.aborted) summarise(connectionId, () => ({ progress }))
          },
        },
      )
      if (signal.aborted) return
      summarised.set(connectionId, turn)
      summarise(connectionId, ({ byGroup }) => ({
        byGroup: merged(byGroup, withOnes(connectionId, read, turn), older),
        progress: undefined,
        readAt: began,
        error: undefined,
      }))
    } catch (error) {
      if (!signal.aborted) summarise(connectionId, () => ({ progress: undefined, error }))
    }
  }

  const read = (connectionId: ConnectionId) => async (signal: AbortSignal) => {
    const began = performance.now()
    const turn = ++turns
    // That of a reading in whose place this one is.
    if (store.getState().summaries[connectionId]?.progress !== undefined)
      summarise(connectionId, () => ({ progress: undefined }))
    try {
      await summariesOf(connectionId, turn, await list(connectionId, turn, signal), signal)
    } catch (error) {
      if (!signal.aborted && !isOld(connectionId, turn)) update(connectionId, (before) => failed(before, error))
    } finally {
      if (!signal.aborted) last.set(connectionId, { endedAt: performance.now(), tookMs: performance.now() - began })
    }
  }
  const load = (connectionId: ConnectionId): Promise<void> => reads.join(connectionId, read(connectionId))
  const refresh = (connectionId: ConnectionId): Promise<void> => reads.anew(connectionId, read(connectionId))
  const everyMs = (connectionId: ConnectionId, atLeastMs: number): number =>
    Math.min(LONGEST_MS, Math.max(atLeastMs, RESTS * (last.get(connectionId)?.tookMs ?? 0)))
  return {
    ...store,
    load,
    refresh,
    everyMs,
    loadIfDue: async (connectionId, atLeastMs) => {
      const before = last.get(connectionId)
      if (before !== undefined && performance.now() - before.endedAt < everyMs(connectionId, atLeastMs)) return
      await load(connectionId)
    },
    loadOne: async (connectionId, group) => {
      const turn = ++turns
      try {
        await list(connectionId, turn)
        await api.openStream(
          'groups.summaries',
          { connectionId, groups: [group] },
          {
            onBatch: (rows) => {
              if ((summarised.get(connectionId) ?? 0) > turn) return
              const known = ones.get(connectionId) ?? new Map<string, { turn: number; row: GroupSummary }>()
              for (const row of rows) known.set(row.group, { turn, row })
              ones.set(connectionId, known)
              summarise(connectionId, ({ byGroup }) => ({
                byGroup: new Map([...byGroup, ...rows.map((row) => [row.group, row] as const)]),
              }))
            },
          },
        )
      } catch (error) {
        if (!isOld(connectionId, turn)) update(connectionId, (before) => failed(before, error))
      }
    },
    forget: (connectionId) => {
      last.delete(connectionId)
      store.setState(({ byConnection, summaries }) => {
        const { [connectionId]: _list, ...lists } = byConnection
        const { [connectionId]: _known, ...others } = summaries
        return { byConnection: lists, summaries: others }
      })
    },
  }
}

/** The new reading, reusing unchanged rows of the old one, which are then not drawn again. */
function merged(
  before: ReadonlyMap<string, GroupSummary>,
  read: ReadonlyMap<string, GroupSummary>,
  older: ReadonlySet<string>,
): ReadonlyMap<string, GroupSummary> {
  const next = new Map<string, GroupSummary>()
  let isSame = true
  for (const [group, row] of read) {
    const known = before.get(group)
    const one = known === undefined ? row : kept(known, row)
    next.set(group, one)
    isSame &&= one === known
  }
  for (const group of older) {
    const known = before.get(group)
    if (known !== undefined && !next.has(group)) next.set(group, known)
  }
  return isSame && next.size === before.size ? before : next
}

const collator = new Intl.Collator('en', { numeric: true })
