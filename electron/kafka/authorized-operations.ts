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

/** On the cluster itself. Only who may describe it is told. */
export async function clusterRights(cluster: KafkaCluster, options: RouteOptions = {}): Promise<Told> {
  if (!cluster.supports(describeClusterApi)) return null
  const request = { includeFenced: false, includeRights: true }
  const answer = await unlessItFails(cluster.ask('any', describeClusterApi, request, options))
  return answer?.errorCode === 0 ? answer.rights : null
}

// Rights that could not be asked for are rights that are not told: what is to be done fails or succeeds without them.
async function unlessItFails<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch (error) {
    if (isCancelled(error)) throw error
    return null
  }
}
