import type { SeeklineError } from '#shared/errors.ts'
import type { KafkaCluster } from './cluster.ts'
import { askCoordinators, isNoGroupsYet } from './coordinators.ts'
import { kafkaError } from './error-table.ts'
import { type ConsumerGroup, consumerGroupDescribe, type TopicPartitions } from './protocol/consumer-group-describe.ts'
import { describeClusterApi, mayDescribeCluster } from './protocol/describe-cluster.ts'
import { deleteGroupsApi } from './protocol/delete-groups.ts'
import { type ClassicGroup, describeGroupsApi } from './protocol/describe-groups.ts'
import { listGroupsApi } from './protocol/list-groups.ts'
import { type Answer, type Outcome, type RouteOptions, type TopicPartition } from './routing.ts'
import { asSeeklineError, isCancelled, mapLimited } from './waiting.ts'

/** `unknown`: the broker is too old to say (before Kafka 3.8). */
export type GroupKind = 'classic' | 'consumer' | 'share' | 'streams' | 'unknown'

const FEW_GROUPS = 4

export interface GroupListing {
  group: string
  type: GroupKind
  /** Kafka's own word, e.g. Empty, Stable; empty where the broker is too old to say. */
  state: string
  protocolType: string
  coordinator: number
}

/** Every group these credentials may describe. Each broker knows only those it coordinates: `failures` names the brokers that did not answer. */
export async function listGroups(
  cluster: KafkaCluster,
  options: RouteOptions = {},
): Promise<{ groups: GroupListing[]; failures: { nodeId: number; error: SeeklineError }[] }> {
  const failures: { nodeId: number; error: SeeklineError }[] = []
  const lists = await mapLimited(cluster.info().brokers, 16, async ({ nodeId }): Promise<GroupListing[]> => {
    try {
      const call = { signal: options.signal, timeoutMs: options.timeoutMs }
      const answer = await cluster.call(nodeId, listGroupsApi, {}, call)
      if (answer.errorCode !== 0) {
        throw kafkaError(answer.errorCode, `Groups of broker ${nodeId}`, { asked: { api: 'ListGroups' } })
      }
      // Who lists a group coordinates it: ten thousand need not be looked for once more.
      for (const { group } of answer.groups) cluster.coordinators.set(group, nodeId)
      return answer.groups.map((g) => ({
        group: g.group,
        type: kindOf(g.type, g.protocolType),
        state: g.state ?? '',
        protocolType: g.protocolType,
        coordinator: nodeId,
      }))
    } catch (error) {
      if (isCancelled(error)) throw error
      failures.push({ nodeId, error: asSeeklineError(error) })
      return []
    }
  })
  // While a coordinator moves two brokers may list the same group.
  const byName = new Map(lists.flat().map((listing) => [listing.group, listing]))
  return { groups: [...byName.values()], failures }
}

/** Whether {@link listGroups} leaves none out: brokers drop groups that one may not describe without a word. */
export async function seesAllGroups(cluster: KafkaCluster, options: RouteOptions = {}): Promise<boolean> {
  if (!cluster.supports(describeClusterApi)) return false
  const request = { includeFenced: false, includeRights: true }
  const answer = await cluster.call('any', describeClusterApi, request, { signal: options.signal })
  return answer.errorCode === 0 && mayDescribeCluster(answer.rights)
}

function kindOf(type: string | null, protocolType: string): GroupKind {
  if (type === 'classic' || type === 'consumer' || type === 'share' || type === 'streams') return type
  return protocolType === 'share' ? 'share' : 'unknown'
}

export interface GroupMember {
  memberId: string
  instanceId: string | null
  clientId: string
  /** Address as the coordinator sees it, without the slash that Java puts before it. */
  host: string
  /** KIP-848 groups only. */
  memberEpoch: number | null
  /** What it has now. Empty also where another protocol's bytes cannot be read (Kafka Connect …). */
  assignment: TopicPartition[]
  /** KIP-848: what it is to have after the reconciliation under way. */
  targetAssignment: TopicPartition[] | null
  /** Topics, or with KIP-848 perhaps a pattern. */
  subscription: string[]
  subscriptionPattern: string | null
}

export interface GroupDescription {
  group: string
  exists: boolean
  type: GroupKind
  /** Kafka's own word: Empty, Stable, PreparingRebalance, CompletingRebalance, Assigning, Reconciling, Dead. */
  state: string
  protocolType: string
  assignor: string | null
  groupEpoch: number | null
  assignmentEpoch: number | null
  coordinator: number | null
  members: GroupMember[]
}

/**
 * Groups of both kinds in one shape. The newer API is asked first where the broker has it: the older one answers `Dead`
 * for a living KIP-848 group. Share and streams groups come back by type, without members: their state is not positions.
 * A group that does not exist is a value with `exists: false`, not an error.
 */
export async function describeGroups(
  cluster: KafkaCluster,
  groups: readonly string[],
  options: RouteOptions & { types?: ReadonlyMap<string, GroupKind> | undefined } = {},
): Promise<Map<string, Outcome<GroupDescription>>> {
  const result = new Map<string, Outcome<GroupDescription>>()
  const names = [...new Set(groups)]
  // Of few groups both are asked at once: a question too many is cheaper than a second round trip for a person to wait for.
  const together = names.length <= FEW_GROUPS ? askClassic(cluster, names, options) : null
  together?.catch(() => undefined)
  if (cluster.supports(consumerGroupDescribe)) {
    const maybeModern = names.filter((group) => options.types?.get(group) !== 'classic')
    const modern = await askModern(cluster, maybeModern, options)
    // GROUP_ID_NOT_FOUND: a classic group, or none. UNSUPPORTED_VERSION: the new protocol is switched off.
    const elsewhere = new Set([69, 35])
    for (const [group, outcome] of modern) {
      if (outcome.ok) result.set(group, { ok: true, value: fromConsumer(cluster, outcome.value) })
      else if (isNoGroupsYet(outcome.error)) result.set(group, { ok: true, value: absent(group) })
      else if (!elsewhere.has(Number(outcome.error.details?.['kafkaCode']))) result.set(group, outcome)
    }
  }
  const classic = names.filter((group) => !result.has(group))
  if (classic.length === 0) return result
  const older = await (together ?? askClassic(cluster, classic, options))
  const dead: string[] = []
  for (const [group, outcome] of older) {
    if (result.has(group)) continue
    if (!outcome.ok) {
      result.set(group, isNoGroupsYet(outcome.error) ? { ok: true, value: absent(group) } : outcome)
    } else if (outcome.value.state === 'Dead') {
      dead.push(group)
    } else {
      result.set(group, { ok: true, value: fromClassic(cluster, outcome.value) })
    }
  }
  await settleDead(cluster, dead, result, options)
  return result
}

function askModern(cluster: KafkaCluster, groups: readonly string[], options: RouteOptions) {
  return askCoordinators<ConsumerGroup>(
    cluster,
    groups,
    async (nodeId, names, call) =>
      (await cluster.call(nodeId, consumerGroupDescribe, { groups: names }, call)).groups.map((value) => ({
        item: value.group,
        errorCode: value.errorCode,
        brokerSays: value.errorMessage,
        value,
      })),
    { ...options, asked: { api: 'ConsumerGroupDescribe' } },
  )
}

function askClassic(cluster: KafkaCluster, groups: readonly string[], options: RouteOptions) {
  return askCoordinators<ClassicGroup>(
    cluster,
    groups,
    async (nodeId, names, call) =>
      (await cluster.call(nodeId, describeGroupsApi, { groups: names }, call)).groups.map(
        (value): Answer<string, ClassicGroup> => ({
          item: value.group,
          errorCode: value.errorCode === 69 ? 0 : value.errorCode,
          brokerSays: value.errorMessage,
          value: value.errorCode === 69 ? { ...value, state: 'Dead' } : value,
        }),
      ),
    { ...options, asked: { api: 'DescribeGroups' } },
  )
}

// "Dead" means absent, or of a kind that neither API describes: the list knows which.
async function settleDead(
  cluster: KafkaCluster,
  dead: string[],
  result: Map<string, Outcome<GroupDescription>>,
  options: RouteOptions,
): Promise<void> {
  if (dead.length === 0) return
  const { groups, failures } = await listGroups(cluster, options)
  const listed = new Map(groups.map((g) => [g.group, g]))
  for (const group of dead) {
    const listing = listed.get(group)
    if (listing === undefined && failures[0] !== undefined) {
      // Whether it exists at all, a broker that did not answer may know.
      result.set(group, { ok: false, error: failures[0].error })
      continue
    }
    const value: GroupDescription =
      listing === undefined
        ? absent(group)
        : {
            ...absent(group),
            exists: true,
            type: listing.type,
            state: listing.state,
            protocolType: listing.protocolType,
            coordinator: listing.coordinator,
          }
    result.set(group, { ok: true, value })
  }
}

/** Deletes groups with all their positions. Refused with `kafka.group-live` while members live. */
export async function deleteGroups(
  cluster: KafkaCluster,
  groups: readonly string[],
  options: RouteOptions = {},
): Promise<Map<string, Outcome<null>>> {
  return await askCoordinators<null>(
    cluster,
    groups,
    async (nodeId, names, call) =>
      (await cluster.call(nodeId, deleteGroupsApi, { groups: names }, call)).groups.map((g) => ({
        item: g.group,
        errorCode: g.errorCode,
        value: null,
      })),
    { ...options, write: true, asked: { api: 'DeleteGroups' } },
  )
}

function absent(group: string): GroupDescription {
  return {
    group,
    exists: false,
    type: 'unknown',
    state: 'Dead',
    protocolType: '',
    assignor: null,
    groupEpoch: null,
    assignmentEpoch: null,
    coordinator: null,
    members: [],
  }
}

function fromConsumer(cluster: KafkaCluster, group: ConsumerGroup): GroupDescription {
  return {
    group: group.group,
    exists: true,
    type: 'consumer',
    state: group.state,
    protocolType: 'consumer',
    assignor: group.assignor === '' ? null : group.assignor,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    coordinator: cluster.coordinators.get(group.group) ?? null,
    members: group.members.map((m) => ({
      memberId: m.memberId,
      instanceId: m.instanceId,
      clientId: m.clientId,
      host: hostOf(m),
      memberEpoch: m.memberEpoch,
      assignment: flatten(m.assignment),
      targetAssignment: flatten(m.targetAssignment),
      subscription: m.subscription,
      subscriptionPattern: m.subscriptionPattern === '' ? null : m.subscriptionPattern,
    })),
  }
}

function fromClassic(cluster: KafkaCluster, group: ClassicGroup): GroupDescription {
  return {
    ...absent(group.group),
    exists: true,
    type: 'classic',
    state: group.state,
    protocolType: group.protocolType,
    assignor: group.protocol === '' ? null : group.protocol,
    coordinator: cluster.coordinators.get(group.group) ?? null,
    members: group.members.map((m) => ({
      memberId: m.memberId,
      instanceId: m.instanceId,
      clientId: m.clientId,
      host: hostOf(m),
      memberEpoch: null,
      assignment: flatten(m.assignment ?? []),
      targetAssignment: null,
      subscription: m.subscription?.topics ?? [],
      subscriptionPattern: null,
    })),
  }
}

const flatten = (topics: readonly Pick<TopicPartitions[number], 'topic' | 'partitions'>[]): TopicPartition[] =>
  topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))

const hostOf = ({ host }: { host: string }): string => host.replace(/^\//, '')
