import { decodeBy, SchemaProblem, unusable } from './codec.ts'
import type { Decoder } from './decoder.ts'
import { never } from './never.ts'
import { compileProtobuf } from './protobuf/compile.ts'
import type { Choice } from './decoding-setup.ts'

/** The decoder for a user's choice: a message of .proto files, or of a descriptor set. */
export function fromProtobufFiles({ from, message }: Choice<'protobuf'>): Decoder {
  const encoding = 'Protobuf'
  const [text, references] = from.kind === 'files' ? [from.files[0]!.text, from.files.slice(1)] : [from.base64, []] // the schema of this choice demands at least one file
  try {
    const codec = compileProtobuf({ type: 'protobuf', text, references }, message)
    return { encoding, isPlain: false, decode: (bytes) => decodeBy(codec, bytes) }
  } catch (error) {
    if (!(error instanceof SchemaProblem)) throw error
    return never(encoding, unusable(error))
  }
}
