import type { CommitPoint, SearchedCommits } from '../model/commit-history.ts'
import type { NotThen } from '../model/place.ts'
import { keyOf, type TopicPartition } from '../model/topic-partition.ts'

export type PositionThen = { point: CommitPoint } | { missing: NotThen }

/**
 * A group's positions at a moment, according to the known commits. Of two commits for a partition a coordinator keeps the one
 * further on in the log, even if a transaction with an earlier commit ends later; so of all commits that had taken effect by
 * then, the last one in the log is the position.
 */
export function positionsAt(points: Iterable<CommitPoint>, moment: bigint): Map<string, CommitPoint> {
  const found = new Map<string, CommitPoint>()
  for (const point of points) {
    if (point.since > moment) continue
    const key = keyOf(point)
    const known = found.get(key)
    if (known === undefined || known.offset < point.offset) found.set(key, point)
  }
  return found
}

/** The same for one partition, with the reason if it had none, or if it is not known. */
export function positionThen(
  at: TopicPartition,
  then: ReadonlyMap<string, CommitPoint>,
  searched: Pick<SearchedCommits, 'from' | 'logStart' | 'wholeFrom'>,
): PositionThen {
  const point = then.get(keyOf(at))
  if (point?.position === null) return { missing: 'removed' }
  if (point !== undefined) return { point }
  if (searched.from > searched.logStart) return { missing: 'not-searched' }
  // Compaction removes a commit once there is a newer one, which may be newer than the moment asked about.
  const isWhole = searched.logStart === 0n && searched.wholeFrom <= searched.from
  return { missing: isWhole ? 'none' : 'gone' }
}

/** Commits from several searches without duplicates, oldest first. */
export function inLogOrder(points: Iterable<CommitPoint>): CommitPoint[] {
  const byOffset = new Map<bigint, CommitPoint>()
  for (const point of points) byOffset.set(point.offset, point)
  return [...byOffset.values()].sort((a, b) => (a.offset < b.offset ? -1 : 1))
}
