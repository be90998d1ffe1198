import type { FullRecord } from '#shared/contract/messages.ts'
import type { OpenRecordState, OpenRecordStore } from '../../shared-views/record/record-store.ts'
import type { DecodingChange } from '../../stores/decoding-news.ts'
import type { MessagesStore } from './messages-store.ts'

export interface DecodeAgain {
  /** A change after which rows may be decoded differently; also that earlier changes may have been missed. */
  onChange: (change: DecodingChange) => void
  /** A hidden list is read again once it is shown. */
  setActive: (isActive: boolean) => void
  /** Active until the returned function is called. */
  mount: () => () => void
}

interface Old {
  /** The user chose other decoders: everything is decoded differently. */
  isChosenAnew: boolean
  /** A schema has arrived since the list was last read: rows that wait for one may be decodable now. */
  isSchemaHere: boolean
}

/** Reads a list again when its rows can be decoded differently. */
export function rowsAgain(store: Pick<MessagesStore, 'again' | 'getState' | 'lines' | 'subscribe'>): DecodeAgain {
  return againOf(store.subscribe, (old) => {
    const { reading, isPaused } = store.getState()
    // A page that is being read brings rows decoded the old way, and is soon done; a Follow never ends.
    if (reading !== undefined && reading !== 'tail') return
    // A paused list is being looked at: a schema that arrives does not take it away.
    if (isPaused && !old.isChosenAnew) return
    if (!isOld(old, () => store.lines.waits)) return
    Object.assign(old, fresh())
    void store.again()
  })
}

/** The same for the open record. */
export function recordAgain(openStore: Pick<OpenRecordStore, 'open' | 'getState' | 'subscribe'>): DecodeAgain {
  return againOf(openStore.subscribe, (old) => {
    const { place, record } = openStore.getState()
    if (place === undefined) Object.assign(old, fresh())
    if (place === undefined || record.status === 'loading' || !isOld(old, () => waits(openStore.getState()))) return
    Object.assign(old, fresh())
    void openStore.open(place)
  })
}

/**
 * Decoding changes and records arrive by different streams, and the small changes overtake records that were decoded before
 * them. So a change is remembered and applied to everything that arrives after it, until that has been read again.
 */
function againOf(subscribe: (listener: () => void) => () => void, readIfOld: (old: Old) => void): DecodeAgain {
  let isActive = false
  const old = fresh()
  const look = (): void => {
    if (isActive) readIfOld(old)
  }
  return {
    onChange: ({ isChosenAnew }) => {
      old.isChosenAnew ||= isChosenAnew
      old.isSchemaHere = true
      look()
    },
    setActive: (next) => {
      isActive = next
      look()
    },
    mount: () => subscribe(look),
  }
}

const fresh = (): Old => ({ isChosenAnew: false, isSchemaHere: false })
const isOld = (of: Old, waiting: () => boolean): boolean => of.isChosenAnew || (of.isSchemaHere && waiting())

/** Whether the record was decoded without a schema that it waits for. */
function waits({ record, headerPages }: OpenRecordState): boolean {
  if (record.value?.kind !== 'record') return false
  const { keyAs, valueAs, headers }: FullRecord = record.value
  const shown = [headers, ...headerPages.map((page) => page.headers)].flat().map((header) => header.valueAs)
  return [keyAs, valueAs, ...shown].some((as) => as?.waits === true)
}
