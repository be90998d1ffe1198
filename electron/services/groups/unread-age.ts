import type { UnreadAge } from '#shared/contract/lag.ts'
import type { NextForGroup } from '#shared/contract/offsets.ts'

/** The age of the record that is read next, as `offsets.peek` found it. */
export function ageOf(next: NextForGroup, readAt: bigint): UnreadAge {
  if (next.kind === 'failed') return { kind: 'unknown', why: next.error.message, error: next.error }
  if (next.kind === 'none') {
    if (next.why === 'at-end' || next.why === 'nothing-visible') return { kind: 'nothing' }
    return { kind: 'unknown', why: next.message }
  }
  const { offset, timestamp, timestampType } = next
  // A producer's clock may be ahead of ours.
  const ageMs = timestamp < 0n ? null : timestamp > readAt ? 0n : readAt - timestamp
  return { kind: 'record', offset, timestamp, timestampType, ageMs }
}
