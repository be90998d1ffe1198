import type { ApplyRow, DeletePlan } from '../contract/offsets.ts'
import type { ErrorValue } from '../errors.ts'
import { applySentence } from './outcome.ts'

/** What a deletion will do, in one sentence. */
export function deletionSentence({ group, what, rows, refusal }: DeletePlan): string {
  if (refusal !== null) return refusal.message
  const gone = rows.filter((row) => row.status === 'change')
  if (what === 'group') {
    if (gone.length === 0) return `${group} will be deleted. It has no positions.`
    return `${group} will be deleted with its ${positions(gone.length)}${inTopics(gone)}.`
  }
  if (gone.length === 0) return `${group} has no position to delete.`
  return `${group} will lose its ${positions(gone.length)}${inTopics(gone)}.`
}

/** What a deletion came to. `error`: why the group itself is still there. */
export function deleteSentence(
  { group, what }: Pick<DeletePlan, 'group' | 'what'>,
  rows: readonly ApplyRow[],
  groupDeleted: boolean,
  error: ErrorValue | undefined,
): string {
  if (what === 'positions') return applySentence(group, rows, false, { subject: `The positions of ${group}`, was: 'were', done: 'deleted' }) // prettier-ignore
  if (rows.length > 0) return applySentence(group, rows, false, { subject: group, was: 'was', done: 'deleted' })
  if (groupDeleted) return `${group} was deleted. It had no positions.`
  return error === undefined
    ? `${group} was deleted, and is there again: somebody made it anew.`
    : `${group} was not deleted: ${error.message}`
}

function inTopics(rows: readonly { topic: string }[]): string {
  const names = [...new Set(rows.map((row) => row.topic))]
  if (names.length === 0) return ''
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return ` in ${names.slice(0, 5).join(', ')}${more}`
}

function positions(n: number): string {
  return n === 1 ? '1 position' : `${n} positions`
}
