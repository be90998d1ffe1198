import type { ApplyRow, DeletePlan } from '../contract/offsets.ts'
import type { ErrorValue } from '../errors.ts'
import { positionWords } from './position-words.ts'
import { applySentence } from './outcome.ts'

/** What a deletion will do, in one sentence. */
export function deletionSentence({ group, groupType, what, rows, refusal }: DeletePlan): string {
  if (refusal !== null) return refusal.message
  const gone = rows.filter((row) => row.status === 'change')
  const words = positionWords(groupType)
  const positions = (n: number): string => (n === 1 ? `1 ${words.one}` : `${n} ${words.many}`)
  if (what === 'group') {
    if (gone.length === 0) return `${group} will be deleted. It has no ${words.many}.`
    return `${group} will be deleted with its ${positions(gone.length)}${inTopics(gone)}.`
  }
  if (gone.length === 0) return `${group} has no ${words.one} to delete.`
  return `${group} will lose its ${positions(gone.length)}${inTopics(gone)}.`
}

/** The outcome of a deletion. `error`: why the group itself still exists. */
export function deleteSentence(
  { group, groupType, what }: Pick<DeletePlan, 'group' | 'groupType' | 'what'>,
  rows: readonly ApplyRow[],
  groupDeleted: boolean,
  error: ErrorValue | undefined,
): string {
  const { many } = positionWords(groupType)
  if (what === 'positions') return applySentence(group, rows, false, { subject: `The ${many} of ${group}`, was: 'were', done: 'deleted' }) // oxfmt-ignore
  if (rows.length > 0) return applySentence(group, rows, false, { subject: group, was: 'was', done: 'deleted' })
  if (groupDeleted) return `${group} was deleted. It had no ${many}.`
  return error === undefined
    ? `${group} was deleted, and exists again: somebody has created it again.`
    : `${group} was not deleted: ${error.message}`
}

function inTopics(rows: readonly { topic: string }[]): string {
  const names = [...new Set(rows.map((row) => row.topic))]
  if (names.length === 0) return ''
  const more = names.length > 5 ? ` and ${names.length - 5} more` : ''
  return ` in ${names.slice(0, 5).join(', ')}${more}`
}
