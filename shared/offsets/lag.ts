import type { GroupPosition } from '../contract/groups.ts'
import type { Position } from '../model/positions.ts'
import type { LogBounds } from '../model/log-bounds.ts'

/** Where a position stands against its log, and the lag that follows: offsets left, up to the high watermark. */
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
