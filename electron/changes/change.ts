import type { ChangeKind, IntendedOf, ResultOf } from '#shared/contract/journal.ts'

/** A thing that a plan names, and what has that name now: a cluster, for example, by its id. */
export interface Identity {
  /** For a sentence: `cluster`, `source cluster`. */
  what: string
  planned: string | null
  now: string | null
}

/**
 * One change of a cluster, as its plan describes it. What undoes a change of its kind, or why nothing does, is in
 * `shared/changes/kinds.ts`: the journal must be able to tell it years later, without a plan.
 */
export interface Change<K extends ChangeKind, Seen, Acted> {
  readonly kind: K
  /** What it is made on. If it is no longer what the plan was made for, nothing more is read. */
  readonly identity: readonly Identity[]
  /** Reads everything again that the plan depends on. */
  look(signal: AbortSignal): Promise<Seen>
  /** Compares with what the plan saw: the result that says what differs, or null to go on. Throws if there can be no result. */
  differs(seen: Seen): ResultOf<K> | null
  /** What the journal stores before anything is written. */
  intent(seen: Seen): Omit<IntendedOf<K>, 'profileId' | 'profileName' | 'user'>
  /** Reads that can be done while the journal writes. */
  meanwhile?(seen: Seen): Promise<void>
  /** Writes. Does not throw once something may have been written: "not known" is a result, too. */
  act(seen: Seen, id: string): Promise<Acted>
  /** Reads the current state. */
  readBack(acted: Acted, seen: Seen, id: string): Promise<ResultOf<K>>
  /** `act` threw: the result for the journal. Without it the entry would look as if it were still running. */
  failed(error: unknown, seen: Seen, id: string): ResultOf<K>
}
