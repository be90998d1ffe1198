import type { WrittenBy } from '#shared/contract/produce.ts'
import { SeeklineError } from '#shared/errors.ts'
import type { PartInput, ProduceSource, SchemaToUse, WireFrame } from '#shared/model/produce.ts'
import type { RegistryKind } from '#shared/model/registry.ts'
import type { SchemaId } from '#shared/model/schema-id.ts'
import type { WireIds } from '../../kafka/decode/framing/write-frame.ts'
import { schemaRef, type FoundForPart, type PartName } from '../../kafka/produce/compose-task.ts'
import type { ProduceAccess } from './produce-access.ts'

type BySchema = Extract<PartInput, { as: 'schema' }>
type Wanted = Pick<BySchema, 'schema' | 'message' | 'frame'>

/** The schema for a part: in the form workers need it, and as a plan shows it. */
export interface FoundSchemaFor {
  found: FoundForPart
  written: WrittenBy
}

/** If records name more different schemas than this, they would have to be requested one after the other. */
const MOST_SCHEMAS = 100

/** Which schemas a source needs, each once. */
export function schemasWanted(source: ProduceSource): { part: PartName; wanted: Wanted }[] {
  const found = new Map<string, { part: PartName; wanted: Wanted }>()
  const add = (part: PartName, input: { as: string } | null): void => {
    if (input?.as !== 'schema') return
    const wanted = input as BySchema
    found.set(schemaRef(part, wanted), { part, wanted })
  }
  const parts = source.kind === 'records' ? source.records : [source.kind === 'generated' ? source.record : source]
  for (const { key, value } of parts) {
    add('key', key)
    add('value', value)
  }
  return [...found.values()]
}

/** How the registry's own serialisers name a schema in a record. */
export function usualFrame(kind: RegistryKind | null): WireFrame {
  return kind === 'apicurio' ? 'apicurio-4' : 'confluent-id'
}

/** Finds all schemas that a source needs, as they are in the registry now. Throws if one of them cannot be found. */
export async function findSchemas(
  access: ProduceAccess,
  topic: string,
  source: ProduceSource,
  signal: AbortSignal,
): Promise<FoundSchemaFor[]> {
  const all = schemasWanted(source)
  if (all.length > MOST_SCHEMAS) throw new SeeklineError('call.invalid', `These records name ${all.length} schemas; ${MOST_SCHEMAS} are looked up at most.`) // oxfmt-ignore
  return await Promise.all(all.map(({ part, wanted }) => findSchema(access, topic, part, wanted, signal)))
}

/** Never registers one: a missing schema is reported, with what to do. */
export async function findSchema(
  access: ProduceAccess,
  topic: string,
  part: PartName,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<FoundSchemaFor> {
  const client = await access.registry()
  const asked = idOf(wanted.schema, topic, part)
  const looked = await client.look(asked, signal).catch((error: unknown) => {
    throw missing(error, asked, topic, part)
  })
  const { type, guid } = looked.schema
  if (type === 'other') throw new SeeklineError('registry.schema', `The schema for the ${part} is written in a language that Seekline does not know.`) // oxfmt-ignore
  const at = looked.versions?.[0] ?? null
  const frame = wanted.frame ?? usualFrame(access.registryKind)
  const own = at !== null && (frame === 'apicurio-8' || frame === 'apicurio-header') ? await client.ownIds(at.subject, signal) : null // oxfmt-ignore
  const globalId = at === null ? undefined : own?.get(at.version)?.globalId
  const ids: WireIds = { id: looked.id, guid, globalId: globalId === undefined ? null : BigInt(globalId) }
  // A version never changes; nor does the meaning of an id in one registry.
  const find: SchemaId = asked.by === 'subject' && at !== null ? { by: 'subject', ...at } : asked
  const message = type === 'protobuf' ? wanted.message : null
  return {
    found: { use: schemaRef(part, wanted), find, frame, ids },
    written: {
      part,
      subject: at?.subject ?? null,
      version: at?.version ?? null,
      id: writtenId(frame, ids) ?? find,
      type,
      message,
      frame,
    },
  }
}

/** The subject under a naming strategy, as Confluent's serialisers build it. */
function idOf(schema: SchemaToUse, topic: string, part: PartName): SchemaId {
  if (schema.by !== 'naming') return schema
  const { strategy, record, version } = schema
  if (strategy === 'TopicName') return { by: 'subject', subject: `${topic}-${part}`, version }
  if (record === null || record === '') {
    throw new SeeklineError(
      'call.invalid',
      `${strategy} names a subject by its record: which one is it for the ${part}?`,
      {
        hint: 'Give its full name, such as com.acme.Order.',
      },
    )
  }
  return { by: 'subject', subject: strategy === 'RecordName' ? record : `${topic}-${record}`, version }
}

function writtenId(frame: WireFrame, { id, guid, globalId }: WireIds): SchemaId | null {
  switch (frame) {
    case 'confluent-id':
    case 'apicurio-4':
      return id === null ? null : { by: 'id', id }
    case 'confluent-guid':
    case 'confluent-header':
      return guid === null ? null : { by: 'guid', guid }
    case 'apicurio-8':
      return globalId !== null || id !== null ? { by: 'long-id', id: globalId ?? BigInt(id!) } : null // the condition checked that one of the two is not null
    case 'apicurio-header':
      if (globalId !== null) return { by: 'global-id', id: globalId }
      return id === null ? null : { by: 'content-id', id: BigInt(id) }
    case 'none':
      return null
  }
}

function missing(error: unknown, asked: SchemaId, topic: string, part: PartName): unknown {
  if (!(error instanceof SeeklineError) || error.code !== 'registry.unknown') return error
  if (asked.by !== 'subject') return error
  const { subject, version } = asked
  const what = version === null ? `no subject ${subject}` : `no version ${version} of ${subject}`
  return new SeeklineError(
    'registry.unknown',
    `The schema registry has ${what}, so there is nothing to write the ${part} of ${topic} by.`,
    {
      hint: 'Register its schema first, name another subject, or write it without a schema: Seekline never registers one on the way.',
      ...(error.details === undefined ? {} : { details: error.details }),
    },
  )
}

/** What has changed since the plan was made, as a sentence; null: nothing. */
export function schemasDiffer(planned: readonly WrittenBy[], now: readonly WrittenBy[]): string | null {
  for (const one of now) {
    const before = planned.find(({ part, subject, message, frame }) => part === one.part && subject === one.subject && message === one.message && frame === one.frame) // oxfmt-ignore
    const name = one.subject ?? `the schema of the ${one.part}`
    if (before === undefined) return `${name} is used now, and the plan did not know it.`
    if (before.version !== one.version)
      return `${name} is at version ${one.version} now; the plan saw version ${before.version}.`
    if (keyOf(before) !== keyOf(one)) return `${name} has another id now than the plan saw.`
  }
  return null
}

const keyOf = ({ id, type }: WrittenBy): string => JSON.stringify([type, id], (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)) // oxfmt-ignore
