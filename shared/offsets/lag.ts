import type { GroupPosition } from '../contract/groups.ts'
import type { Position } from '../model/positions.ts'
import type { LogBounds } from '../model/log-bounds.ts'

/** Offsets left up to the last stable offset: the lag of a `read_committed` consumer. null: not known. */
export function stableLagOf(position: Position | null, bounds: LogBounds | null): bigint | null {
  if (position === null || bounds === null) return null
  if (position.offset < bounds.logStart || position.offset > bounds.highWatermark) return null
  return position.offset > bounds.lastStable ? 0n : bounds.lastStable - position.offset
}

/** How a position relates to its log, and its lag: the offsets left up to the high watermark. */
export function standingOf(
  position: Position | null,
  bounds: Pick<LogBounds, 'logStart' | 'highWatermark'> | null,
  topicExists: boolean,
): Pick<GroupPosition, 'standing' | 'lag'> {
  if (!topicExists) return { standing: 'topic-gone', lag: null }
  if (position === null) return { standing: 'none', lag: null }
  if (bounds === null) return { standing: 'unknown', lag: null }
  if (position.offset < bounds.logStart) return { standing: 'before-log-start', lag: null }
  if (position.offset > bounds.highWatermark) return { standing: 'past-end', lag: null }
  const lag = bounds.highWatermark - position.offset
  return { standing: lag === 0n ? 'at-end' : 'in-range', lag }
}
