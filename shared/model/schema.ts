import { z } from 'zod'

/** In which language a schema is written. */
export const SchemaType = z.enum(['avro', 'protobuf', 'json-schema'])
export type SchemaType = z.infer<typeof SchemaType>

/** Characters of a schema with all that it refers to: longer ones are refused before they are parsed. */
export const SCHEMA_BYTES = 5 << 20

/**
 * A schema's text, with everything it refers to, resolved and flattened: dependencies first, each once. `name` is how the text
 * refers to it: a full name in Avro, an import path in Protobuf, the URI or name of a JSON `$ref`.
 */
export const SchemaText = z
  .strictObject({
    type: SchemaType,
    text: z.string(),
    references: z.array(z.strictObject({ name: z.string(), text: z.string() })),
  })
  .refine((schema) => sizeOf(schema) <= SCHEMA_BYTES, 'A schema with all that it refers to is of 5 MiB at most.')
export type SchemaText = z.infer<typeof SchemaText>

/** In characters; each takes at least a byte. */
function sizeOf({ text, references }: { text: string; references: readonly { text: string }[] }): number {
  return references.reduce((sum, one) => sum + one.text.length, text.length)
}
