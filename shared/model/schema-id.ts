import { z } from 'zod'

const Uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
const Id64 = z
  .bigint()
  .min(0n)
  .max(2n ** 63n - 1n)
const Name = z.string().min(1).max(1_000)

/** Identifies a schema in a record, or in a user's choice: each registry has its own kinds of ids. */
export const SchemaId = z.discriminatedUnion('by', [
  /**
   * Confluent's, of 4 bytes. Apicurio writes such ids too; whether it is a content id or a global id, only its settings say.
   */
  z.strictObject({ by: z.literal('id'), id: z.number().int().min(0).max(0x7fff_ffff) }),
  /** Apicurio's, of 8 bytes. */
  z.strictObject({ by: z.literal('long-id'), id: Id64 }),
  z.strictObject({ by: z.literal('global-id'), id: Id64 }),
  z.strictObject({ by: z.literal('content-id'), id: Id64 }),
  z.strictObject({ by: z.literal('content-hash'), hash: Name }),
  z.strictObject({
    by: z.literal('artifact'),
    group: Name.nullable(),
    artifact: Name,
    version: Name.nullable(),
  }),
  z.strictObject({ by: z.literal('guid'), guid: Uuid }),
  /** AWS Glue's schema version. */
  z.strictObject({ by: z.literal('glue'), version: Uuid }),
  z.strictObject({ by: z.literal('azure'), guid: Name }),
  /** null: the latest. */
  z.strictObject({ by: z.literal('subject'), subject: Name, version: z.number().int().min(1).nullable() }),
])
export type SchemaId = z.infer<typeof SchemaId>

/** A key that is equal exactly for equal ids. */
export function schemaKey(id: SchemaId): string {
  switch (id.by) {
    case 'id':
    case 'long-id':
    case 'global-id':
    case 'content-id':
      return `${id.by} ${id.id}`
    case 'content-hash':
      return `${id.by} ${id.hash}`
    case 'artifact':
      return JSON.stringify([id.by, id.group, id.artifact, id.version])
    case 'guid':
    case 'azure':
      return `${id.by} ${id.guid}`
    case 'glue':
      return `${id.by} ${id.version}`
    case 'subject':
      return JSON.stringify([id.by, id.subject, id.version])
  }
}

/** In a sentence: "schema 41". */
export function schemaText(id: SchemaId): string {
  switch (id.by) {
    case 'id':
    case 'long-id':
      return `schema ${id.id}`
    case 'global-id':
      return `schema of global id ${id.id}`
    case 'content-id':
      return `schema of content id ${id.id}`
    case 'content-hash':
      return `schema of hash ${id.hash.slice(0, 12)}`
    case 'artifact':
      return `schema ${id.group === null ? '' : `${id.group}/`}${id.artifact}${id.version === null ? '' : ` version ${id.version}`}`
    case 'guid':
    case 'azure':
      return `schema ${id.guid}`
    case 'glue':
      return `schema version ${id.version}`
    case 'subject':
      return `schema of ${id.subject}${id.version === null ? '' : ` version ${id.version}`}`
  }
}

/** As text for settings, which are JSON; `readSchemaId` parses it. */
export function writtenSchemaId(id: SchemaId): string {
  return JSON.stringify(id, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
}

/** null: it was not written by `writtenSchemaId`. */
export function readSchemaId(text: string): SchemaId | null {
  try {
    const wide = /^(long|global|content)-id$/
    const told: unknown = JSON.parse(text, function (this: { by?: unknown }, key, value: unknown) {
      const isWide = key === 'id' && wide.test(String(this.by)) && typeof value === 'string' && /^\d{1,19}$/.test(value)
      return isWide ? BigInt(value) : value
    })
    return SchemaId.safeParse(told).data ?? null
  } catch {
    return null
  }
}
