import type { Plan, PlanSpec, Target } from '#shared/contract/offsets.ts'
import type { Failure } from '#shared/contract/common.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { groupNature, natureSentence } from '#shared/model/group-nature.ts'
import { placeFacts, type FoundPlace } from '#shared/model/place.ts'
import { type Position } from '#shared/model/positions.ts'
import { byTopicPartition, keyOf, partitionKey, splitKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import { type LogBounds } from '#shared/model/log-bounds.ts'
import { placeOfPosition } from '#shared/offsets/missing-place.ts'
import { positionWords } from '#shared/offsets/position-words.ts'
import { rowPlanner, type SeenPartition } from '#shared/offsets/plan-row.ts'
import type { GroupFacts, GroupPort, KnownTopics, LogEdges } from '../groups/group-port.ts'
import { groupRefusal, requireKind } from './refusals.ts'
import { wholeTopics } from './share-removals.ts'
import { streamsWarnings } from './streams-warnings.ts'
import { withinRights } from './rights.ts'

export interface PlanRequest extends PlanSpec {
  connectionId: ConnectionId
  undoOf?: string
  /** The kind of the group at the time of the change that is undone: a group of that name may be of another kind now. */
  isShare?: boolean
}

/** Reads everything a change depends on and computes it; writes nothing. */
export async function makePlan(port: GroupPort, request: PlanRequest, signal: AbortSignal): Promise<Plan> {
  const { group, target } = request
  const failures: Failure[] = []
  // Requested together. What the group is, or that it may not be seen, matters more than a failure to list its positions.
  const [about, scope] = await Promise.allSettled([
    port.facts(group, signal),
    partitionsInScope(port, request, failures, signal),
  ])
  const told = valueOrThrow(about)
  // A deleted group is created again as what it was.
  const facts = request.isShare === true && !told.exists ? { ...told, type: 'share' as const } : told
  const refusal = groupRefusal(group, facts)
  if (request.isShare !== undefined) requireKind(group, request.isShare, facts)
  const isShare = facts.type === 'share'
  let { partitions, topics } = isShare ? nothing : valueOrThrow(scope)
  if (isShare) {
    // Before it was known to be a share group, nothing may have been found.
    failures.length = 0
    ;({ partitions, topics } = await partitionsInScope(port, request, failures, signal, isShare))
  }
  const asked = topics === null ? port.topics(topicsOf(partitions), signal) : Promise.resolve(topics)
  const ids = asked.then((known) => known.ids)
  const [seen, { rights }] = await Promise.all([look(port, group, target, partitions, signal, { ids }), asked])
  const each = seen.map(rowPlanner({ ...request, words: positionWords(facts.type) }))
  const planned = isShare ? await wholeTopics(port, group, each, signal) : each
  const { rows, refusal: lacking } = withinRights(group, planned, { group: facts.rights, topics: rights })
  return {
    ...planHead(port, request, facts),
    target,
    ...(request.ifNone === undefined ? {} : { ifNone: request.ifNone }),
    ...(request.only === undefined ? {} : { only: request.only }),
    rows,
    refusal: refusal ?? lacking,
    warnings: warningsFor(group, facts, target),
    failures,
    undoOf: request.undoOf ?? null,
  }
}

/** What every plan says about its group as it is now. */
export function planHead(port: GroupPort, of: Pick<PlanRequest, 'connectionId' | 'group'>, facts: GroupFacts) {
  return {
    version: 1 as const,
    connectionId: of.connectionId,
    clusterId: port.clusterId,
    group: of.group,
    groupExists: facts.exists,
    groupType: facts.type,
    groupState: facts.state,
    members: facts.members ?? [],
    madeAt: BigInt(Date.now()),
  }
}

interface LookAgain {
  what?: 'bounds' | 'edges'
  /** Set if they are already being read. */
  ids?: Promise<KnownTopics['ids']>
}

/**
 * Everything about these partitions that a plan row depends on, read now. Apply calls it again and compares: it only needs the
 * `edges`; the last stable offset, which costs another request, is then reported as the high watermark.
 */
export async function look(
  port: GroupPort,
  group: string,
  target: Target,
  partitions: readonly TopicPartition[],
  signal: AbortSignal,
  { what = 'bounds', ids: known }: LookAgain = {},
): Promise<SeenPartition[]> {
  if (partitions.length === 0) return []
  const [ids, positions, bounds, find] = await Promise.all([
    known ?? port.topicIds(topicsOf(partitions), signal),
    port.positions(group, partitions, signal),
    what === 'edges' && target.at !== 'last-stable' ? port.edges(partitions, signal) : port.bounds(partitions, signal),
    finderFor(port, group, target, partitions, signal),
  ])
  return partitions.map((at) => {
    const key = keyOf(at)
    const position = positions.get(key)
    const bound = bounds.get(key)
    const before = valueOf(position) ?? null
    const known: LogEdges | LogBounds | undefined = valueOf<LogEdges | LogBounds>(bound)
    const log = known === undefined ? null : { lastStable: known.highWatermark, ...known }
    const problem = problemOf(at, ids, [position, bound])
    return {
      ...at,
      topicId: ids.get(at.topic) ?? null,
      before,
      bounds: log,
      ...(log === null || find === null ? {} : { found: find(at, log, before) }),
      ...(problem === undefined ? {} : { problem }),
    }
  })
}

type Finder = (at: TopicPartition, log: LogBounds, before: Position | null) => FoundPlace

/** null: there is no place to find. */
async function finderFor(
  port: GroupPort,
  group: string,
  target: Target,
  partitions: readonly TopicPartition[],
  signal: AbortSignal,
): Promise<Finder | null> {
  if (target.at === 'restore') return null
  // Its own positions were already read; read again they might be later ones.
  if (target.at === 'group' && target.group === group) {
    return (_at, _log, before) => placeOfPosition(group, before, target.shift)
  }
  return await port.findPlace(target, partitions, signal)
}

const topicsOf = (partitions: readonly TopicPartition[]): string[] => [...new Set(partitions.map((at) => at.topic))]

export function valueOrThrow<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

interface InScope {
  partitions: TopicPartition[]
  /** All their topics, if they had to be read to know the partitions. */
  topics: KnownTopics | null
}

const nothing: InScope = { partitions: [], topics: null }

async function partitionsInScope(
  port: GroupPort,
  { group, scope, target }: PlanRequest,
  failures: Failure[],
  signal: AbortSignal,
  isShare = false,
): Promise<InScope> {
  if (target.at === 'restore') return { partitions: unique(target.positions), topics: null }
  if (scope.length === 0) {
    const named = target.at === 'offsets' ? target.offsets.flatMap(namedIn) : []
    const known = await knownPositions(port, group, failures, signal, isShare)
    return { partitions: unique([...known, ...named]), topics: null }
  }
  const out: TopicPartition[] = []
  // Read again, in one request: otherwise partitions that were added recently would be left out silently.
  const whole = scope.flatMap(({ topic, partitions }) => (partitions === undefined ? [topic] : []))
  const topics = whole.length === 0 ? null : await port.topics([...new Set(whole)], signal)
  for (const { topic, partitions } of scope) {
    try {
      const all = partitions ?? (await port.partitionsOf(topic, signal))
      out.push(...all.map((partition) => ({ topic, partition })))
    } catch (error) {
      if (signal.aborted) throw error
      failures.push({ what: topic, error: toErrorValue(error) })
    }
  }
  return { partitions: unique(out), topics: whole.length === scope.length ? topics : null }
}

/** An offset for a partition does not add a topic to those in which the group has positions. */
function namedIn({ topic, partition }: { topic?: string | undefined; partition: number }): TopicPartition[] {
  return topic === undefined ? [] : [{ topic, partition }]
}

/** For a share group also partitions that it reads without having a start offset yet: at first it has none at all. */
async function knownPositions(
  port: GroupPort,
  group: string,
  failures: Failure[],
  signal: AbortSignal,
  isShare: boolean,
) {
  // oxfmt-ignore
  const known: TopicPartition[] = []
  for (const [key, found] of await port.positions(group, 'all', signal)) {
    const at = splitKey(key)
    if ('error' in found) failures.push({ what: `${at.topic}, partition ${at.partition}`, error: found.error })
    else if (found.value !== null || isShare) known.push(at)
  }
  return known
}

export function unique(of: readonly TopicPartition[]): TopicPartition[] {
  const seen = new Map(of.map(({ topic, partition }) => [partitionKey(topic, partition), { topic, partition }]))
  return [...seen.values()].sort(byTopicPartition)
}

function problemOf(
  at: TopicPartition,
  ids: KnownTopics['ids'],
  found: readonly ({ value: unknown } | { error: ErrorValue } | undefined)[],
): string | undefined {
  if (!ids.has(at.topic)) return `${at.topic} does not exist, or these credentials may not see it.`
  for (const one of found) if (one !== undefined && 'error' in one) return one.error.message
  return undefined
}

function valueOf<T>(found: { value: T } | { error: ErrorValue } | undefined): T | undefined {
  return found !== undefined && 'value' in found ? found.value : undefined
}

function warningsFor(group: string, facts: GroupFacts, target: Target): string[] {
  const caution = target.at === 'restore' ? null : placeFacts[target.at].caution(target, group)
  const more = caution === null ? [] : [caution]
  if (facts.type === 'share') {
    const made = facts.exists ? [] : [`${group} does not exist any more. Setting its start offsets makes it again.`]
    return [...made, ...shareWarnings, ...more]
  }
  const warnings = [
    'A consumer that uses assign() does not show as a member; one that is running may overwrite these positions with its next commit.',
  ]
  if (!facts.exists) {
    warnings.push(
      `${group} does not exist yet. The commit creates it, and its positions expire after the broker’s offsets.retention.minutes (7 days by default) unless a consumer joins.`,
    )
  }
  const nature = facts.exists ? groupNature({ group, ...facts }) : null
  if (nature !== null) warnings.push(natureSentence(nature))
  if (facts.type === 'streams') warnings.push(...streamsWarnings(group, facts.topology))
  return [...warnings, ...more]
}

const shareWarnings = [
  'What is kept of single records from the start offset on is dropped: records that were acknowledged, rejected or archived there are delivered again, and how often each was delivered counts anew.',
  'Kafka changes start offsets only while the group is empty, and not on a condition: what another administrator sets in the same moment is written over unseen.',
]
