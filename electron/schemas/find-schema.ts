import { SeeklineError } from '#shared/errors.ts'
import { schemaText as idText, type SchemaId } from '#shared/model/schema-id.ts'
import type { ApicurioIds } from './apicurio-ids.ts'
import type { ByIdOnly } from './by-id-only.ts'
import type { RegistryApi, StoredSchema } from './confluent-api.ts'

/** What an id leads to, before its references are followed. */
export interface Looked {
  /** The id in Confluent's API; null: not told. */
  id: number | null
  schema: StoredSchema
  /** Where it is registered, as far as the registry tells; null: it does not tell. */
  versions: { subject: string; version: number }[] | null
}

export interface Ways {
  api: RegistryApi
  apicurio: ApicurioIds
  /** null: it has Confluent's API. */
  only: ByIdOnly | null
}

/** Chooses the call of the registry that looks up an id of this kind. */
export function createLook({ api, apicurio, only }: Ways) {
  const byId = async (id: number, signal?: AbortSignal): Promise<Looked> => {
    const schema = await api.byId(id, { signal })
    // Where it is registered is additional information; the schema itself does not depend on it.
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
    if (only !== null) return { id: null, schema: await only.look(named, signal), versions: null }
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
        // A setting of its serialisers decides which of the two ids they write; the global id is the default.
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
        // Confluent's API sees only the default group, and only numbers as versions.
        if ((group ?? 'default') !== 'default' || (version !== null && !/^\d{1,9}$/.test(version)))
          return byId(await apicurio.contentIdOf(group ?? 'default', artifact, version, signal), signal)
        return byVersion(artifact, version === null ? null : Number(version), signal)
      }
      case 'azure':
        throw unsupported(named, 'It is one of Azure’s registry, and the profile’s is another.')
      case 'glue':
        throw unsupported(named, 'It is one of AWS Glue, and the profile’s registry is another.')
    }
  }
  return look
}

function smallId(id: bigint): number {
  if (id >= 0n && id <= 0x7fff_ffffn) return Number(id)
  throw new SeeklineError('registry.unknown', `No registry has the id ${id}.`, { details: { status: 404 } })
}

function unsupported(id: SchemaId, why: string): SeeklineError {
  return new SeeklineError('registry.unsupported', `${why} It was asked for the ${idText(id)}.`)
}
