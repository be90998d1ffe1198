import { z } from 'zod'
import { SeeklineError } from '#shared/errors.ts'
import { mapLimited } from '../kafka/map-limited.ts'
import { readBody, segment, type StoredSchema } from './confluent-api.ts'
import type { Transport } from './http-transport.ts'

/** The ids that Apicurio's serialisers use for the versions of a subject. */
export type OwnIds = Map<number, { globalId: number; contentId: number }>

/**
 * Apicurio's own API, for what its Confluent API does not have: global ids and hashes, which its serialisers write. Apicurio 2
 * and 3 both support version 2 of it.
 */
export interface ApicurioIds {
  /** The content id for a global id, which is what the Confluent API uses as id. */
  contentId(globalId: bigint, signal?: AbortSignal): Promise<number>
  /** The content id of an artifact in any group; null: of its latest version. */
  contentIdOf(group: string, artifact: string, version: string | null, signal?: AbortSignal): Promise<number>
  /** Whether the subject has a compatibility rule of its own; if that is not told, it has none. */
  hasCompatibility(subject: string, signal?: AbortSignal): Promise<boolean>
  byHash(hash: string, signal?: AbortSignal): Promise<StoredSchema>
  /** The ids of a subject, which is an artifact in the default group. */
  ofSubject(subject: string, signal?: AbortSignal): Promise<OwnIds>
  /** How many artifacts its default group has, which are the subjects of the Confluent API, including soft-deleted ones. */
  count(signal?: AbortSignal): Promise<number>
  /** `isDeleted`: its latest version is disabled; release 3 does not tell. */
  list(count: number, signal?: AbortSignal): Promise<{ subject: string; isDeleted: boolean }[]>
}

const Artifacts = z.object({
  artifacts: z
    .array(z.object({ id: z.string(), groupId: z.string().nullish(), state: z.string().nullish() }))
    .max(1_000),
  count: z.number().int().nullish(),
})
const Versions = z.object({
  versions: z
    .array(z.object({ globalId: z.number().int(), contentId: z.number().int(), version: z.string().nullish() }))
    .max(10_000),
})
const References = z
  .array(z.object({ name: z.string(), artifactId: z.string(), version: z.coerce.number().int() }))
  .max(1_000)

const pageVersions = 500
const pageArtifacts = 500
const mostArtifacts = 200_000
const mostVersions = 10_000

export function createApicurioIds(transport: Transport): ApicurioIds {
  const get = async (path: string, signal: AbortSignal | undefined, query?: Record<string, string>) => {
    const [url = ''] = transport.urls()
    return transport.askAt(ownApi(url), { path, signal, ...(query === undefined ? {} : { query }) })
  }
  async function* versionsOf(group: string, artifact: string, signal: AbortSignal | undefined) {
    const path = `/groups/${segment(group)}/artifacts/${segment(artifact)}/versions`
    for (let offset = 0; offset < mostVersions; offset += pageVersions) {
      const page = await get(path, signal, { limit: String(pageVersions), offset: String(offset) })
      const { versions } = readBody(Versions, page)
      yield* versions
      if (versions.length < pageVersions) break
    }
  }
  return {
    contentId: async (globalId, signal) => {
      const found = await get('/search/artifacts', signal, { globalId: String(globalId), limit: '1' })
      const [artifact] = readBody(Artifacts, found).artifacts
      if (artifact === undefined) throw unknown(`global id ${globalId}`)
      for await (const one of versionsOf(artifact.groupId ?? 'default', artifact.id, signal)) {
        if (BigInt(one.globalId) === globalId) return one.contentId
      }
      throw unknown(`global id ${globalId}`)
    },
    contentIdOf: async (group, artifact, version, signal) => {
      const path = `/groups/${segment(group)}/artifacts/${segment(artifact)}${version === null ? '' : `/versions/${segment(version)}`}/meta`
      return readBody(z.object({ contentId: z.number().int() }), await get(path, signal)).contentId
    },
    hasCompatibility: async (subject, signal) => {
      const path = `/groups/default/artifacts/${segment(subject)}/rules`
      const answer = await get(path, signal).catch((error: unknown) => {
        if (signal?.aborted === true || !(error instanceof SeeklineError)) throw error
        return null
      })
      return answer !== null && readBody(z.array(z.string()).max(100), answer).includes('COMPATIBILITY')
    },
    ofSubject: async (subject, signal) => {
      const found: OwnIds = new Map()
      for await (const { version, globalId, contentId } of versionsOf('default', subject, signal)) {
        found.set(Number(version), { globalId, contentId })
      }
      return found
    },
    count: async (signal) => {
      const { count, artifacts } = readBody(
        Artifacts,
        await get('/search/artifacts', signal, { group: 'default', limit: '1' }),
      )
      return count ?? artifacts.length
    },
    list: async (count, signal) => {
      const offsets = Array.from({ length: Math.ceil(Math.min(count, mostArtifacts) / pageArtifacts) }, (_, i) => i * pageArtifacts) // oxfmt-ignore
      const pages = await mapLimited(offsets, 4, async (offset) => {
        const query = { group: 'default', limit: String(pageArtifacts), offset: String(offset), orderby: 'name', order: 'asc' } // oxfmt-ignore
        return readBody(Artifacts, await get('/search/artifacts', signal, query)).artifacts
      })
      return pages.flat().map(({ id, state }) => ({ subject: id, isDeleted: state === 'DISABLED' }))
    },
    byHash: async (hash, signal) => {
      const content = await get(`/ids/contentHashes/${encodeURIComponent(hash)}`, signal)
      const references = readBody(References, await get(`/ids/contentHashes/${encodeURIComponent(hash)}/references`, signal)) // oxfmt-ignore
      return {
        type: guessType(content.text),
        text: content.text,
        references: references.map(({ name, artifactId, version }) => ({ name, subject: artifactId, version })),
        guid: null,
      }
    },
  }
}

/** Next to the Confluent API, whatever path comes before it. */
function ownApi(url: string): string {
  return `${url.replace(/\/apis\/ccompat\/v\d+$/, '')}/apis/registry/v2`
}

/** A schema found by its hash comes without its type. */
function guessType(text: string): StoredSchema['type'] {
  if (!/^\s*[[{"]/.test(text)) return 'protobuf'
  return /"\$schema"|"properties"|"\$ref"|"(?:one|any|all)Of"/.test(text) && !/"type"\s*:\s*"record"/.test(text)
    ? 'json-schema'
    : 'avro'
}

function unknown(what: string): SeeklineError {
  return new SeeklineError('registry.unknown', `The schema registry has no ${what}.`, { details: { status: 404 } })
}
