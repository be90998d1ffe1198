import type { GroupPosition } from '#shared/contract/groups.ts'
import type { CommitPoint, CommitSource } from '#shared/model/commit-history.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { positionsAt } from '#shared/offsets/positions-then.ts'
import type { EdgesLook, SamplesModel } from './samples-model.ts'

/**
 * The source of a position: a record of `__consumer_offsets`, a reading of this app, or the fact that there is no later record.
 */
export type TimelineSource = CommitSource | 'look' | 'unmoved'

export const sourceWords: Readonly<Record<TimelineSource, string>> = {
  commit: 'commit',
  'transactional commit': 'transactional commit',
  tombstone: 'expired or deleted',
  look: 'seen by this app',
  unmoved: 'no commit since',
}

/** One time of the chart; null: not known at that time, or no position. */
export interface TimelineRow extends EdgesLook {
  readonly source: TimelineSource
}

/** The position of one partition at a time, and its source. */
export interface StoodAt {
  /** null: it had no position. */
  readonly offset: bigint | null
  /** null: before everything that was read. */
  readonly at: bigint | null
  readonly source: TimelineSource
}

type Standing = Pick<GroupPosition, 'topic' | 'partition' | 'position'>

/**
 * Readings and commits combined, oldest first: of one partition or, if `key` is undefined, of all that have a position, added
 * up. `points` are in the order of the log, `standing` has the current positions: a partition without a commit among the points
 * had its current position all the time, since compaction never deletes a partition's newest commit.
 */
export function timelineOf(
  key: string | undefined,
  looks: readonly EdgesLook[],
  points: readonly CommitPoint[],
  standing: readonly Standing[],
): TimelineRow[] {
  const rows: TimelineRow[] = looks.map((look) => ({ ...look, source: 'look' }))
  const committed = key === undefined ? sumsOf(points, standing) : ofPartition(key, points)
  for (const { at, offset, source } of committed) {
    rows.push({ at, position: offset, logStart: null, highWatermark: null, lag: null, source })
  }
  return rows.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
}

type Committed = StoodAt & { at: bigint }

function ofPartition(key: string, points: readonly CommitPoint[]): Committed[] {
  const mine = points.filter((point) => keyOf(point) === key)
  return inTime(mine).map(stoodAt)
}

/** The sum after each time at which something was committed, once it is known of all partitions. */
function sumsOf(points: readonly CommitPoint[], standing: readonly Standing[]): Committed[] {
  const told = new Set(points.map((point) => keyOf(point)))
  const stands = new Map<string, bigint>()
  let sum = 0n
  /** Partitions that have a position now and whose position at the time is not known yet. */
  const open = new Set<string>()
  for (const at of standing) {
    if (at.position === null) continue
    if (told.has(keyOf(at))) open.add(keyOf(at))
    else {
      stands.set(keyOf(at), at.position.offset)
      sum += at.position.offset
    }
  }
  const sums: Committed[] = []
  for (const point of inTime(points)) {
    const key = keyOf(point)
    sum += (point.position?.offset ?? 0n) - (stands.get(key) ?? 0n)
    stands.set(key, point.position?.offset ?? 0n)
    open.delete(key)
    if (open.size > 0) continue
    const row = { offset: sum, at: point.since, source: point.source }
    // Of the points that one commit has for many partitions, the last has the complete sum.
    if (sums.at(-1)?.at === row.at) sums[sums.length - 1] = row
    else sums.push(row)
  }
  return sums
}

/**
 * Sorted by the time at which they became visible; the sort is stable, so points of the same time stay in the order of the log.
 */
const inTime = (points: readonly CommitPoint[]): CommitPoint[] =>
  points.toSorted((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0))

const stoodAt = ({ position, since, source }: CommitPoint): Committed => ({
  offset: position?.offset ?? null,
  at: since,
  source,
})

/** The position of each partition at a time (ms since 1970), by the last value known until then. */
export function vectorAt(
  moment: bigint,
  standing: readonly Standing[],
  samples: Pick<SamplesModel, 'lookAt'>,
  points: readonly CommitPoint[],
): Map<string, StoodAt> {
  const committed = positionsAt(points, moment)
  const told = new Set(points.map((point) => keyOf(point)))
  const isRead = points.some(({ since }) => since <= moment)
  const found = new Map<string, StoodAt>()
  for (const at of standing) {
    const key = keyOf(at)
    const [point, look] = [committed.get(key), samples.lookAt(key, moment)]
    if (look !== undefined && (point === undefined || look.at >= point.since)) {
      found.set(key, { offset: look.position, at: look.at, source: 'look' })
    } else if (point !== undefined) found.set(key, stoodAt(point))
    else if (isRead && at.position !== null && !told.has(key)) {
      found.set(key, { offset: at.position.offset, at: null, source: 'unmoved' })
    }
  }
  return found
}
