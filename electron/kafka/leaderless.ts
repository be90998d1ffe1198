import { SeeklineError } from '#shared/errors.ts'
import type { KafkaCluster } from './cluster.ts'
import { kafkaError } from './protocol/error-codes.ts'

/**
 * Why a partition has no leader, according to the metadata: the brokers with its replicas are down, if they are missing among
 * the live ones. Otherwise an election may be in progress.
 */
export function leaderless(
  cluster: Pick<KafkaCluster, 'partition' | 'info'>,
  { topic, partition }: { topic: string; partition: number },
  details: Record<string, unknown> = {},
): SeeklineError {
  const name = `${topic}[${partition}]`
  const plain = kafkaError(5, name, { details: { topic, partition, ...details } })
  const found = cluster.partition(topic, partition)
  if (found === undefined || found.leader !== null) return plain
  const alive = new Set(cluster.info().brokers.map((broker) => broker.nodeId))
  const down = found.replicas.filter((id) => !alive.has(id))
  if (down.length === 0) return plain
  const others = found.replicas.filter((id) => alive.has(id))
  const which = brokers(down)
  const are = down.length === 1 ? 'is' : 'are'
  const why =
    others.length > 0
      ? `${which} ${are} down, and what ${brokers(others)} ${others.length === 1 ? 'has' : 'have'} of it was not in sync`
      : down.length === 1
        ? `${which}, which has its only replica, is down`
        : `${which}, which have its replicas, are down`
  return new SeeklineError('kafka.no-leader', `${name}: ${why}.`, {
    hint: `It can be read and written again once ${down.length === 1 ? which : 'one of them'} runs.`,
    retryable: true,
    details: { ...plain.details, down },
  })
}

/** "broker 2", "brokers 1, 2 and 3". */
export function brokers(ids: readonly number[]): string {
  const sorted = [...ids].sort((a, b) => a - b)
  const last = sorted.at(-1)
  return sorted.length < 2 ? `broker ${last}` : `brokers ${sorted.slice(0, -1).join(', ')} and ${last}`
}
