import type { Codec } from '../decode/codec.ts'
import { compileSchema } from '../decode/codecs.ts'
import type { DecodeResult, DecodeTask } from './protocol.ts'

/** Schemas that are ready from the task before: whoever types a value asks at each stop, and a file comes in pieces. */
const MOST_READY = 8

const ready = new Map<string, Codec | { reason: string }>()

/** Values in their JSON forms, as the bytes of one schema. */
export function encodeValues({
  schema,
  message,
  values,
}: Extract<DecodeTask, { kind: 'encode' }>): Extract<DecodeResult, { kind: 'encode' }> {
  const key = JSON.stringify([schema, message])
  const codec = ready.get(key) ?? compileSchema(schema, message)
  ready.delete(key)
  ready.set(key, codec)
  for (const oldest of ready.keys()) if (ready.size > MOST_READY) ready.delete(oldest)
  if ('reason' in codec) return { kind: 'encode', encoded: codec }
  return { kind: 'encode', encoded: values.map((json) => codec.encode(json)) }
}
