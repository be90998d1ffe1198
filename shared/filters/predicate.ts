import type { Form } from '../model/decoded.ts'

/** `unknown`: what is seen of the record does not decide it. */
export type Verdict = 'match' | 'no' | 'unknown'

/** A key, value or header name as it is written out. Good until the next part is asked for. */
export interface FilterPart {
  bytes: Uint8Array
  start: number
  end: number
  /** Asked for when it matters, because it may have to be found out. */
  form: Form
  /** False: only the beginning is here. */
  isWhole: boolean
}

export interface FilterHeaders extends Iterable<FilterPart> {
  /** All of them with what lies between: what is not in here is in none of them. */
  readonly all: FilterPart
}

/** One record as a filter sees it: under the cursor of a worker, or as a loaded row of the page. */
export interface FilterRecord {
  key(): FilterPart | null
  value(): FilterPart | null
  /** Names and values in their order; null: there are none; `unknown`: they are not here. */
  headers(): FilterHeaders | null | 'unknown'
}

export interface Predicate {
  verdict(record: FilterRecord): Verdict
  /** Bytes that every match has in its key, value or headers, where those are written out as they are stored. */
  readonly literal: Uint8Array | null
}
