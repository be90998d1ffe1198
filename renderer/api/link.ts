/** How the page's own connection to the app stands; not to be confused with a cluster's. */
export type LinkState =
  | { status: 'connecting' }
  | { status: 'connected' }
  | { status: 'reconnecting'; attempt: number; waitMs: number }
  | { status: LinkEnd }

/**
 * What no attempt follows: this page has no key, or none that is known; the server said that it ends; or what answers in
 * its place could not prove that it is the server this page came from.
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
