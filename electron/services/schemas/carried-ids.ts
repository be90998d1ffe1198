import { createHash } from 'node:crypto'
import type { SchemaId } from '#shared/model/schema-id.ts'
import type { RegistryClient } from '../../schemas/registry-client.ts'
import type { StoredVersion } from '../../schemas/confluent-api.ts'

/** The ids by which records may name a version's schema. */
export type Carried = Pick<StoredVersion, 'version' | 'id'> &
  Partial<Pick<StoredVersion, 'guid' | 'text' | 'references'>>

/**
 * Every way in which records can name one of these versions: by id, GUID, and in Apicurio by its own ids, hash and artifact.
 * What the registry does not tell is left out.
 */
export async function carriedIds(
  client: RegistryClient,
  subject: string,
  versions: readonly Carried[],
  signal: AbortSignal,
): Promise<SchemaId[]> {
  const own = await client.ownIds(subject, signal)
  return versions.flatMap(({ version, id, guid, text, references }): SchemaId[] => {
    const ids: SchemaId[] = [{ by: 'id', id }]
    if (guid != null) ids.push({ by: 'guid', guid })
    if (own === null) return ids
    // Apicurio's serialisers write either id, in four bytes or eight, depending on their settings.
    const of = own.get(version)
    for (const [by, number] of [
      ['content-id', of?.contentId ?? id],
      ['global-id', of?.globalId],
    ] as const) {
      if (number === undefined) continue
      const wide = BigInt(number)
      ids.push({ by, id: wide }, { by: 'long-id', id: wide })
      if (number <= 0x7fff_ffff) ids.push({ by: 'id', id: number })
    }
    for (const group of [null, 'default']) {
      for (const named of [null, String(version)])
        ids.push({ by: 'artifact', group, artifact: subject, version: named })
    }
    if (text !== undefined && references?.length === 0) {
      ids.push({ by: 'content-hash', hash: createHash('sha256').update(text).digest('hex') })
    }
    return ids
  })
}
