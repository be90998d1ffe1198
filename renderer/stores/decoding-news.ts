import type { Batch } from '#shared/contract/define.ts'
import type { decoding } from '#shared/contract/decoding.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from './api.ts'
import { watchOn } from './watch-again.ts'

export type DecodingChange = Batch<(typeof decoding)['decoding.watch']>

/** Tells views with records that these would now be decoded differently. */
export interface DecodingListener {
  /** Returns a function that stops it. */
  subscribe: (connectionId: ConnectionId, listener: (change: DecodingChange) => void) => () => void
}

interface Watch {
  readonly listeners: Set<(change: DecodingChange) => void>
  readonly end: AbortController
}

/** One stream per connection, however many tabs listen: a page may run only a limited number of streams. */
export function createDecodingNews(api: Pick<StoreApiPort, 'openStream'>, retryMs = 1_000): DecodingListener {
  const watches = new Map<ConnectionId, Watch>()
  const begin = (connectionId: ConnectionId): Watch => {
    const watch: Watch = { listeners: new Set(), end: new AbortController() }
    const { signal } = watch.end
    const onBatch = (change: DecodingChange) => watch.listeners.forEach((listener) => listener(change))
    void watchOn(signal, retryMs, () => api.openStream('decoding.watch', { connectionId }, { signal, onBatch }))
    watches.set(connectionId, watch)
    return watch
  }
  return {
    subscribe: (connectionId, listener) => {
      const watch = watches.get(connectionId) ?? begin(connectionId)
      watch.listeners.add(listener)
      return () => {
        watch.listeners.delete(listener)
        if (watch.listeners.size > 0) return
        watch.end.abort()
        if (watches.get(connectionId) === watch) watches.delete(connectionId)
      }
    },
  }
}
