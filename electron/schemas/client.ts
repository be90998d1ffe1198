import { SeeklineError } from '#shared/errors.ts'
import { schemaText as idText, type SchemaId } from '#shared/model/schema-id.ts'
import { allSubjects, type SubjectsAsked } from './all-subjects.ts'
import { createApicurioIds } from './apicurio-ids.ts'
import { createApi, type Feature, type RegistryApi, type StoredSchema } from './confluent-api.ts'
import type { RegistryMode } from './read-only-gate.ts'
import { schemaText } from './references.ts'
import { createResolver, type RegisteredText, type Resolver } from './resolver.ts'
import type { RegistrySpec } from './spec.ts'
import { createTransport } from './transport.ts'

/** What an id leads to, before its references are followed. */
export interface Looked {
  /** What the Confluent API calls it; null: not told. */
  id: number | null
  schema: StoredSchema
  /** Where it is registered: all that the registry tells; null: it does not tell. */
  versions: { subject: string; version: number }[] | null
}

/** One profile's registry, open. */
export interface RegistryClient {
  readonly api: RegistryApi
  readonly resolver: Resolver
  /** Every subject, however many its API lists at once. */
  subjects(options?: SubjectsAsked): Promise<string[]>
  /** Without what the resolver keeps: for a person who looks. */
  look(id: SchemaId, signal?: AbortSignal): Promise<Looked>
  /** What it was found to lack so far, as sentences. */
  lacks(): string[]
  close(): void
}

export function openRegistry(given: RegistrySpec, mode: () => RegistryMode): RegistryClient {
  const spec = { ...given, registry: { ...given.registry, urls: given.registry.urls.map((url) => apiUrl(given, url)) } }
  const transport = createTransport(spec, mode)
  const api = createApi(spec.registry, transport)
  const apicurio = createApicurioIds(transport)

  const byId = async (id: number, signal?: AbortSignal): Promise<Looked> => {
    const schema = await api.byId(id, { signal })
    // Where it is registered is good to know; what the record means does not hang on it.
    const versions = await api.versionsOfId(id, { signal }).catch((error: unknown) => {
      if (signal?.aborted === true) throw error
      return null
    })
    return { id, schema, versions }
  }
  const byVersion = async (subject: string, version: number | null, signal?: AbortSignal): Promise<Looked> => {
    const found = await api.version(subject, version ?? 'latest', { signal, deleted: version !== null })
    return { id: found.id, schema: found, versions: [{ subject: found.subject, version: found.version }] }
  }
  const byGlobalId = async (id: bigint, signal?: AbortSignal) => byId(await apicurio.contentId(id, signal), signal)

  const look = async (named: SchemaId, signal?: AbortSignal): Promise<Looked> => {
    if (spec.registry.kind === 'glue' || named.by === 'glue') throw unsupported(named, 'Schemas of AWS Glue are not looked up.') // prettier-ignore
    switch (named.by) {
      case 'id':
        return byId(named.id, signal)
      case 'guid': {
        const schema = await api.byGuid(named.guid, { signal })
        if (schema === null) throw unsupported(named, 'This registry knows no GUIDs.')
        return { id: null, schema, versions: null }
      }
      case 'content-id':
        return byId(smallId(named.id), signal)
      case 'global-id':
        return byGlobalId(named.id, signal)
      case 'long-id':
        // Which of the two ids its serialisers write is a setting of theirs; the global one is their default.
        try {
          return await byGlobalId(named.id, signal)
        } catch (error) {
          if (!(error instanceof SeeklineError) || error.code !== 'registry.unknown') throw error
          return byId(smallId(named.id), signal)
        }
      case 'content-hash':
        return { id: null, schema: await apicurio.byHash(named.hash, signal), versions: null }
      case 'subject':
        return byVersion(named.subject, named.version, signal)
      case 'artifact': {
        const { group, artifact, version } = named
        if (group !== null && group !== 'default') throw unsupported(named, 'Only Apicurio’s default group is seen through its Confluent API.') // prettier-ignore
        if (version !== null && !/^\d{1,9}$/.test(version)) throw unsupported(named, 'Its version is no number.')
        return byVersion(artifact, version === null ? null : Number(version), signal)
      }
      case 'azure':
        throw unsupported(named, 'Azure’s registry speaks an API of its own, which Seekline does not have.')
    }
  }

  const find = async (id: SchemaId): Promise<RegisteredText> => {
    const { schema, versions } = await look(id)
    const at = versions?.[0]
    return { schema: await schemaText(api, schema), subject: at?.subject ?? null, version: at?.version ?? null }
  }

  let isCut = false
  return {
    api,
    resolver: createResolver(find),
    look,
    subjects: async (options = {}) => {
      const found = await allSubjects(api, spec.registry.kind === 'apicurio' ? apicurio : null, options)
      isCut = found.isCut
      return found.names
    },
    lacks: () => [...api.lacks(), ...(isCut ? (['all subjects'] as const) : [])].map((one) => lackWords[one]),
    close: () => transport.close(),
  }
}

const lackWords: Record<Feature, string> = {
  mode: 'It does not tell its mode (GET /mode), so whether it takes schemas shows only when one is registered.',
  guids:
    'It knows no GUIDs: records that name their schema by one (Confluent’s newer format) cannot be decoded with it.',
  'versions of an id':
    'It does not tell which subjects have a schema: from a record the way to its subject is missing.',
  'referenced by': 'It does not tell which schemas refer to one.',
  'all subjects': 'It lists only so many subjects: there may be more than are shown.',
}

/** Apicurio keeps Confluent's API below a path that nobody writes down. */
function apiUrl({ registry }: RegistrySpec, url: string): string {
  return registry.kind === 'apicurio' && !/:\/\/[^/]*\/./.test(url) ? `${url}/apis/ccompat/v7` : url
}

function smallId(id: bigint): number {
  if (id >= 0n && id <= 0x7fff_ffffn) return Number(id)
  throw new SeeklineError('registry.unknown', `No registry has the id ${id}.`, { details: { status: 404 } })
}

function unsupported(id: SchemaId, why: string): SeeklineError {
  return new SeeklineError('registry.unsupported', `${why} Asked for was the ${idText(id)}.`)
}
