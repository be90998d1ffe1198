import type { ReplayPlanRow } from '../contract/replay.ts'
import type { Missing, Range } from '../model/place.ts'
import type { PlaceOffset } from '../offsets/missing-place.ts'
import type { LogBounds } from '../model/log-bounds.ts'

/** Offsets [from, to) of one partition. */
export interface Span {
  from: bigint
  to: bigint
}

export type ResolvedRow = Pick<ReplayPlanRow, 'partition' | 'from' | 'to' | 'offsets' | 'openLeftOut' | 'outside'>

/** The offsets of both ends of a range of places in one partition. */
export type PlaceEnds = (partition: number, log: LogBounds) => { from: PlaceOffset; to: PlaceOffset }

/** The partitions a range names, or all partitions. */
export function partitionsOf(range: Range, existing: readonly number[]): number[] {
  if (range.by === 'offsets') return unique(range.ranges.map((one) => one.partition))
  if (range.by === 'records') return unique(range.records.map((one) => one.partition))
  return range.partitions === undefined ? [...existing] : unique(range.partitions)
}

/**
 * Resolves a range into rows against the current log. A row ends at the last stable offset at most: records beyond it may still
 * be aborted and are counted as left out. Overlapping ranges of a partition are joined, so that nothing is copied twice. A
 * partition without one of the places is reported in `missing`.
 */
export function resolveRange(
  range: Range,
  bounds: ReadonlyMap<number, LogBounds>,
  ends: PlaceEnds,
): { rows: ResolvedRow[]; missing: { partition: number; missing: Missing }[] } {
  const rows: ResolvedRow[] = []
  const missing: { partition: number; missing: Missing }[] = []
  for (const [partition, log] of [...bounds].sort(([a], [b]) => a - b)) {
    const spans = spansOf(range, partition, log, ends)
    if ('why' in spans) missing.push({ partition, missing: spans })
    else for (const span of mergeSpans(spans)) rows.push(clip(partition, span, log))
  }
  return { rows, missing }
}

/** Sorted, and joined where they touch or overlap; empty ones are dropped. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: Span[] = []
  const sorted = spans.filter((s) => s.to > s.from).sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
  for (const span of sorted) {
    const last = merged.at(-1)
    if (last !== undefined && span.from <= last.to) {
      if (span.to > last.to) last.to = span.to
    } else merged.push({ ...span })
  }
  return merged
}

/** How many offsets [from, to) and [low, high) have in common. */
export function overlap(from: bigint, to: bigint, low: bigint, high: bigint): bigint {
  const start = from > low ? from : low
  const end = to < high ? to : high
  return end > start ? end - start : 0n
}

function spansOf(range: Range, partition: number, log: LogBounds, ends: PlaceEnds): Span[] | Missing {
  const { logStart, lastStable, highWatermark } = log
  switch (range.by) {
    case 'places': {
      const { from, to } = ends(partition, log)
      if (!('offset' in from)) return from.missing
      if (!('offset' in to)) return to.missing
      return [{ from: from.offset, to: to.offset }]
    }
    case 'newest': {
      const first = lastStable - range.count
      return [{ from: first > logStart ? first : logStart, to: highWatermark }]
    }
    case 'offsets':
      return range.ranges
        .filter((one) => one.partition === partition)
        .map(({ from, to }) => ({ from, to: to ?? (from > highWatermark ? from : highWatermark) }))
    case 'records':
      return range.records
        .filter((one) => one.partition === partition)
        .map(({ offset }) => ({ from: offset, to: offset + 1n }))
  }
}

function clip(partition: number, { from, to }: Span, log: LogBounds): ResolvedRow {
  const { logStart, lastStable, highWatermark } = log
  const inside = overlap(from, to, logStart, highWatermark)
  const open = overlap(from, to, lastStable > logStart ? lastStable : logStart, highWatermark)
  const offsets = inside - open
  const start = from > logStart ? from : logStart
  const first = offsets === 0n ? (start < lastStable ? start : lastStable) : start
  return { partition, from: first, to: first + offsets, offsets, openLeftOut: open, outside: to - from - inside }
}

function unique(partitions: readonly number[]): number[] {
  return [...new Set(partitions)].sort((a, b) => a - b)
}
