import type { Direction, PlanRow, Target } from '../contract/offsets.ts'
import type { FoundPlace, IfNone, Missing, Place } from '../model/place.ts'
import { type Position } from '../model/positions.ts'
import { keyOf, type TopicPartition } from '../model/topic-partition.ts'
import { type LogBounds } from '../model/log-bounds.ts'
import { positionWords, type PositionWords } from './position-words.ts'
import { ifNonePolicies, noPositionSentence, offsetOr } from './missing-place.ts'

/** Everything that was read about one partition before planning; the arithmetic is separate from reading. */
export interface SeenPartition extends TopicPartition {
  topicId: string | null
  before: Position | null
  bounds: LogBounds | null
  /** The offset of the place that the position goes to; absent if the log's bounds give it, and for a restore. */
  found?: FoundPlace
  /** Why this partition cannot be planned: a sentence. */
  problem?: string
}

/** What a row depends on, beside what was read. */
export interface PlanRules {
  target: Target
  ifNone?: IfNone | undefined
  only?: Direction | undefined
  /** The words for positions in notes; left out: those for committed positions. */
  words?: PositionWords | undefined
}

/** Plans partitions one by one. A pure function: the same input gives the same row, which apply relies on. */
export function rowPlanner({
  target,
  ifNone,
  only,
  words = positionWords('unknown'),
}: PlanRules): (seen: SeenPartition) => PlanRow {
  // oxfmt-ignore
  const plan = target.at === 'restore' ? restorer(target, words) : mover(target, ifNone, words)
  return (seen) => (seen.problem === undefined ? oneWay(plan(seen), only) : refused(seen, seen.problem))
}

/** The direction of a change; null for one that sets or removes a position instead of moving it. */
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

function mover(place: Place, ifNone: IfNone | undefined, words: PositionWords): (seen: SeenPartition) => PlanRow {
  // A shift back below 0 is clamped like any other place; an explicit number below 0 is a mistake.
  const isAnchor = place.at === 'offsets' && place.offsets.some((at) => at.topicId !== undefined)
  const isGiven = place.at === 'offset' || place.at === 'offsets'
  return (seen) => {
    const { bounds, found } = seen
    if (bounds === null || found === undefined) return refused(seen, 'The log’s bounds could not be read.')
    const wanted = offsetOr(found, ifNone, ifNonePolicies.plan, bounds)
    if (!('offset' in wanted)) {
      return wanted.missing.why === 'not-named'
        ? { ...same(seen), note: isAnchor ? NOT_ANCHORED : null }
        : refused(seen, missingNote(wanted.missing))
    }
    if (isGiven && wanted.offset < 0n) return refused(seen, 'An offset is never negative.')
    const row = moveRow(wanted.offset, seen, bounds, words)
    if (wanted.instead === undefined || !('missing' in found)) return row
    const note = `${missingNote(found.missing).slice(0, -1)}: ${INSTEAD[wanted.instead]}`
    return { ...row, note: row.note === null ? note : `${note} ${row.note}` }
  }
}

function moveRow(wanted: bigint, seen: SeenPartition, bounds: LogBounds, words: PositionWords): PlanRow {
  const offset = clamp(wanted, bounds)
  const clampedFrom = offset === wanted ? null : wanted
  if (seen.before?.offset === offset) return { ...same(seen), clampedFrom, note: clampNote(clampedFrom, bounds) }
  return {
    ...base(seen),
    // Metadata and leader epoch described the old position, so they are not kept; an undo restores them.
    after: { offset, metadata: '', leaderEpoch: -1 },
    status: 'change',
    clampedFrom,
    ...skipsAndRepeats(seen.before, offset, bounds),
    note: clampNote(clampedFrom, bounds) ?? beforeNote(seen.before, bounds, words),
  }
}

/** The nearest valid offset in the log; the high watermark itself is valid. */
export function clamp(offset: bigint, bounds: LogBounds): bigint {
  if (offset < bounds.logStart) return bounds.logStart
  if (offset > bounds.highWatermark) return bounds.highWatermark
  return offset
}

/**
 * How many offsets a move skips or repeats. Only offsets in the log count: a position before the log start could not have read
 * the deleted part anyway, and one past the end has read no more than there is.
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

const INSTEAD = {
  refuse: 'it is left out.',
  start: 'it goes to the log start.',
  end: 'it goes to the end, as with Kafka’s own tool, and reads only what is written from now on.',
} as const

const NOT_ANCHORED = 'The anchor has no offset for this partition, so it stays.'

function missingNote(missing: Missing): string {
  switch (missing.why) {
    case 'none-that-new':
      return 'No record is that new or newer.'
    case 'no-position':
      return noPositionSentence(missing)
    case 'not-named':
      return 'No offset was given.'
    case 'topic-anew':
      return 'The topic was deleted and created again since that offset was noted.'
    case 'failed':
      return missing.error.message
  }
}

function restorer(target: Extract<Target, { at: 'restore' }>, words: PositionWords): (seen: SeenPartition) => PlanRow {
  const positions = byPartition(target.positions)
  return (seen) => {
    const wanted = positions.get(keyOf(seen))
    if (wanted === undefined) return same(seen)
    if (wanted.topicId !== null && seen.topicId !== wanted.topicId) {
      return refused(
        seen,
        `${seen.topic} was deleted and created again since; the old ${words.one} means nothing in it.`,
      )
    }
    const after = wanted.position
    if (samePosition(seen.before, after)) return same(seen)
    if (
      target.inLog === true &&
      after !== null &&
      seen.bounds !== null &&
      clamp(after.offset, seen.bounds) !== after.offset
    ) {
      const { logStart, highWatermark } = seen.bounds
      return refused(seen, `Offset ${after.offset} is not in the log, which goes from ${logStart} to ${highWatermark}.`)
    }
    const cost = after === null || seen.bounds === null ? {} : skipsAndRepeats(seen.before, after.offset, seen.bounds)
    const note =
      after === null
        ? `The ${words.one} is removed; ${words.reset} decides again.`
        : beforeNote(after, seen.bounds, words)
    return { ...base(seen), after, status: 'change', ...cost, note }
  }
}

/** Equal in offset, metadata and leader epoch: apply compares in the same way. */
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

function beforeNote(position: Position | null, bounds: LogBounds | null, words: PositionWords): string | null {
  if (position === null) return `No ${words.one} so far; until now ${words.reset.split(' ').at(-1)} decided.`
  if (bounds === null) return null
  if (position.offset < bounds.logStart) return `${capital(words.one)} ${position.offset} is before the log start.`
  if (position.offset > bounds.highWatermark) return `${capital(words.one)} ${position.offset} is past the end.`
  return null
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
