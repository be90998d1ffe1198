import type { Position } from '#shared/model/positions.ts'
import { keyOf, type TopicPartition } from '#shared/model/topic-partition.ts'
import type { KafkaCluster } from './cluster.ts'
import { askCoordinators, isNoGroupsYet } from './coordinators.ts'
import { describeGroups } from './groups-api.ts'
import type { PartitionKeys } from './partition-keys.ts'
import { changePositions, type PartitionResult, type PositionOutcome } from './position-change.ts'
import { describeShareGroupOffsets } from './protocol/describe-share-group-offsets.ts'
import { kafkaError } from './protocol/error-codes.ts'
import { offsetCommit, type CommittingMember } from './protocol/offset-commit.ts'
import { offsetDelete } from './protocol/offset-delete.ts'
import { offsetFetch, offsetFetchOffsets, type OffsetFetchedGroup } from './protocol/offset-fetch.ts'
import { type Answer, byTopic, type Outcome, partitionName, type RouteOptions } from './routing.ts'
import { fetchStartOffsets } from './share-positions.ts'

export interface FetchPositionsOptions extends RouteOptions {
  /** Refuse positions that a pending transaction is about to change (`kafka.unstable-positions`). Needed before a commit. */
  requireStable?: boolean | undefined
}

/**
 * Positions of several groups of any kind, with one request per coordinator: committed positions, and for share groups their
 * start offsets. `partitions` `'all'`: those the group has a position for; positions of deleted topics are included. A cluster
 * without groups is not an error: every group then has no positions.
 */
export async function fetchPositions(
  cluster: KafkaCluster,
  groups: readonly string[],
  partitions: readonly TopicPartition[] | 'all' = 'all',
  options: FetchPositionsOptions = {},
): Promise<Map<string, Outcome<PositionOutcome[]>>> {
  const [shared, others] = partition(groups, (group) => isShare(cluster, group))
  const [starts, found] = await Promise.all([
    fetchStarts(cluster, shared, partitions, options),
    fetchCommitted(cluster, others, partitions, options),
  ])
  // For a share group OffsetFetch answers that it has no positions, as for a group that does not exist.
  const unclear = [...found].filter(([group, outcome]) => isNothing(outcome) && !isKnown(cluster, group))
  if (unclear.length > 0 && cluster.supports(describeShareGroupOffsets)) {
    const { signal } = options
    const names = unclear.map(([group]) => group)
    await describeGroups(cluster, names, { signal })
    const late = names.filter((group) => isShare(cluster, group))
    for (const [group, outcome] of await fetchStarts(cluster, late, partitions, options)) found.set(group, outcome)
  }
  return new Map([...starts, ...found])
}

/**
 * Only the offsets of all positions of many groups, by `keyOf`: for sampling every few seconds, with as few allocations as
 * possible. A position that could not be read is left out; for a group that could not be read there is an error.
 */
export async function fetchOffsets(
  cluster: KafkaCluster,
  groups: readonly string[],
  partitionKeys: PartitionKeys,
  options: RouteOptions = {},
): Promise<Map<string, Outcome<Map<string, bigint>>>> {
  const isLean = cluster.supports(offsetFetchOffsets, { groups: [], partitionKeys, requireStable: false })
  const [others, few] = partition(groups, (group) => isLean && !isShare(cluster, group))
  const found = await askCoordinators<Map<string, bigint>>(
    cluster,
    others,
    async (nodeId, names, call) => {
      const ask = names.map((group) => ({ group, topics: null }))
      const answer = await cluster.call(
        nodeId,
        offsetFetchOffsets,
        { groups: ask, partitionKeys, requireStable: false },
        call,
      )
      return answer.groups.map(({ group, errorCode, offsets }) => ({ item: group, errorCode, value: offsets }))
    },
    { ...options, asked: { api: 'OffsetFetch' } },
  )
  for (const [group, outcome] of found) {
    const isUnclear = outcome.ok && outcome.value.size === 0 && !isKnown(cluster, group)
    if (isUnclear || (!outcome.ok && isNoGroupsYet(outcome.error))) few.push(group)
  }
  if (few.length === 0) return found
  for (const [group, outcome] of await fetchPositions(cluster, few, 'all', options)) {
    found.set(group, outcome.ok ? { ok: true, value: offsetsIn(outcome.value, partitionKeys) } : outcome)
  }
  return found
}

function offsetsIn(positions: readonly PositionOutcome[], keys: PartitionKeys): Map<string, bigint> {
  const offsets = new Map<string, bigint>()
  for (const { topic, partition: n, outcome } of positions) {
    if (outcome.ok && outcome.value !== null) offsets.set(keys.of(topic)(n), outcome.value.offset)
  }
  return offsets
}

const isShare = (cluster: KafkaCluster, group: string): boolean => cluster.groupKinds.get(group) === 'share'
const isKnown = (cluster: KafkaCluster, group: string): boolean =>
  (cluster.groupKinds.get(group) ?? 'unknown') !== 'unknown'

const isNothing = (outcome: Outcome<PositionOutcome[]>): boolean =>
  outcome.ok && outcome.value.every((one) => one.outcome.ok && one.outcome.value === null)

function partition<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))]
}

const GROUP_ID_NOT_FOUND = 69

/** Start offsets of these partitions; if a group is no longer a share group, its committed positions. */
async function fetchStarts(
  cluster: KafkaCluster,
  groups: readonly string[],
  partitions: readonly TopicPartition[] | 'all',
  options: FetchPositionsOptions,
): Promise<Map<string, Outcome<PositionOutcome[]>>> {
  if (groups.length === 0) return new Map()
  const found = await fetchStartOffsets(cluster, groups, options)
  const lost = [...found].flatMap(([group, outcome]) =>
    !outcome.ok && outcome.error.details?.['kafkaCode'] === GROUP_ID_NOT_FOUND ? [group] : [],
  )
  for (const group of lost) cluster.groupKinds.delete(group)
  for (const [group, outcome] of await fetchCommitted(cluster, lost, partitions, options)) found.set(group, outcome)
  if (partitions === 'all') return found
  return new Map([...found].map(([group, outcome]) => [group, lost.includes(group) ? outcome : only(partitions, outcome)])) // oxfmt-ignore
}

function only(of: readonly TopicPartition[], outcome: Outcome<PositionOutcome[]>): Outcome<PositionOutcome[]> {
  if (!outcome.ok) return outcome
  const known = new Map(outcome.value.map((one) => [keyOf(one), one]))
  const none = { ok: true, value: null } as const
  return { ok: true, value: of.map(({ topic, partition: n }) => known.get(keyOf({ topic, partition: n })) ?? { topic, partition: n, outcome: none }) } // oxfmt-ignore
}

async function fetchCommitted(
  cluster: KafkaCluster,
  groups: readonly string[],
  partitions: readonly TopicPartition[] | 'all',
  options: FetchPositionsOptions,
): Promise<Map<string, Outcome<PositionOutcome[]>>> {
  if (groups.length === 0) return new Map()
  const requireStable = options.requireStable ?? false
  const topics =
    partitions === 'all'
      ? null
      : byTopic(partitions).map(({ topic, items }) => ({ topic, partitions: items.map((i) => i.partition) }))
  const outcomes = await askCoordinators<PositionOutcome[]>(
    cluster,
    groups,
    async (nodeId, members, call) => {
      const ask = members.map((group) => ({ group, topics }))
      const together = members.length === 1 || cluster.supports(offsetFetch, { groups: ask, requireStable })
      const requests = together ? [ask] : ask.map((one) => [one])
      const answers = await Promise.all(
        requests.map((some) => cluster.call(nodeId, offsetFetch, { groups: some, requireStable }, call)),
      )
      return answers.flatMap((answer) => answer.groups.map(groupAnswer))
    },
    { ...options, asked: { api: 'OffsetFetch' } },
  )
  for (const [group, outcome] of outcomes) {
    if (outcome.ok || !isNoGroupsYet(outcome.error)) continue
    const none = partitions === 'all' ? [] : partitions
    outcomes.set(group, {
      ok: true,
      value: none.map((p) => ({ topic: p.topic, partition: p.partition, outcome: { ok: true, value: null } })),
    })
  }
  return outcomes
}

function groupAnswer(group: OffsetFetchedGroup): Answer<string, PositionOutcome[]> {
  const value = group.topics.flatMap(({ topic, partitions }) =>
    partitions.map((p): PositionOutcome => {
      const place = { topic, partition: p.partition }
      if (p.errorCode !== 0) {
        const error = kafkaError(p.errorCode, `${partitionName(place)} of group ${group.group}`, {
          details: { ...place },
          asked: { api: 'OffsetFetch', topic, group: group.group },
        })
        return { ...place, outcome: { ok: false, error } }
      }
      // −1 is the protocol's "none". A client that committed −1 itself looks the same, and means the same to Kafka.
      if (p.offset === -1n) return { ...place, outcome: { ok: true, value: null } }
      return {
        ...place,
        outcome: { ok: true, value: { offset: p.offset, leaderEpoch: p.leaderEpoch, metadata: p.metadata } },
      }
    }),
  )
  return { item: group.group, errorCode: group.errorCode, value }
}

export interface CommitOptions extends RouteOptions {
  /** The member that commits; left out: as an administrator. */
  member?: CommittingMember | undefined
}

/**
 * One OffsetCommit as an administrator (generation −1) or as a member. To an administrator the broker refuses it while the
 * group has members (`kafka.group-live`), but it checks neither range nor sign: do that first. Not sent again once it may have
 * arrived. For share groups see share-positions.ts.
 */
export async function commitPositions(
  cluster: KafkaCluster,
  group: string,
  positions: readonly (TopicPartition & { position: Position })[],
  { member, ...options }: CommitOptions = {},
): Promise<PartitionResult[]> {
  const topics = byTopic(positions).map(({ topic, items }) => ({
    topic,
    partitions: items.map((item) => ({ partition: item.partition, ...item.position })),
  }))
  const how = { ...options, mayCreateOffsetsTopic: true, asked: { api: 'OffsetCommit' } } as const
  return await changePositions(cluster, group, positions, how, async (nodeId, call) => {
    const answer = await cluster.call(nodeId, offsetCommit, { group, member, topics }, call)
    return { errorCode: 0, topics: answer.topics }
  })
}

/** Deletes positions (OffsetDelete). Topics to which members are subscribed are refused per partition. */
export async function deletePositions(
  cluster: KafkaCluster,
  group: string,
  partitions: readonly TopicPartition[],
  options: RouteOptions = {},
): Promise<PartitionResult[]> {
  const topics = byTopic(partitions).map(({ topic, items }) => ({ topic, partitions: items.map((i) => i.partition) }))
  const how = { ...options, asked: { api: 'OffsetDelete' } } as const
  return await changePositions(cluster, group, partitions, how, (nodeId, call) =>
    cluster.call(nodeId, offsetDelete, { group, topics }, call),
  )
}
