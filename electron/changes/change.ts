import type { ChangeKind, IntendedOf, ResultOf } from '#shared/contract/journal.ts'

/** A thing that a plan names, and what stands under that name now: a cluster, say, by its id. */
export interface Identity {
  /** For a sentence: `cluster`, `source cluster`. */
  what: string
  planned: string | null
  now: string | null
}

/**
 * One change of a cluster, as its plan wants it. What undoes a change of its kind, or why nothing does, is in
 * `shared/changes/kinds.ts`: the journal must tell it years later, when no plan is at hand.
 */
export interface Change<K extends ChangeKind, Seen, Acted> {
  readonly kind: K
  /** On what it is made. If it is no longer what the plan was made for, nothing more is asked. */
  readonly identity: readonly Identity[]
  /** Reads anew all that the plan rests on. */
  look(signal: AbortSignal): Promise<Seen>
  /** Compares with what the plan saw: the result that says what differs, or null to go on. Throws where none can be had. */
  differs(seen: Seen): ResultOf<K> | null
  /** What the journal keeps before anything is written. */
  intent(seen: Seen): Omit<IntendedOf<K>, 'profileId' | 'profileName' | 'user'>
  /** Reading that can be done while the journal writes. */
  meanwhile?(seen: Seen): Promise<void>
  /** Writes. It does not throw once something may have been written: what is not known is a result, too. */
  act(seen: Seen, id: string): Promise<Acted>
  /** What stands there now. */
  readBack(acted: Acted, seen: Seen, id: string): Promise<ResultOf<K>>
  /** `act` threw: what the journal keeps of that. Without it the entry would read as under way for ever. */
  failed(error: unknown, seen: Seen, id: string): ResultOf<K>
}
