import { createStore, type StoreApi } from 'zustand/vanilla'
import type { NextForGroup } from '#shared/contract/offsets.ts'
import { toErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { partitionKey } from '#shared/model/topic-partition.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import type { DiffRow } from './diff-rows.ts'

/** What a group would read next from a position; absent until it is known. */
export type NextRecords = ReadonlyMap<string, NextForGroup>

export interface NextStore extends StoreApi<{ readonly found: NextRecords }> {
  /** Requests what these rows lack. Called as rows become visible: a plan of ten thousand rows requests thirty. */
  want: (rows: readonly DiffRow[]) => void
  /** Drops what may have changed; a record at an offset stays the same. */
  refresh: () => void
  stop: () => void
}

type Place = Pick<DiffRow, 'topic' | 'partition'> & { offset: bigint }

/** Both sides of a row are requested, so half of the route's limit. */
const MOST = 400
/** Rows that are only scrolled past are not requested. */
const REST_MS = 120

export function nextKey({ topic, partition, offset }: Place): string {
  return `${partitionKey(topic, partition)}@${offset}`
}

/** Separate from the plan, which never waits for it. */
export function createNextStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  restMs: number = REST_MS,
): NextStore {
  const store = createStore<{ readonly found: NextRecords }>(() => ({ found: new Map() }))
  const { getState, setState } = store
  let wanted: readonly Place[] = []
  let running: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  const put = (items: Iterable<readonly [string, NextForGroup]>) =>
    setState(({ found }) => ({ found: new Map([...found, ...items]) }))

  const ask = async (): Promise<void> => {
    const { found } = getState()
    const positions = wanted.filter((place) => !found.has(nextKey(place))).slice(0, MOST)
    if (running !== undefined || positions.length === 0) return
    const mine = new AbortController()
    running = mine
    try {
      const { items } = await api.call('offsets.peek', { connectionId, positions }, { signal: mine.signal })
      if (!mine.signal.aborted) put(items.map((item) => [nextKey(item), item.next]))
    } catch (error) {
      const failed = { kind: 'failed', error: toErrorValue(error) } as const
      if (!mine.signal.aborted) put(positions.map((place) => [nextKey(place), failed]))
    } finally {
      if (running === mine) running = undefined
    }
    if (!mine.signal.aborted) void ask()
  }
  const askSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => void ask(), restMs)
  }
  const stop = (): void => {
    clearTimeout(timer)
    running?.abort()
    running = undefined
  }
  return {
    ...store,
    want: (rows) => {
      wanted = rows.flatMap(placesOf)
      askSoon()
    },
    refresh: () => {
      stop()
      const isFixed = (next: NextForGroup) => next.kind === 'record' && !next.open && next.keyAs?.waits !== true
      setState(({ found }) => ({ found: new Map([...found].filter(([, next]) => isFixed(next))) }))
      askSoon()
    },
    stop,
  }
}

function placesOf({ topic, partition, before, after, status }: DiffRow): Place[] {
  const offsets = new Set([before?.offset, status === 'refused' ? undefined : after?.offset])
  return [...offsets].flatMap((offset) =>
    // Some clients commit −1 or −2 to mean "none"; there is no record there.
    offset === undefined || offset < 0n ? [] : [{ topic, partition, offset }],
  )
}
