import type { StoreApi } from 'zustand/vanilla'
import type { BrowseDone, ReadCounts } from '#shared/contract/messages.ts'
import type { ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { NotJudged } from '#shared/model/ledger.ts'
import type { PartitionOffset } from '#shared/model/positions.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { emptyForm, type BrowseForm, type BrowseRequest } from './browse-form.ts'
import type { RowModel } from './row-model.ts'

/** Rows kept of one list, as far as the budget of all reaches; older ones leave, and the view says so. */
export const CAPACITY = 50_000

export type Reading = 'page' | 'older' | 'newer' | 'tail'

export interface LookedAt {
  readonly records: bigint
  readonly notJudged: NotJudged
}

export interface MessagesState {
  readonly form: BrowseForm
  /** What the rows in the list answer, which is not what the form says once that was changed. */
  readonly shown: BrowseRequest | undefined
  /** What runs, if anything. */
  readonly reading: Reading | undefined
  readonly error: unknown
  /** How the last page ended. */
  readonly done: BrowseDone | undefined
  readonly counts: ReadCounts | undefined
  readonly ratePerSecond: number
  /** What a tail follows, once it does. */
  readonly followed: BrowseRequest | undefined
  /** The next page each way; undefined before the first page. */
  readonly older: readonly PartitionOffset[] | undefined
  readonly newer: readonly PartitionOffset[] | undefined
  readonly hasOlder: boolean
  readonly hasNewer: boolean
  readonly isPaused: boolean
  /** Rows that came while a paused tail was looked at. */
  readonly waitingRows: number
  /** A tail waits for the connection. */
  readonly waiting: ErrorValue | null
  /** Of a Follow with a filter: what it has looked at, whether it became a row or not. */
  readonly looked: LookedAt | undefined
  /** Partitions that a tail had to give up, each with its own reason; the others go on. */
  readonly stopped: BrowseDone['failures']
  /** Lines of the grid; changes whenever they do. */
  readonly lineCount: number
  readonly version: number
}

export const emptyState: MessagesState = {
  form: emptyForm,
  shown: undefined,
  reading: undefined,
  error: undefined,
  done: undefined,
  counts: undefined,
  ratePerSecond: 0,
  followed: undefined,
  older: undefined,
  newer: undefined,
  hasOlder: false,
  hasNewer: false,
  isPaused: false,
  waitingRows: 0,
  waiting: null,
  looked: undefined,
  stopped: [],
  lineCount: 0,
  version: 0,
}

/** What the parts of a list read into. */
export interface ListParts extends Pick<StoreApi<MessagesState>, 'getState' | 'setState'> {
  readonly api: Pick<StoreApiPort, 'call' | 'openStream'>
  readonly connectionId: ConnectionId
  readonly topic: string
  readonly lines: RowModel
  /** Lines changed, and what is known beside them. */
  publish: (change?: Partial<MessagesState>) => void
}
