import type { KafkaCluster } from '../../electron/kafka/cluster.ts'
import { commitPositions } from '../../electron/kafka/group-positions.ts'
import { until } from './wait-for.ts'

/**
 * Commits until the coordinator takes it. Of a `__consumer_offsets` that has just been made it says NOT_COORDINATOR at first,
 * and `commitPositions` leaves it to who knows the plan whether that may be sent again.
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
