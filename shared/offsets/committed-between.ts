import type { CommitPoint, SearchedCommits } from '../model/commit-history.ts'
import type { NotThen } from '../model/place.ts'
import { keyOf, type TopicPartition } from '../model/topic-partition.ts'
import { mergeSpans, overlap, type Span } from '../replay/ranges.ts'
import { positionsAt, positionThen } from './positions-then.ts'

/** What a group committed for one partition between two moments. */
export interface CommittedPart extends TopicPartition {
  /** [position at the first moment, position at the second), in pieces: a new pass begins where the position moved back. */
  passes: Span[][]
  /** Why its position at the first moment is not known; then nothing before its first commit after that is counted. */
  noStart: NotThen | null
  /** The position of its first commit after the first moment, if the one at that moment is not known. */
  firstSince: bigint | null
}

/**
 * Follows the commits of each partition in the order in which they took effect. A removed position says nothing about what was
 * read; the next commit starts a new pass.
 */
export function committedBetween(
  points: readonly CommitPoint[],
  searched: Pick<SearchedCommits, 'from' | 'logStart' | 'wholeFrom'>,
  partitions: readonly TopicPartition[],
  { from, to }: { from: bigint; to: bigint },
): CommittedPart[] {
  const then = positionsAt(points, from)
  const counting = points
    .filter(({ since }) => since > from && since <= to)
    .sort((a, b) => compare(a.since, b.since) || compare(a.offset, b.offset))
  const later = Map.groupBy(counting, (point) => keyOf(point))
  return partitions.map((at) => {
    const start = positionThen(at, then, searched)
    const mine = later.get(keyOf(at)) ?? []
    const first = 'point' in start ? start.point : undefined
    const part: CommittedPart = {
      topic: at.topic,
      partition: at.partition,
      passes: [[]],
      noStart: 'missing' in start ? start.missing : null,
      firstSince: null,
    }
    let last = first?.offset ?? -1n
    let position = first?.position?.offset ?? null
    for (const point of mine) {
      // A commit in a transaction that took effect after a later commit changes nothing.
      if (point.offset < last) continue
      last = point.offset
      const next = point.position === null || point.position.offset < 0n ? null : point.position.offset
      if (part.firstSince === null && first === undefined) part.firstSince = next
      if (position !== null && next !== null) {
        if (next < position) part.passes.push([])
        else if (next > position) part.passes.at(-1)?.push({ from: position, to: next })
      }
      position = next
    }
    part.passes = part.passes.map((pass) => mergeSpans(pass)).filter((pass) => pass.length > 0)
    return part
  })
}

/** For partitions without a known start: from their log start, or only what followed their first commit. */
export type MissingStart = 'log-start' | 'first-commit'

export interface PartitionSpan extends Span {
  partition: number
}

/** The ranges of one replay, each record once: of all passes together, or of one pass (numbered from 0). */
export function rangesOf(
  parts: readonly CommittedPart[],
  choice: { pass: number | null; start: MissingStart },
  logStart: (at: TopicPartition) => bigint | undefined,
): PartitionSpan[] {
  return parts.flatMap((part) => {
    const { partition, passes, noStart, firstSince } = part
    const chosen = choice.pass === null ? passes.flat() : [...(passes[choice.pass] ?? [])]
    const begin = logStart(part)
    const isFirst = choice.pass === null || choice.pass === 0
    if (isFirst && noStart !== null && choice.start === 'log-start' && firstSince !== null && begin !== undefined) {
      chosen.push({ from: begin, to: firstSince })
    }
    return mergeSpans(chosen).map((span) => ({ partition, ...span }))
  })
}

/** How many of these offsets are before the log start by now and can no longer be copied. */
export function lostOf(ranges: readonly PartitionSpan[], logStart: (partition: number) => bigint | undefined): bigint {
  return ranges.reduce((sum, { partition, from, to }) => sum + overlap(from, to, 0n, logStart(partition) ?? 0n), 0n)
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
