import type { PlanRow } from '#shared/contract/offsets.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { ASK_FOR_IT } from '../../kafka/protocol/error-sentences.ts'
import { lacked, type Told, type TopicRights } from '../../kafka/rights.ts'

/**
 * What the broker would refuse for a missing right, if it tells. A right on the group that every change needs refuses the whole
 * plan, and its rows stay visible; other rights refuse their rows, and the rest can be applied. Apply checks none of this:
 * rights may have been granted since, and the broker decides.
 */
export function withinRights(
  group: string,
  rows: readonly PlanRow[],
  told: { group: Told; topics: TopicRights },
): { rows: PlanRow[]; refusal: ErrorValue | null } {
  const changes = rows.filter((row) => row.status === 'change')
  const onGroup = (row: PlanRow) => lacked(requestFor(row), 'group', group, told.group)
  const first = changes[0] === undefined ? null : onGroup(changes[0])
  if (first !== null && changes.every((row) => onGroup(row) === first)) {
    return { rows: [...rows], refusal: lackingRight(`${group} cannot be moved`, first) }
  }
  const judged = rows.map((row): PlanRow => {
    if (row.status !== 'change') return row
    const needs = onGroup(row) ?? lacked(requestFor(row), 'topic', row.topic, told.topics.get(row.topic))
    if (needs === null) return row
    const unmoved = { after: row.before, skips: 0n, repeats: 0n, clampedFrom: null }
    return { ...row, ...unmoved, status: 'refused', note: `It needs ${needs}, which these credentials lack.` }
  })
  return { rows: judged, refusal: null }
}

const requestFor = (row: PlanRow) => (row.after === null ? 'OffsetDelete' : 'OffsetCommit')

/** A refusal in advance, with the words that the broker's refusal would have. */
export function lackingRight(what: string, needs: string): ErrorValue {
  const message = `${what}: it needs ${needs}, which these credentials lack. The broker would refuse it.`
  return toErrorValue(new SeeklineError('kafka.unauthorised', message, { hint: ASK_FOR_IT, details: { needs } }))
}
