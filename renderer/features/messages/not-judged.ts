import { notJudgedReasons, type NotJudged, type NotJudgedReason } from '#shared/model/ledger.ts'

/** Why a record could not be judged, as a person would say it. */
export const notJudgedWords: Readonly<Record<NotJudgedReason, string>> = {
  undecodable: 'not decodable',
  failed: 'the expression failed',
  'over-time': 'took too long',
  'too-large': 'too large',
  damaged: 'damaged',
}

/** Records of all reasons together. */
export function notJudgedOf(reasons: NotJudged): bigint {
  return notJudgedReasons.reduce((sum, reason) => sum + (reasons[reason] ?? 0n), 0n)
}
