import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { MessagesState } from './list-state.ts'
import type { MessagesStore } from './messages-store.ts'

/**
 * A part of a list's state, updated once per frame and only while its tab is active. A component that selects less renders less
 * often.
 */
export function useMessages<T>(store: MessagesStore, select: (state: MessagesState) => T): T {
  return useStore(store.drawn, useShallow(select))
}
