import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { GroupFacts } from '../groups/group-port.ts'

/** Why no position of this group can be written now, or null. */
export function groupRefusal(group: string, facts: GroupFacts): ErrorValue | null {
  if (facts.type === 'share') {
    const message = `${group} is a share group: it keeps positions of another kind, which an offset commit does not move.`
    const hint = 'Kafka’s own kafka-share-groups script resets share groups.'
    return toErrorValue(new SeeklineError('kafka.group-type', message, { hint }))
  }
  const members = facts.members ?? []
  if (members.length > 0 || isLive(facts.state)) {
    const who = members.map((m) => `${m.clientId} on ${m.host}`)
    const named =
      who.length === 0 ? '' : `: ${who.slice(0, 5).join(', ')}${who.length > 5 ? `, and ${who.length - 5} more` : ''}`
    const count = members.length === 1 ? '1 live member' : `${members.length} live members`
    // Between two members, or where the broker does not tell them, the state alone says that it is not empty.
    const what = members.length === 0 ? `is in use: its state is ${facts.state}` : `has ${count}${named}`
    return toErrorValue(
      new SeeklineError('kafka.group-live', `${group} ${what}.`, {
        hint: `Stop ${members.length === 1 ? 'it' : 'them'} and plan again; the broker refuses positions from others while members live.`,
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
