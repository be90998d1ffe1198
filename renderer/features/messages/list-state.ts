import type { StoreApi } from 'zustand/vanilla'
import type { BrowseDone, ReadCounts } from '#shared/contract/messages.ts'
import type { ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { NotJudged } from '#shared/model/ledger.ts'
import type { PartitionOffset } from '#shared/model/positions.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import { emptyForm, type BrowseForm, type BrowseRequest } from './browse-form.ts'
import type { RowModel } from './row-model.ts'

/**
 * The most rows kept of one list, as far as the memory budget of all lists allows; older ones are dropped, and the view says
 * so.
 */
export const CAPACITY = 50_000

export type Reading = 'page' | 'older' | 'newer' | 'tail'

export interface LookedAt {
  readonly records: bigint
  readonly notJudged: NotJudged
}

export interface MessagesState {
  readonly form: BrowseForm
  /** The request that the rows in the list answer. The form may have changed since. */
  readonly shown: BrowseRequest | undefined
  /** What is running, if anything. */
  readonly reading: Reading | undefined
  readonly error: unknown
  /** How the last page ended. */
  readonly done: BrowseDone | undefined
  readonly counts: ReadCounts | undefined
  readonly ratePerSecond: number
  /** The request of the Follow, once it runs. */
  readonly followed: BrowseRequest | undefined
  /** Where the next page starts in each direction; undefined before the first page. */
  readonly older: readonly PartitionOffset[] | undefined
  readonly newer: readonly PartitionOffset[] | undefined
  readonly hasOlder: boolean
  readonly hasNewer: boolean
  readonly isPaused: boolean
  /** Rows that arrived while a Follow was paused. */
  readonly waitingRows: number
  /** A Follow waits for the connection. */
  readonly waiting: ErrorValue | null
  /** For a Follow with a filter: all records that it has examined, whether they match or not. */
  readonly looked: LookedAt | undefined
  /** Partitions that a Follow had to give up, each with its reason; the others continue. */
  readonly stopped: BrowseDone['failures']
  /** The number of lines of the grid. `version` changes whenever they do. */
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
  /** Tells that lines have changed, together with other changes of the state. */
  publish: (change?: Partial<MessagesState>) => void
}
