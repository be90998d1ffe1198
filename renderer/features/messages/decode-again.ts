import type { FullRecord } from '#shared/contract/messages.ts'
import type { OpenRecordState, OpenRecordStore } from '../../shared-views/record/record-store.ts'
import type { DecodingChange } from '../../stores/decoding-news.ts'
import type { MessagesStore } from './messages-store.ts'

export interface DecodeAgain {
  /** What could be decoded otherwise by now; also that nobody knows what was told before it. */
  onChange: (change: DecodingChange) => void
  /** A hidden list is read again once it is looked at. */
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

/**
 * Reads rows and the open record again as they come to be decoded otherwise. News and rows come by ways of their own, and news
 * is small: it overtakes rows that were decoded before it. So it is remembered, and held against all rows that come after it,
 * until they are read once more.
 */
export function createDecodeAgain(
  store: Pick<MessagesStore, 'again' | 'getState' | 'lines' | 'subscribe'>,
  openStore: Pick<OpenRecordStore, 'open' | 'getState' | 'subscribe'>,
): DecodeAgain {
  let isActive = false
  const rows = fresh()
  const record = fresh()

  const lookAtRows = (): void => {
    const { reading, isPaused } = store.getState()
    // A page under way brings rows that do not know of it yet, and is soon done; a Follow goes on for ever.
    if (reading !== undefined && reading !== 'tail') return
    // What is paused is being looked at: a schema that came by itself does not take it away.
    if (isPaused && !rows.isChosenAnew) return
    if (!isOld(rows, () => store.lines.waits)) return
    Object.assign(rows, fresh())
    void store.again()
  }
  const lookAtRecord = (): void => {
    const { place, record: shown } = openStore.getState()
    if (place === undefined) Object.assign(record, fresh())
    if (place === undefined || shown.status === 'loading' || !isOld(record, () => waits(openStore.getState()))) return
    Object.assign(record, fresh())
    void openStore.open(place)
  }
  const look = (): void => {
    if (!isActive) return
    lookAtRows()
    lookAtRecord()
  }
  return {
    onChange: ({ isChosenAnew }) => {
      for (const one of [rows, record]) {
        one.isChosenAnew ||= isChosenAnew
        one.isSchemaHere = true
      }
      look()
    },
    setActive: (next) => {
      isActive = next
      look()
    },
    mount: () => {
      const ends = [store.subscribe(look), openStore.subscribe(look)]
      return () => ends.forEach((end) => end())
    },
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
