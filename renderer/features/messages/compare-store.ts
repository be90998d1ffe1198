import { createStore, type StoreApi } from 'zustand/vanilla'
import { SeeklineError } from '#shared/errors.ts'
import type { FullRecord } from '#shared/contract/messages.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'
import { findPrevious, type Previous } from './previous-of-key.ts'
import type { RowPlace } from './record-menu.ts'

/** Two records; if there is no earlier one, how far back was searched. */
export type Compared =
  | { readonly kind: 'two'; readonly before: FullRecord; readonly after: FullRecord }
  | { readonly kind: 'none'; readonly after: FullRecord; readonly previous: Previous }

export interface CompareState {
  readonly isOpen: boolean
  readonly compared: Fetched<Compared>
  /** While a search runs: the offsets down to this one have been searched. */
  readonly lookedTo: bigint | undefined
}

export interface CompareStore extends StoreApi<CompareState> {
  /** The record that is first in the log, or has the lower partition, counts as the earlier one. */
  two: (one: RowPlace, other: RowPlace) => Promise<void>
  withPrevious: (place: RowPlace) => Promise<void>
  close: () => void
}

const closed: CompareState = { isOpen: false, compared: idle, lookedTo: undefined }

export function createCompareStore(
  api: Pick<StoreApiPort, 'openStream' | 'call'>,
  connectionId: ConnectionId,
  topic: string,
): CompareStore {
  const store = createStore<CompareState>(() => closed)
  const { setState } = store
  let running: AbortController | undefined

  const begin = async (work: (signal: AbortSignal) => Promise<Compared>): Promise<void> => {
    running?.abort()
    const mine = new AbortController()
    running = mine
    setState({ isOpen: true, compared: loading(idle), lookedTo: undefined })
    try {
      const compared = await work(mine.signal)
      if (running === mine) setState({ compared: ready(compared) })
    } catch (error) {
      if (running === mine) setState({ compared: failed(idle, error) })
    }
  }
  const recordAt = async (place: RowPlace, signal: AbortSignal): Promise<FullRecord> => {
    const { partition, offset } = place
    // The decoded values are compared, so a schema that is still being fetched is waited for.
    const at = { connectionId, topic, partition, offset, patient: true }
    const found = await api.call('messages.record', at, { signal })
    if (found.kind === 'record') return found
    throw new SeeklineError('records.hole', `There is no record at ${topic} / ${partition} / ${offset} any more.`)
  }

  return {
    ...store,
    two: (one, other) =>
      begin(async (signal) => {
        const isInOrder =
          one.partition === other.partition ? one.offset <= other.offset : one.partition < other.partition
        const [first, last] = isInOrder ? [one, other] : [other, one]
        const [before, after] = await Promise.all([recordAt(first, signal), recordAt(last, signal)])
        return { kind: 'two', before, after }
      }),
    withPrevious: (place) =>
      begin(async (signal) => {
        const after = await recordAt(place, signal)
        if (after.key === null || after.key.length === 0)
          throw new SeeklineError('call.invalid', 'The record has no key: there is nothing by which an earlier one would belong to it.') // oxfmt-ignore
        const { ledger } = await api.call('messages.ledger', { connectionId, topic, partitions: [place.partition], start: { at: 'log-start' } }, { signal }) // oxfmt-ignore
        const logStart = ledger.parts[0]?.from ?? 0n
        const onLooked = (lookedTo: bigint) => setState({ lookedTo })
        const previous = await findPrevious(api, connectionId, after, logStart, { signal, onLooked })
        if (previous.offset === null) return { kind: 'none', after, previous }
        return { kind: 'two', before: await recordAt({ ...place, offset: previous.offset }, signal), after }
      }),
    close: () => {
      running?.abort()
      running = undefined
      setState(closed)
    },
  }
}
