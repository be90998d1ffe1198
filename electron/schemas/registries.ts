import { SeeklineError } from '#shared/errors.ts'
import type { Profile } from '#shared/model/profile.ts'
import type { SchemaId } from '#shared/model/schema-id.ts'
import { openRegistry, type RegistryClient } from './registry-client.ts'
import { HOLD_MS, type Resolved } from './schema-cache.ts'
import { cancelled } from './shared-work.ts'
import type { RegistrySpec } from './registry-spec.ts'

export interface RegistriesOptions {
  /** The current profile of an open connection; throws `connect.closed`. */
  profileOf(connectionId: string): Profile
  /** Fills in secrets and reads files; throws `connect.secret` if the user has to be asked. */
  specOf(profile: Profile): Promise<RegistrySpec>
}

/**
 * The registries of all open connections, each opened when first needed and opened again when its part of the profile changes.
 */
export interface Registries {
  /** Throws `registry.absent` if the profile has none. */
  of(connectionId: string): Promise<RegistryClient>
  /** Throws only if the call is cancelled: for workers, which need an answer about each record. */
  resolve(connectionId: string, id: SchemaId, signal?: AbortSignal): Promise<Resolved>
  /** Secrets changed, or the connection ended: drops the client and its cache. */
  drop(connectionId: string): void
  close(): void
}

export function createRegistries({ profileOf, specOf }: RegistriesOptions): Registries {
  const open = new Map<string, { of: string; client: Promise<RegistryClient> }>()

  const drop = (connectionId: string): void => {
    const entry = open.get(connectionId)
    open.delete(connectionId)
    entry?.client.then((client) => client.close()).catch(() => undefined)
  }

  const of = (connectionId: string): Promise<RegistryClient> => {
    const profile = profileOf(connectionId)
    if (profile.registry === null) {
      drop(connectionId)
      return Promise.reject(absent(profile.name))
    }
    const text = JSON.stringify(profile.registry)
    const present = open.get(connectionId)
    if (present?.of === text) return present.client
    drop(connectionId)
    // Called for each request: a profile may become read-only while this is open.
    const mode = () => (profileOf(connectionId).accessMode === 'read-only' ? 'read-only' : 'read-write')
    const client = specOf(profile).then((spec) => openRegistry(spec, mode))
    const entry = { of: text, client }
    open.set(connectionId, entry)
    // A secret that was missing may be known by the next time.
    client.catch(() => {
      if (open.get(connectionId) === entry) open.delete(connectionId)
    })
    return client
  }

  return {
    of,
    drop,
    resolve: async (connectionId, id, signal) => {
      try {
        const client = await of(connectionId)
        return await client.schemaCache.resolve(id, signal)
      } catch (error) {
        if (signal?.aborted === true) throw cancelled()
        const code = error instanceof SeeklineError ? error.code : 'internal'
        return { reason: reasons[code] ?? 'the registry’s part of the profile cannot be used', holdsMs: HOLD_MS }
      }
    },
    close: () => {
      for (const id of open.keys()) drop(id)
    },
  }
}

const reasons: Partial<Record<SeeklineError['code'], string>> = {
  'registry.absent': 'the profile names no schema registry',
  'connect.secret': 'the sign-in of the registry is not known in this run',
  'connect.closed': 'the connection is closed',
}

function absent(name: string): SeeklineError {
  return new SeeklineError('registry.absent', `The profile "${name}" names no schema registry.`, {
    hint: 'Add one in the profile: its address, and how to sign in there.',
  })
}
