import type { ConnectionId } from '#shared/model/ids.ts'
import type { KafkaCluster } from './kafka/cluster.ts'
import { markCommits } from './kafka/commit-watch.ts'
import type { DecodingSetup } from './kafka/decode/decoding-setup.ts'
import { clusterSource, createReader, ReadLimit, type LogReader } from './kafka/log-reader.ts'
import type { DecodePool } from './kafka/workers/pool.ts'
import type { GroupsPort } from './services/groups/group-port.ts'
import { StepSessions } from './services/stepping/sessions.ts'
import { createGroupsPort } from './services/groups/kafka-groups-port.ts'
import type { ConnectionParts } from './services/connections/open-connections.ts'

/** Everything that belongs to one open connection; the decode pool is shared by all connections. */
export interface ClusterParts extends ConnectionParts {
  groups: GroupsPort
  reader: LogReader
  /** The memberships in groups that the user steps. */
  sessions: StepSessions
  /** Sets the decoding rules for its records from now on. */
  setRules(rules: DecodingSetup['rules']): void
}

export interface ClusterPartsOptions {
  /** Its id, by which workers distinguish its schemas and rules from those of others. */
  connection: ConnectionId
  readLimit: number | null
  decoding: DecodingSetup
}

export function clusterParts(
  cluster: KafkaCluster,
  pool: DecodePool,
  { connection, readLimit, decoding }: ClusterPartsOptions,
): ClusterParts {
  const limit = new ReadLimit(bytesPerSecond(readLimit))
  const reader = createReader(clusterSource(cluster), pool, limit, connection)
  const keep = (setup: DecodingSetup) => pool.keep({ kind: 'decoding', connection, setup })
  let setup = decoding
  let kept = keep(setup)
  const setDecoding = (next: DecodingSetup): void => {
    const before = kept
    setup = next
    kept = keep(setup)
    before.release()
  }
  const sessions = new StepSessions()
  const end = (): void => {
    cluster.close()
    kept.release()
    pool.forgetSchemas(connection)
  }
  return {
    cluster,
    reader,
    sessions,
    groups: createGroupsPort({ cluster, reader }, (group, signal) => markCommits(cluster, reader, group, signal)),
    setReadLimit: (megabytes) => limit.set(bytesPerSecond(megabytes)),
    setRules: (rules) => setDecoding({ ...setup, rules }),
    setRegistry: (kind) => {
      pool.forgetSchemas(connection)
      setDecoding({ ...setup, registry: kind })
    },
    // Members leave first, so that the others get their partitions back at once.
    close: () => (sessions.size === 0 ? end() : void sessions.leaveAll().finally(end)),
  }
}

function bytesPerSecond(megabytes: number | null): number | null {
  return megabytes === null ? null : megabytes * 1_000_000
}
