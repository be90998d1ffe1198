import { createStore, type StoreApi } from 'zustand/vanilla'
import type { LineMeaning } from '#shared/contract/meaning.ts'
import type { Plan } from '#shared/contract/offsets.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { partitionKey } from '#shared/model/topic-partition.ts'
import type { StoreApiPort } from '../../stores/api.ts'

/** What the plans shown mean, as far as it is known yet. */
export interface PlansMeaning {
  /** By {@link meaningKey}. */
  readonly lines: ReadonlyMap<string, LineMeaning>
  /** How many were received, of how many; null before the first. */
  readonly progress: { readonly lines: number; readonly of: number } | null
  /** When all were received, in ms since 1970. */
  readonly readAt: bigint | undefined
  /** The plans it is about. */
  readonly plans: readonly Plan[] | undefined
  readonly error: unknown
}

export interface MeaningStore extends StoreApi<PlansMeaning> {
  /** Reads what these plans mean; a running read for others is cancelled. */
  follow: (plans: readonly Plan[] | undefined) => void
  stop: () => void
}

const nothing: PlansMeaning = {
  lines: new Map(),
  progress: null,
  readAt: undefined,
  plans: undefined,
  error: undefined,
}

export function meaningKey(group: string, at: { topic: string; partition: number }): string {
  return `${partitionKey(at.topic, at.partition)}\0${group}`
}

/** Separate from the plan, which never waits for it. */
export function createMeaningStore(api: Pick<StoreApiPort, 'openStream'>, connectionId: ConnectionId): MeaningStore {
  const store = createStore<PlansMeaning>(() => nothing)
  let running: AbortController | undefined
  const stop = (): void => {
    running?.abort()
    running = undefined
  }
  const read = async (plans: readonly Plan[]): Promise<void> => {
    const mine = new AbortController()
    running = mine
    const { signal } = mine
    store.setState({ ...nothing, plans })
    try {
      const done = await api.openStream(
        'offsets.meaning',
        { connectionId, plans: [...plans] },
        {
          signal,
          onBatch: (found) => {
            if (signal.aborted) return
            const named = found.map((line) => [meaningKey(plans[line.plan]?.group ?? '', line), line] as const)
            store.setState(({ lines }) => ({ lines: new Map([...lines, ...named]) }))
          },
          onProgress: (progress) => {
            if (!signal.aborted) store.setState({ progress })
          },
        },
      )
      if (!signal.aborted) store.setState({ readAt: done.readAt })
    } catch (error) {
      if (!signal.aborted) store.setState({ error })
    }
  }
  return {
    ...store,
    follow: (plans) => {
      if (plans === store.getState().plans) return
      stop()
      if (plans?.some(({ rows }) => rows.some(({ status }) => status === 'change')) !== true) {
        store.setState({ ...nothing, plans })
      } else void read(plans)
    },
    stop,
  }
}
