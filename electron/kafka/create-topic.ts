import { SeeklineError } from '#shared/errors.ts'
import type { KafkaCluster } from './cluster.ts'
import { kafkaError } from './protocol/error-codes.ts'
import { createTopicsApi, type NewTopic } from './protocol/create-topics.ts'
import type { RouteOptions } from './routing.ts'
import { sleep } from './cancellation.ts'
import { backOff } from './back-off.ts'

const ATTEMPTS = 12

/**
 * Creates a topic and waits until its partitions have leaders. Returns its id. `validateOnly`: only checks whether it could.
 */
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
  for (let attempt = 0; attempt < ATTEMPTS && options.validateOnly !== true; attempt++) {
    await cluster.refresh({ topics: [topic.topic], signal: options.signal })
    const partitions = cluster.topic(topic.topic)?.partitions ?? []
    if (partitions.length > 0 && partitions.every((p) => p.leader !== null)) break
    await sleep(backOff(attempt, 50, 500), options.signal)
  }
  const partitions = created.partitions > 0 ? created.partitions : (cluster.topic(topic.topic)?.partitions.length ?? 0)
  return { topicId: created.topicId ?? cluster.topic(topic.topic)?.topicId ?? null, partitions }
}
