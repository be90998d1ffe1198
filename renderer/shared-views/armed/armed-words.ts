import type { ArmedPlan } from '#shared/contract/armed.ts'
import { isWaiting } from '../../stores/armed.ts'

/** The state of an armed plan, as a sentence. */
export function armedWords({ group, state }: Pick<ArmedPlan, 'group' | 'state'>): string {
  switch (state.is) {
    case 'watching':
      return state.problem === null
        ? membersWords(group, state)
        : `${group} cannot be watched now: ${state.problem.message}`
    case 'applying':
      return `${group} is empty: comparing, then writing, then reading back…`
    case 'applied':
      return state.summary
    case 'ended':
      return [state.message, state.hint].filter((part) => part !== undefined).join(' ')
  }
}

function membersWords(
  group: string,
  { members, who, staticMembers, groupState }: Extract<ArmedPlan['state'], { is: 'watching' }>,
): string {
  if (members === null || members === 0)
    return `Waiting for ${group} to be empty${groupState === null ? '' : `: its state is ${groupState}`}.`
  const more = members > who.length ? `, and ${members - who.length} more` : ''
  const live = `Waiting for ${group} to be empty: ${members} live ${members === 1 ? 'member' : 'members'} (${who.join(', ')}${more}).`
  return staticMembers.length === 0 ? live : `${live} ${staticWords(staticMembers)}`
}

/** KIP-345: static members do not leave when they stop, so that a restart moves no partitions. */
export function staticWords(ids: readonly string[]): string {
  const named = ids.slice(0, 5).join(', ')
  return `Static members (${named}) stay members after they have stopped, until their session times out.`
}

export type ArmedTone = 'waiting' | 'done' | 'care'

export function armedTone({ state }: Pick<ArmedPlan, 'state'>): ArmedTone {
  if (isWaiting({ state })) return 'waiting'
  return state.is === 'applied' || (state.is === 'ended' && state.how === 'cancelled') ? 'done' : 'care'
}

/** In a word or two, for a list. */
export function armedWord({ state }: Pick<ArmedPlan, 'state'>): string {
  switch (state.is) {
    case 'watching':
      return state.problem === null ? 'waiting' : 'cannot look'
    case 'applying':
      return 'applying'
    case 'applied':
      return state.journalId === null ? 'nothing to change' : 'applied'
    case 'ended':
      return state.how
  }
}

/** How many wait, and how many have ended and are not dismissed; empty: none of either. */
export function armedCounts(items: readonly Pick<ArmedPlan, 'state'>[]): string {
  const waiting = items.filter(isWaiting).length
  const care = items.filter((item) => armedTone(item) === 'care').length
  const applied = items.filter(({ state }) => state.is === 'applied').length
  return [waiting > 0 && `${waiting} armed`, applied > 0 && `${applied} applied`, care > 0 && `${care} not applied`]
    .filter((part) => part !== false)
    .join(' · ')
}
