import type { Failure } from '../contract/common.ts'
import type { DeletePlan, GroupApplied } from '../contract/offsets.ts'
import { grouped } from './plan-sentence.ts'

/**
 * One sentence for deletions in several groups: which groups are deleted whole, how many positions are deleted, which groups
 * are left out and why.
 */
export function deletionsSentence(plans: readonly DeletePlan[], failures: readonly Failure[]): string {
  const able = plans.filter((plan) => plan.refusal === null)
  const whole = able.filter((plan) => plan.what === 'group')
  const single = able.filter((plan) => plan.what === 'positions' && changesOf(plan) > 0)
  const sum = (of: readonly DeletePlan[]) => of.reduce((all, plan) => all + changesOf(plan), 0)
  const parts = [
    whole.length === 0 ? '' : `${groups(whole.length)} will be deleted with ${positions(sum(whole))}`,
    single.length === 0 ? '' : `${positions(sum(single))} of ${groups(single.length)} will be deleted`,
  ].filter((part) => part !== '')
  const cannot = [
    ...plans.flatMap(({ group, refusal }) => (refusal === null ? [] : [withName(group, refusal.message)])),
    ...failures.map(({ what, error }) => withName(what, error.message)),
  ]
  const stays = able.flatMap((plan) => plan.rows).filter((row) => row.status === 'refused').length
  const head = parts.length === 0 ? 'Nothing would be deleted.' : `${parts.join('; ')}.`
  const kept = stays === 0 ? '' : ` ${positions(stays)} cannot be deleted and ${stays === 1 ? 'stays' : 'stay'}.`
  const why = cannot.length === 0 ? '' : ` ${groups(cannot.length)} ${cannot.length === 1 ? 'is' : 'are'} left alone. ${cannot.slice(0, 3).join(' ')}${more(cannot.length - 3)}` // oxfmt-ignore
  return `${head}${kept}${why}`
}

/** The outcome of deletions in several groups: how much was deleted, and for each group that did not go as planned, why. */
export function deletedGroupsSentence(all: readonly GroupApplied[]): string {
  const items = all.filter(({ result, error }) => error !== null || result?.journalId != null)
  const [one, ...others] = items
  if (one === undefined) return 'Nothing to delete.'
  if (others.length === 0) return one.result?.summary ?? withName(one.group, one.error?.message ?? '')
  const rows = items.flatMap(({ result }) => result?.rows ?? [])
  const gone = rows.filter(({ status, intended }) => status === 'confirmed' && intended === null).length
  const whole = items.filter(({ result }) => result?.groupDeleted === true).length
  const isDone = ({ result }: GroupApplied) =>
    result !== null && result.rows.every(({ status }) => status === 'confirmed')
  const not = items.filter((item) => !isDone(item)).map(({ group, result, error }) => withName(group, error?.message ?? result?.summary ?? '')) // oxfmt-ignore
  const parts = [
    whole === 0 ? '' : `${groups(whole)} deleted`,
    `${positions(gone)} deleted${not.length === 0 ? ', read back and confirmed' : ''}`,
  ].filter((part) => part !== '')
  return [`${parts.join(', ')}.`, ...not.slice(0, 5)].join(' ') + more(not.length - 5)
}

const changesOf = ({ rows }: DeletePlan): number => rows.filter((row) => row.status === 'change').length
const withName = (group: string, words: string): string => (words.startsWith(group) ? words : `${group}: ${words}`)
const more = (n: number): string => (n > 0 ? ` And ${n} more.` : '')
const groups = (n: number): string => `${grouped(BigInt(n))} ${n === 1 ? 'group' : 'groups'}`
const positions = (n: number): string => `${grouped(BigInt(n))} ${n === 1 ? 'position' : 'positions'}`
