import type { RetentionReach } from '../contract/lag.ts'

/**
 * When deletion by time reaches a record: its timestamp and `retention.ms`. The earliest moment, for a segment goes as a whole,
 * once its newest record is that old, and never the segment that is written to. null: nothing is deleted by time.
 */
export function retentionReach(timestamp: bigint, retentionMs: bigint | null): RetentionReach {
  if (retentionMs === null) return { kind: 'never' }
  if (timestamp < 0n) return { kind: 'unknown', why: 'The next unread record has no timestamp.' }
  return { kind: 'at', at: timestamp + retentionMs, retentionMs }
}
