import type { Failure } from '#shared/contract/common.ts'
import type { ServiceOf } from '#shared/contract/define.ts'
import type { PartitionRow, TopicRow, topics, TopicTotals } from '#shared/contract/topics.ts'
import { type SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { logDirs } from '../kafka/log-dirs.ts'
import { describeConfigs } from '../kafka/configs.ts'
import { brokers } from '../kafka/leaderless.ts'
import type { KafkaCluster, PartitionInfo, TopicInfo } from '../kafka/cluster.ts'
import { kafkaError, tooManyPartitions } from '../kafka/protocol/error-codes.ts'
import { listOffsets, type FoundOffset } from '../kafka/list-offsets.ts'
import type { Outcome } from '../kafka/routing.ts'
import type { GroupsPort } from './groups/group-port.ts'
import { positionsIn, writtenOver } from './topic-picture.ts'

/** Topics: the list, their sizes and their settings. */
export function createTopicsService(
  clusterOf: (connectionId: ConnectionId) => KafkaCluster,
  groupsOf: (connectionId: ConnectionId) => Promise<GroupsPort>,
): ServiceOf<typeof topics> {
  return {
    'topics.list': async ({ connectionId, from, limit, asConnected }, { signal }) => {
      const cluster = clusterOf(connectionId)
      // The pages of one list come from one answer.
      if (from === 0 && !(asConnected && cluster.takeConnected())) await cluster.refresh({ signal })
      const items = cluster.topics.slice(from, limit).map(topicRow)
      const next = from + items.length
      return { items, failures: [], next: next < cluster.topics.size ? next : null }
    },

    'topics.totals': async ({ connectionId, topics: names }, { signal }) => {
      const cluster = clusterOf(connectionId)
      await cluster.refresh({ topics: names.filter((name) => cluster.topic(name) === undefined), signal })
      const [edges, sizes] = await Promise.all([edgesOf(cluster, names, signal), sizesOf(cluster, names, signal)])
      return {
        items: names.map((name) => missing(cluster, name) ?? totals(name, edges, sizes.byTopic)),
        failures: sizes.failures,
      }
    },

    'topics.describe': async ({ connectionId, topic: name }, { signal }) => {
      const cluster = clusterOf(connectionId)
      await cluster.refresh({ topics: [name], signal })
      const topic = await cluster.requireTopic(name, signal)
      const [edges, sizes] = await Promise.all([edgesOf(cluster, [name], signal), sizesOf(cluster, [name], signal)])
      return {
        name,
        topicId: topic.topicId,
        internal: topic.internal,
        partitions: topic.partitions.map((one) => partitionRow(name, one, edges, sizes.byPartition)),
        failures: sizes.failures,
      }
    },

    'topics.positions': async (input, { signal }) => positionsIn(await groupsOf(input.connectionId), input, signal),

    'topics.written': (input, { signal }) => writtenOver(clusterOf(input.connectionId), input, signal),

    'topics.config': async ({ connectionId, topic: name }, { signal }) => {
      const [found] = await describeConfigs(clusterOf(connectionId), [{ kind: 'topic', name }], { signal })
      if (found?.outcome.ok !== true) throw found?.outcome.error ?? kafkaError(3, `Topic ${name}`)
      const items = found.outcome.value.map(
        ({ name: key, value, source, isDefault, readOnly, sensitive, documentation, synonyms }) => ({
          name: key,
          value,
          source,
          isDefault,
          readOnly,
          sensitive,
          documentation,
          synonyms,
        }),
      )
      return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) }
    },
  }
}

function topicRow(topic: TopicInfo): TopicRow {
  const { name, topicId, internal, partitions } = topic
  let replicationFactor = 0
  for (const { replicas } of partitions) replicationFactor = Math.max(replicationFactor, replicas.length)
  const error = errorOf(topic)
  return {
    name,
    topicId,
    internal,
    partitions: partitions.length,
    replicationFactor,
    underReplicated: partitions.filter((one) => one.inSync.length < one.replicas.length).length,
    leaderless: partitions.filter((one) => one.leader === null).length,
    ...(error === null ? {} : { error: toErrorValue(error) }),
  }
}

/** Why a topic cannot be described; null: it can. */
function errorOf({ name, errorCode, claims }: TopicInfo): SeeklineError | null {
  if (claims !== undefined) return tooManyPartitions(name, claims)
  return errorCode === 0 ? null : kafkaError(errorCode, `Topic ${name}`, { asked: { api: 'Metadata', topic: name } })
}

interface Edges {
  start: Outcome<FoundOffset>
  stable: Outcome<FoundOffset>
  end: Outcome<FoundOffset>
}

const edgeKinds = ['earliest', 'lso', 'latest'] as const

/** Topic → partition → its log's bounds. */
async function edgesOf(cluster: KafkaCluster, names: readonly string[], signal: AbortSignal) {
  const places = names.flatMap((topic) =>
    (cluster.topic(topic)?.partitions ?? []).map(({ partition }) => ({ topic, partition })),
  )
  const answers = await listOffsets(
    cluster,
    places.flatMap((at) => edgeKinds.map((kind) => ({ ...at, at: kind }))),
    { signal },
  )
  const edges = new Map<string, Map<number, Edges>>(names.map((name) => [name, new Map()]))
  places.forEach(({ topic, partition }, i) => {
    const [start, stable, end] = answers.slice(i * 3, i * 3 + 3).map(({ outcome }) => outcome)
    if (start !== undefined && stable !== undefined && end !== undefined) {
      edges.get(topic)?.set(partition, { start, stable, end })
    }
  })
  return edges
}

/** Bytes of the leaders' replicas. Describing log directories needs a right of its own, so lacking it is not an error. */
async function sizesOf(cluster: KafkaCluster, names: readonly string[], signal: AbortSignal) {
  const { replicas, failures } = await logDirs(cluster, names, { signal })
  const byPartition = new Map<string, bigint>()
  const byTopic = new Map<string, bigint>()
  for (const { topic, partition, nodeId, size, future } of replicas) {
    if (future || cluster.leaderOf(topic, partition)?.nodeId !== nodeId) continue
    byPartition.set(`${partition}/${topic}`, size)
    byTopic.set(topic, (byTopic.get(topic) ?? 0n) + size)
  }
  return {
    byPartition,
    byTopic,
    // A missing right usually affects every broker: it is reported once.
    failures: [...Map.groupBy(failures, ({ error }) => error.message).values()].map((same): Failure => ({
      what: `Sizes on ${brokers(same.map(({ nodeId }) => nodeId))}`,
      error: toErrorValue(same[0]!.error), // Map.groupBy makes no empty group
    })),
  }
}

/** A topic without partitions to ask has no total, not a total of 0: it was deleted, or may not be seen. */
function missing(cluster: KafkaCluster, name: string): TopicTotals | null {
  const topic = cluster.topic(name)
  if (topic !== undefined && topic.partitions.length > 0) return null
  const error = (topic && errorOf(topic)) ?? kafkaError(3, `Topic ${name}`, { asked: { api: 'Metadata', topic: name } })
  return { topic: name, offsets: null, size: null, error: toErrorValue(error) }
}

function totals(topic: string, edges: Map<string, Map<number, Edges>>, sizes: Map<string, bigint>): TopicTotals {
  let offsets = 0n
  for (const { start, end } of edges.get(topic)?.values() ?? []) {
    if (!start.ok) return { topic, offsets: null, size: sizes.get(topic) ?? null, error: toErrorValue(start.error) }
    if (!end.ok) return { topic, offsets: null, size: sizes.get(topic) ?? null, error: toErrorValue(end.error) }
    offsets += (end.value.offset ?? 0n) - (start.value.offset ?? 0n)
  }
  return { topic, offsets, size: sizes.get(topic) ?? null }
}

function partitionRow(
  topic: string,
  { partition, leader, leaderEpoch, replicas, inSync, offline }: PartitionInfo,
  edges: Map<string, Map<number, Edges>>,
  sizes: Map<string, bigint>,
): PartitionRow {
  const found = edges.get(topic)?.get(partition)
  const offset = (edge: Outcome<FoundOffset> | undefined) => (edge?.ok === true ? edge.value.offset : null)
  const failure = [found?.start, found?.stable, found?.end].find((edge) => edge?.ok === false)
  return {
    partition,
    leader,
    leaderEpoch,
    replicas: [...replicas],
    inSync: [...inSync],
    offline: [...offline],
    logStart: offset(found?.start),
    lastStable: offset(found?.stable),
    highWatermark: offset(found?.end),
    size: sizes.get(`${partition}/${topic}`) ?? null,
    ...(failure?.ok === false ? { error: toErrorValue(failure.error) } : {}),
  }
}
