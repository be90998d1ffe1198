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

/** In the order they were found, by partition and offset, or by time over all partitions; newest or oldest first. */
export type OrderOfHits = 'found' | 'partition' | 'newest' | 'oldest'

export interface SearchState extends Pick<MessagesState, 'version' | 'reading' | 'isPaused'> {
  readonly form: SearchForm
  /** The request that the matches answer; undefined: nothing was searched, and the list shows what was read. */
  readonly shown: SearchRequest | undefined
  readonly status: 'idle' | 'running' | 'stopped' | 'ended'
  readonly order: OrderOfHits
  /** What was read and what is left, for each topic; empty until the edges of the logs are known. */
  readonly ledgers: readonly ScanLedger[]
  /** The places of matches, by topic and partition; if there are very many, only some. */
  readonly hits: ReadonlyMap<string, PartitionHits>
  readonly counts: ReadCounts | undefined
  readonly ratePerSecond: number
  readonly bytesPerSecond: number
  readonly secondsLeft: number | null
  readonly waiting: ErrorValue | null
  /** Topics and partitions that could not be read completely. */
  readonly failures: readonly SearchFailure[]
  /** For a search that is continued later: how its topics have changed since. */
  readonly changes: readonly SearchChange[]
  /** The fields that its rows contain for columns. */
  readonly fields: readonly RowField[]
  readonly error: ErrorValue | undefined
  /** The times of the matches; undefined: not known. */
  readonly spread: Spread | undefined
  /** Matches that are only counted and no longer listed, and why. */
  readonly stopped: HitsStopped | null
  /** Why the typed text is not a valid filter. */
  readonly problem: FilterProblem | undefined
}

/** Offsets by partition. */
export type PartitionHits = ReadonlyMap<number, readonly bigint[]>

/** Over all topics; undefined: the edges of their logs are not known yet. */
export function partsOf(ledgers: readonly ScanLedger[]): { readonly parts: LedgerPart[] } | undefined {
  return ledgers.length === 0 ? undefined : { parts: ledgers.flatMap(({ parts }) => parts) }
}

/** The state while nothing is running. */
export const still = { ratePerSecond: 0, bytesPerSecond: 0, secondsLeft: null, waiting: null }
/** The state before any search. */
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
