import type { cleaning, StaleGroup, StalePosition } from '#shared/contract/cleaning.ts'
import type { Failure } from '#shared/contract/common.ts'
import type { Done, Input, StreamSink } from '#shared/contract/define.ts'
import type { GroupRow, GroupType } from '#shared/contract/groups.ts'
import type { Position } from '#shared/model/positions.ts'
import { byTopicPartition, splitKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import { staleReasons } from '#shared/offsets/stale-position.ts'
import type { LastCommits } from '../../kafka/last-commits.ts'
import type { LogEdges, PerPartition } from '../groups/group-port.ts'
import { positionFrames } from '../groups/position-frames.ts'
import { FIRST_WAVE, waveSize } from '../groups/summaries.ts'
import type { StalePort } from './stale-port.ts'

type FindDef = (typeof cleaning)['cleaning.find']

/** How many failures are listed; a dead coordinator causes one per group. */
const MOST_FAILURES = 50

/**
 * Examines all groups without members: first when each was last active (each partition of the offsets topic is read once for
 * all of them), then, in batches, their positions against the logs. Groups with members, or about to have some, are left alone.
 */
export async function findStale(
  port: StalePort,
  { quietMs, most }: Input<FindDef>,
  sink: StreamSink<FindDef>,
  signal: AbortSignal,
): Promise<Done<FindDef>> {
  const now = BigInt(Date.now())
  const since = now > quietMs ? now - quietMs : 0n
  const [listed, seesAll] = await Promise.all([port.groups.list(signal), port.seesAllGroups(signal)])
  const candidates = listed.items.filter(mayBeEmpty)
  const search: Search = {
    port,
    since,
    now,
    signal,
    commits: await port.lastCommits({
      groups: candidates.map(({ group }) => group),
      since,
      mostBytes: Number(most.bytes),
      milliseconds: most.milliseconds,
      signal,
      onProgress: (done, total) => sink.progress({ what: 'dates', done, total }),
    }),
    retention: new Map(),
    failures: [...listed.failures],
    isUntold: false,
  }
  let live = listed.items.length - candidates.length
  let size = FIRST_WAVE
  for (let at = 0; at < candidates.length;) {
    const wave = candidates.slice(at, at + size)
    const { found, partitions, alive } = await lookThrough(search, wave)
    for (const frame of positionFrames(found, charsOf)) await sink.batch(frame)
    live += alive
    at += wave.length
    sink.progress({ what: 'positions', done: at, total: candidates.length })
    size = waveSize(partitions / wave.length)
  }
  const examined = listed.items.length - live
  const unknown = candidates.flatMap(({ group }) => search.commits.unknownWhy(group) ?? [])
  const notes = [
    unknown.length === 0 ? '' : `When ${count(unknown.length, 'group')} committed last is not known, so none of these is called quiet, dead or older than retention. ${unknown[0]}`, // oxfmt-ignore
    seesAll ? '' : 'Groups that these credentials may not describe are not among these: brokers leave them out without a word.', // oxfmt-ignore
    search.isUntold ? 'For how long some topics keep records is not told to these credentials, so none of their positions is called older than retention.' : '', // oxfmt-ignore
  ].filter((note) => note !== '')
  return { examined, live, since, notes, failures: fewOf(search.failures) }
}

interface Search {
  port: StalePort
  commits: LastCommits
  since: bigint
  now: bigint
  signal: AbortSignal
  /** Read once per topic. */
  retention: Map<string, bigint | null>
  failures: Failure[]
  /** The retention of some topic is not known. */
  isUntold: boolean
}

/** Old brokers list groups without their state; these groups are described. */
const mayBeEmpty = ({ state }: GroupRow): boolean => state === 'Empty' || state === 'Dead' || state === ''

async function lookThrough(
  search: Search,
  wave: readonly GroupRow[],
): Promise<{ found: StaleGroup[]; partitions: number; alive: number }> {
  const { port, signal } = search
  const silent = wave.filter(({ state }) => state === '')
  const types = new Map<string, GroupType>(silent.map((row) => [row.group, row.type]))
  const [facts, positions] = await Promise.all([
    port.groups.factsOf(silent.map((row) => row.group), signal, types), // oxfmt-ignore
    port.groups.positionsOf(wave.map((row) => row.group), signal), // oxfmt-ignore
  ])
  const held = new Map<string, Map<string, Position>>()
  let alive = 0
  for (const row of wave) {
    const about = facts.get(row.group)
    if (
      about !== undefined &&
      ('error' in about || (about.value.members ?? []).length > 0 || !mayBeEmpty(about.value as unknown as GroupRow))
    ) {
      // oxfmt-ignore
      alive += 1
      continue
    }
    const mine = positions.get(row.group)
    if (mine === undefined) continue
    if ('error' in mine) search.failures.push({ what: row.group, error: mine.error })
    else held.set(row.group, standing(search, row.group, mine.value))
  }
  const asked = new Map<string, TopicPartition>()
  for (const mine of held.values()) for (const key of mine.keys()) asked.set(key, splitKey(key))
  const logs = await logsOf(search, [...asked.values()])
  await learnRetention(search, logs, held)
  const found: StaleGroup[] = []
  for (const row of wave) {
    const mine = held.get(row.group)
    const one = mine === undefined ? null : judged(search, row, mine, logs)
    if (one !== null) found.push(one)
  }
  return { found, partitions: asked.size, alive }
}

/** The positions that could be read; the others are reported as failures, and keep their group from being called dead. */
function standing({ failures }: Search, group: string, found: PerPartition<Position | null>): Map<string, Position> {
  const held = new Map<string, Position>()
  for (const [key, one] of found) {
    const { topic, partition } = splitKey(key)
    if ('error' in one) failures.push({ what: `${group}: ${topic}, partition ${partition}`, error: one.error })
    else if (one.value !== null) held.set(key, one.value)
  }
  return held
}

interface Logs {
  edges: PerPartition<LogEdges>
  ids: Map<string, string | null>
  partitions: Map<string, ReadonlySet<number>>
}

async function logsOf({ port: { groups }, signal }: Search, asked: readonly TopicPartition[]): Promise<Logs> {
  const edges = await groups.edges(asked, signal)
  const ids = await groups.topicIds([...new Set(asked.map(({ topic }) => topic))], signal)
  const partitions = new Map<string, ReadonlySet<number>>()
  for (const topic of ids.keys()) {
    try {
      partitions.set(topic, new Set(await groups.partitionsOf(topic, signal)))
    } catch (error) {
      // The topic was deleted in the meantime: nothing is said about its partitions then.
      if (signal.aborted) throw error
    }
  }
  return { edges, ids, partitions }
}

/** Reads the settings of those topics for which a position has a commit time. */
async function learnRetention(search: Search, { ids }: Logs, held: ReadonlyMap<string, ReadonlyMap<string, Position>>) {
  const { port, commits, retention, signal } = search
  const topics = new Set<string>()
  for (const [group, mine] of held) {
    for (const key of mine.keys()) {
      const { topic } = splitKey(key)
      if (!retention.has(topic) && ids.has(topic) && commits.committedAt(group, key) !== null) topics.add(topic)
    }
  }
  if (topics.size === 0) return
  const told = await port.retention([...topics], signal)
  for (const topic of topics) {
    const one = told.get(topic)
    if (one === undefined || 'why' in one) search.isUntold = true
    retention.set(topic, one !== undefined && 'ms' in one ? one.ms : null)
  }
}

function judged(
  { commits, since, now, retention, failures }: Search,
  { group, type, state }: GroupRow,
  mine: ReadonlyMap<string, Position>,
  { edges, ids, partitions }: Logs,
): StaleGroup | null {
  const lastSeen = commits.lastSeen(group)
  // Any sign of activity counts, however little of the rest could be read.
  const isSeen = lastSeen !== null && lastSeen.at >= since
  const quiet = isSeen ? 'no' : commits.unknownWhy(group) === null ? 'yes' : 'unknown'
  const isDead = quiet === 'yes' && !failures.some(({ what }) => what.startsWith(`${group}:`))
  const positions: StalePosition[] = []
  for (const [key, position] of mine) {
    const at = splitKey(key)
    const edge = edges.get(key)
    const log = edge !== undefined && 'value' in edge ? edge.value : null
    const committedAt = commits.committedAt(group, key)
    // Both answers must agree: a broker that lags behind, or cannot answer, may briefly not know a topic. Records of a share
    // group come and go, and its brokers correct its start offsets: only that nobody uses it is a reason.
    const isShare = type === 'share'
    const isGone =
      !ids.has(at.topic) && edge !== undefined && 'error' in edge && edge.error.code === 'kafka.topic-unknown'
    const topic = isGone ? 'gone' : partitions.get(at.topic)?.has(at.partition) === false ? 'fewer-partitions' : 'there' // oxfmt-ignore
    const retentionMs = retention.get(at.topic) ?? null
    const reasons = staleReasons({ position, edges: isShare ? null : log, topic: isShare ? 'there' : topic, committedAt, retentionMs, isQuiet: quiet === 'yes', now }) // oxfmt-ignore
    if (reasons.length === 0) continue
    const bounds = { logStart: log?.logStart ?? null, highWatermark: log?.highWatermark ?? null }
    positions.push({ ...at, topicId: ids.get(at.topic) ?? null, position, ...bounds, reasons, committedAt })
  }
  if (positions.length === 0 && !isDead) return null
  positions.sort(byTopicPartition)
  return { group, type, state, held: mine.size, lastSeen, quiet, isDead, positions }
}

const charsOf = ({ topic, position }: StalePosition): number => topic.length + position.metadata.length

function fewOf(failures: readonly Failure[]): Failure[] {
  const [last] = failures.slice(MOST_FAILURES)
  const more = failures.length - MOST_FAILURES
  return last === undefined ? [...failures] : [...failures.slice(0, MOST_FAILURES), { what: `${more} more`, error: last.error }] // oxfmt-ignore
}

const count = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`
