import { defineApi, type Throttled } from './api.ts'
import type { BrokerNode } from './metadata.ts'
import { toldOperations, type Operation } from './operations.ts'

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
  /** null: not asked, or not told because these credentials may not describe the cluster. */
  rights: Operation[] | null
}

/** KIP-700. */
export const describeClusterApi = defineApi<DescribeClusterRequest, DescribeClusterResponse>('DescribeCluster', {
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
    const rights = toldOperations(r.int32())
    r.tags()
    return { throttleTimeMs, ...error, ...place, brokers, rights }
  },
})
