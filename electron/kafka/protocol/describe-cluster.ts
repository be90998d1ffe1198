import { defineApi, type Throttled } from './api.ts'
import type { BrokerNode } from './metadata.ts'

export interface DescribeClusterRequest {
  /** Also list brokers that are registered but down (v2, KIP-1073). */
  includeFenced: boolean
  /** Also say what these credentials may do with the cluster. */
  includeRights?: boolean
}

export interface DescribeClusterResponse extends Throttled {
  errorCode: number
  errorMessage: string | null
  clusterId: string
  controllerId: number
  brokers: (BrokerNode & { fenced: boolean })[]
  /** One bit per AclOperation; 0 for those who may not describe the cluster, the smallest int32 when not asked. */
  rights: number
}

/** AclOperation.DESCRIBE. Who has it on the cluster is shown every group, others only those they may describe. */
/** Kafka's operations by their bit in a set of authorised operations (KIP-430). */
const operations: readonly (readonly [bit: number, name: string])[] = [
  [3, 'Read'],
  [4, 'Write'],
  [5, 'Create'],
  [6, 'Delete'],
  [7, 'Alter'],
  [8, 'Describe'],
  [9, 'ClusterAction'],
  [10, 'DescribeConfigs'],
  [11, 'AlterConfigs'],
  [12, 'IdempotentWrite'],
]

/** The names of a set of authorised operations; null: the broker did not say. */
export const operationNames = (rights: number): string[] | null =>
  rights < 0 ? null : operations.filter(([bit]) => (rights & (1 << bit)) !== 0).map(([, name]) => name)

export const mayDescribeCluster = (rights: number): boolean => rights > 0 && (rights & (1 << 8)) !== 0

/** KIP-700. */
export const describeClusterApi = defineApi<DescribeClusterRequest, DescribeClusterResponse>({
  key: 60,
  name: 'DescribeCluster',
  versions: { min: 0, max: 2 },
  flexibleFrom: 0,
  encode(w, request, version) {
    w.boolean(request.includeRights ?? false)
    if (version >= 1) w.int8(1)
    if (version >= 2) w.boolean(request.includeFenced)
    w.tags()
  },
  decode(r, version) {
    const throttleTimeMs = r.int32()
    const error = { errorCode: r.int16(), errorMessage: r.nullableString() }
    if (version >= 1) r.int8()
    const place = { clusterId: r.string(), controllerId: r.int32() }
    const brokers = r.array(() => {
      const broker = { nodeId: r.int32(), host: r.string(), port: r.int32(), rack: r.nullableString() }
      const fenced = version >= 2 ? r.boolean() : false
      r.tags()
      return { ...broker, fenced }
    })
    const rights = r.int32()
    r.tags()
    return { throttleTimeMs, ...error, ...place, brokers, rights }
  },
})
