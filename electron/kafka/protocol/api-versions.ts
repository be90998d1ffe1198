import { type ApiRanges, defineApi, type Throttled } from './api.ts'
import type { VersionRange } from './api-table.ts'

export interface ApiVersionsRequest {
  /** Shown in the broker's metrics and request log (KIP-511): `[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?`. */
  softwareName: string
  softwareVersion: string
  /** The broker that is expected. A broker with another id, or of another cluster, answers REBOOTSTRAP_REQUIRED. Since v5. */
  expected?: ExpectedBroker | null
}

export interface ExpectedBroker {
  clusterId: string
  nodeId: number
}

export interface FeatureLevel {
  min: number
  max: number
}

export interface ApiVersionsResponse extends Throttled {
  errorCode: number
  ranges: ApiRanges
  /** The features the broker's software supports (KIP-584), e.g. `metadata.version`. */
  supportedFeatures: ReadonlyMap<string, FeatureLevel>
  /** The features that are enabled in the cluster; epoch −1: not known. */
  finalizedFeatures: ReadonlyMap<string, FeatureLevel>
  finalizedFeaturesEpoch: bigint
}

const unanswered: ApiVersionsResponse = {
  throttleTimeMs: 0,
  errorCode: 0,
  ranges: new Map(),
  supportedFeatures: new Map(),
  finalizedFeatures: new Map(),
  finalizedFeaturesEpoch: -1n,
}

/** KIP-35, KIP-511, KIP-584, KIP-1242. */
export const apiVersions = defineApi<ApiVersionsRequest, ApiVersionsResponse>('ApiVersions', {
  flexibleFrom: 3,
  encode(w, request, version) {
    if (version < 3) return
    w.string(request.softwareName).string(request.softwareVersion)
    if (version >= 5) w.nullableString(request.expected?.clusterId ?? null).int32(request.expected?.nodeId ?? -1)
    w.tags()
  },
  decode(r, version) {
    const errorCode = r.int16()
    // UNSUPPORTED_VERSION is always answered in the format of v0 (KIP-511): ask again with v0.
    if (errorCode === 35 && version > 0) return { ...unanswered, errorCode }
    const ranges = new Map<number, VersionRange>()
    r.array(() => {
      ranges.set(r.int16(), { min: r.int16(), max: r.int16() })
      r.tags()
    })
    const throttleTimeMs = version >= 1 ? r.int32() : 0
    const supportedFeatures = new Map<string, FeatureLevel>()
    const finalizedFeatures = new Map<string, FeatureLevel>()
    let finalizedFeaturesEpoch = -1n
    r.tags((tag, field) => {
      if (tag === 0) {
        field.array((f) => {
          supportedFeatures.set(f.string(), { min: f.int16(), max: f.int16() })
          f.tags()
        })
      } else if (tag === 1) {
        finalizedFeaturesEpoch = field.int64()
      } else if (tag === 2) {
        field.array((f) => {
          const name = f.string()
          const max = f.int16()
          finalizedFeatures.set(name, { max, min: f.int16() })
          f.tags()
        })
      }
    })
    return { throttleTimeMs, errorCode, ranges, supportedFeatures, finalizedFeatures, finalizedFeaturesEpoch }
  },
})
