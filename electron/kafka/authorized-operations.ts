import type { KafkaCluster } from './cluster.ts'
import { describeClusterApi } from './protocol/describe-cluster.ts'
import { metadata } from './protocol/metadata.ts'
import type { Told, TopicRights } from './rights.ts'
import type { RouteOptions } from './routing.ts'
import { isCancelled } from './cancellation.ts'

export async function topicRights(
  cluster: KafkaCluster,
  topics: readonly string[],
  options: RouteOptions = {},
): Promise<TopicRights> {
  if (topics.length === 0) return new Map()
  const answer = await unlessItFails(cluster.ask('any', metadata, { topics, includeRights: true }, options))
  return new Map(answer?.topics.map((topic) => [topic.name, topic.rights]))
}

/** The rights on the cluster itself. The broker tells them only to clients that may describe it. */
export async function clusterRights(cluster: KafkaCluster, options: RouteOptions = {}): Promise<Told> {
  if (!cluster.supports(describeClusterApi)) return null
  const request = { includeFenced: false, includeRights: true }
  const answer = await unlessItFails(cluster.ask('any', describeClusterApi, request, options))
  return answer?.errorCode === 0 ? answer.rights : null
}

// If the rights cannot be read, they are not shown: the operation itself then succeeds or fails.
async function unlessItFails<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (isCancelled(error)) throw error
    return null
  }
}
