import type { KafkaCluster } from './cluster.ts'
import type { GroupKind } from './group-kind.ts'
import type { ConsumerGroup } from './protocol/consumer-group-describe.ts'
import type { TopicPartitions } from './protocol/described-group.ts'
import type { ClassicGroup } from './protocol/describe-groups.ts'
import type { ShareGroup } from './protocol/share-group-describe.ts'
import type { StreamsGroup, StreamsMember, SubtopologyTasks } from './protocol/streams-group-describe.ts'
import type { Told } from './rights.ts'
import type { TopicPartition } from '#shared/model/topic-partition.ts'

export interface DescribedMember {
  memberId: string
  instanceId: string | null
  clientId: string
  /** The address as the coordinator sees it, without the slash that Java puts before it. */
  host: string
  /** null for classic groups. */
  memberEpoch: number | null
  /** Its current assignment. Also empty if it is in another protocol (Kafka Connect …) and cannot be read. */
  assignment: TopicPartition[]
  /** KIP-848: the assignment it will have after the current reconciliation. */
  targetAssignment: TopicPartition[] | null
  /** Topics, or with KIP-848 possibly a pattern. */
  subscription: string[]
  subscriptionPattern: string | null
  /** client.rack; null: it has none, or the protocol does not transmit it. */
  rackId: string | null
  /** In a group of a newer protocol: this member still uses the classic one. */
  isClassic: boolean
  /** For a streams group. */
  tasks: Pick<StreamsMember, 'processId' | 'topologyEpoch' | 'assignment' | 'target'> | null
}

export interface GroupDescription {
  group: string
  exists: boolean
  type: GroupKind
  /** Kafka's own word: Empty, Stable, PreparingRebalance, CompletingRebalance, Assigning, Reconciling, NotReady, Dead. */
  state: string
  protocolType: string
  assignor: string | null
  groupEpoch: number | null
  assignmentEpoch: number | null
  coordinator: number | null
  /** null: these brokers do not tell the members of such a group. */
  members: DescribedMember[] | null
  /** What these credentials may do with it; null: not asked, or not told. */
  rights: Told
  /** For a streams group; null if it is not initialised. */
  topology: StreamsGroup['topology']
}

export function absent(group: string): GroupDescription {
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
    rights: null,
    topology: null,
  }
}

const plain = { rackId: null, isClassic: false, tasks: null }

export function fromConsumer(cluster: KafkaCluster, group: ConsumerGroup): GroupDescription {
  return {
    ...absent(group.group),
    exists: true,
    type: 'consumer',
    state: group.state,
    protocolType: 'consumer',
    assignor: group.assignor === '' ? null : group.assignor,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    coordinator: cluster.coordinators.get(group.group) ?? null,
    rights: group.rights,
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
      ...plain,
      rackId: m.rackId,
      isClassic: m.isClassic,
    })),
  }
}

export function fromClassic(cluster: KafkaCluster, group: ClassicGroup): GroupDescription {
  return {
    ...absent(group.group),
    exists: true,
    type: 'classic',
    state: group.state,
    protocolType: group.protocolType,
    assignor: group.protocol === '' ? null : group.protocol,
    coordinator: cluster.coordinators.get(group.group) ?? null,
    rights: group.rights,
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
      ...plain,
      rackId: m.subscription?.rackId ?? null,
    })),
  }
}

export function fromShare(cluster: KafkaCluster, group: ShareGroup): GroupDescription {
  return {
    ...absent(group.group),
    exists: true,
    type: 'share',
    state: group.state,
    protocolType: 'share',
    assignor: group.assignor === '' ? null : group.assignor,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    coordinator: cluster.coordinators.get(group.group) ?? null,
    rights: group.rights,
    members: group.members.map((m) => ({
      memberId: m.memberId,
      instanceId: null,
      clientId: m.clientId,
      host: hostOf(m),
      memberEpoch: m.memberEpoch,
      assignment: flatten(m.assignment),
      targetAssignment: null,
      subscription: m.subscription,
      subscriptionPattern: null,
      ...plain,
      rackId: m.rackId,
    })),
  }
}

/**
 * Converts tasks to the partitions that they read: task n of a subtopology reads partition n of each of its topics that has
 * one.
 */
export function fromStreams(cluster: KafkaCluster, group: StreamsGroup): GroupDescription {
  const subtopologies = group.topology?.subtopologies ?? []
  const topicsOf = new Map(subtopologies.map((one) => [one.id, [...one.sourceTopics, ...one.repartitionSources]]))
  const exists = (topic: string, partition: number): boolean => {
    const known = cluster.topic(topic)?.partitions.length ?? 0
    return known === 0 || partition < known
  }
  const partitionsOf = (tasks: readonly SubtopologyTasks[]): TopicPartition[] =>
    tasks.flatMap(({ subtopologyId, partitions }) =>
      (topicsOf.get(subtopologyId) ?? []).flatMap((topic) =>
        partitions.filter((one) => exists(topic, one)).map((partition) => ({ topic, partition })),
      ),
    )
  const sources = [...new Set(subtopologies.flatMap((one) => one.sourceTopics))]
  return {
    ...absent(group.group),
    exists: true,
    type: 'streams',
    state: group.state,
    protocolType: 'streams',
    assignor: group.assignor,
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    coordinator: cluster.coordinators.get(group.group) ?? null,
    rights: group.rights,
    topology: group.topology,
    members: group.members.map((m) => ({
      memberId: m.memberId,
      instanceId: m.instanceId,
      clientId: m.clientId,
      host: hostOf(m),
      memberEpoch: m.memberEpoch,
      // Standby and warm-up tasks read changelogs, not the topics with the group's positions.
      assignment: partitionsOf(m.assignment.active),
      targetAssignment: partitionsOf(m.target.active),
      subscription: sources,
      subscriptionPattern: null,
      rackId: m.rackId,
      isClassic: m.isClassic,
      tasks: m,
    })),
  }
}

const flatten = (topics: readonly Pick<TopicPartitions[number], 'topic' | 'partitions'>[]): TopicPartition[] =>
  topics.flatMap(({ topic, partitions }) => partitions.map((partition) => ({ topic, partition })))

const hostOf = ({ host }: { host: string }): string => host.replace(/^\//, '')
