/** The state of the page's own connection to the app; not to be confused with a cluster's. */
export type LinkState =
  | { status: 'connecting' }
  | { status: 'connected' }
  | { status: 'reconnecting'; attempt: number; waitMs: number }
  | { status: LinkEnd }

/**
 * After these there is no further attempt: this page has no key, or an unknown one; the server said that it ends; or the other
 * end could not prove that it is the server this page came from.
 */
export type LinkEnd = 'refused' | 'ended' | 'stranger'

/** A value to subscribe to, in the shape of `useSyncExternalStore`. */
export interface LinkStore {
  get(): LinkState
  set(state: LinkState): void
  subscribe(listener: () => void): () => void
}

export function createLinkStore(first: LinkState): LinkStore {
  let state = first
  const listeners = new Set<() => void>()
  return {
    get: () => state,
    set: (next) => {
      state = next
      for (const listener of listeners) listener()
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
