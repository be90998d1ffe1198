import type { GroupMember } from '#shared/contract/groups.ts'
import { fromErrorValue, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import { keyOf, partitionKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import type { KafkaCluster } from '../../kafka/cluster.ts'
import { neverHadGroups, noGroupsYet } from '../../kafka/coordinators.ts'
import type { DescribedMember, GroupDescription } from '../../kafka/group-descriptions.ts'
import type { StreamsAssignment, SubtopologyTasks } from '../../kafka/protocol/streams-group-describe.ts'
import { deleteGroups, describeGroups, listGroups, seesAllGroups } from '../../kafka/groups-api.ts'
import { logBounds } from '../../kafka/log-bounds.ts'
import { listOffsets, type OffsetAt } from '../../kafka/list-offsets.ts'
import { commitPositions, deletePositions, fetchOffsets, fetchPositions } from '../../kafka/group-positions.ts'
import { alterStartOffsets, deleteStartOffsets } from '../../kafka/share-positions.ts'
import type { PositionOutcome, PartitionResult } from '../../kafka/position-change.ts'
import type { HistoryAccess } from '../../kafka/commit-history.ts'
import { findPlace } from '../../kafka/resolve-places.ts'
import { PartitionKeys } from '../../kafka/partition-keys.ts'
import type { Outcome } from '../../kafka/routing.ts'
import { isCancelled } from '../../kafka/cancellation.ts'
import type {
  CommitWatch,
  FoundPositions,
  GroupFacts,
  GroupsPort,
  LogEdges,
  PerPartition,
  Written,
} from './group-port.ts'

/** The port to groups, implemented with a real cluster. */
// oxlint-disable-next-line max-lines-per-function -- one short method for each question about groups
export function createGroupsPort(
  access: HistoryAccess,
  watchCommits: (group: string, signal: AbortSignal) => Promise<CommitWatch>,
): GroupsPort {
  const { cluster } = access
  const keys = new PartitionKeys()
  const factsOf: GroupsPort['factsOf'] = async (groups, signal, types) =>
    mapOutcomes(await describeGroups(cluster, groups, { signal, types }), facts)

  const positions: GroupsPort['positions'] = async (group, of, signal) => {
    const found = (await fetchPositions(cluster, [group], of, { signal, requireStable: true })).get(group)
    if (found === undefined || !found.ok) throw found?.error ?? noGroupsYet()
    return byPartition(found.value)
  }

  const ask = async (of: readonly TopicPartition[], at: OffsetAt, signal: AbortSignal) => {
    const answers = await listOffsets(
      cluster,
      of.map(({ topic, partition }) => ({ topic, partition, at })),
      { signal },
    )
    return answers.map(({ outcome }) => outcome)
  }

  return {
    get clusterId() {
      return cluster.info().clusterId
    },

    list: async (signal) => {
      const { groups, failures } = await listGroups(cluster, { signal })
      // No broker answered: that is not an empty list.
      if (failures.length > 0 && failures.length === cluster.info().brokers.length) throw failures[0]!.error // length > 0
      const note = groups.length === 0 && failures.length === 0 ? await whyNone(cluster, signal) : null
      return {
        items: groups.map(({ group, type, state, protocolType }) => ({ group, type, state, protocolType })),
        failures: failures.map(({ nodeId, error }) => ({ what: `Broker ${nodeId}`, error: toErrorValue(error) })),
        note,
      }
    },

    factsOf,

    facts: async (group, signal) => {
      const found = mapOutcomes(await describeGroups(cluster, [group], { signal, includeRights: true }), facts).get(
        group,
      )
      if (found === undefined) throw noGroupsYet()
      if ('error' in found) throw fromErrorValue(found.error)
      return found.value
    },

    positions,

    positionsOf: async (groups, signal) =>
      mapOutcomes(await fetchPositions(cluster, groups, 'all', { signal }), byPartition),

    offsetsOf: async (groups, signal) => {
      const offsets = new Map<string, ReadonlyMap<string, bigint>>()
      for (const [group, outcome] of await fetchOffsets(cluster, groups, keys, { signal })) {
        if (outcome.ok) offsets.set(group, outcome.value)
        else if (isCancelled(outcome.error)) throw outcome.error
      }
      return offsets
    },

    topicIds: async (topics, signal) => {
      // Read again each time, to notice a topic that was deleted and created again.
      await cluster.refresh({ topics, signal })
      return knownIds(cluster, topics)
    },

    topics: async (topics, signal) => {
      const rights = await cluster.refreshTopics(topics, { signal, includeRights: true })
      return { ids: knownIds(cluster, topics), rights }
    },

    partitionsOf: async (topic, signal) =>
      (await cluster.requireTopic(topic, signal)).partitions.map((one) => one.partition),

    bounds: async (of, signal) => mapOutcomes(await logBounds(cluster, of, { signal }), (log) => log),

    edges: async (of, signal) => {
      const [starts, ends] = await Promise.all([ask(of, 'earliest', signal), ask(of, 'latest', signal)])
      const found: PerPartition<LogEdges> = new Map()
      of.forEach((at, i) => found.set(keyOf(at), edged(starts[i], ends[i])))
      return found
    },

    highWatermarks: async (of, signal) => {
      const ends = await ask(of, 'latest', signal)
      const found: PerPartition<bigint> = new Map()
      for (const [i, at] of of.entries()) {
        const end = ends[i]
        found.set(keyOf(at), end?.ok === true ? { value: end.value.offset ?? 0n } : failed(end))
      }
      return found
    },

    findPlace: (place, of, signal) => findPlace(access, place, of, { signal }),

    watchCommits: (group, signal) =>
      cluster.groupKinds.get(group) === 'share' ? Promise.resolve(noCommits) : watchCommits(group, signal),

    commit: async (group, wanted, isShare) => {
      const list = wanted.map(({ topic, partition, ...position }) => ({ topic, partition, position }))
      return written(await (isShare ? alterStartOffsets : commitPositions)(cluster, group, list))
    },

    remove: async (group, of, isShare) =>
      written(await (isShare ? deleteStartOffsets : deletePositions)(cluster, group, of)),

    removeGroup: async (group) => {
      const outcome = (await deleteGroups(cluster, [group])).get(group)
      return outcome?.ok === true ? { status: 'written' } : notWritten(outcome)
    },
  }
}

function knownIds(cluster: KafkaCluster, topics: readonly string[]): Map<string, string | null> {
  const known = new Map<string, string | null>()
  for (const name of topics) {
    const topic = cluster.topic(name)
    if (topic !== undefined && topic.partitions.length > 0) known.set(name, topic.topicId)
  }
  return known
}

const noCommits: CommitWatch = {
  end: () => Promise.resolve(null),
  since: () =>
    Promise.resolve(
      'a share group’s start offsets are not among the commits of __consumer_offsets, which tell their order',
    ),
}

/** What is known about an empty list: brokers silently leave out groups that these credentials may not describe. */
async function whyNone(cluster: KafkaCluster, signal: AbortSignal): Promise<string> {
  if (await neverHadGroups(cluster, signal)) return noGroupsYet().message
  return (await seesAllGroups(cluster, { signal }))
    ? 'This cluster has no group now.'
    : 'No group can be seen: there is none, or these credentials lack Describe on groups.'
}

function facts(found: GroupDescription): GroupFacts {
  const { exists, type, state, protocolType, assignor, groupEpoch, assignmentEpoch, coordinator, rights } = found
  return {
    exists,
    type,
    state,
    protocolType,
    assignor,
    groupEpoch,
    assignmentEpoch,
    coordinator,
    members: found.members?.map(memberOf) ?? null,
    ...(found.topology === null ? {} : { topology: found.topology }),
    rights,
  }
}

function memberOf(member: DescribedMember): GroupMember {
  const { memberId, instanceId, clientId, host, memberEpoch, subscription, subscriptionPattern, tasks } = member
  return {
    memberId,
    instanceId,
    clientId,
    host,
    memberEpoch,
    assignment: member.assignment,
    subscription: subscriptionPattern === null ? subscription : [...subscription, `/${subscriptionPattern}/`],
    ...(member.targetAssignment === null ? {} : { target: member.targetAssignment }),
    ...(member.rackId === null || member.rackId === '' ? {} : { rack: member.rackId }),
    ...(member.isClassic ? { isClassic: true } : {}),
    ...(tasks === null ? {} : { streams: streamsOf(tasks) }),
  }
}

function streamsOf({ processId, topologyEpoch, assignment, target }: NonNullable<DescribedMember['tasks']>) {
  return { processId, topologyEpoch, ...tasksOf(assignment), target: tasksOf(target) }
}

function tasksOf({ active, standby, warmUp }: StreamsAssignment) {
  const named = (tasks: readonly SubtopologyTasks[]) => tasks.map(({ subtopologyId, partitions }) => ({ subtopology: subtopologyId, partitions })) // oxfmt-ignore
  return { active: named(active), standby: named(standby), warmUp: named(warmUp) }
}

function byPartition(found: readonly PositionOutcome[]): FoundPositions {
  return new Map(
    found.map(({ topic, partition, outcome, lag }) => [
      partitionKey(topic, partition),
      outcome.ok
        ? { value: outcome.value, ...(lag === undefined ? {} : { lag }) }
        : { error: toErrorValue(outcome.error) },
    ]),
  )
}

function mapOutcomes<A, B>(outcomes: Map<string, Outcome<A>>, map: (value: A) => B) {
  const out = new Map<string, { value: B } | { error: ErrorValue }>()
  for (const [key, outcome] of outcomes) {
    if (!outcome.ok && isCancelled(outcome.error)) throw outcome.error
    out.set(key, outcome.ok ? { value: map(outcome.value) } : { error: toErrorValue(outcome.error) })
  }
  return out
}

type FoundEdge = Outcome<{ offset: bigint | null }> | undefined

function edged(start: FoundEdge, end: FoundEdge): { value: LogEdges } | { error: ErrorValue } {
  if (start?.ok !== true) return failed(start)
  if (end?.ok !== true) return failed(end)
  return { value: { logStart: start.value.offset ?? 0n, highWatermark: end.value.offset ?? 0n } }
}

function failed(outcome: Outcome<unknown> | undefined): { error: ErrorValue } {
  return {
    error: toErrorValue(
      outcome?.ok === false ? outcome.error : new Error('The broker left this partition out of its answer.'),
    ),
  }
}

function written(results: readonly PartitionResult[]): Map<string, Written> {
  return new Map(
    results.map(({ topic, partition, outcome }) => [
      partitionKey(topic, partition),
      outcome.ok ? { status: 'written' } : notWritten(outcome),
    ]),
  )
}

function notWritten(outcome: Outcome<unknown> | undefined): Written {
  const error = failed(outcome).error
  return { status: error.details?.['sent'] === true ? 'unknown' : 'refused', error }
}
