import type { Decoding, Form } from '../model/decoded.ts'
import type { ValuePath } from '../model/row-field.ts'

/** Why nobody can say of a record whether a filter matches it. */
export const cannotReasons = ['undecodable', 'failed', 'over-time', 'too-large'] as const
export type CannotReason = (typeof cannotReasons)[number]

/** What a record cannot be judged for: counted by its reason, listed with why. */
export interface Cannot {
  readonly cannot: CannotReason
  /** A sentence fragment of few kinds: "int is compared with string". */
  readonly why: string
}

/** `unknown`: what is seen of the record does not decide it, the whole record might. */
export type Verdict = 'match' | 'no' | 'unknown' | Cannot

/** A key, value, or a header's name or value, as it is written out. Good until the next part is asked for. */
export interface FilterPart {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** How it was decoded. Asked for when it matters, because it may have to be found out. */
  readonly as: Decoding
  readonly form: Form
  /**
   * Whether it is written out as JSON. `if-valid`: it is what is stored, and JSON where it begins and goes on like JSON; who
   * reads it anyway finds that out sooner than by asking how it was decoded.
   */
  readonly isJson: boolean | 'if-valid'
  /** False: only the beginning is here. */
  readonly isWhole: boolean
}

export interface FilterHeaders extends Iterable<{ name: FilterPart; value: FilterPart | null }> {
  /** All of them with what lies between: what is not in here is in none of them. null: some are written otherwise. */
  readonly all: FilterPart | null
}

/** One record as a filter sees it: under the cursor of a worker, or as a loaded row of the page. */
export interface FilterRecord {
  key(): FilterPart | null
  value(): FilterPart | null
  /** In their order; null: there are none; `unknown`: they are not here. */
  headers(): FilterHeaders | null | 'unknown'
  readonly partition: number
  readonly offset: bigint
  /** Milliseconds since 1970 UTC; −1n: it has none. */
  readonly timestamp: bigint
  /** Bytes of the whole; −1: null. */
  readonly keySize: number
  readonly valueSize: number
  readonly headerCount: number
  readonly isTransactional: boolean
}

export const recordParts = ['key', 'value', 'headers'] as const
export type RecordPart = (typeof recordParts)[number]

/** What can be looked for in the bytes as they are stored, for very many records at once, before one is asked about. */
export interface Literal {
  /** Every match has at least one of these, within its key, its value, or one name or value of its headers. */
  readonly anyOf: readonly Uint8Array[]
  /** Or a character that JSON spells by its number (`\u00e9`): the text may be spelt so. */
  readonly orEscapes?: boolean
  /** They are names, which many records have that do not match. */
  readonly areNames?: boolean
  /** In which of them. Key and value only where they are written out as they are stored. */
  readonly in: readonly RecordPart[]
}

/** Paths into a key and a value; null: all of it. One object for all records. */
export interface Wanted {
  readonly key: readonly ValuePath[] | null
  readonly value: readonly ValuePath[] | null
}

export const allWanted: Wanted = { key: null, value: null }

export interface Predicate {
  verdict(record: FilterRecord): Verdict
  /** null: there is nothing that every match has. */
  readonly literal: Literal | null
  /** What is looked at of a key and a value: of one that has to be decoded nothing else need be written out. */
  readonly wanted: Wanted
}

/** Why a filter is none. */
export interface FilterProblem {
  /** A sentence. */
  readonly message: string
  /** The character of its text, pattern or source that it is at, and how many of them. */
  readonly at: number
  readonly length: number
  /** Which of several filters it is in: numbers in their `of`, from the outermost one. */
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
