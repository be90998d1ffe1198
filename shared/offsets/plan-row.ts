import { keyOf, type LogBounds, type Position, type TopicPartition } from '../model/positions.ts'
import type { Direction, PlanRow, Target } from '../contract/offsets.ts'

/** Everything that was read about one partition before planning; arithmetic stays apart from fetching. */
export interface SeenPartition extends TopicPartition {
  topicId: string | null
  before: Position | null
  bounds: LogBounds | null
  /** For a timestamp target: the first offset at or after it, null when there is none. */
  atTimestamp?: bigint | null
  /** Why this partition cannot be planned: a sentence. */
  problem?: string
}

/** Plans partitions one by one. Pure: the same things seen give the same row, which is what apply relies on. */
export function rowPlanner(target: Target, only?: Direction): (seen: SeenPartition) => PlanRow {
  const plan = target.to === 'restore' ? restorer(target) : mover(target)
  return (seen) => (seen.problem === undefined ? oneWay(plan(seen), only) : refused(seen, seen.problem))
}

/** Which way a change goes; null for one that does not move a position: it sets or removes one. */
export function directionOf({ status, before, after }: Pick<PlanRow, 'status' | 'before' | 'after'>): Direction | null {
  if (status !== 'change' || before === null || after === null || before.offset === after.offset) return null
  return after.offset < before.offset ? 'backward' : 'forward'
}

function oneWay(row: PlanRow, only: Direction | undefined): PlanRow {
  const direction = directionOf(row)
  if (only === undefined || row.status !== 'change' || direction === only) return row
  const why = direction === null ? 'it would not move a position' : `it would go ${direction}`
  const unmoved = { after: row.before, skips: 0n, repeats: 0n, clampedFrom: null }
  return { ...row, ...unmoved, status: 'left-out', note: `Left out: ${why}.` }
}

function mover(target: Exclude<Target, { to: 'restore' }>): (seen: SeenPartition) => PlanRow {
  const named = byPartition(target.to === 'offsets' ? target.offsets : [])
  return (seen) => {
    if (seen.bounds === null) return refused(seen, 'The log’s bounds could not be read.')
    const wanted = wantedOffset(target, named.get(keyOf(seen))?.offset, seen, seen.bounds)
    if (typeof wanted === 'string') return refused(seen, wanted)
    if (wanted === null) return same(seen)
    const row = moveRow(wanted, seen, seen.bounds)
    const isNone = target.to === 'timestamp' && seen.atTimestamp == null
    return isNone ? { ...row, note: row.note === null ? TO_THE_END : `${TO_THE_END} ${row.note}` } : row
  }
}

function moveRow(wanted: bigint, seen: SeenPartition, bounds: LogBounds): PlanRow {
  const offset = clamp(wanted, bounds)
  const clampedFrom = offset === wanted ? null : wanted
  if (seen.before?.offset === offset) return { ...same(seen), clampedFrom, note: clampNote(clampedFrom, bounds) }
  return {
    ...base(seen),
    // Metadata and epoch described the old position, so they do not travel; the undo restores them.
    after: { offset, metadata: '', leaderEpoch: -1 },
    status: 'change',
    clampedFrom,
    ...skipsAndRepeats(seen.before, offset, bounds),
    note: clampNote(clampedFrom, bounds) ?? beforeNote(seen.before, bounds),
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

const refused = (seen: SeenPartition, note: string): PlanRow => ({ ...same(seen), status: 'refused', note })

const same = (seen: SeenPartition): PlanRow => ({ ...base(seen), after: seen.before, status: 'same', note: null })

function byPartition<T extends TopicPartition>(list: readonly T[]): ReadonlyMap<string, T> {
  return new Map(list.map((at) => [keyOf(at), at]))
}

const NONE_THAT_NEW = 'No record is that new or newer.'
const TO_THE_END =
  'No record is that new or newer: it goes to the end, as with Kafka’s own tool, and reads only what is written from now on.'

/** The offset asked for (`named`: for this very partition), null for "leave as it is", or a sentence that refuses. */
function wantedOffset(
  target: Exclude<Target, { to: 'restore' }>,
  named: bigint | undefined,
  seen: SeenPartition,
  bounds: LogBounds,
): bigint | string | null {
  switch (target.to) {
    case 'earliest':
      return bounds.logStart
    case 'latest':
      return bounds.highWatermark
    case 'offset':
      return target.offset < 0n ? 'An offset is never negative.' : target.offset
    case 'offsets':
      if (named === undefined) return null
      return named < 0n ? 'An offset is never negative.' : named
    case 'timestamp':
      if (seen.atTimestamp != null) return seen.atTimestamp
      return target.ifNone === 'end' ? bounds.highWatermark : NONE_THAT_NEW
    case 'shift':
      if (seen.before === null) return 'There is no position to shift from.'
      return seen.before.offset + target.by
  }
}

function restorer(target: Extract<Target, { to: 'restore' }>): (seen: SeenPartition) => PlanRow {
  const positions = byPartition(target.positions)
  return (seen) => {
    const wanted = positions.get(keyOf(seen))
    if (wanted === undefined) return same(seen)
    if (wanted.topicId !== null && seen.topicId !== wanted.topicId) {
      return refused(seen, `${seen.topic} was deleted and created again since; the old position means nothing in it.`)
    }
    const after = wanted.position
    if (samePosition(seen.before, after)) return same(seen)
    const cost = after === null || seen.bounds === null ? {} : skipsAndRepeats(seen.before, after.offset, seen.bounds)
    const note =
      after === null
        ? 'The position is removed; the client’s auto.offset.reset decides again.'
        : beforeNote(after, seen.bounds)
    return { ...base(seen), after, status: 'change', ...cost, note }
  }
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
