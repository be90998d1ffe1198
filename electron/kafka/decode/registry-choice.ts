import type { Decoder } from './decoder.ts'
import type { Choice, ChoiceTools } from './decoding-setup.ts'
import { apicurioLong, apicurioShort } from './framing/apicurio.ts'
import { decodeFramed, withSchema } from './schema-decoder.ts'

/** The decoder for a user's choice: a schema of the registry, for data that names none. */
export function fromRegistry({ schema: id, message, skip }: Choice<'registry'>, { schemas }: ChoiceTools): Decoder {
  const by = 'Registry'
  return {
    encoding: by,
    isPlain: false,
    decode(bytes, { connection }) {
      if (bytes.length < skip) return { reason: `it is shorter than the ${skip} bytes to skip` }
      const found = schemas.find(connection, id)
      if (!('ready' in found)) return found
      return decodeFramed(bytes, { by, id, start: skip, message }, found)
    },
  }
}

/**
 * The decoder for a user's choice: ids of 4 or of 8 bytes after a byte 0, where the profile's registry would suggest the other.
 */
export function byIdBytes({ bytes }: Choice<'schema-id'>, { part, schemas }: ChoiceTools): Decoder {
  return withSchema({
    part: part === 'key' ? 'key' : 'value',
    families: [bytes === 4 ? apicurioShort : apicurioLong],
    schemas,
    isAsked: true,
  })
}
