import type { CannotReason } from '#shared/filters/predicate.ts'
import { notJudgedReasons, type NotJudged, type NotJudgedReason, type Tally } from '#shared/model/ledger.ts'

/** Lists the matches, or instead the records that could not be judged, for any reason or for this one. */
export type ListedOf = 'matches' | 'not-judged' | CannotReason

/** Why a record could not be judged, in plain words. */
export const notJudgedWords: Readonly<Record<NotJudgedReason, string>> = {
  undecodable: 'not decodable',
  failed: 'the expression failed',
  'over-time': 'took too long',
  'too-large': 'too large',
  damaged: 'damaged',
}

/** How many of these records are listed: a damaged record cannot be shown. */
export function listedOf(list: ListedOf, { matched, notJudged }: Tally): bigint {
  if (list === 'matches') return matched
  return list === 'not-judged' ? notJudgedOf(notJudged) - (notJudged.damaged ?? 0n) : (notJudged[list] ?? 0n)
}

/** The number of records over all reasons. */
export function notJudgedOf(reasons: NotJudged): bigint {
  return notJudgedReasons.reduce((sum, reason) => sum + (reasons[reason] ?? 0n), 0n)
}
