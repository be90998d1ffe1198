import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { FrameStore } from '../../stores/frame-store.ts'
import type { ShownLines } from './grid-lines.ts'
import type { MessagesState } from './list-state.ts'

/** What a grid needs from the list it shows, besides its lines. */
export type ShownState = Pick<MessagesState, 'version' | 'reading' | 'isPaused' | 'ratePerSecond'>

/** Records as a grid shows them: those that were read at a place, or the matches of a search. */
export interface ShownList {
  readonly lines: ShownLines
  readonly drawn: FrameStore<ShownState>
  /** Lines were changed by something other than a read. */
  refresh: () => void
}

export function useShown<T>(list: ShownList, select: (state: ShownState) => T): T {
  return useStore(list.drawn, useShallow(select))
}
