import type { ReplayPlan, ReplayTopic } from '#shared/contract/replay.ts'
import { SeeklineError, toErrorValue } from '#shared/errors.ts'
import type { Change } from '../../changes/change.ts'
import { createTopic } from '../../kafka/create-topic.ts'
import type { KafkaCluster, TopicInfo } from '../../kafka/cluster.ts'

type NewTopic = Extract<ReplayTopic, { create: true }>

/** Creates the topic that a replay's plan says it creates. `replay`: that replay's journal entry. */
export function topicChange(
  plan: ReplayPlan,
  { name, partitions, replicationFactor, configs }: NewTopic,
  replay: string,
  cluster: KafkaCluster,
  lookUp: (signal: AbortSignal) => Promise<TopicInfo | null>,
): Change<'topic', TopicInfo | null, { topicId: string | null; partitions: number }> {
  // A request that was sent is awaited: whether the topic was created must be known.
  const unstoppable = new AbortController().signal
  return {
    kind: 'topic',
    identity: [{ what: 'target cluster', planned: plan.targetClusterId, now: cluster.info().clusterId }],
    look: lookUp,
    differs: (found) => {
      if (found === null) return null
      throw new SeeklineError('plan.stale', `The target has a topic ${name} by now; the plan saw none.`, {
        hint: 'Plan the replay again.',
      })
    },
    intent: () => ({ kind: 'topic', clusterId: plan.targetClusterId, topic: name, partitions, replicationFactor, configs, replay }), // oxfmt-ignore
    act: () => createTopic(cluster, { topic: name, partitions, replicationFactor, configs }, { signal: unstoppable }),
    // `createTopic` waits until the metadata shows it with leaders.
    readBack: (made) =>
      Promise.resolve({
        topicId: made.topicId,
        status: 'created',
        error: null,
        summary: `${name} was made with ${made.partitions} ${made.partitions === 1 ? 'partition' : 'partitions'}.`,
      }),
    failed: (error) => {
      const value = toErrorValue(error)
      const isUnknown = value.details?.['sent'] === true
      const what = isUnknown ? `Whether ${name} was made is not known` : `${name} was not made`
      return {
        topicId: null,
        status: isUnknown ? 'unknown' : 'failed',
        error: value,
        summary: `${what}: ${value.message}`,
      }
    },
  }
}
