import type { Failure } from '../contract/common.ts'
import type { GroupApplied, Plan } from '../contract/offsets.ts'
import { canUndo } from './outcome.ts'
import { grouped, summarize } from './plan-sentence.ts'

/**
 * One sentence for plans of several groups: first what is skipped, then what is repeated, then which groups cannot be moved.
 */
export function groupsSentence(plans: readonly Plan[], failures: readonly Failure[]): string {
  const able = plans.filter((plan) => plan.refusal === null)
  const sums = able.map((plan) => summarize(plan.rows))
  const moving = sums.filter((sum) => sum.changes > 0)
  const total = (of: 'changes' | 'skips' | 'repeats') => moving.reduce((all, sum) => all + BigInt(sum[of]), 0n)
  const others = othersWords(plans, failures)
  if (moving.length === 0) return `Nothing would change.${others}`
  const effects = [
    total('skips') > 0n ? `skip up to ${grouped(total('skips'))} records` : '',
    total('repeats') > 0n ? `read up to ${grouped(total('repeats'))} records again` : '',
  ].filter((part) => part !== '')
  const what = effects.length === 0 ? 'skip and repeat nothing' : effects.join(' and ')
  const parts = total('changes')
  const moved = `${grouped(parts)} ${parts === 1n ? 'partition' : 'partitions'} of ${groups(moving.length)}`
  const verb = moving.length === 1 ? what.replace(/^(skip|read)/, '$1s') : what
  return `${moved} would move: ${moving.length === 1 ? 'it' : 'together they'} ${verb}.${others}`
}

/** " 1 group stays where it is. 2 groups cannot be moved. …": the groups that a plan does not move; empty for none. */
export function othersWords(plans: readonly Plan[], failures: readonly Failure[]): string {
  const able = plans.filter((plan) => plan.refusal === null)
  const stay = able.filter((plan) => summarize(plan.rows).changes === 0).length
  const cannot = [
    ...plans.flatMap(({ group, refusal }) => (refusal === null ? [] : [`${group}: ${refusal.message}`])),
    ...failures.map(({ what, error }) => `${what}: ${error.message}`),
  ]
  const why = cannot.length === 0 ? '' : ` ${groups(cannot.length)} cannot be moved. ${cannot.slice(0, 3).join(' ')}${cannot.length > 3 ? ` And ${cannot.length - 3} more.` : ''}` // oxfmt-ignore
  // If none moves, "nothing would change" already says it.
  if (stay === 0 || stay === able.length) return why
  return ` ${groups(stay)} ${stay === 1 ? 'stays' : 'stay'} where ${stay === 1 ? 'it is' : 'they are'}.${why}`
}

/** The outcome of an apply over several groups: how many moved, and for each that did not, why. */
export function appliedGroupsSentence(all: readonly GroupApplied[]): string {
  // Groups that were already there are not counted.
  const items = all.filter(({ result, error }) => error !== null || (result !== null && result.rows.length > 0))
  if (items.length === 0) return 'Nothing to change.'
  const isMoved = ({ result }: GroupApplied) => result !== null && canUndo(result)
  const isWhole = (item: GroupApplied) =>
    isMoved(item) && item.result?.rows.every(({ status }) => status === 'confirmed')
  const moved = items.filter(isMoved)
  const others = items
    .filter((item) => !isWhole(item))
    .map(({ group, result, error }) => {
      const words = error?.message ?? result?.summary ?? ''
      return words.startsWith(group) ? words : `${group}: ${words}`
    })
  const head =
    moved.length === items.length
      ? `${groups(items.length)} ${items.length === 1 ? 'was' : 'were'} moved`
      : `${moved.length} of ${groups(items.length)} ${moved.length === 1 ? 'was' : 'were'} moved`
  const tail = others.length === 0 ? ', read back and confirmed.' : '.'
  const more = others.length > 5 ? ` And ${others.length - 5} more.` : ''
  return [`${head}${tail}`, ...others.slice(0, 5)].join(' ') + more
}

const groups = (n: number): string => `${n} ${n === 1 ? 'group' : 'groups'}`
