import { SeeklineError } from '#shared/errors.ts'
import type { SchemaId } from '#shared/model/schema-id.ts'
import { allSubjects, type AllSubjects, type SubjectsAsked } from './all-subjects.ts'
import { byIdOnly, onlyById } from './by-id-only.ts'
import { createApicurioIds, type OwnIds } from './apicurio-ids.ts'
import { createApi, type Feature, type RegistryApi } from './confluent-api.ts'
import { createLook, type Looked } from './find-schema.ts'
import type { RegistryMode } from './read-only-gate.ts'
import { schemaText } from './references.ts'
import { createSchemaCache, type RegisteredText, type SchemaCache } from './schema-cache.ts'
import type { RegistrySpec } from './registry-spec.ts'
import { createTransport } from './http-transport.ts'

/** An open client for one profile's registry. */
export interface RegistryClient {
  readonly api: RegistryApi
  readonly schemaCache: SchemaCache
  /** Every subject, however many its API lists at once. */
  subjects(options?: SubjectsAsked): Promise<AllSubjects>
  /** Asks whether it is there: how many subjects these credentials see; null: it cannot list them. */
  probe(signal: AbortSignal): Promise<number | null>
  /** Apicurio's own ids of a subject's versions; null: another registry, or it does not tell. */
  ownIds(subject: string, signal?: AbortSignal): Promise<OwnIds | null>
  /** Without the cache: for a user who wants the current state. */
  look(id: SchemaId, signal?: AbortSignal): Promise<Looked>
  /** The features it was found to lack so far, as sentences. */
  lacks(): string[]
  close(): void
}

export function openRegistry(given: RegistrySpec, mode: () => RegistryMode): RegistryClient {
  const spec = { ...given, registry: { ...given.registry, urls: given.registry.urls.map((url) => apiUrl(given, url)) } }
  const transport = createTransport(spec, mode)
  const { kind } = spec.registry
  const only = byIdOnly(kind, transport)
  const apicurio = createApicurioIds(transport)
  const asked = only === null ? transport : { ...transport, ask: () => Promise.reject(onlyById(kind)) }
  const api = createApi(spec.registry, asked, apicurio.hasCompatibility, spec.limits?.lostMs)

  const look = createLook({ api, apicurio, only })
  const find = async (id: SchemaId): Promise<RegisteredText> => {
    const { schema, versions } = await look(id)
    const at = versions?.[0]
    return { schema: await schemaText(api, schema), subject: at?.subject ?? null, version: at?.version ?? null }
  }

  /** Whether the last list was limited, with deleted subjects and without. */
  const isCut = { all: false, live: false }
  const subjects = async (options: SubjectsAsked = {}): Promise<AllSubjects> => {
    const found = await allSubjects(api, kind === 'apicurio' ? apicurio : null, options)
    isCut[options.deleted === true ? 'all' : 'live'] = found.isCut
    return found
  }
  return {
    api,
    schemaCache: createSchemaCache(find),
    look,
    probe: async (signal) => {
      if (only === null) return (await subjects({ signal })).names.length
      await only.probe(signal)
      return null
    },
    ownIds: async (subject, signal) => {
      if (kind !== 'apicurio') return null
      return apicurio.ofSubject(subject, signal).catch((error: unknown) => {
        if (signal?.aborted === true || !(error instanceof SeeklineError)) throw error
        return null
      })
    },
    subjects,
    lacks: () =>
      [...api.lacks(), ...(isCut.all || isCut.live ? (['all subjects'] as const) : [])].map((one) => lackWords[one]),
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

/** Apicurio has Confluent's API below a path that users do not write. */
function apiUrl({ registry }: RegistrySpec, url: string): string {
  return registry.kind === 'apicurio' && !/:\/\/[^/]*\/./.test(url) ? `${url}/apis/ccompat/v7` : url
}
