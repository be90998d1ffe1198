import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FullRecord, HeaderValue, NoRecord } from '#shared/contract/messages.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import type { ShownForm } from './payload.tsx'
import { wholePart } from './whole-record.ts'
import { failed, idle, loading, ready, type Fetched } from '../../stores/fetched.ts'

export interface RecordPlace {
  partition: number
  offset: bigint
}

/** A page of the record's headers. */
export interface HeaderPage {
  readonly from: number
  readonly headers: readonly HeaderValue[]
  /** Where the next page starts; null: there is none. */
  readonly next: number | null
}

export interface OpenRecordState {
  readonly place: RecordPlace | undefined
  readonly record: Fetched<FullRecord | NoRecord>
  /** What was fetched of each: more than the record's answer if more was requested. */
  readonly key: Uint8Array | undefined
  readonly value: Uint8Array | undefined
  /** The pages of headers after the first, which the record's answer has, up to the one shown. */
  readonly headerPages: readonly HeaderPage[]
  readonly isFetching: boolean
  /** The chosen form, for all records of this view. */
  readonly shownAs: ShownForm | undefined
}

export interface OpenRecordStore extends StoreApi<OpenRecordState> {
  open: (place: RecordPlace) => Promise<void>
  /** As `open`, when stepping through a list: while a key is held, only the record at which it stops is requested. */
  pass: (place: RecordPlace) => void
  close: () => void
  /** The next MiB of a large key or value. */
  fetchMore: (part: 'key' | 'value') => Promise<void>
  /** All that is left of it, as far as a page can show it. */
  fetchAll: (part: 'key' | 'value') => Promise<void>
  /** Shows the next page of headers, or the previous one. */
  turnHeaders: (way: -1 | 1) => Promise<void>
  showAs: (form: ShownForm) => void
}

const SLICE = 1_048_576
/** The most that is shown of one payload. */
export const SHOWN_LIMIT = 64 * SLICE
/** Longer than the repeat interval of a held key. */
const REST_MS = 90
const nothing = { key: undefined, value: undefined, headerPages: [], isFetching: false }
const closed = { place: undefined, record: idle, ...nothing }

/** The record that is open beside the list. The previous one stays visible until the next is loaded. */
// oxlint-disable-next-line max-lines-per-function -- one open record: a late answer for a record that was left must not be taken for the next one
export function createOpenRecordStore(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  topic: string,
): OpenRecordStore {
  const store = createStore<OpenRecordState>(() => ({ ...closed, shownAs: undefined }))
  const { getState, setState } = store
  let running: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let passedAt = 0

  /** Cancels earlier requests. */
  const begin = (place: RecordPlace): AbortController => {
    clearTimeout(timer)
    running?.abort()
    running = new AbortController()
    setState(({ record }) => ({ place, record: loading(record), ...nothing }))
    return running
  }
  const read = async (place: RecordPlace, mine: AbortController): Promise<void> => {
    try {
      const found = await api.call('messages.record', { connectionId, topic, ...place }, { signal: mine.signal })
      if (running !== mine) return
      const { key, value } = found.kind === 'record' ? found : { key: null, value: null }
      setState({ record: ready(found), key: key ?? undefined, value: value ?? undefined })
    } catch (error) {
      if (running === mine) setState({ record: failed(idle, error) })
    }
  }
  const open = (place: RecordPlace): Promise<void> => read(place, begin(place))

  return {
    ...store,
    showAs: (shownAs) => setState({ shownAs }),
    open,
    pass: (place) => {
      const { place: at } = getState()
      if (at?.partition === place.partition && at.offset === place.offset) return
      const mine = begin(place)
      const isOnTheWay = Date.now() - passedAt < REST_MS
      passedAt = Date.now()
      if (isOnTheWay) timer = setTimeout(() => void read(place, mine), REST_MS)
      else void read(place, mine)
    },
    close: () => {
      clearTimeout(timer)
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
    fetchAll: async (part) => {
      const { place, [part]: known, record, isFetching } = getState()
      if (place === undefined || known === undefined || isFetching || record.value?.kind !== 'record') return
      const { [part === 'key' ? 'keySize' : 'valueSize']: size } = record.value
      if (known.length >= size || size > SHOWN_LIMIT) return
      setState(({ record: before }) => ({ isFetching: true, record: { ...before, status: 'ready', error: undefined } }))
      const signal = running?.signal
      try {
        // Shown once it is complete: each part drawn on the way would be split into lines again.
        const whole = await wholePart(api, { connectionId, topic, ...place }, part, known, size, signal)
        if (signal?.aborted !== true) setState(part === 'key' ? { key: whole, isFetching: false } : { value: whole, isFetching: false }) // oxfmt-ignore
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
