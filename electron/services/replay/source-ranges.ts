import type { ReplayPlanRow, ReplaySpec } from '#shared/contract/replay.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { Place } from '#shared/model/place.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { type LogBounds } from '#shared/model/log-bounds.ts'
import { ifNonePolicies, missingError, offsetOr } from '#shared/offsets/missing-place.ts'
import { overlap, partitionsOf, resolveRange, type PlaceEnds } from '#shared/replay/ranges.ts'
import { logDirs } from '../../kafka/log-dirs.ts'
import type { KafkaCluster, TopicInfo } from '../../kafka/cluster.ts'
import { logBounds } from '../../kafka/log-bounds.ts'
import { listOffsets, type FoundOffset, type OffsetAt } from '../../kafka/list-offsets.ts'
import type { HistoryAccess } from '../../kafka/commit-history.ts'
import { findPlace, type PlaceFinder } from '../../kafka/resolve-places.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import type { TimeCounts } from './target-concerns.ts'

export type SourceRow = Omit<ReplayPlanRow, 'targetPartition'>

export interface SourceFacts {
  bounds: Map<number, LogBounds>
  rows: SourceRow[]
}

/** The rows of a range against the current log; a partition that cannot be asked gets a row that says why. */
export async function readSource(
  access: HistoryAccess,
  topic: TopicInfo,
  { range, ifNone }: Pick<ReplaySpec, 'range' | 'ifNone'>,
  signal: AbortSignal,
): Promise<SourceFacts> {
  const { cluster } = access
  const existing = topic.partitions.map((one) => one.partition)
  const bad: SourceRow[] = []
  const refuse = (partition: number, error: ErrorValue) => bad.push({ ...emptyRow, partition, error })
  const known = partitionsOf(range, existing).flatMap((partition) => {
    if (existing.includes(partition)) return [{ topic: topic.name, partition }]
    const hint = `Its partitions are 0 to ${existing.length - 1}.`
    refuse(
      partition,
      toErrorValue(
        new SeeklineError('kafka.partition-unknown', `${topic.name} has no partition ${partition}.`, { hint }),
      ),
    )
    return []
  })
  const find = (place: Place | undefined): Promise<PlaceFinder> | null =>
    place === undefined ? null : findPlace(access, place, known, { signal })
  const places = range.by === 'places' ? range : undefined
  const [found, from, to] = await Promise.all([
    logBounds(cluster, known, { signal }),
    find(places?.from),
    find(places?.to),
  ])
  const bounds = new Map<number, LogBounds>()
  for (const at of known) {
    const outcome = found.get(keyOf(at))! // logBounds answers for every partition it is given
    if (outcome.ok) bounds.set(at.partition, outcome.value)
    else refuse(at.partition, toErrorValue(outcome.error))
  }
  const placed = (finder: PlaceFinder | null, partition: number, log: LogBounds) =>
    finder === null
      ? { offset: log.highWatermark }
      : offsetOr(finder({ topic: topic.name, partition }, log), ifNone, ifNonePolicies.replay, log)
  const ends: PlaceEnds = (partition, log) => ({ from: placed(from, partition, log), to: placed(to, partition, log) })
  const { rows, missing } = resolveRange(range, bounds, ends)
  for (const one of missing) {
    // Offsets name the partitions that are copied.
    if (one.missing.why === 'not-named') continue
    refuse(one.partition, missingError(one.missing, { topic: topic.name, partition: one.partition }))
  }
  return { bounds, rows: [...rows, ...bad].sort((a, b) => a.partition - b.partition) }
}

/** The rows' share of their partitions' bytes on disk; null if log directories may not be described. */
export async function estimateBytes(
  cluster: KafkaCluster,
  topic: TopicInfo,
  { bounds, rows }: SourceFacts,
  signal: AbortSignal,
): Promise<bigint | null> {
  const { replicas } = await logDirs(cluster, [topic.name], { signal }).catch((error: unknown) => {
    if (isCancelled(error)) throw error
    return { replicas: [] }
  })
  let sum = 0n
  for (const row of rows) {
    const log = bounds.get(row.partition)
    if (log === undefined || row.offsets === 0n) continue
    const leader = topic.partitions.find((one) => one.partition === row.partition)?.leader
    const mine = replicas.filter((one) => one.partition === row.partition && !one.future)
    const replica = mine.find((one) => one.nodeId === leader) ?? mine[0]
    if (replica === undefined) return null
    const all = log.highWatermark - log.logStart
    sum += all <= 0n ? 0n : (replica.size * row.offsets) / all
  }
  return sum
}

/** Counts by time on the source: one ListOffsets for all rows and each time. */
export function timeCounts(
  cluster: KafkaCluster,
  topic: string,
  rows: readonly SourceRow[],
  signal: AbortSignal,
): TimeCounts {
  const split = async (time: bigint): Promise<{ before: bigint; from: bigint }> => {
    const partitions = [...new Set(rows.map((row) => row.partition))]
    const at = time < 0n ? 'earliest' : time
    const answers = await listOffsets(
      cluster,
      partitions.map((partition) => ({ topic, partition, at })),
      { signal },
    )
    let before = 0n
    let from = 0n
    answers.forEach(({ outcome }, i) => {
      for (const row of rows) {
        if (row.partition !== partitions[i] || !outcome.ok) continue
        const young = outcome.value.offset ?? row.to
        const old = overlap(row.from, row.to, row.from, young)
        before += old
        from += row.offsets - old
      }
    })
    return { before, from }
  }
  return {
    before: async (time) => (await split(time)).before,
    from: async (time) => (await split(time)).from,
  }
}

/**
 * The newest timestamp in the rows; null: none of their records has one. Exact if the newest record up to a row's end is inside
 * the row, as it is if timestamps increase; otherwise the timestamp of an older record, so that no copy is in the future.
 */
export async function newestTimestamp(
  cluster: KafkaCluster,
  topic: string,
  rows: readonly SourceRow[],
  signal: AbortSignal,
): Promise<bigint | null> {
  const ends = new Map<number, bigint>()
  for (const { partition, to, offsets } of rows) {
    if (offsets > 0n && to > (ends.get(partition) ?? 0n)) ends.set(partition, to)
  }
  /** For each partition the answers for each time, in order. */
  const ask = async (partitions: readonly number[], times: readonly OffsetAt[]) => {
    const questions = partitions.flatMap((partition) => times.map((at) => ({ topic, partition, at })))
    const answers = (await listOffsets(cluster, questions, { signal })).map(({ outcome }) => {
      if (!outcome.ok) throw outcome.error
      return outcome.value
    })
    return partitions.map((_, i) => answers.slice(i * times.length, (i + 1) * times.length))
  }
  const isBelow = (partition: number, found: FoundOffset | undefined): boolean =>
    found?.offset != null && found.offset < ends.get(partition)! // `ends` has an entry for every partition with an offset

  // −1: none found yet.
  let low = -1n
  let high = 0n
  let open: number[] = []
  const all = [...ends.keys()]
  for (const [i, [top]] of (await ask(all, ['max-timestamp'])).entries()) {
    if (top?.offset == null || top.timestamp === null) continue
    if (isBelow(all[i]!, top)) low = max(low, top.timestamp) // i < all.length
    else {
      open.push(all[i]!) // i < all.length
      high = max(high, top.timestamp + 1n)
    }
  }
  // ListOffsets returns the first offset at or after a time, which only grows with the time. So the newest timestamp is the
  // largest time for which some partition's answer is below its end: `low` is such a time, and `high` is not.
  while (open.length > 0 && high - low > 1n) {
    const times = between(low, high)
    const found = await ask(open, times)
    const last = times.findLastIndex((_, t) => open.some((partition, i) => isBelow(partition, found[i]![t]))) // there is an answer per time
    high = times[last + 1] ?? high
    if (last < 0) continue
    const hits = open.flatMap((partition, i) => {
      const one = found[i]![last] // there is an answer per partition
      return one !== undefined && isBelow(partition, one)
        ? [{ partition, timestamp: one.timestamp ?? times[last]! }] // last < times.length
        : []
    })
    // A partition with no answer below its end for this time has none for a later time either.
    open = hits.map((one) => one.partition)
    low = hits.reduce((newest, one) => max(newest, one.timestamp), low)
  }
  return low < 0n ? null : low
}

/**
 * Times in (low, high), ascending: right after `low`, where it usually ends, and at even distances from there. Asking for them
 * together saves round trips.
 */
function between(low: bigint, high: bigint): bigint[] {
  const steps = [1n, 2n, 3n, 4n, 5n, 6n].map((i) => low + ((high - low) * i) / 7n)
  return [...new Set([low + 1n, ...steps])].filter((time) => time > low && time < high)
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)

const emptyRow = { from: 0n, to: 0n, offsets: 0n, openLeftOut: 0n, outside: 0n }
