import type { ReplayPlanRow, ReplayRange } from '#shared/contract/replay.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { LogBounds } from '#shared/model/positions.ts'
import { overlap, partitionsOf, resolveRange } from '#shared/replay/ranges.ts'
import { logDirs } from '../kafka/admin-api.ts'
import type { KafkaCluster, TopicInfo } from '../kafka/cluster.ts'
import { listOffsets, type OffsetAt } from '../kafka/offsets-api.ts'
import { isCancelled } from '../kafka/waiting.ts'
import type { TimeCounts } from './replay-target.ts'

export type SourceRow = Omit<ReplayPlanRow, 'targetPartition'>

export interface SourceFacts {
  bounds: Map<number, LogBounds>
  rows: SourceRow[]
}

/** The rows of a range against the log as it is now; a partition that cannot be asked gets a row that says why. */
export async function readSource(
  cluster: KafkaCluster,
  topic: TopicInfo,
  range: ReplayRange,
  signal: AbortSignal,
): Promise<SourceFacts> {
  const existing = topic.partitions.map((one) => one.partition)
  const partitions = partitionsOf(range, existing)
  const bad: SourceRow[] = []
  const refuse = (partition: number, error: unknown) => bad.push({ ...emptyRow, partition, error: toErrorValue(error) })
  const known = partitions.filter((partition) => {
    if (existing.includes(partition)) return true
    const message = `${topic.name} has no partition ${partition}.`
    refuse(
      partition,
      new SeeklineError('kafka.partition-unknown', message, {
        hint: `Its partitions are 0 to ${existing.length - 1}.`,
      }),
    )
    return false
  })
  const edges: OffsetAt[] = ['earliest', 'lso', 'latest']
  if (range.by === 'timestamps') edges.push(range.from < 0n ? 'earliest' : range.from)
  if (range.by === 'timestamps' && range.to !== undefined) edges.push(range.to < 0n ? 'earliest' : range.to)
  const questions = known.flatMap((partition) => edges.map((at) => ({ topic: topic.name, partition, at })))
  const answers = await listOffsets(cluster, questions, { signal })
  const bounds = new Map<number, LogBounds>()
  const times = new Map<string, bigint | null>()
  known.forEach((partition, i) => {
    const mine = answers.slice(i * edges.length, (i + 1) * edges.length).map(({ outcome }) => outcome)
    const failed = mine.find((outcome) => !outcome.ok)
    if (failed?.ok === false) {
      refuse(partition, failed.error)
      return
    }
    const [logStart, stable, highWatermark, from, to] = mine.map((one) => (one.ok ? one.value.offset : null))
    const end = highWatermark ?? 0n
    // Asked for at the same time, not in one moment: a commit between the two answers could put it above.
    bounds.set(partition, { logStart: logStart ?? 0n, lastStable: min(stable ?? 0n, end), highWatermark: end })
    if (range.by === 'timestamps') {
      times.set(`${partition}/${range.from}`, from ?? null)
      if (range.to !== undefined) times.set(`${partition}/${range.to}`, to ?? null)
    }
  })
  const rows = resolveRange(range, bounds, (partition, time) => times.get(`${partition}/${time}`) ?? null)
  return { bounds, rows: [...rows, ...bad].sort((a, b) => a.partition - b.partition) }
}

/** Bytes on disk of the rows' share of their partitions; null where log directories may not be described. */
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

/** Counts by time on the source: one ListOffsets for all rows and each time asked. */
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
 * The newest timestamp among the rows; null: none of their records has one. Exact where the newest record up to a row's end
 * lies within the row, as it does wherever time runs forward; otherwise that older one, so that nothing lands in the future.
 */
export async function newestTimestamp(
  cluster: KafkaCluster,
  topic: string,
  rows: readonly SourceRow[],
  signal: AbortSignal,
): Promise<bigint | null> {
  const wanted = rows.filter((row) => row.offsets > 0n)
  const newest = await Promise.all(wanted.map((row) => newestBefore(cluster, topic, row, signal)))
  return newest.reduce<bigint | null>((a, b) => (b !== null && (a === null || b > a) ? b : a), null)
}

/**
 * ListOffsets tells the first offset at or after a time, which only grows with the time: so the largest time whose answer
 * lies below the row's end is the newest timestamp before that end. A few times are asked at once to save round trips.
 */
async function newestBefore(
  cluster: KafkaCluster,
  topic: string,
  row: SourceRow,
  signal: AbortSignal,
): Promise<bigint | null> {
  const { partition, to } = row
  const ask = async (times: OffsetAt[]) => {
    const answers = await listOffsets(
      cluster,
      times.map((at) => ({ topic, partition, at })),
      { signal },
    )
    return answers.map(({ outcome }) => {
      if (!outcome.ok) throw outcome.error
      return outcome.value
    })
  }
  const [top] = await ask(['max-timestamp'])
  if (top?.offset === null || top?.offset === undefined || top.timestamp === null) return null
  if (top.offset < to) return top.timestamp
  const below = (offset: bigint | null | undefined) => offset !== null && offset !== undefined && offset < to
  if (!below((await ask([0n]))[0]?.offset)) return null
  // `low` has an answer below the end, `high` has none.
  let low = 0n
  let high = top.timestamp + 1n
  while (high - low > 1n) {
    const steps = [1n, 2n, 3n, 4n, 5n, 6n, 7n]
      .map((i) => low + ((high - low) * i) / 8n)
      .filter((t) => t > low && t < high)
    const times = [...new Set(steps.length === 0 ? [low + 1n] : steps)]
    const found = await ask(times)
    const last = found.findLastIndex(({ offset }) => below(offset))
    const first = times[last + 1]
    if (last >= 0) low = times[last]!
    if (first !== undefined) high = first
  }
  return low
}

const emptyRow = { from: 0n, to: 0n, offsets: 0n, openLeftOut: 0n, outside: 0n }
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
