import type { DecodeRule } from '#shared/model/decode-choice.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { RegistryKind } from '#shared/model/registry.ts'
import type { KafkaCluster } from '../../kafka/cluster.ts'
import type { LogReader } from '../../kafka/log-reader.ts'
import type { DecodePool } from '../../kafka/workers/pool.ts'
import type { RegistryClient } from '../../schemas/registry-client.ts'

/** What writing to one open cluster needs. */
export interface ProduceAccess {
  connectionId: ConnectionId
  profile: { id: string; name: string }
  cluster: KafkaCluster
  reader: LogReader
  pool: DecodePool
  /** The kind of the profile's registry; null: it has none. */
  registryKind: RegistryKind | null
  /** Throws `registry.absent` if there is none. */
  registry(): Promise<RegistryClient>
  /** The decoding rules. */
  rules(): Promise<readonly DecodeRule[]>
}
