import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { positionWords } from '#shared/offsets/position-words.ts'
import type { GroupFacts } from '../groups/group-port.ts'

/** Why no position of this group can be written now, or null. */
export function groupRefusal(group: string, facts: GroupFacts): ErrorValue | null {
  const members = facts.members ?? []
  if (members.length > 0 || isLive(facts.state)) {
    const who = members.map((m) => `${m.clientId} on ${m.host}`)
    const named =
      who.length === 0 ? '' : `: ${who.slice(0, 5).join(', ')}${who.length > 5 ? `, and ${who.length - 5} more` : ''}`
    const count = members.length === 1 ? '1 live member' : `${members.length} live members`
    // While members change, or if the broker does not tell them, only the state says that the group is not empty.
    const what = members.length === 0 ? `is in use: its state is ${facts.state}` : `has ${count}${named}`
    return toErrorValue(
      new SeeklineError('kafka.group-live', `${group} ${what}.`, {
        hint: `Stop ${members.length === 1 ? 'it' : 'them'} and plan again; the broker refuses ${positionWords(facts.type).many} from others while members live.`,
        retryable: true,
        details: { members: members.map((m) => ({ memberId: m.memberId, clientId: m.clientId, host: m.host })) },
      }),
    )
  }
  return null
}

function isLive(state: string): boolean {
  return state !== 'Empty' && state !== 'Dead' && state !== ''
}

/** A group of that name may be a share group now and was none before, or vice versa: positions then mean something else. */
export function requireKind(group: string, wasShare: boolean, facts: GroupFacts): void {
  if (!facts.exists || wasShare === (facts.type === 'share')) return
  const isNow = wasShare ? 'is no share group any more' : 'is a share group now'
  throw new SeeklineError('plan.refused', `${group} ${isNow}.`, { hint: 'Make a plan for the group that is there.' })
}
