import type { Position } from '#shared/model/positions.ts'
import { samePosition } from '#shared/offsets/plan-row.ts'
import type { CommitRecord } from '../../kafka/offsets-topic.ts'

/** Ends of the group's partition of the offsets topic right before our commit was sent and right after it was answered. */
export interface OwnWindow {
  from: bigint | null
  to: bigint | null
}

/**
 * What the order of commits says about ours. `overwrote`: the position when ours arrived, if it was neither what the plan saw
 * nor what we wrote. `last`: the position of the last commit after ours; undefined: none came after it.
 */
export interface RaceFacts {
  overwrote: Position | null | undefined
  last: Position | null | undefined
}

/**
 * Judges by order alone: the commits of one partition since our reading, in the order of the offsets topic. Ours is the one
 * with our value inside the window; another with the same value may be before or after it. null: it cannot be told which one is
 * ours, and it would make a difference.
 */
export function judgeRace(
  commits: readonly CommitRecord[],
  before: Position | null,
  after: Position | null,
  window: OwnWindow,
): RaceFacts | null {
  const isInside = ({ offset }: CommitRecord) =>
    (window.from === null || offset >= window.from) && (window.to === null || offset < window.to)
  const candidates = commits.flatMap((one, i) => (isInside(one) && samePosition(one.position, after) ? [i] : []))
  const first = candidates[0]
  const last = candidates.at(-1)
  if (first === undefined || last === undefined) return null
  const early = around(commits, first, before, after)
  if (first === last) return early
  const late = around(commits, last, before, after)
  return sameMaybe(early.overwrote, late.overwrote) && sameMaybe(early.last, late.last) ? late : null
}

function around(
  commits: readonly CommitRecord[],
  ours: number,
  before: Position | null,
  after: Position | null,
): RaceFacts {
  const stood = commits[ours - 1]
  const isLost = stood !== undefined && !samePosition(stood.position, before) && !samePosition(stood.position, after)
  const later = commits.slice(ours + 1)
  return { overwrote: isLost ? stood.position : undefined, last: later.at(-1)?.position }
}

function sameMaybe(a: Position | null | undefined, b: Position | null | undefined): boolean {
  return a === undefined || b === undefined ? a === b : samePosition(a, b)
}
