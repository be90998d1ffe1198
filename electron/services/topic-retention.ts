import type { TopicRetention } from '#shared/offsets/retention-reach.ts'
import { isCancelled } from '../kafka/cancellation.ts'
import type { KafkaCluster } from '../kafka/cluster.ts'
import { describeConfigs } from '../kafka/configs.ts'

const KEYS = ['retention.ms', 'retention.bytes', 'segment.ms', 'cleanup.policy']

/** How each topic keeps its records, or why that is not known. Reading it needs the right to read settings. */
export async function retentionOf(
  cluster: KafkaCluster,
  topics: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, TopicRetention | { why: string }>> {
  const asked = topics.map((name) => ({ kind: 'topic' as const, name, keys: KEYS }))
  // Without the right to read settings everything else still works.
  const found = await describeConfigs(cluster, asked, { signal }).catch((error: unknown) => {
    if (isCancelled(error)) throw error
    return []
  })
  return new Map(
    found.map(({ name, outcome }): [string, TopicRetention | { why: string }] => {
      if (!outcome.ok) return [name, { why: outcome.error.message }]
      const valueOf = (key: string) => outcome.value.find((entry) => entry.name === key)?.value ?? null
      const ms = valueOf('retention.ms')
      const policy = valueOf('cleanup.policy')
      if (ms === null || policy === null) return [name, { why: 'The broker does not tell the topic’s retention.' }]
      const policies = policy.split(',').map((one) => one.trim())
      const limit = (value: string | null) =>
        policies.includes('delete') && value !== null && BigInt(value) >= 0n ? BigInt(value) : null
      const segmentMs = valueOf('segment.ms')
      return [
        name,
        {
          ms: limit(ms),
          bytes: limit(valueOf('retention.bytes')),
          segmentMs: segmentMs === null ? null : BigInt(segmentMs),
          compacts: policies.includes('compact'),
        },
      ]
    }),
  )
}
