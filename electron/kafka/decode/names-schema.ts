import { bytesOfText } from '#shared/bytes.ts'
import { schemaKey, writtenSchemaId } from '#shared/model/schema-id.ts'
import type { Decoder } from './decoder.ts'
import type { Family } from './framing/framed.ts'
import { schemaHeaders } from './framing/schema-headers.ts'

const MOST_KEPT = 1_000
const nothing = new Uint8Array(0)

/**
 * Instead of a value the name of its schema, in the form `readSchemaId` parses; nothing if it names none. The registry is not
 * asked.
 */
export function namesSchema(part: 'key' | 'value', families: readonly Family[]): Decoder {
  const written = new Map<string, Uint8Array>()
  return {
    encoding: 'schema',
    isPlain: false,
    decode(bytes, { headers }) {
      const read = schemaHeaders(headers)
      for (const family of families) {
        const framed = family(bytes, part, read)
        if (framed === null) continue
        const key = schemaKey(framed.id)
        let text = written.get(key)
        if (text === undefined) {
          if (written.size >= MOST_KEPT) written.clear()
          written.set(key, (text = bytesOfText(writtenSchemaId(framed.id))))
        }
        return { form: 'text', written: text }
      }
      return { form: 'bytes', written: nothing }
    },
  }
}
