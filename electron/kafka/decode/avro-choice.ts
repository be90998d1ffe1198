import { compileAvro } from './avro/codec.ts'
import { compileSingleObject } from './avro/single-object.ts'
import { decodeBy, SchemaProblem, unusable } from './codec.ts'
import type { Decoder } from './decoder.ts'
import { never } from './never.ts'
import type { Choice } from './decoding-setup.ts'

/** The decoder for a user's choice: Avro with the schema of a file. */
export function fromAvroFile({ schema: text, framing }: Choice<'avro'>): Decoder {
  const encoding = framing === 'plain' ? 'Avro' : 'Avro single-object'
  try {
    const compile = framing === 'plain' ? compileAvro : compileSingleObject
    const codec = compile({ type: 'avro', text, references: [] })
    return { encoding, isPlain: false, decode: (bytes) => decodeBy(codec, bytes) }
  } catch (error) {
    if (!(error instanceof SchemaProblem)) throw error
    return never(encoding, unusable(error))
  }
}
