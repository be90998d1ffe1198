import type { KafkaCluster } from '../../electron/kafka/cluster.ts'
import { commitPositions } from '../../electron/kafka/group-positions.ts'
import { until } from './wait-for.ts'

/**
 * Commits until the coordinator accepts it. Just after `__consumer_offsets` was created it answers NOT_COORDINATOR at first,
 * and `commitPositions` leaves the decision to send again to its caller, who knows the plan.
 */
export async function commitSurely(
  cluster: KafkaCluster,
  group: string,
  positions: Parameters<typeof commitPositions>[2],
): Promise<void> {
  await until(`positions of ${group}`, async () =>
    (await commitPositions(cluster, group, positions)).every(({ outcome }) => outcome.ok),
  )
}
