import { createStore, type StoreApi } from 'zustand/vanilla'
import type { ConnectionId } from '#shared/model/ids.ts'
import { comparing, isSameCluster, type Comparison, type Measure } from '#shared/offsets/compare-positions.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'
import { tellFault } from '../../stores/tell-fault.ts'
import { readSide, stepping, type SideReading, type ReadSide } from './read-side.ts'
import { emptySide, sideLacks, type SideForm } from './side-form.ts'

export type SideName = 'left' | 'right'

/** A typed time is read once nobody has typed for this long. */
const REST_MS = 250

export interface SidesState {
  readonly forms: Readonly<Record<SideName, SideForm>>
  readonly sides: Readonly<Record<SideName, Fetched<ReadSide>>>
  /** What is being read, as text. */
  readonly progress: Readonly<Record<SideName, string>>
  /** As the user chose it; by default offsets on one cluster, lag on two. */
  readonly measure: Measure | undefined
  /** The comparison, once both sides are read. */
  readonly comparison: Comparison | undefined
}

export interface SidesStore extends StoreApi<SidesState> {
  /** What is compared at first; a side that is not given remains to be chosen. */
  start: (first: Partial<Record<SideName, Partial<SideForm>>>) => void
  change: (side: SideName, patch: Partial<SideForm>) => void
  setMeasure: (measure: Measure) => void
  /** A connection is now open: reads the sides that waited for it. */
  opened: (connectionId: ConnectionId) => void
  swap: () => void
  /** Reads both sides again, as far as they are chosen. */
  readAgain: () => Promise<void>
  stop: () => void
}

// oxlint-disable-next-line max-lines-per-function -- two sides that are read separately and compared once both are there: each action changes both
export function createSidesStore(
  reading: () => Omit<SideReading, 'signal' | 'onProgress'>,
  connectionId: ConnectionId,
): SidesStore {
  const none = emptySide(connectionId)
  const initial: SidesState = {
    forms: { left: none, right: none },
    sides: { left: idle, right: idle },
    progress: { left: '', right: '' },
    measure: undefined,
    comparison: undefined,
  }
  const store = createStore<SidesState>(() => initial)
  const { getState: get, setState: set } = store
  const running: Partial<Record<SideName, AbortController>> = {}
  const timers: Partial<Record<SideName, ReturnType<typeof setTimeout>>> = {}
  let comparisonRun: AbortController | undefined

  const put = (side: SideName, change: (before: Fetched<ReadSide>) => Fetched<ReadSide>): void =>
    set(({ sides }) => ({ sides: { ...sides, [side]: change(sides[side]) } }))

  const tell = (side: SideName, words: string): void =>
    set(({ progress }) => ({ progress: { ...progress, [side]: words } }))

  const compare = async (): Promise<void> => {
    comparisonRun?.abort()
    const mine = new AbortController()
    comparisonRun = mine
    const { sides, measure } = get()
    const [left, right] = [sides.left.value, sides.right.value]
    if (left === undefined || right === undefined) return set({ comparison: undefined })
    const how = measure ?? (isSameCluster(left.side, right.side) ? 'offset' : 'lag')
    const comparison = await stepping(comparing(left.side, right.side, how), mine.signal).catch((error: unknown) => {
      if (!mine.signal.aborted) tellFault(error)
      return undefined
    })
    if (comparison !== undefined && !mine.signal.aborted) set({ comparison })
  }

  /** Ends what is on its way, so that it cannot come back under another choice. */
  const halt = (): void => {
    for (const one of Object.values(timers)) clearTimeout(one)
    for (const one of Object.values(running)) one.abort()
    comparisonRun?.abort()
  }

  const read = async (side: SideName): Promise<void> => {
    running[side]?.abort()
    const form = get().forms[side]
    if (sideLacks(form) !== null) {
      put(side, () => idle)
      return compare()
    }
    put(side, loading)
    const { nameOf, isOpen } = reading()
    const needs = form.kind === 'file' || form.kind === 'anchor' ? undefined : form.connectionId
    if (needs !== undefined && !isOpen(needs)) return tell(side, `Connecting to ${nameOf(needs)}…`)
    const mine = new AbortController()
    running[side] = mine
    tell(side, '')
    const onProgress = (words: string) => {
      if (!mine.signal.aborted) tell(side, words)
    }
    try {
      const value = await readSide(form, { ...reading(), signal: mine.signal, onProgress })
      if (mine.signal.aborted) return
      put(side, () => ready(value))
      await compare()
    } catch (error) {
      if (!mine.signal.aborted) put(side, (before) => failed(before, error))
    }
  }

  return {
    ...store,
    start: (first) => {
      halt()
      set({ ...initial, forms: { left: { ...none, ...first.left }, right: { ...none, ...first.right } } })
      void Promise.all([read('left'), read('right')])
    },
    change: (side, patch) => {
      set(({ forms, measure }) => ({ forms: { ...forms, [side]: { ...forms[side], ...patch } }, measure: 'connectionId' in patch ? undefined : measure })) // oxfmt-ignore
      // The shown rows belong to the previous choice.
      put(side, () => idle)
      set({ comparison: undefined })
      running[side]?.abort()
      comparisonRun?.abort()
      clearTimeout(timers[side])
      timers[side] = setTimeout(() => void read(side), REST_MS)
    },
    opened: (connectionId) => {
      for (const side of ['left', 'right'] as const) {
        const { forms, sides } = get()
        const isWaiting = sides[side].status === 'loading' || sides[side].status === 'failed'
        if (forms[side].connectionId === connectionId && isWaiting) void read(side)
      }
    },
    setMeasure: (measure) => {
      set({ measure })
      void compare()
    },
    swap: () => {
      // What is still being read, or waits for its time to be typed, would end up on the wrong side.
      halt()
      set(({ forms, sides }) => ({
        forms: { left: forms.right, right: forms.left },
        sides: { left: sides.right, right: sides.left },
        comparison: undefined,
      }))
      const unread = (['left', 'right'] as const).filter((side) => {
        const { status } = get().sides[side]
        return status === 'loading' || status === 'idle'
      })
      void compare()
      for (const side of unread) void read(side)
    },
    readAgain: async () => {
      await Promise.all([read('left'), read('right')])
    },
    stop: halt,
  }
}
