import { defineApi, type Throttled } from './api.ts'

/** 2: topic, 4: broker, 8: broker logger, 16: client metrics, 32: group. */
export type ConfigResourceType = 2 | 4 | 8 | 16 | 32

export interface DescribeConfigsRequest {
  resources: readonly {
    type: ConfigResourceType
    name: string
    /** null: all. */
    keys?: readonly string[] | null
  }[]
}

/** Kafka's own names for the source of a value, by code (ConfigSource). */
const sources = [
  'UNKNOWN',
  'DYNAMIC_TOPIC_CONFIG',
  'DYNAMIC_BROKER_CONFIG',
  'DYNAMIC_DEFAULT_BROKER_CONFIG',
  'STATIC_BROKER_CONFIG',
  'DEFAULT_CONFIG',
  'DYNAMIC_BROKER_LOGGER_CONFIG',
  'DYNAMIC_CLIENT_METRICS_CONFIG',
  'DYNAMIC_GROUP_CONFIG',
] as const
const types = ['UNKNOWN', 'BOOLEAN', 'STRING', 'INT', 'SHORT', 'LONG', 'DOUBLE', 'LIST', 'CLASS', 'PASSWORD'] as const

export type ConfigSource = (typeof sources)[number]
export type ConfigType = (typeof types)[number]

export interface ConfigEntry {
  name: string
  /** null when sensitive or unset. */
  value: string | null
  readOnly: boolean
  source: ConfigSource
  isDefault: boolean
  sensitive: boolean
  /** Where the value would come from next, nearest first. */
  synonyms: { name: string; value: string | null; source: ConfigSource }[]
  type: ConfigType
  documentation: string | null
}

export interface DescribedConfigs {
  errorCode: number
  errorMessage: string | null
  type: number
  name: string
  entries: ConfigEntry[]
}

export interface DescribeConfigsResponse extends Throttled {
  resources: DescribedConfigs[]
}

/** KIP-133, KIP-226 (synonyms), KIP-569 (type and documentation, v3). */
export const describeConfigsApi = defineApi<DescribeConfigsRequest, DescribeConfigsResponse>('DescribeConfigs', {
  flexibleFrom: 4,
  encode(w, request, version) {
    w.array(request.resources, (resource) => {
      w.int8(resource.type).string(resource.name)
      w.array(resource.keys ?? null, (key) => w.string(key)).tags()
    })
    w.boolean(true)
    if (version >= 3) w.boolean(true)
    w.tags()
  },
  *decode(r, version) {
    const throttleTimeMs = r.int32()
    const resources = yield* r.arrayInSteps(function* (): Generator<undefined, DescribedConfigs> {
      const error = { errorCode: r.int16(), errorMessage: r.nullableString() }
      const place = { type: r.int8(), name: r.string() }
      const entries = yield* r.arrayInSteps((): ConfigEntry => {
        const entry = { name: r.string(), value: r.nullableString(), readOnly: r.boolean() }
        const source = sources[r.int8()] ?? 'UNKNOWN'
        const sensitive = r.boolean()
        const synonyms = r.array(() => {
          const synonym = {
            name: r.string(),
            value: r.nullableString(),
            source: sources[r.int8()] ?? ('UNKNOWN' as const),
          }
          r.tags()
          return synonym
        })
        const type = version >= 3 ? (types[r.int8()] ?? 'UNKNOWN') : 'UNKNOWN'
        const documentation = version >= 3 ? r.nullableString() : null
        r.tags()
        return { ...entry, source, isDefault: source === 'DEFAULT_CONFIG', sensitive, synonyms, type, documentation }
      })
      r.tags()
      return { ...error, ...place, entries }
    })
    r.tags()
    return { throttleTimeMs, resources }
  },
})
