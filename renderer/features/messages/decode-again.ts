import type { FullRecord } from '#shared/contract/messages.ts'
import type { OpenRecordState, OpenRecordStore } from '../../shared-views/record/record-store.ts'
import type { DecodingChange } from '../../stores/decoding-news.ts'
import type { MessagesStore } from './messages-store.ts'

export interface DecodeAgain {
  /** What could be decoded otherwise by now; also that nobody knows what was told before it. */
  onChange: (change: DecodingChange) => void
  /** What is hidden is read again once it is looked at. */
  setActive: (isActive: boolean) => void
  /** Until the function that it gives is called. */
  mount: () => () => void
}

interface Old {
  /** Something else was chosen: all of it is decoded otherwise. */
  isChosenAnew: boolean
  /** A schema came since it was last read: what waits for one could be decoded by now. */
  isSchemaHere: boolean
}

/** Reads a list again as its rows come to be decoded otherwise. */
export function rowsAgain(store: Pick<MessagesStore, 'again' | 'getState' | 'lines' | 'subscribe'>): DecodeAgain {
  return againOf(store.subscribe, (old) => {
    const { reading, isPaused } = store.getState()
    // A page under way brings rows that do not know of it yet, and is soon done; a Follow goes on for ever.
    if (reading !== undefined && reading !== 'tail') return
    // What is paused is being looked at: a schema that came by itself does not take it away.
    if (isPaused && !old.isChosenAnew) return
    if (!isOld(old, () => store.lines.waits)) return
    Object.assign(old, fresh())
    void store.again()
  })
}

/** The same for the record that is open. */
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
 * News and what is read come by ways of their own, and news is small: it overtakes what was decoded before it. So it is remembered,
 * and held against all that comes after it, until that is read once more.
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

/** Whether the record was shown without a schema that it waits for. */
function waits({ record, headerPages }: OpenRecordState): boolean {
  if (record.value?.kind !== 'record') return false
  const { keyAs, valueAs, headers }: FullRecord = record.value
  const shown = [headers, ...headerPages.map((page) => page.headers)].flat().map((header) => header.valueAs)
  return [keyAs, valueAs, ...shown].some((as) => as?.waits === true)
}
