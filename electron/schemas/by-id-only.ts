import { z } from 'zod'
import { SeeklineError } from '#shared/errors.ts'
import { schemaText as idText, type SchemaId } from '#shared/model/schema-id.ts'
import type { RegistryKind } from '#shared/model/registry.ts'
import type { RegistrySchemaType } from '#shared/model/registered-schema.ts'
import { readBody, typeOf, type StoredSchema } from './confluent-api.ts'
import type { Transport } from './http-transport.ts'

/** A registry with an API of its own, of which the app uses one call: the schema that a record names. */
export interface ByIdOnly {
  look(id: SchemaId, signal?: AbortSignal): Promise<StoredSchema>
  /** Whether it answers and accepts this profile; throws what is wrong. */
  probe(signal: AbortSignal): Promise<void>
}

/** null: it has Confluent's API. */
export function byIdOnly(kind: RegistryKind, transport: Transport): ByIdOnly | null {
  if (kind === 'glue') return glue(transport)
  return kind === 'azure' ? azure(transport) : null
}

/** The error for a view or a plan that would need more of such a registry. */
export function onlyById(kind: RegistryKind): SeeklineError {
  const whose = kind === 'glue' ? 'AWS Glue' : 'Azure’s schema registry'
  return new SeeklineError(
    'registry.unsupported',
    `Of ${whose} Seekline reads the schemas that records name, and nothing else.`,
    {
      hint: 'Open a record, and from there its schema. To list, compare or change schemas, use its own console.',
    },
  )
}

const unknownId = '00000000-0000-0000-0000-000000000000'
const GlueVersion = z.object({ SchemaDefinition: z.string(), DataFormat: z.string() })

/** AWS Glue: actions of its JSON protocol, signed. https://docs.aws.amazon.com/glue/latest/webapi/API_GetSchemaVersion.html */
function glue(transport: Transport): ByIdOnly {
  const version = async (id: string, signal?: AbortSignal): Promise<StoredSchema> => {
    const answer = await transport.ask({ method: 'POST', path: '/', action: 'AWSGlue.GetSchemaVersion', body: { SchemaVersionId: id }, signal }) // oxfmt-ignore
    const { SchemaDefinition: text, DataFormat: format } = readBody(GlueVersion, answer)
    return { type: typeOf(format), text, references: [], guid: id }
  }
  return {
    look: (id, signal) => (id.by === 'glue' ? version(id.version, signal) : Promise.reject(notIts(id, 'AWS Glue'))),
    probe: (signal) => probing(version(unknownId, signal)),
  }
}

/** Azure Event Hubs: a schema's text by its GUID. https://learn.microsoft.com/rest/api/schemaregistry/ */
function azure(transport: Transport): ByIdOnly {
  const schema = async (guid: string, signal?: AbortSignal): Promise<StoredSchema> => {
    const path = `/$schemagroups/$schemas/${encodeURIComponent(guid)}`
    const { text, headers } = await transport.ask({ path, query: { 'api-version': '2022-10' }, signal })
    const format = /serialization=(\w+)/i.exec(String(headers['content-type']))?.[1]
    return { type: azureTypes[format?.toLowerCase() ?? 'avro'] ?? 'other', text, references: [], guid }
  }
  return {
    look: (id, signal) => (id.by === 'azure' ? schema(id.guid, signal) : Promise.reject(notIts(id, 'Azure’s schema registry'))), // oxfmt-ignore
    probe: (signal) => probing(schema(unknownId.replaceAll('-', ''), signal)),
  }
}

const azureTypes: Readonly<Record<string, RegistrySchemaType>> = {
  avro: 'avro',
  json: 'json-schema',
  protobuf: 'protobuf',
}

/** The answer that it does not know a schema which does not exist shows that it works. */
async function probing(asked: Promise<unknown>): Promise<void> {
  try {
    await asked
  } catch (error) {
    if (!(error instanceof SeeklineError) || error.code !== 'registry.unknown') throw error
  }
}

function notIts(id: SchemaId, whose: string): SeeklineError {
  return new SeeklineError('registry.unsupported', `The profile’s registry is ${whose}, which does not know the ${idText(id)}.`) // oxfmt-ignore
}
