import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { MessagesState } from './list-state.ts'
import type { MessagesStore } from './messages-store.ts'

/** A part of what is known of a list, told once a frame and while its tab is in front. Whoever takes less is drawn less often. */
export function useMessages<T>(store: MessagesStore, select: (state: MessagesState) => T): T {
  return useStore(store.drawn, useShallow(select))
}
