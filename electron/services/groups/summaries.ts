import type { Failure } from '#shared/contract/common.ts'
import type { StreamSink } from '#shared/contract/define.ts'
import type { GroupRow, groups, GroupSummary, GroupType } from '#shared/contract/groups.ts'
import type { ErrorValue } from '#shared/errors.ts'
import { splitKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import { standingOf } from '#shared/offsets/lag.ts'
import type { FoundPositions, GroupFacts, GroupsPort, LogEdges, PerPartition } from './group-port.ts'

type Asked<T> = { value: T } | { error: ErrorValue } | undefined
type Edges = PerPartition<LogEdges>

/**
 * How many groups the first batch has; later batches have as many as hold about {@link WAVE_PARTITIONS}, so that no answer is
 * large.
 */
export const FIRST_WAVE = 200
const MOST_GROUPS = 1_000
const WAVE_PARTITIONS = 10_000
const FRAME_ROWS = 500
const FRAME_CHARS = 128 * 1024

/**
 * Summarises many groups in batches: for each one OffsetFetch per coordinator, then two ListOffsets per leader for the
 * partitions found (in that order: an end that was read before a position could be smaller than it), and descriptions of only
 * those groups that may have members. A partition that failed is not asked for again in later batches: one dead broker would
 * delay each of them.
 */
export async function summarise(
  port: GroupsPort,
  named: readonly string[] | undefined,
  sink: StreamSink<(typeof groups)['groups.summaries']>,
  signal: AbortSignal,
): Promise<{ total: number; failures: Failure[] }> {
  const { items, failures } =
    named === undefined ? await port.list(signal) : { items: [...new Set(named)].map(unlisted), failures: [] }
  const rows = items.toSorted((a, b) => collator.compare(a.group, b.group))
  const lost: Edges = new Map()
  let size = FIRST_WAVE
  for (let at = 0; at < rows.length;) {
    const wave = rows.slice(at, at + size)
    const { summaries, partitions } = await summariseWave(port, wave, lost, signal)
    for (const frame of framesOf(summaries)) await sink.batch(frame)
    at += wave.length
    sink.progress({ done: at, total: rows.length })
    size = waveSize(partitions / wave.length)
  }
  return { total: rows.length, failures }
}

/** How many groups the next batch has, from the number of partitions per group in the previous one. */
export function waveSize(each: number): number {
  return Math.min(MOST_GROUPS, Math.max(10, Math.floor(WAVE_PARTITIONS / Math.max(1, each))))
}

async function summariseWave(port: GroupsPort, wave: readonly GroupRow[], lost: Edges, signal: AbortSignal) {
  const names = wave.map((row) => row.group)
  const types = new Map<string, GroupType>(wave.map((row) => [row.group, row.type]))
  const [facts, positions] = await Promise.all([
    port.factsOf(
      wave.filter(mayHaveMembers).map((row) => row.group),
      signal,
      types,
    ),
    port.positionsOf(names, signal),
  ])
  const asked = new Map<string, TopicPartition>()
  let partitions = 0
  for (const found of positions.values()) {
    if ('error' in found) continue
    partitions += found.value.size
    for (const key of found.value.keys()) if (!asked.has(key) && !lost.has(key)) asked.set(key, splitKey(key))
  }
  const edges = await port.edges([...asked.values()], signal)
  for (const [key, edge] of edges) if ('error' in edge) lost.set(key, edge)
  const edgeOf = (key: string) => edges.get(key) ?? lost.get(key)
  const summaries = wave.map((row) => summaryOf(row, facts.get(row.group), positions.get(row.group), edgeOf))
  return { summaries, partitions }
}

/** The list already says which groups are empty. Old brokers do not say it, so these groups are described. */
const mayHaveMembers = ({ state }: GroupRow): boolean => state !== 'Empty' && state !== 'Dead'

const unlisted = (group: string): GroupRow => ({ group, type: 'unknown', state: '', protocolType: '' })

function summaryOf(
  row: GroupRow,
  facts: Asked<GroupFacts>,
  positions: Asked<FoundPositions>,
  edgeOf: (key: string) => Asked<LogEdges>,
): GroupSummary {
  const topics = new Set<string>()
  let lag: bigint | null = null
  let outOfRange = 0
  let unknown = 0
  let partitions = 0
  for (const [key, found] of positions !== undefined && 'value' in positions ? positions.value : []) {
    const { topic } = splitKey(key)
    if ('error' in found) {
      topics.add(topic)
      unknown += 1
      continue
    }
    if (found.value === null) continue
    partitions += 1
    topics.add(topic)
    const edge = edgeOf(key)
    const isGone = edge !== undefined && 'error' in edge && edge.error.code === 'kafka.topic-unknown'
    const here = standingOf(found.value, edge !== undefined && 'value' in edge ? edge.value : null, !isGone)
    // The broker's number for a share group excludes records after its start offset that are already processed.
    const own = found.lag ?? here.lag
    if (own !== null && !isGone) lag = (lag ?? 0n) + own
    if (here.standing === 'before-log-start' || here.standing === 'past-end') outOfRange += 1
    if (here.standing === 'unknown') unknown += 1
  }
  const known = facts !== undefined && 'value' in facts ? facts.value.members : null
  for (const member of known ?? []) for (const at of member.assignment) topics.add(at.topic)
  const error = errorOf(facts) ?? errorOf(positions)
  return {
    group: row.group,
    members: mayHaveMembers(row) ? (known?.length ?? null) : 0,
    topics: [...topics].sort(),
    partitions,
    lag,
    outOfRange,
    unknown,
    ...(error === undefined ? {} : { error }),
  }
}

/** Frames that a stream can carry: limited in rows and, roughly, in characters. */
function* framesOf(summaries: readonly GroupSummary[]): Generator<GroupSummary[]> {
  let frame: GroupSummary[] = []
  let chars = 0
  for (const one of summaries) {
    const more = one.topics.reduce((sum, topic) => sum + topic.length, one.group.length)
    if (frame.length > 0 && (frame.length === FRAME_ROWS || chars + more > FRAME_CHARS)) {
      yield frame
      frame = []
      chars = 0
    }
    frame.push(one)
    chars += more
  }
  if (frame.length > 0) yield frame
}

const errorOf = (found: Asked<unknown>): ErrorValue | undefined =>
  found !== undefined && 'error' in found ? found.error : undefined

const collator = new Intl.Collator('en', { numeric: true })
