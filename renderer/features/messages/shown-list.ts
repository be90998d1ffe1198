import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { FrameStore } from '../../stores/frame-store.ts'
import type { ShownLines } from './grid-lines.ts'
import type { MessagesState } from './list-state.ts'

/** What a grid asks of the list it shows, beside its lines. */
export type ShownState = Pick<MessagesState, 'version' | 'reading' | 'isPaused' | 'ratePerSecond'>

/** Records as a grid shows them: those of a place that was read, or what a search found. */
export interface ShownList {
  readonly lines: ShownLines
  readonly drawn: FrameStore<ShownState>
  /** Lines changed by something other than a read. */
  refresh: () => void
}

export function useShown<T>(list: ShownList, select: (state: ShownState) => T): T {
  return useStore(list.drawn, useShallow(select))
}
