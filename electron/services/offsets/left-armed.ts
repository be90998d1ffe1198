import { hostname } from 'node:os'
import type { ArmedState } from '#shared/contract/armed.ts'
import type { JournalEntry } from '#shared/contract/journal.ts'
import type { ArmedRecord } from '../../storage/armed-plans.ts'
import { hasEnded } from '../../storage/lock.ts'

export interface ArmedJournal {
  list(query: {
    limit: number
    kind: 'positions'
    group: string
    clusterId?: string
  }): Promise<{ items: JournalEntry[] }>
}

/** How many of the group's newest entries are searched: a plan is armed for at most a day. */
const NEWEST = 200

/**
 * How a plan ended whose app ended before it: from the journal, which has its entry before anything is written. null: its app
 * may still be watching.
 */
export async function leftBehind(record: ArmedRecord, journal: ArmedJournal): Promise<ArmedState | null> {
  if (isAlive(record)) return null
  const { clusterId, group } = record.plan
  const at = BigInt(Date.now())
  const cluster = clusterId === null ? {} : { clusterId }
  const { items } = await journal.list({ limit: NEWEST, kind: 'positions', group, ...cluster })
  const entry = items.find((one) => one.kind === 'positions' && one.armed?.id === record.id)
  const interrupted = { is: 'ended' as const, how: 'interrupted' as const, at }
  if (entry === undefined) {
    const message = `Seekline ended while this was armed. It was not applied, and ${group} is no longer watched.`
    return { ...interrupted, message, hint: 'Arm it again if it is still wanted.', journalId: null }
  }
  const message = 'Seekline ended while this was being applied.'
  const hint = 'The journal has what became of it, or finds out when the cluster is connected.'
  return { ...interrupted, message, hint, journalId: entry.id }
}

/**
 * Processes on another computer cannot be checked here, and a process id may have been reused: until it expires, the plan
 * counts as alive.
 */
function isAlive({ owner, expiresAt }: ArmedRecord): boolean {
  if (Date.now() >= Number(expiresAt)) return false
  if (owner.host !== hostname()) return true
  return owner.pid !== process.pid && !hasEnded(owner.pid)
}
