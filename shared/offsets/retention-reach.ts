import type { RetentionReach, UnreadAge } from '../contract/lag.ts'
import type { RetentionOutlook } from '../contract/meaning.ts'
import type { LogBounds } from '../model/log-bounds.ts'

/**
 * When retention by time reaches a record: its timestamp plus `retention.ms`. This is the earliest moment, because a segment is
 * deleted as a whole, once its newest record is that old. null: nothing is deleted by time.
 */
export function retentionReach(timestamp: bigint, retentionMs: bigint | null): RetentionReach {
  if (retentionMs === null) return { kind: 'never' }
  if (timestamp < 0n) return { kind: 'unknown', why: 'The next unread record has no timestamp.' }
  return { kind: 'at', at: timestamp + retentionMs, retentionMs }
}

/** The retention limits of a topic; null: no limit of that kind. */
export interface TopicRetention {
  /** `retention.ms` and `retention.bytes`; the latter applies to each partition. */
  readonly ms: bigint | null
  readonly bytes: bigint | null
  readonly segmentMs: bigint | null
  readonly compacts: boolean
}

/** The position in its log, for retention by size. */
export interface LogSize {
  readonly offset: bigint
  readonly bounds: LogBounds
  /** Bytes of the log on its leader's disk. */
  readonly bytes: bigint
}

/**
 * When retention by time or by size reaches the record read next, whichever is earlier. By size it is an estimate: it assumes
 * that the log grows as it has since that record, and that its bytes are spread evenly over its offsets. null: its size is not
 * known.
 */
export function retentionOutlook(
  age: UnreadAge,
  retention: TopicRetention,
  readAt: bigint,
  size: LogSize | null,
): RetentionOutlook {
  const { ms, bytes, segmentMs, compacts } = retention
  if (age.kind === 'unknown') return { kind: 'unknown', why: age.why }
  if (age.kind === 'nothing' || (ms === null && bytes === null)) return { kind: 'never', compacts }
  const byTime = retentionReach(age.timestamp, ms)
  if (byTime.kind === 'unknown') return byTime
  const bySize = bytes === null || size === null ? null : sizeReach(age.timestamp, readAt, bytes, size)
  if (byTime.kind === 'at' && (bySize === null || byTime.at <= bySize)) {
    return { kind: 'at', at: byTime.at, by: 'time', limit: byTime.retentionMs, segmentMs, compacts }
  }
  if (bytes !== null && bySize !== null)
    return { kind: 'at', at: bySize, by: 'size', limit: bytes, segmentMs, compacts }
  return {
    kind: 'unknown',
    why: 'The topic deletes by size, and the size of its log or how fast it grows is not known.',
  }
}

/** Reached once as many bytes as the topic keeps were written after that record. */
function sizeReach(
  timestamp: bigint,
  readAt: bigint,
  keeps: bigint,
  { offset, bounds, bytes }: LogSize,
): bigint | null {
  const { logStart, highWatermark } = bounds
  const span = highWatermark - logStart
  if (timestamp < 0n || readAt <= timestamp || span <= 0n || offset >= highWatermark) return null
  const since = (bytes * (highWatermark - (offset > logStart ? offset : logStart))) / span
  return since <= 0n ? null : timestamp + ((readAt - timestamp) * keeps) / since
}
