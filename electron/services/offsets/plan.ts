import type { Plan, PlanSpec, Target } from '#shared/contract/offsets.ts'
import type { Failure } from '#shared/contract/common.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { placeFacts, type FoundPlace } from '#shared/model/place.ts'
import { type Position } from '#shared/model/positions.ts'
import { keyOf, partitionKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import { type LogBounds } from '#shared/model/log-bounds.ts'
import { placeOfPosition } from '#shared/offsets/missing-place.ts'
import { rowPlanner, type SeenPartition } from '#shared/offsets/plan-row.ts'
import type { GroupFacts, GroupPort } from '../groups/group-port.ts'
import { groupRefusal } from './refusals.ts'
import { withinRights } from './rights.ts'

export interface PlanRequest extends PlanSpec {
  connectionId: ConnectionId
  undoOf?: string
}

/** Reads everything a change depends on and computes it; writes nothing. */
export async function makePlan(port: GroupPort, request: PlanRequest, signal: AbortSignal): Promise<Plan> {
  const { group, target } = request
  const failures: Failure[] = []
  // Asked together. What the group itself is, or that it may not be seen, says more than a failure to list its positions.
  const [about, scope] = await Promise.allSettled([
    port.facts(group, signal),
    partitionsInScope(port, request, failures, signal),
  ])
  const facts = valueOrThrow(about)
  const refusal = groupRefusal(group, facts)
  // Share groups keep their positions elsewhere: what OffsetFetch says of them would show nothing, falsely.
  const partitions = facts.type === 'share' ? [] : valueOrThrow(scope)
  if (facts.type === 'share') failures.length = 0
  const topics = [...new Set(partitions.map((at) => at.topic))]
  const [seen, topicRights] = await Promise.all([
    look(port, group, target, partitions, signal),
    port.topicRights(topics, signal),
  ])
  const planned = seen.map(rowPlanner(request))
  const { rows, refusal: lacking } = withinRights(group, planned, { group: facts.rights, topics: topicRights })
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

/** What every plan says of its group as it is seen now. */
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

/** Everything about these partitions that a plan row depends on, read now. Apply calls it again and compares. */
export async function look(
  port: GroupPort,
  group: string,
  target: Target,
  partitions: readonly TopicPartition[],
  signal: AbortSignal,
): Promise<SeenPartition[]> {
  if (partitions.length === 0) return []
  const topics = [...new Set(partitions.map((at) => at.topic))]
  const [ids, positions, bounds, find] = await Promise.all([
    port.topicIds(topics, signal),
    port.positions(group, partitions, signal),
    port.bounds(partitions, signal),
    finderFor(port, group, target, partitions, signal),
  ])
  return partitions.map((at) => {
    const key = keyOf(at)
    const position = positions.get(key)
    const bound = bounds.get(key)
    const before = valueOf(position) ?? null
    const log = valueOf(bound) ?? null
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
  // Its own positions are read already, and asked for again they might be later ones.
  if (target.at === 'group' && target.group === group) {
    return (_at, _log, before) => placeOfPosition(group, before, target.shift)
  }
  return await port.findPlace(target, partitions, signal)
}

export function valueOrThrow<T>(settled: PromiseSettledResult<T>): T {
  if (settled.status === 'rejected') throw settled.reason
  return settled.value
}

async function partitionsInScope(
  port: GroupPort,
  { group, scope, target }: PlanRequest,
  failures: Failure[],
  signal: AbortSignal,
): Promise<TopicPartition[]> {
  if (target.at === 'restore') return unique(target.positions)
  if (scope.length === 0) {
    const named = target.at === 'offsets' ? target.offsets.flatMap(namedIn) : []
    return unique([...(await knownPositions(port, group, failures, signal)), ...named])
  }
  const out: TopicPartition[] = []
  // Asked anew, in one request: partitions that were added lately would be left where they are, and nobody told.
  const whole = scope.flatMap(({ topic, partitions }) => (partitions === undefined ? [topic] : []))
  if (whole.length > 0) await port.topicIds([...new Set(whole)], signal)
  for (const { topic, partitions } of scope) {
    try {
      const all = partitions ?? (await port.partitionsOf(topic, signal))
      out.push(...all.map((partition) => ({ topic, partition })))
    } catch (error) {
      if (signal.aborted) throw error
      failures.push({ what: topic, error: toErrorValue(error) })
    }
  }
  return unique(out)
}

/** An offset for a partition of whatever topic adds none to those that the group has positions in. */
function namedIn({ topic, partition }: { topic?: string | undefined; partition: number }): TopicPartition[] {
  return topic === undefined ? [] : [{ topic, partition }]
}

async function knownPositions(port: GroupPort, group: string, failures: Failure[], signal: AbortSignal) {
  const known: TopicPartition[] = []
  for (const [key, found] of await port.positions(group, 'all', signal)) {
    const at = splitKey(key)
    if ('error' in found) failures.push({ what: `${at.topic}, partition ${at.partition}`, error: found.error })
    else if (found.value !== null) known.push(at)
  }
  return known
}

export function unique(of: readonly TopicPartition[]): TopicPartition[] {
  const seen = new Map(of.map(({ topic, partition }) => [partitionKey(topic, partition), { topic, partition }]))
  return [...seen.values()].sort((a, b) =>
    a.topic === b.topic ? a.partition - b.partition : a.topic < b.topic ? -1 : 1,
  )
}

export function splitKey(key: string): TopicPartition {
  const slash = key.indexOf('/')
  return { partition: Number(key.slice(0, slash)), topic: key.slice(slash + 1) }
}

function problemOf(
  at: TopicPartition,
  ids: Map<string, string | null>,
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
  const warnings = [
    'A consumer that uses assign() does not show as a member; one that is running may overwrite these positions with its next commit.',
  ]
  if (!facts.exists) {
    warnings.push(
      `${group} does not exist yet. The commit creates it, and its positions expire after the broker’s offsets.retention.minutes (7 days by default) unless a consumer joins.`,
    )
  }
  if (facts.type === 'streams') {
    warnings.push(
      `${group} is a Kafka Streams application: its state stores and internal topics stay as they are. Reading again adds to what is in them; Kafka’s kafka-streams-groups script resets both.`,
    )
  }
  const caution = target.at === 'restore' ? null : placeFacts[target.at].caution(target, group)
  if (caution !== null) warnings.push(caution)
  return warnings
}
