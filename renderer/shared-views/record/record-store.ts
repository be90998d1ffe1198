import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FullRecord, HeaderValue, NoRecord } from '#shared/contract/messages.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'

export interface RecordPlace {
  partition: number
  offset: bigint
}

/** A page of the record's headers. */
export interface HeaderPage {
  readonly from: number
  readonly headers: readonly HeaderValue[]
  /** Where the page after it starts; null: there is none. */
  readonly next: number | null
}

export interface OpenRecordState {
  readonly place: RecordPlace | undefined
  readonly record: Fetched<FullRecord | NoRecord>
  /** All of each that has been fetched: more than the record's answer carries once more was asked for. */
  readonly key: Uint8Array | undefined
  readonly value: Uint8Array | undefined
  /** The pages of headers behind the first, which the record carries, up to the one shown. */
  readonly headerPages: readonly HeaderPage[]
  readonly isFetching: boolean
}

export interface OpenRecordStore extends StoreApi<OpenRecordState> {
  open: (place: RecordPlace) => Promise<void>
  close: () => void
  /** The next MiB of a large key or value. */
  fetchMore: (part: 'key' | 'value') => Promise<void>
  /** Shows the page of headers behind the one shown, or the one before it. */
  turnHeaders: (way: -1 | 1) => Promise<void>
}

const SLICE = 1_048_576
const nothing = { key: undefined, value: undefined, headerPages: [], isFetching: false }
const closed: OpenRecordState = { place: undefined, record: idle, ...nothing }

/** The record that is open beside the list. What was shown stays until the next one is here. */
export function createOpenRecordStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  topic: string,
): OpenRecordStore {
  const store = createStore<OpenRecordState>(() => closed)
  const { getState, setState } = store
  let running: AbortController | undefined

  return {
    ...store,
    open: async (place) => {
      running?.abort()
      const mine = new AbortController()
      running = mine
      setState(({ record }) => ({
        place,
        record: loading(record),
        ...nothing,
      }))
      try {
        const found = await api.call('messages.record', { connectionId, topic, ...place }, { signal: mine.signal })
        if (running !== mine) return
        const { key, value } = found.kind === 'record' ? found : { key: null, value: null }
        setState({ record: ready(found), key: key ?? undefined, value: value ?? undefined })
      } catch (error) {
        if (running === mine) setState({ record: failed(idle, error) })
      }
    },
    close: () => {
      running?.abort()
      running = undefined
      setState(closed)
    },
    fetchMore: async (part) => {
      const { place, [part]: known, record, isFetching } = getState()
      if (place === undefined || known === undefined || isFetching || record.value?.kind !== 'record') return
      if (known.length >= (part === 'key' ? record.value.keySize : record.value.valueSize)) return
      setState(({ record: before }) => ({ isFetching: true, record: { ...before, status: 'ready', error: undefined } }))
      const signal = running?.signal
      try {
        const { bytes } = await api.call(
          'messages.payload',
          { connectionId, topic, ...place, part, from: known.length, length: SLICE },
          { signal },
        )
        if (signal?.aborted === true) return
        const whole = new Uint8Array(known.length + bytes.length)
        whole.set(known)
        whole.set(bytes, known.length)
        setState(part === 'key' ? { key: whole, isFetching: false } : { value: whole, isFetching: false })
      } catch (error) {
        if (signal?.aborted !== true)
          setState((before) => ({ record: failed(before.record, error), isFetching: false }))
      }
    },
    turnHeaders: async (way) => {
      const { place, record, headerPages, isFetching } = getState()
      if (way < 0) return setState({ headerPages: headerPages.slice(0, -1) })
      if (place === undefined || isFetching || record.value?.kind !== 'record') return
      const from = headerPage(record.value, headerPages).next
      if (from === null) return
      setState(({ record: before }) => ({ isFetching: true, record: { ...before, status: 'ready', error: undefined } }))
      const signal = running?.signal
      try {
        const { headers, next } = await api.call(
          'messages.headers',
          { connectionId, topic, ...place, from },
          { signal },
        )
        if (signal?.aborted === true) return
        setState({ headerPages: [...headerPages, { from, headers, next }], isFetching: false })
      } catch (error) {
        if (signal?.aborted !== true)
          setState((before) => ({ record: failed(before.record, error), isFetching: false }))
      }
    },
  }
}

/** The page that is shown. */
export function headerPage({ headers, headerCount }: FullRecord, pages: readonly HeaderPage[]): HeaderPage {
  return pages.at(-1) ?? { from: 0, headers, next: headers.length < headerCount ? headers.length : null }
}
