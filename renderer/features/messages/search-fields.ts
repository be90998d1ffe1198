import type { SampledField } from '#shared/contract/search.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { StoreApiPort } from '../../stores/api.ts'
import type { Suggestion } from '../../ui/expression-field.tsx'

/** What every record has, whatever it holds. */
const ofRecords: readonly Suggestion[] = [
  { label: 'value', detail: 'decoded' },
  { label: 'key', detail: 'decoded' },
  { label: 'headers', detail: 'by name' },
  { label: 'partition', detail: 'int' },
  { label: 'offset', detail: 'int' },
  { label: 'timestamp', detail: 'timestamp' },
  { label: 'has()', detail: 'whether a field is there' },
]

/** Names for what is typed, of the newest records of a topic; they are read once, when a name is first asked for. */
export function createSuggestions(
  api: Pick<StoreApiPort, 'call'>,
  connectionId: ConnectionId,
  topic: string,
): (typed: string) => Promise<readonly Suggestion[]> {
  let fields: Promise<readonly Suggestion[]> | undefined
  const read = async (): Promise<readonly Suggestion[]> => {
    const sampled = await api.call('search.fields', { connectionId, topic })
    return sampled.fields.map(suggestionOf)
  }
  return async () => {
    fields ??= read()
    try {
      return [...(await fields), ...ofRecords]
    } catch {
      // Nothing is known of its records: it is tried again with the next key, and an expression can be typed without names.
      fields = undefined
      return ofRecords
    }
  }
}

function suggestionOf({ expression, types, example }: SampledField): Suggestion {
  return {
    label: expression,
    detail: [types.join(' | '), ...(example === null ? [] : [example.slice(0, 40)])].join(' · '),
  }
}
