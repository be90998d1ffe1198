import { utf8Text } from '#shared/bytes.ts'
import { readSchemaId, schemaKey, type SchemaId } from '#shared/model/schema-id.ts'
import type { MessagesAccess } from '../messages/start-offsets.ts'

/** From a topic's last records: which schemas they name, by `schemaKey`, and how many records each. */
export interface SampledTopic {
  key: ReadonlyMap<string, NamedSchema>
  value: ReadonlyMap<string, NamedSchema>
  /** Records that were read. */
  looked: number
  /** False: the time was over before all of the last records were read. */
  isWhole: boolean
}

export interface NamedSchema {
  id: SchemaId
  records: number
}

/** What the registry services need to know about the cluster. */
export interface TopicsPort {
  clusterId: string | null
  /** Names of topics, without Kafka's own. */
  names(signal: AbortSignal): Promise<string[]>
  sample(topic: string, signal: AbortSignal): Promise<SampledTopic>
}

/** Records read per partition, and partitions per topic: a sample, not a count. */
const LAST_RECORDS = 20n
const MOST_PARTITIONS = 12
const MOST_MS = 3_000
/** The longest name of a schema, written out: an artifact's with its group. */
const NAME_BYTES = 8_192
const endsOf = [
  { part: 'key', at: 0 },
  { part: 'value', at: 1 },
] as const

export function topicsPort(access: MessagesAccess): TopicsPort {
  const { cluster } = access
  return {
    clusterId: cluster.info().clusterId,
    names: async (signal) => {
      await cluster.refresh({ signal })
      return cluster.topics
        .slice(0, cluster.topics.size)
        .filter(({ internal }) => !internal)
        .map(({ name }) => name)
    },
    sample: (topic, signal) => sample(access, topic, signal),
  }
}

async function sample({ reader }: MessagesAccess, topic: string, signal: AbortSignal): Promise<SampledTopic> {
  const { topicId, partitions } = await reader.source.topic(topic, true, signal)
  const asked = [...partitions.keys()].slice(0, MOST_PARTITIONS)
  const bounds = await reader.source.bounds(topic, asked, signal)
  const ranges = [...bounds].flatMap(([partition, edges]) => {
    if (edges instanceof Error || edges.highWatermark <= edges.logStart) return []
    const from = edges.highWatermark - LAST_RECORDS
    return [{ partition, from: from > edges.logStart ? from : edges.logStart, to: edges.highWatermark }]
  })
  const found = { key: new Map<string, NamedSchema>(), value: new Map<string, NamedSchema>(), looked: 0, isWhole: true }
  if (ranges.length === 0) return found
  const limit = await reader.timeLimit(MOST_MS, signal)
  const stream = reader.columns({
    topic,
    topicId,
    ranges,
    signal: AbortSignal.any([signal, limit]),
    partitionBytes: 64 << 10,
    giveUpAfterMs: MOST_MS,
    decode: { previewBytes: { key: NAME_BYTES, value: NAME_BYTES } },
    decoded: true,
    names: 'schemas',
  })
  try {
    for await (const event of stream) {
      if (event.kind === 'failed') throw event.error
      if (event.kind !== 'rows') continue
      const { columns } = event
      found.looked += columns.count
      for (let row = 0; row < columns.count; row += 1) {
        for (const { part, at } of endsOf) {
          const bytes = columns.preview.subarray(columns.ends[2 * row + at - 1] ?? 0, columns.ends[2 * row + at])
          const id = bytes.length === 0 ? null : readSchemaId(utf8Text(bytes) ?? '')
          if (id === null) continue
          const key = schemaKey(id)
          found[part].set(key, { id, records: (found[part].get(key)?.records ?? 0) + 1 })
        }
      }
    }
  } catch (error) {
    // What was read in this time is the result.
    if (signal.aborted || !limit.aborted) throw error
    found.isWhole = false
  }
  return found
}
