import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { SearchState } from './search-state.ts'
import type { SearchStore } from './search-store.ts'

/** A part of a search's state, updated once per frame and only while its tab is active. */
export function useSearch<T>(store: SearchStore, select: (state: SearchState) => T): T {
  return useStore(store.drawn, useShallow(select))
}
