import { z } from 'zod'
import { SCHEMA_BYTES, SchemaType } from './schema.ts'

export const SubjectName = z.string().min(1, 'Which subject?').max(1_000)

/** `other`: a type that the registry stores and Seekline cannot read. */
export const RegistrySchemaType = z.enum([...SchemaType.options, 'other'])
export type RegistrySchemaType = z.infer<typeof RegistrySchemaType>

export const Compatibility = z.enum([
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
])
export type Compatibility = z.infer<typeof Compatibility>

/** `name`: as the referring schema writes it: an Avro name, a Protobuf import, a JSON Schema `$ref`. */
export const SchemaReference = z.strictObject({
  name: z.string().max(1_000),
  subject: SubjectName,
  version: z.number().int(),
})
export type SchemaReference = z.infer<typeof SchemaReference>

/** A schema as it was written, to be registered. */
export const SchemaDraft = z.strictObject({
  type: SchemaType,
  text: z.string().min(1, 'The schema is empty.').max(SCHEMA_BYTES),
  references: z.array(SchemaReference).max(1_000).default([]),
})
export type SchemaDraft = z.infer<typeof SchemaDraft>

/** One version of one subject. */
export const SchemaVersion = z.strictObject({
  subject: SubjectName,
  version: z.number().int(),
  id: z.number().int(),
  /** Confluent's newer identifier, the same in all registries; null: this registry has none. */
  guid: z.string().nullable(),
  type: RegistrySchemaType,
  text: z.string(),
  references: z.array(SchemaReference),
  /** Soft-deleted: not listed and not used for new records, but still found by its id. */
  deleted: z.boolean(),
})
export type SchemaVersion = z.infer<typeof SchemaVersion>

/** A version that is to be deleted. Parts that could not be read are null: they could not be restored. */
export const GoingVersion = z.strictObject({
  version: z.number().int(),
  id: z.number().int().nullable(),
  type: RegistrySchemaType.nullable(),
  text: z.string().nullable(),
  references: z.array(SchemaReference),
  deleted: z.boolean(),
})
export type GoingVersion = z.infer<typeof GoingVersion>

export const VersionOf = z.strictObject({ subject: SubjectName, version: z.number().int() })
export type VersionOf = z.infer<typeof VersionOf>

/** `own`: the level set for the subject itself; `level`: the one that applies; null if this registry does not say. */
export const CompatibilityOf = z.strictObject({ own: Compatibility.nullable(), level: Compatibility.nullable() })
export type CompatibilityOf = z.infer<typeof CompatibilityOf>
