import type { KafkaCluster } from './kafka/cluster.ts'
import type { GroupsPort } from './services/group-port.ts'
import { createGroupsPort } from './services/kafka-groups-port.ts'
import type { ConnectionParts } from './services/open-connections.ts'

/** All that lives and dies with one open connection. */
export interface ClusterParts extends ConnectionParts {
  groups: GroupsPort
}

export function clusterParts(cluster: KafkaCluster, _readLimit: number | null): ClusterParts {
  return {
    cluster,
    groups: createGroupsPort(cluster, () => Promise.resolve({ since: () => Promise.resolve(null) })),
    setReadLimit: () => undefined,
    close: () => cluster.close(),
  }
}
