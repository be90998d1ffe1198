import type { KafkaCluster } from './kafka/cluster.ts'
import { markCommits } from './kafka/commit-watch.ts'
import { clusterSource, createReader, ReadLimit, type LogReader } from './kafka/reader.ts'
import type { DecodePool } from './kafka/workers/pool.ts'
import type { GroupsPort } from './services/groups/group-port.ts'
import { createGroupsPort } from './services/groups/kafka-groups-port.ts'
import type { ConnectionParts } from './services/connections/open-connections.ts'

/** All that lives and dies with one open connection; the decode pool is shared by all. */
export interface ClusterParts extends ConnectionParts {
  groups: GroupsPort
  reader: LogReader
}

export function clusterParts(cluster: KafkaCluster, pool: DecodePool, readLimit: number | null): ClusterParts {
  const limit = new ReadLimit(bytesPerSecond(readLimit))
  const reader = createReader(clusterSource(cluster), pool, limit)
  return {
    cluster,
    reader,
    groups: createGroupsPort(cluster, (group, signal) => markCommits(cluster, reader, group, signal)),
    setReadLimit: (megabytes) => limit.set(bytesPerSecond(megabytes)),
    close: () => cluster.close(),
  }
}

function bytesPerSecond(megabytes: number | null): number | null {
  return megabytes === null ? null : megabytes * 1_000_000
}
