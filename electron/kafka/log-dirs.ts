import type { SeeklineError } from '#shared/errors.ts'
import type { KafkaCluster } from './cluster.ts'
import { kafkaError } from './protocol/error-codes.ts'
import { describeLogDirs, type DescribeLogDirsRequest, type LogDir } from './protocol/describe-log-dirs.ts'
import type { TopicPartition } from '#shared/model/topic-partition.ts'
import type { RouteOptions } from './routing.ts'
import { asSeeklineError, isCancelled } from './cancellation.ts'
import { mapLimited } from './map-limited.ts'

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
  /** Bytes of all replicas on it, including those being moved between its directories. */
  size: bigint
  /** null: brokers before Kafka 3.3 do not say. */
  disk: { total: bigint; usable: bigint } | null
}

/** The totals of one broker. */
export async function brokerDisk(
  cluster: KafkaCluster,
  nodeId: number,
  options: RouteOptions = {},
): Promise<BrokerDisk> {
  const { dirs, error } = await dirsOf(cluster, nodeId, null, options)
  // Without one of its directories the sum would be too small.
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
  // Before v3 a broker that refuses answers with an empty list.
  if (dirs.length === 0) throw kafkaError(31, 'Log directories', { asked })
  const bad = dirs.find((dir) => dir.errorCode !== 0)
  return { dirs, error: bad === undefined ? undefined : kafkaError(bad.errorCode, bad.path, { asked }) }
}
