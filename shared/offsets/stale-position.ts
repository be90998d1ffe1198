import type { StaleReason } from '../contract/cleaning.ts'
import type { Position } from '../model/positions.ts'
import type { LogBounds } from '../model/log-bounds.ts'
import { standingOf } from './lag.ts'

/** What is known about a position of a group without members. */
export interface KnownPosition {
  position: Position
  edges: Pick<LogBounds, 'logStart' | 'highWatermark'> | null
  topic: 'there' | 'gone' | 'fewer-partitions'
  /** ms since 1970; null: not known. */
  committedAt: bigint | null
  /** The topic's retention time, ms; null: unlimited, or not known. */
  retentionMs: bigint | null
  /** The group had neither a member nor a commit for long enough. */
  isQuiet: boolean
  now: bigint
}

/** Why a position is no longer of use; empty: it still is. Lag is no reason, however large. */
export function staleReasons(known: KnownPosition): StaleReason[] {
  const { position, edges, topic, committedAt, retentionMs, isQuiet, now } = known
  const reasons: StaleReason[] = []
  if (topic === 'gone') reasons.push('topic-deleted')
  else if (topic === 'fewer-partitions') reasons.push('no-partition')
  else {
    const { standing } = standingOf(position, edges, true)
    if (standing === 'before-log-start' || standing === 'past-end') reasons.push(standing)
    if (committedAt !== null && retentionMs !== null && committedAt + retentionMs < now)
      reasons.push('older-than-retention')
  }
  if (isQuiet) reasons.push('quiet')
  return reasons
}
