import type { GroupDetail, GroupPosition } from '#shared/contract/groups.ts'
import { formatGrouped } from '../../ui/format.ts'

/** How long a position may stay the same while somebody reads: a poll, a batch, a rebalance. */
const STILL_MS = 60_000n

export interface StuckFacts {
  group: string
  at: GroupPosition
  /** The client that reads the partition now; null: none. */
  client: string | null
  /** Since when the position is known to be the same, ms since 1970; null: there is at most one reading. */
  still: bigint | null
  now: bigint
}

/** The client id of the partition's member. */
export function memberOf({ members }: GroupDetail, { memberId }: GroupPosition): string | null {
  return members?.find((one) => one.memberId === memberId)?.clientId ?? null
}

/** Whether the group is stuck here, and what is known about it, as text. */
export function stuckWords({ group, at, client, still, now }: StuckFacts) {
  const { topic, partition, position, lag } = at
  const head = `${group} stands at ${formatGrouped(position?.offset ?? 0n)} of ${topic}[${partition}].`
  const stillMs = still === null ? 0n : now - still
  const stood = still === null || stillMs < 1_000n ? '' : `It has stood there for ${stillWords(stillMs)} at least. `
  const reads = client === null ? 'No member reads the partition now.' : `${client} reads it.`
  const isStill = stillMs >= STILL_MS
  if (lag === 0n) return { head, rest: `It has read everything. ${reads}`, tone: 'ok' as const, badge: 'caught up' }
  if (client === null) return { head, rest: `${stood}${reads}`, tone: 'warn' as const, badge: 'nobody reads' }
  return isStill
    ? { head, rest: `${stood}${reads}`, tone: 'bad' as const, badge: 'stuck' }
    : { head, rest: `${stood}${reads}`, tone: 'warn' as const, badge: still === null ? 'looking' : 'not moving yet' }
}

function stillWords(ms: bigint): string {
  const seconds = ms / 1_000n
  if (seconds < 120n) return `${seconds} s`
  const minutes = seconds / 60n
  return minutes < 120n ? `${minutes} min` : `${minutes / 60n} h`
}
