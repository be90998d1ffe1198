import type { ServiceOf } from '#shared/contract/define.ts'
import type { schemas } from '#shared/contract/schemas.ts'
import { SeeklineError } from '#shared/errors.ts'
import { registryOf } from '#shared/model/endpoints.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import type { Profile } from '#shared/model/profile.ts'
import { SecretName } from '#shared/model/secret-names.ts'
import { envName, separateRegistryReferences, type SecretsInput } from '#shared/model/secrets.ts'
import type { ClusterParts } from './cluster-parts.ts'
import type { KafkaServices } from './kafka-services.ts'
import { openRegistry } from './schemas/registry-client.ts'
import { createRegistries, type Registries } from './schemas/registries.ts'
import type { RegistrySpec } from './schemas/registry-spec.ts'
import type { OpenConnections } from './services/connections/open-connections.ts'
import { createSchemasService } from './services/schemas/service.ts'
import { topicsPort } from './services/schemas/topics-port.ts'
import { agreementsTyped } from './storage/agreements.ts'
import type { SecretStore } from './storage/secrets.ts'
import { loadTls } from './storage/tls-material.ts'

export interface SchemaServices {
  services: ServiceOf<typeof schemas>
  registries: Registries
  close(): void
}

export interface SchemaServicesOptions {
  open: OpenConnections<ClusterParts>
  secrets: SecretStore
  version: string
  kafka(): Promise<KafkaServices>
}

/** Everything that speaks to a schema registry, with everything it imports: loaded when one is first needed. */
export function createSchemaServices({ open, secrets, version, kafka }: SchemaServicesOptions): SchemaServices {
  const specOf = async (
    profile: Profile,
    given: SecretsInput = {},
    agreed: readonly string[] = [],
  ): Promise<RegistrySpec> => {
    // oxfmt-ignore
    const endpoint = registryOf(profile)
    const { registry } = profile
    if (endpoint === null || registry === null) {
      throw new SeeklineError('registry.absent', `The profile "${profile.name}" names no schema registry.`, {
        hint: 'Add one in the profile: its address, and how to sign in there.',
      })
    }
    const known = await secrets.resolve(endpoint, given, agreed)
    const tls = await loadTls({ ...registry.tls, enabled: endpoint.tls.enabled, serverName: null }, known, endpoint)
    return { registry, secrets: known, tls, userAgent: `seekline/${version}` }
  }
  /** By profile: references to the environment that were typed for this run, and are not in the saved profile. */
  const typedReferences = new Map<string, SecretsInput>()
  const registries = createRegistries({
    profileOf: (connectionId) => open.profileOf(connectionId as ConnectionId),
    specOf: (profile) => specOf(profile, typedReferences.get(profile.id)),
  })
  const unwatch = open.watch(({ connectionId, status }) => {
    if (status === 'closed') registries.drop(connectionId)
  })
  return {
    registries,
    services: createSchemasService({
      registries,
      openOnce: async (profile, given, agreed) => openRegistry(await specOf(profile, given, agreed), () => 'read-only'),
      entrust: async (saved, typed, remember, agreed) => {
        const { profile, secrets: left } = separateRegistryReferences(saved, typed)
        const endpoint = registryOf(profile)
        if (endpoint === null) return
        const forRun = { ...typedReferences.get(profile.id) }
        for (const name of SecretName.options) {
          const value = typed[name]
          if (value === undefined) continue
          if (value !== null && envName(value) !== null) forRun[name] = value
          else delete forRun[name]
        }
        typedReferences.set(profile.id, forRun)
        if (Object.keys(left).length > 0) await secrets.set(endpoint, left, { remember })
        await secrets.agree(endpoint, [...agreed, ...agreementsTyped(endpoint, typed)])
      },
      forget: (connectionId) =>
        open.require(connectionId).setRegistry(open.profileOf(connectionId).registry?.kind ?? null),
      profileOf: (connectionId) => open.profileOf(connectionId),
      portOf: (connectionId) => Promise.resolve(topicsPort(open.require(connectionId))),
      journal: async () => (await kafka()).journal,
    }),
    close: () => {
      unwatch()
      registries.close()
    },
  }
}
