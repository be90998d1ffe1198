import { useStore } from 'zustand'
import { useShallow } from 'zustand/react/shallow'
import type { SearchState } from './search-state.ts'
import type { SearchStore } from './search-store.ts'

/** A part of what is known of a search, told once a frame and while its tab is in front. */
export function useSearch<T>(store: SearchStore, select: (state: SearchState) => T): T {
  return useStore(store.drawn, useShallow(select))
}
