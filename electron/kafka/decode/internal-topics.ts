import type { Value } from '#shared/model/decoded-value.ts'
import { MalformedResponse } from '../protocol/reader.ts'
import type { DecodeContext, Decoder } from './decoder.ts'
import { internalTopicNames, readInternalKey, readInternalValue, typeOfKey } from './internal-topics/records.ts'
import { keyJson, valueJson } from './internal-topics/json.ts'
import { keyTree, valueTree } from './internal-topics/tree.ts'

/** Kafka's own records, in the layout of Kafka's own formatters: `{"type": …, "data": …}` and `{"version": …, "data": …}`. */
export const internalTopics: Decoder = {
  encoding: 'Kafka internal',
  isPlain: false,
  decode(bytes, context) {
    if (context.part === 'header' || !internalTopicNames.has(context.topic)) return null
    try {
      const found = context.part === 'key' ? keyOf(bytes, context) : valueOf(bytes, context)
      if (found === null) return { reason: 'its record has no key, which would say what the value is' }
      // For short texts a third faster than TextEncoder.
      return { form: 'json', written: Buffer.from(found.json), value: found.tree }
    } catch (error) {
      if (error instanceof MalformedResponse) return { reason: 'it does not follow Kafka’s own definition' }
      throw error
    }
  },
}

interface Found {
  json: string
  tree: () => Value
}

function keyOf(bytes: Uint8Array, { topic }: DecodeContext): Found {
  const key = readInternalKey(topic, bytes)
  return { json: keyJson(key), tree: () => keyTree(key) }
}

function valueOf(bytes: Uint8Array, { topic, key }: DecodeContext): Found | null {
  if (key === null) return null
  const of = typeOfKey(topic, key)
  const value = readInternalValue(of, bytes)
  return { json: valueJson(of, value), tree: () => valueTree(of, value) }
}
