import { bytesOfText } from '#shared/bytes.ts'
import { jsonOf, type Value } from '#shared/model/value.ts'
import { MalformedResponse } from '../protocol/reader.ts'
import type { DecodeContext, Decoder } from './decoder.ts'
import { internalTopicNames, readInternalKey, readInternalValue, typeOfKey } from './internal/records.ts'
import { keyTree, valueTree } from './internal/tree.ts'

/** Kafka's own records, as its own formatters lay them out: `{"type": …, "data": …}` and `{"version": …, "data": …}`. */
export const internalTopics: Decoder = {
  encoding: 'Kafka internal',
  isPlain: false,
  decode(bytes, context) {
    if (context.part === 'header' || !internalTopicNames.has(context.topic)) return null
    try {
      const value = treeOf(bytes, context)
      if (value === null) return { reason: 'its record has no key, which would say what the value is' }
      return { form: 'json', written: bytesOfText(jsonOf(value)), value: () => value }
    } catch (error) {
      if (error instanceof MalformedResponse) return { reason: 'it does not follow Kafka’s own definition' }
      throw error
    }
  },
}

function treeOf(bytes: Uint8Array, { topic, part, key }: DecodeContext): Value | null {
  if (part === 'key') return keyTree(readInternalKey(topic, bytes))
  if (key === null) return null
  const of = typeOfKey(topic, key)
  return valueTree(of, readInternalValue(of, bytes))
}
