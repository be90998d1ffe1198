import type { SchemaText, SchemaType } from '#shared/model/schema.ts'
import { compileAvro } from './avro/codec.ts'
import { SchemaProblem, unusable, type Codec } from './codec.ts'
import { compileJsonSchema } from './json-schema/codec.ts'
import { compileProtobuf } from './protobuf/compile.ts'

/** Which message of a Protobuf schema: its name, or the indexes that lead to it. */
export type MessageName = string | readonly number[]

type Compilers = { [T in SchemaType]: (schema: SchemaText, message: MessageName) => Codec }

/** The compiler of each schema language. */
const compilers: Compilers = { avro: compileAvro, protobuf: compileProtobuf, 'json-schema': compileJsonSchema }

/** Compiles a schema of any language. `message`: null stands for the first. */
export function compileSchema(schema: SchemaText, message: MessageName | null): Codec | { reason: string } {
  try {
    return compilers[schema.type](schema, message ?? [0])
  } catch (error) {
    if (error instanceof SchemaProblem) return { reason: unusable(error) }
    throw error
  }
}
