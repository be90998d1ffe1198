import { SeeklineError } from '#shared/errors.ts'
import type { KafkaCluster } from './cluster.ts'
import { kafkaError } from './protocol/error-codes.ts'
import { createTopicsApi, type NewTopic } from './protocol/create-topics.ts'
import { type ConfigEntry, type ConfigResourceType, describeConfigsApi } from './protocol/describe-configs.ts'
import { describeLogDirs, type DescribeLogDirsRequest, type LogDir } from './protocol/describe-log-dirs.ts'
import { initProducerIdApi } from './protocol/init-producer-id.ts'
import type { TopicPartition } from '#shared/model/positions.ts'
import type { Outcome, RouteOptions } from './routing.ts'
import { asSeeklineError, backOff, isCancelled, mapLimited, sleep } from './waiting.ts'

const ATTEMPTS = 6

/** The settings of topics (or of brokers, by id), with where each value comes from. A broker is asked itself. */
export async function describeConfigs(
  cluster: KafkaCluster,
  resources: readonly { kind: 'topic' | 'broker'; name: string; keys?: readonly string[] }[],
  options: RouteOptions = {},
): Promise<{ kind: 'topic' | 'broker'; name: string; outcome: Outcome<ConfigEntry[]> }[]> {
  const call = { signal: options.signal, timeoutMs: options.timeoutMs }
  const ask = async (to: number | 'any', some: typeof resources): Promise<Map<string, Outcome<ConfigEntry[]>>> => {
    const wanted = some.map((r) => ({
      type: (r.kind === 'topic' ? 2 : 4) as ConfigResourceType,
      name: r.name,
      keys: r.keys ?? null,
    }))
    const answer = await cluster.ask(to, describeConfigsApi, { resources: wanted }, call)
    return new Map(
      answer.resources.map((r) => [
        `${r.type}/${r.name}`,
        r.errorCode === 0
          ? { ok: true, value: r.entries }
          : {
              ok: false,
              error: kafkaError(r.errorCode, `Settings of ${r.name}`, {
                brokerSays: r.errorMessage,
                asked: r.type === 2 ? { api: 'DescribeConfigs', topic: r.name } : { api: 'DescribeConfigs of brokers' },
              }),
            },
      ]),
    )
  }
  const topics = resources.filter((r) => r.kind === 'topic')
  const brokers = resources.filter((r) => r.kind === 'broker')
  const parts: [number | 'any', typeof resources][] = [
    ...(topics.length > 0 ? [['any', topics] as [number | 'any', typeof resources]] : []),
    ...brokers.map((r): [number | 'any', typeof resources] => [Number(r.name), [r]]),
  ]
  const outcomes = new Map<string, Outcome<ConfigEntry[]>>()
  await mapLimited(parts, 8, async ([to, some]) => {
    try {
      for (const [key, outcome] of await ask(to, some)) outcomes.set(key, outcome)
    } catch (error) {
      if (isCancelled(error)) throw error
      for (const r of some)
        outcomes.set(`${r.kind === 'topic' ? 2 : 4}/${r.name}`, { ok: false, error: asSeeklineError(error) })
    }
  })
  return resources.map(({ kind, name }) => ({
    kind,
    name,
    outcome: outcomes.get(`${kind === 'topic' ? 2 : 4}/${name}`) ?? {
      ok: false,
      error: new SeeklineError('internal', `Settings of ${name}: the broker left them out of its answer.`),
    },
  }))
}

export interface ReplicaSize extends TopicPartition {
  nodeId: number
  /** Bytes on disk. */
  size: bigint
  offsetLag: bigint
  future: boolean
}

/** Sizes on disk of every replica of the topics (null: of all). Brokers that refuse or fail are in `failures`. */
export async function logDirs(
  cluster: KafkaCluster,
  topics: readonly string[] | null,
  options: RouteOptions = {},
): Promise<{ replicas: ReplicaSize[]; failures: { nodeId: number; error: SeeklineError }[] }> {
  const failures: { nodeId: number; error: SeeklineError }[] = []
  const wanted =
    topics?.map((topic) => ({ topic, partitions: cluster.topic(topic)?.partitions.map((p) => p.partition) ?? [] })) ??
    null
  const lists = await mapLimited(cluster.info().brokers, 16, async ({ nodeId }): Promise<ReplicaSize[]> => {
    try {
      const { dirs, error } = await dirsOf(cluster, nodeId, wanted, options)
      if (error !== undefined) failures.push({ nodeId, error })
      return dirs.flatMap((dir) =>
        dir.topics.flatMap(({ topic, partitions }) => partitions.map((p) => ({ nodeId, topic, ...p }))),
      )
    } catch (error) {
      if (isCancelled(error)) throw error
      failures.push({ nodeId, error: asSeeklineError(error) })
      return []
    }
  })
  return { replicas: lists.flat(), failures }
}

export interface BrokerDisk {
  /** Bytes of all replicas on it, those being moved between its directories included. */
  size: bigint
  /** null: before Kafka 3.3 a broker does not say. */
  disk: { total: bigint; usable: bigint } | null
}

/** What lies on one broker, in sum. */
export async function brokerDisk(
  cluster: KafkaCluster,
  nodeId: number,
  options: RouteOptions = {},
): Promise<BrokerDisk> {
  const { dirs, error } = await dirsOf(cluster, nodeId, null, options)
  // Without one of its directories a sum would say too little.
  if (error !== undefined) throw error
  let size = 0n
  for (const { topics } of dirs)
    for (const { partitions } of topics) for (const partition of partitions) size += partition.size
  const isTold = dirs.every((dir) => dir.totalBytes >= 0n && dir.usableBytes >= 0n)
  const sum = (of: 'totalBytes' | 'usableBytes') => dirs.reduce((all, dir) => all + dir[of], 0n)
  return { size, disk: isTold ? { total: sum('totalBytes'), usable: sum('usableBytes') } : null }
}

/** A broker's log directories; `error`: one of them could not be described. */
async function dirsOf(
  cluster: KafkaCluster,
  nodeId: number,
  topics: DescribeLogDirsRequest['topics'],
  options: RouteOptions,
): Promise<{ dirs: LogDir[]; error: SeeklineError | undefined }> {
  const asked = { api: 'DescribeLogDirs' } as const
  const call = { signal: options.signal, timeoutMs: options.timeoutMs }
  const { errorCode, dirs } = await cluster.ask(nodeId, describeLogDirs, { topics }, call)
  if (errorCode !== 0) throw kafkaError(errorCode, 'Log directories', { asked })
  // Before v3 a broker that refuses answers with nothing at all.
  if (dirs.length === 0) throw kafkaError(31, 'Log directories', { asked })
  const bad = dirs.find((dir) => dir.errorCode !== 0)
  return { dirs, error: bad === undefined ? undefined : kafkaError(bad.errorCode, bad.path, { asked }) }
}

/** Creates a topic and waits until its partitions have leaders. Returns its id. `validateOnly`: only says whether it could. */
export async function createTopic(
  cluster: KafkaCluster,
  topic: NewTopic,
  options: RouteOptions & { validateOnly?: boolean } = {},
): Promise<{ topicId: string | null; partitions: number }> {
  const timeoutMs = options.timeoutMs ?? 30_000
  const request = { topics: [topic], timeoutMs, validateOnly: options.validateOnly ?? false }
  const controller = cluster.info().controllerId
  const answer = await cluster.call(controller >= 0 ? controller : 'any', createTopicsApi, request, {
    signal: options.signal,
    timeoutMs: timeoutMs + 5_000,
  })
  const created = answer.topics[0]
  if (created === undefined) throw new SeeklineError('internal', `Topic ${topic.topic}: the broker did not answer.`)
  if (created.errorCode !== 0) {
    throw kafkaError(created.errorCode, `Topic ${topic.topic}`, {
      brokerSays: created.errorMessage,
      asked: { api: 'CreateTopics', topic: topic.topic },
    })
  }
  for (let attempt = 0; attempt < ATTEMPTS * 2 && options.validateOnly !== true; attempt++) {
    await cluster.refresh({ topics: [topic.topic], signal: options.signal })
    const partitions = cluster.topic(topic.topic)?.partitions ?? []
    if (partitions.length > 0 && partitions.every((p) => p.leader !== null)) break
    await sleep(backOff(attempt, 50, 500), options.signal)
  }
  const partitions = created.partitions > 0 ? created.partitions : (cluster.topic(topic.topic)?.partitions.length ?? 0)
  return { topicId: created.topicId ?? cluster.topic(topic.topic)?.topicId ?? null, partitions }
}

/** A producer id for idempotent writing. Harmless to ask for twice, so it is retried. */
export async function initProducerId(
  cluster: KafkaCluster,
  options: RouteOptions & { topic?: string } = {},
): Promise<{ producerId: bigint; producerEpoch: number }> {
  for (let attempt = 0; ; attempt++) {
    const call = {
      signal: options.signal,
      timeoutMs: options.timeoutMs,
      channel: options.channel ?? 'produce',
    } as const
    let error: SeeklineError
    try {
      const answer = await cluster.call('any', initProducerIdApi, {}, call)
      if (answer.errorCode === 0) return { producerId: answer.producerId, producerEpoch: answer.producerEpoch }
      error = kafkaError(answer.errorCode, 'Producer id', { asked: { api: 'InitProducerId', topic: options.topic } })
    } catch (thrown) {
      if (isCancelled(thrown)) throw thrown
      error = asSeeklineError(thrown)
    }
    if (!error.retryable || attempt + 1 >= ATTEMPTS) throw error
    await sleep(backOff(attempt), options.signal)
  }
}
