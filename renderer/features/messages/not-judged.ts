import type { CannotReason } from '#shared/filters/predicate.ts'
import { notJudgedReasons, type NotJudged, type NotJudgedReason, type Tally } from '#shared/model/ledger.ts'

/** Records that match; or instead of them those that nobody could judge, for any reason or for this one. */
export type ListedOf = 'matches' | 'not-judged' | CannotReason

/** Why a record could not be judged, as a person would say it. */
export const notJudgedWords: Readonly<Record<NotJudgedReason, string>> = {
  undecodable: 'not decodable',
  failed: 'the expression failed',
  'over-time': 'took too long',
  'too-large': 'too large',
  damaged: 'damaged',
}

/** How many records of what was found are listed: of those that are damaged there is nothing to show. */
export function listedOf(list: ListedOf, { matched, notJudged }: Tally): bigint {
  if (list === 'matches') return matched
  return list === 'not-judged' ? notJudgedOf(notJudged) - (notJudged.damaged ?? 0n) : (notJudged[list] ?? 0n)
}

/** Records of all reasons together. */
export function notJudgedOf(reasons: NotJudged): bigint {
  return notJudgedReasons.reduce((sum, reason) => sum + (reasons[reason] ?? 0n), 0n)
}
