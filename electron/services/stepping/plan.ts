import type { StartedBy, StepPlan, StepPlanRow, StepSpec } from '#shared/contract/stepping.ts'
import { SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'
import { keyOf, type TopicPartition } from '#shared/model/topic-partition.ts'
import type { KafkaCluster } from '../../kafka/cluster.ts'
import { offeredAssignors } from '../../kafka/membership/assignors.ts'
import { consumerGroupHeartbeat } from '../../kafka/protocol/consumer-group-heartbeat.ts'
import { lacked } from '../../kafka/rights.ts'
import type { GroupFacts, GroupPort } from '../groups/group-port.ts'
import { lackingRight } from '../offsets/rights.ts'

/** More partitions than anybody steps, or than a page draws. */
const MOST_PARTITIONS = 2_000

/** What joining would do. Only reads, and joins nothing. */
export async function planStepping(
  { groups, cluster }: { groups: GroupPort; cluster: KafkaCluster },
  spec: StepSpec,
  signal: AbortSignal,
): Promise<StepPlan> {
  const { group, topics } = spec
  const [facts, { ids, rights }] = await Promise.all([groups.facts(group, signal), groups.topics(topics, signal)])
  const missing = topics.find((topic) => !ids.has(topic))
  if (missing !== undefined) await groups.partitionsOf(missing, signal)
  const partitions = (
    await Promise.all(
      [...ids.keys()].map(async (topic) =>
        (await groups.partitionsOf(topic, signal)).map((partition): TopicPartition => ({ topic, partition })),
      ),
    )
  ).flat()
  const lackedRight =
    lacked('JoinGroup', 'group', group, facts.rights) ??
    topics.map((topic) => lacked('Fetch', 'topic', topic, rights.get(topic))).find((needs) => needs !== null) ??
    null
  const tooMany = partitions.length > MOST_PARTITIONS
  const rows = tooMany || facts.type === 'share' ? [] : await rowsOf(groups, spec, facts, partitions, ids, signal)
  const refusal =
    refusalOf(spec, facts, cluster) ??
    (tooMany ? manyPartitions(partitions.length) : null) ??
    (lackedRight === null ? null : lackingRight(`${group} cannot be joined`, lackedRight))
  return {
    version: 1,
    spec,
    clusterId: groups.clusterId,
    groupExists: facts.exists,
    groupType: facts.type,
    groupState: facts.state,
    members: facts.members ?? [],
    assignors: spec.protocol === 'classic' ? (offeredAssignors(presentAssignor(facts)) ?? []) : [],
    rows,
    refusal,
    warnings: warningsOf(spec, facts, rows),
    summary: summaryOf(spec, facts, rows),
    madeAt: BigInt(Date.now()),
  }
}

/** The assignor that a classic group uses; null if it has no members. */
const presentAssignor = ({ members, assignor }: GroupFacts): string | null =>
  (members?.length ?? 0) > 0 ? assignor : null

/** Why the group cannot be joined with these settings, or null. A live group's protocol must not be changed. */
export function refusalOf({ group, protocol }: StepSpec, facts: GroupFacts, cluster: KafkaCluster): ErrorValue | null {
  const refused = (
    code: 'kafka.group-type' | 'kafka.unsupported' | 'kafka.group-live',
    message: string,
    hint: string,
  ) => toErrorValue(new SeeklineError(code, message, { hint }))
  if (facts.type === 'share' || facts.type === 'streams') {
    const what = facts.type === 'share' ? 'a share group' : 'a streams group'
    return refused(
      'kafka.group-type',
      `${group} is ${what}, which a consumer cannot join.`,
      'Step a group of consumers.',
    )
  }
  if (facts.protocolType !== '' && facts.protocolType !== 'consumer') {
    const message = `${group} is used by ${facts.protocolType}, not by consumers.`
    return refused(
      'kafka.group-type',
      message,
      'Its members share something else than partitions; a consumer cannot join.',
    )
  }
  if (protocol === 'consumer' && !cluster.supports(consumerGroupHeartbeat)) {
    const message = 'These brokers do not know the newer consumer protocol (KIP-848).'
    return refused('kafka.unsupported', message, 'Choose the classic protocol. The newer one needs Kafka 3.7 or later, and 4.0 to be on by itself.') // oxfmt-ignore
  }
  const lives = (facts.members?.length ?? 0) > 0
  if (!lives) return null
  if (facts.type === 'classic' && protocol === 'consumer') {
    return refused('kafka.group-live', `${group} is alive by the classic protocol: joining it by the newer one would convert it under its members.`, 'Choose the classic protocol.') // oxfmt-ignore
  }
  if (facts.type === 'consumer' && protocol === 'classic') {
    return refused('kafka.group-live', `${group} is alive by the newer consumer protocol (KIP-848).`, 'Choose the consumer protocol.') // oxfmt-ignore
  }
  if (protocol === 'classic' && offeredAssignors(facts.assignor) === null) {
    return refused('kafka.group-live', `The members of ${group} assign by ${facts.assignor}, which Seekline cannot do for them if it became their leader.`, 'Step it while it is empty, or another group.') // oxfmt-ignore
  }
  return null
}

const manyPartitions = (count: number): ErrorValue =>
  toErrorValue(
    new SeeklineError('call.invalid', `These topics have ${count} partitions; ${MOST_PARTITIONS} can be stepped.`, {
      hint: 'Choose fewer topics.',
    }),
  )

async function rowsOf(
  port: GroupPort,
  { group, reset }: StepSpec,
  facts: GroupFacts,
  partitions: readonly TopicPartition[],
  ids: ReadonlyMap<string, string | null>,
  signal: AbortSignal,
): Promise<StepPlanRow[]> {
  const [positions, bounds] = await Promise.all([
    port.positions(group, partitions, signal),
    port.bounds(partitions, signal),
  ])
  const owners = new Map<string, string>()
  for (const { memberId, assignment } of facts.members ?? []) {
    for (const at of assignment) owners.set(keyOf(at), memberId)
  }
  return partitions.map((at) => {
    const position = positions.get(keyOf(at))
    const bound = bounds.get(keyOf(at))
    const before = position !== undefined && 'value' in position ? position.value : null
    const log = bound !== undefined && 'value' in bound ? bound.value : null
    const from = log === null ? { start: null, by: 'none' as const } : startOf(before?.offset ?? null, log, reset)
    return {
      ...at,
      topicId: ids.get(at.topic) ?? null,
      before,
      logStart: log?.logStart ?? null,
      highWatermark: log?.highWatermark ?? null,
      ...from,
      owner: owners.get(keyOf(at)) ?? null,
    }
  })
}

/**
 * Where a consumer starts: at the group's position or, if that is missing or out of range, where its auto.offset.reset says.
 */
export function startOf(
  committed: bigint | null,
  { logStart, highWatermark }: LogBounds,
  reset: StepSpec['reset'],
): { start: bigint | null; by: StartedBy } {
  if (committed !== null && committed >= logStart && committed <= highWatermark) {
    return { start: committed, by: 'position' }
  }
  if (reset === 'none') return { start: null, by: 'none' }
  return { start: reset === 'earliest' ? logStart : highWatermark, by: reset }
}

function warningsOf({ group, protocol, reset }: StepSpec, facts: GroupFacts, rows: readonly StepPlanRow[]): string[] {
  const warnings: string[] = []
  const members = facts.members ?? []
  if (members.length > 0) {
    const who = members.length === 1 ? 'its member gives' : `its ${members.length} members give`
    const told = [...new Set(members.map(({ clientId, host }) => `${clientId} on ${host}`))].slice(0, 5).join(', ')
    warnings.push(
      `Joining makes ${group} rebalance: ${who} some partitions up to Seekline (${told}), and what lies in those is read here, not there, until you leave. Leaving makes it rebalance again.`,
    )
    const elsewhere = members.filter(({ subscription }) => subscription.length > 0 && !rows.some(({ topic }) => subscription.includes(topic))) // oxfmt-ignore
    if (elsewhere.length > 0) warnings.push('Some members read other topics than those chosen.')
  } else {
    warnings.push(`Consumers of ${group} that start meanwhile get only a part of its partitions, until you leave.`)
    if (facts.exists && protocol === 'consumer' && facts.type === 'classic') {
      warnings.push(`${group} was used by the classic protocol; joining it by the newer one converts it. Its positions stay.`) // oxfmt-ignore
    }
    if (facts.exists && protocol === 'classic' && facts.type === 'consumer') {
      warnings.push(`${group} was used by the newer protocol; joining it by the classic one converts it. Its positions stay.`) // oxfmt-ignore
    }
  }
  const without = rows.filter(({ by }) => by !== 'position')
  if (without.length > 0) {
    const count = without.length === 1 ? '1 partition has' : `${without.length} partitions have`
    const policy = { earliest: 'starts at the log start', latest: 'starts at the end', none: 'cannot start: a client ends with NoOffsetForPartitionException' }[reset] // oxfmt-ignore
    warnings.push(`${count} no position in the log: with auto.offset.reset=${reset} a member ${policy} there.`)
  }
  return warnings
}

function summaryOf(
  { group, topics, protocol, commit }: StepSpec,
  { members, exists }: GroupFacts,
  rows: readonly StepPlanRow[],
): string {
  const how = protocol === 'classic' ? 'the classic protocol' : 'the protocol of KIP-848'
  const who = exists ? (members?.length ? `${group}, which has ${members.length === 1 ? '1 member' : `${members.length} members`}` : `${group}, which is empty`) : `${group}, a new group` // oxfmt-ignore
  const what = `${topics.length === 1 ? topics[0] : `${topics.length} topics`} (${rows.length === 1 ? '1 partition' : `${rows.length} partitions`})` // oxfmt-ignore
  const commits =
    commit === 'by-hand' ? 'Positions move when you commit' : 'Taking the next record commits those before'
  return `Joins ${who}, by ${how}, for ${what}. ${commits}.`
}
