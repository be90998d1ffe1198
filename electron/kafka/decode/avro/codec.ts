import type { ValuePath } from '#shared/model/row-field.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import type { Codec } from '../codec.ts'
import { JsonOutput } from '../json-output.ts'
import { TreeRoom } from '../tree-limits.ts'
import { encodeAvro } from './from-json.ts'
import { AvroInput } from './input.ts'
import { type AvroType, readAvroSchema } from './schema.ts'
import { labelOf, type TreeMaker, TreeMakers } from './to-value.ts'
import { PartWriters } from './part-to-json.ts'
import { type JsonWriter, Writers } from './to-json.ts'

/** Compiles an Avro schema. Throws `SchemaProblem`. */
export function compileAvro(schema: SchemaText): Codec {
  return codecOf(readAvroSchema(schema))
}

/** One per thread: values are written one after the other. */
const output = new JsonOutput()
const input = new AvroInput()

function writtenBy(write: JsonWriter, bytes: Uint8Array): Uint8Array {
  input.begin(bytes)
  output.begin(bytes.length)
  try {
    write(input, output)
    input.end()
  } catch (error) {
    output.drop()
    throw error
  }
  return output.take()
}

export function codecOf(type: AvroType): Codec {
  const writers = new Writers()
  const write = writers.of(type)
  let tree: TreeMaker | null = null
  const parts = new WeakMap<readonly ValuePath[], JsonWriter>()
  return {
    type: labelOf(type),
    written: (bytes) => writtenBy(write, bytes),
    writtenOnly(bytes, paths) {
      let part = parts.get(paths)
      if (part === undefined) parts.set(paths, (part = new PartWriters(writers).of(type, paths)))
      return writtenBy(part, bytes)
    },
    value(bytes): Value {
      tree ??= new TreeMakers(writers).of(type)
      input.begin(bytes)
      output.begin(bytes.length)
      try {
        const value = tree({ input, room: new TreeRoom(), left: output }, 0)
        input.end()
        return value
      } finally {
        output.drop()
      }
    },
    encode: (json) => encodeAvro(type, json),
  }
}
