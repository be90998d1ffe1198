import type { SampledField } from '#shared/contract/search.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import type { Suggestion } from '../../ui/expression-field.tsx'

/** The fields that every record has, whatever it contains. */
const ofRecords: readonly Suggestion[] = [
  { label: 'value', detail: 'decoded' },
  { label: 'key', detail: 'decoded' },
  { label: 'headers', detail: 'by name' },
  { label: 'partition', detail: 'int' },
  { label: 'offset', detail: 'int' },
  { label: 'timestamp', detail: 'timestamp' },
  { label: 'has()', detail: 'whether a field is there' },
]

/** The fields of a topic's newest records. They are read once, when they are first needed. */
export interface TopicFields {
  /** If they cannot be read, the next call tries again. */
  readonly sampled: () => Promise<readonly SampledField[]>
  /** The names to suggest while somebody types. */
  readonly suggest: () => Promise<readonly Suggestion[]>
}

export function createTopicFields(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  topic: string,
): TopicFields {
  let reading: Promise<readonly SampledField[]> | undefined
  const sampled = async (): Promise<readonly SampledField[]> => {
    reading ??= api.call('search.fields', { connectionId, topic }).then(({ fields }) => fields)
    try {
      return await reading
    } catch (error) {
      reading = undefined
      throw error
    }
  }
  return {
    sampled,
    suggest: async () => {
      try {
        return [...(await sampled()).map(suggestionOf), ...ofRecords]
      } catch {
        // An expression can be typed without suggestions.
        return ofRecords
      }
    },
  }
}

function suggestionOf({ expression, types, example }: SampledField): Suggestion {
  return {
    label: expression,
    detail: [types.join(' | '), ...(example === null ? [] : [example.slice(0, 40)])].join(' · '),
  }
}
