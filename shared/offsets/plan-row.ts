import type { LogBounds, Position } from '../model/positions.ts'
import { partitionKey } from '../model/positions.ts'
import type { PlanRow, Target } from '../contract/offsets.ts'

/** Everything that was read about one partition before planning; arithmetic stays apart from fetching. */
export interface SeenPartition {
  topic: string
  topicId: string | null
  partition: number
  before: Position | null
  bounds: LogBounds | null
  /** For a timestamp target: the first offset at or after it, null when there is none. */
  atTimestamp?: bigint | null
  /** Why this partition cannot be planned: a sentence. */
  problem?: string
}

/** Plans one partition. Pure: the same things seen give the same row, which is what apply relies on. */
export function planRow(target: Target, seen: SeenPartition): PlanRow {
  const refuse = (note: string): PlanRow => ({ ...base(seen), after: seen.before, status: 'refused', note })
  if (seen.problem !== undefined) return refuse(seen.problem)
  if (target.to === 'restore') return restoreRow(target, seen)
  if (seen.bounds === null) return refuse('The log’s bounds could not be read.')

  const wanted = wantedOffset(target, seen, seen.bounds)
  if (typeof wanted === 'string') return refuse(wanted)
  if (wanted === null) return { ...base(seen), after: seen.before, status: 'same', note: null }

  const offset = clamp(wanted, seen.bounds)
  const clampedFrom = offset === wanted ? null : wanted
  if (seen.before?.offset === offset) {
    return { ...base(seen), after: seen.before, status: 'same', clampedFrom, note: clampNote(clampedFrom, seen.bounds) }
  }
  return {
    ...base(seen),
    // Metadata and epoch described the old position, so they do not travel; the undo restores them.
    after: { offset, metadata: '', leaderEpoch: -1 },
    status: 'change',
    clampedFrom,
    ...skipsAndRepeats(seen.before, offset, seen.bounds),
    note: clampNote(clampedFrom, seen.bounds) ?? beforeNote(seen.before, seen.bounds),
  }
}

/** Where the offset has to be moved to lie in the log; the high watermark itself is a valid position. */
export function clamp(offset: bigint, bounds: LogBounds): bigint {
  if (offset < bounds.logStart) return bounds.logStart
  if (offset > bounds.highWatermark) return bounds.highWatermark
  return offset
}

/**
 * What a move costs, in offsets. Only what lies in the log counts: a position before the log start could not have
 * read the deleted part anyway, and one past the end has read no more than there is.
 */
export function skipsAndRepeats(
  before: Position | null,
  after: bigint,
  bounds: LogBounds,
): { skips: bigint; repeats: bigint } {
  if (before === null) return { skips: 0n, repeats: 0n }
  const from = clamp(before.offset, bounds)
  const to = clamp(after, bounds)
  return to >= from ? { skips: to - from, repeats: 0n } : { skips: 0n, repeats: from - to }
}

function base(seen: SeenPartition) {
  const { topic, topicId, partition, before, bounds } = seen
  return { topic, topicId, partition, before, bounds, clampedFrom: null, skips: 0n, repeats: 0n }
}

/** The offset asked for, null for "leave as it is", or a sentence that refuses. */
function wantedOffset(target: Exclude<Target, { to: 'restore' }>, seen: SeenPartition, bounds: LogBounds) {
  switch (target.to) {
    case 'earliest':
      return bounds.logStart
    case 'latest':
      return bounds.highWatermark
    case 'offset':
      return target.offset < 0n ? 'An offset is never negative.' : target.offset
    case 'offsets': {
      const key = partitionKey(seen.topic, seen.partition)
      const named = target.offsets.find((at) => partitionKey(at.topic, at.partition) === key)
      if (named === undefined) return null
      return named.offset < 0n ? 'An offset is never negative.' : named.offset
    }
    case 'timestamp':
      return seen.atTimestamp ?? 'No record is that new or newer.'
    case 'shift':
      if (seen.before === null) return 'There is no position to shift from.'
      return seen.before.offset + target.by
  }
}

function restoreRow(target: Extract<Target, { to: 'restore' }>, seen: SeenPartition): PlanRow {
  const key = partitionKey(seen.topic, seen.partition)
  const wanted = target.positions.find((at) => partitionKey(at.topic, at.partition) === key)
  if (wanted === undefined) return { ...base(seen), after: seen.before, status: 'same', note: null }
  if (wanted.topicId !== null && seen.topicId !== wanted.topicId) {
    const note = `${seen.topic} was deleted and created again since; the old position means nothing in it.`
    return { ...base(seen), after: seen.before, status: 'refused', note }
  }
  const after = wanted.position
  if (samePosition(seen.before, after)) return { ...base(seen), after: seen.before, status: 'same', note: null }
  const cost = after === null || seen.bounds === null ? {} : skipsAndRepeats(seen.before, after.offset, seen.bounds)
  const note =
    after === null
      ? 'The position is removed; the client’s auto.offset.reset decides again.'
      : beforeNote(after, seen.bounds)
  return { ...base(seen), after, status: 'change', ...cost, note }
}

/** Equal in offset, metadata and leader epoch: the comparison that apply makes, too. */
export function samePosition(a: Position | null, b: Position | null): boolean {
  if (a === null || b === null) return a === b
  return a.offset === b.offset && a.metadata === b.metadata && a.leaderEpoch === b.leaderEpoch
}

function clampNote(clampedFrom: bigint | null, bounds: LogBounds): string | null {
  if (clampedFrom === null) return null
  return clampedFrom < bounds.logStart
    ? `Clamped: the log starts at ${bounds.logStart}.`
    : `Clamped: the log ends at ${bounds.highWatermark}.`
}

function beforeNote(position: Position | null, bounds: LogBounds | null): string | null {
  if (position === null) return 'No position so far; until now auto.offset.reset decided.'
  if (bounds === null) return null
  if (position.offset < bounds.logStart) return `Position ${position.offset} is before the log start.`
  if (position.offset > bounds.highWatermark) return `Position ${position.offset} is past the end.`
  return null
}
