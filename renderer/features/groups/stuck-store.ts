import { createStore, type StoreApi } from 'zustand/vanilla'
import { undoOf } from '#shared/changes/kinds.ts'
import type { NextForGroup } from '#shared/contract/offsets.ts'
import { toErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'

export interface StuckState {
  /** The record at the position, or why there is none; undefined: not read yet. */
  readonly next: NextForGroup | undefined
  /** The journal entry that last moved this partition, if it can be undone. */
  readonly moved: string | undefined
}

export interface StuckStore extends StoreApi<StuckState> {
  /** Called with the group's current position. */
  look: (offset: bigint, topicId: string | null) => Promise<void>
  stop: () => void
}

interface Place {
  connectionId: ConnectionId
  group: string
  topic: string
  partition: number
}

/** The record at a group's position in one partition, and the change that moved the position there. */
export function createStuckStore(
  api: Pick<StoreApiPort, 'call'>,
  { connectionId, group, topic, partition }: Place,
): StuckStore {
  // oxfmt-ignore
  const store = createStore<StuckState>(() => ({ next: undefined, moved: undefined }))
  let running: AbortController | undefined
  return {
    ...store,
    stop: () => running?.abort(),
    look: async (offset, topicId) => {
      running?.abort()
      const mine = (running = new AbortController())
      const { signal } = mine
      const set = (part: Partial<StuckState>) => {
        if (!signal.aborted) store.setState(part)
      }
      const record = async () => {
        const positions = [{ topic, partition, topicId, offset }]
        const { items } = await api.call('offsets.peek', { connectionId, positions }, { signal })
        set({ next: items[0]?.next })
      }
      const journal = async () => {
        const { items } = await api.call('journal.list', { group, kind: 'positions', limit: 1 }, { signal })
        const [last] = items
        const isHere =
          last?.kind === 'positions' &&
          last.rows.some((row) => row.topic === topic && row.partition === partition && row.after?.offset === offset)
        set({ moved: isHere && !('why' in undoOf(last)) ? last.id : undefined })
      }
      await Promise.all([
        record().catch((error: unknown) => set({ next: { kind: 'failed', error: toErrorValue(error) } })),
        // Without the journal no undo can be offered; the journal's own view says what is wrong with it.
        journal().catch(() => set({ moved: undefined })),
      ])
    },
  }
}
