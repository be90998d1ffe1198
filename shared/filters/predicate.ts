import type { Decoding, Form } from '../model/decoded.ts'
import type { ValuePath } from '../model/row-field.ts'

/** Why it cannot be decided whether a filter matches a record. */
export const cannotReasons = ['undecodable', 'failed', 'over-time', 'too-large'] as const
export type CannotReason = (typeof cannotReasons)[number]

/** A record that cannot be judged: counted by its reason, listed with an explanation. */
export interface Cannot {
  readonly cannot: CannotReason
  /** A sentence fragment with few variants: "int is compared with string". */
  readonly why: string
}

/** `unknown`: the loaded part of the record does not decide it, the whole record might. */
export type Verdict = 'match' | 'no' | 'unknown' | Cannot

/** A key, a value, or a header's name or value, written out. Valid until the next part is asked for. */
export interface FilterPart {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** How it was decoded. A getter, because finding out may take work. */
  readonly as: Decoding
  readonly form: Form
  /**
   * Whether it is written out as JSON. `if-valid`: these are the stored bytes, which are JSON if they parse as JSON; a caller
   * that parses them anyway finds out sooner than by asking how they were decoded.
   */
  readonly isJson: boolean | 'if-valid'
  /** False: only the beginning is loaded. */
  readonly isWhole: boolean
}

export interface FilterHeaders extends Iterable<{ name: FilterPart; value: FilterPart | null }> {
  /** All headers as one block of bytes: what is not in it is in none of them. null: some are written out differently. */
  readonly all: FilterPart | null
}

/** A record as a filter sees it: under the cursor of a worker, or as a loaded row of the page. */
export interface FilterRecord {
  key(): FilterPart | null
  value(): FilterPart | null
  /** In order; null: there are none; `unknown`: they are not loaded. */
  headers(): FilterHeaders | null | 'unknown'
  readonly partition: number
  readonly offset: bigint
  /** Milliseconds since 1970 UTC; −1n: it has none. */
  readonly timestamp: bigint
  /** Bytes of the whole key; −1: null. */
  readonly keySize: number
  readonly valueSize: number
  readonly headerCount: number
  readonly isTransactional: boolean
}

export const recordParts = ['key', 'value', 'headers'] as const
export type RecordPart = (typeof recordParts)[number]

/** Bytes to search for in the stored form of very many records at once, before a single record is judged. */
export interface Literal {
  /** Every match contains at least one of these, within its key, its value, or one header's name or value. */
  readonly anyOf: readonly Uint8Array[]
  /** Or a character as a JSON escape (`\u00e9`): the text may be written that way. */
  readonly orEscapes?: boolean
  /** They are names of fields, which many records contain that do not match. */
  readonly areNames?: boolean
  /** The parts to search. Key and value only if they are displayed as they are stored. */
  readonly in: readonly RecordPart[]
}

/** Paths into key and value; null: the whole part. The same object for all records. */
export interface Wanted {
  readonly key: readonly ValuePath[] | null
  readonly value: readonly ValuePath[] | null
}

export const allWanted: Wanted = { key: null, value: null }

export interface Predicate {
  verdict(record: FilterRecord): Verdict
  /** null: nothing is known that every match contains. */
  readonly literal: Literal | null
  /** What a predicate reads of key and value: if they have to be decoded, only this is. */
  readonly wanted: Wanted
}

/** Why a filter is invalid. */
export interface FilterProblem {
  /** A sentence. */
  readonly message: string
  /** The index of the wrong character in its text, pattern or source, and how many characters are wrong. */
  readonly at: number
  readonly length: number
  /** The place of the wrong filter among several: indexes in their `of`, from the outermost one. */
  readonly path: readonly number[]
}

/** Thrown while a filter is compiled. */
export class NoFilter extends Error {
  override readonly name = 'NoFilter'
  readonly at: number
  readonly length: number

  constructor(message: string, at = 0, length = 0) {
    super(message)
    this.at = at
    this.length = length
  }
}
