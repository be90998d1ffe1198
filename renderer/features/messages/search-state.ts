import type { HitsStopped, SearchChange, SearchFailure } from '#shared/contract/searches.ts'
import type { ReadCounts } from '#shared/contract/messages.ts'
import type { ErrorValue } from '#shared/errors.ts'
import type { FilterProblem } from '#shared/filters/predicate.ts'
import type { LedgerPart, ScanLedger } from '#shared/model/ledger.ts'
import type { RowField } from '#shared/model/row-field.ts'
import type { MessagesState } from './list-state.ts'
import { emptySearch, type SearchForm } from './search-form.ts'
import type { SearchRequest } from './search-request.ts'
import type { Spread } from './search-spread.ts'

/** As they were found, by partition and offset, or all partitions merged by time; the newest or the oldest first. */
export type OrderOfHits = 'found' | 'partition' | 'newest' | 'oldest'

export interface SearchState extends Pick<MessagesState, 'version' | 'reading' | 'isPaused'> {
  readonly form: SearchForm
  /** What the hits answer; undefined: nothing was searched, and the list shows what was read. */
  readonly shown: SearchRequest | undefined
  readonly status: 'idle' | 'running' | 'stopped' | 'ended'
  readonly order: OrderOfHits
  /** What was read and what is left, of each topic; none until the edges of the logs are known. */
  readonly ledgers: readonly ScanLedger[]
  /** Where something was found, of each topic and partition; not all places, where there are very many. */
  readonly hits: ReadonlyMap<string, PartitionHits>
  readonly counts: ReadCounts | undefined
  readonly ratePerSecond: number
  readonly bytesPerSecond: number
  readonly secondsLeft: number | null
  readonly waiting: ErrorValue | null
  /** Topics and partitions of which something could not be read. */
  readonly failures: readonly SearchFailure[]
  /** Of a search that is taken up after a while: what has become of its topic since. */
  readonly changes: readonly SearchChange[]
  /** What its rows bring along for columns. */
  readonly fields: readonly RowField[]
  readonly error: ErrorValue | undefined
  /** When the matches were written; undefined: nothing is known of their times. */
  readonly spread: Spread | undefined
  /** Matches that are listed no more, only counted, and why. */
  readonly stopped: HitsStopped | null
  /** Why what was typed is no filter. */
  readonly problem: FilterProblem | undefined
}

/** Offsets of each partition. */
export type PartitionHits = ReadonlyMap<number, readonly bigint[]>

/** Of all topics together; undefined: the edges of their logs are not known yet. */
export function partsOf(ledgers: readonly ScanLedger[]): { readonly parts: LedgerPart[] } | undefined {
  return ledgers.length === 0 ? undefined : { parts: ledgers.flatMap(({ parts }) => parts) }
}

/** Nothing runs. */
export const still = { ratePerSecond: 0, bytesPerSecond: 0, secondsLeft: null, waiting: null }
/** Nothing was searched. */
export const nothing: Omit<SearchState, 'form' | 'order' | 'problem' | 'version' | 'reading' | 'isPaused'> = {
  ...still,
  shown: undefined,
  status: 'idle',
  stopped: null,
  spread: undefined,
  ledgers: [],
  hits: new Map(),
  counts: undefined,
  failures: [],
  changes: [],
  fields: [],
  error: undefined,
}

export const begun: SearchState = {
  ...nothing,
  form: emptySearch,
  order: 'found',
  problem: undefined,
  version: 0,
  reading: undefined,
  isPaused: false,
}
