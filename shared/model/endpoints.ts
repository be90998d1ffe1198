import type { Profile } from './profile.ts'
import type { Registry, RegistryAuth } from './registry.ts'
import { fieldsOf, mechanismOf, saslSecrets } from './sasl/mechanisms.ts'
import type { SecretName } from './secret-names.ts'
import type { Tls } from './tls.ts'

/**
 * Somewhere that secrets are entrusted to: a profile's brokers, or its schema registry. Another (a Connect worker) is one
 * more function like {@link brokersOf}, and everything that keeps, asks for and hands out secrets goes by what it returns.
 */
export interface Endpoint {
  /** What its secrets are filed under: the profile's id, and for others than its brokers `id/kind`. */
  readonly id: string
  readonly profileId: string
  /** Whose secrets these are, for a sentence. */
  readonly name: string
  /** Also in the details of `connect.secret`, for whoever asks a person. */
  readonly what: 'brokers' | 'registry'
  /** Where the secrets go. */
  readonly addresses: readonly string[]
  readonly tls: Pick<Profile['tls'], 'enabled' | 'verify' | 'verifyHostName'>
  /**
   * What cannot be done without, and what may be used: a passphrase is needed only if the key turns out to be encrypted,
   * and only the file can tell.
   */
  readonly required: readonly SecretName[]
  readonly optional: readonly SecretName[]
  readonly references: Profile['secretReferences']
  /**
   * The circumstances a secret was entrusted under, as text to be hashed. A stored secret is used only while this is
   * unchanged: whoever edits where it goes or switches verification off is asked again, so that a changed file or a slip
   * cannot send a password elsewhere.
   */
  binding(name: SecretName): string
}

export function brokersOf(profile: Profile): Endpoint {
  return {
    id: profile.id,
    profileId: profile.id,
    name: profile.name,
    what: 'brokers',
    addresses: profile.brokers,
    tls: profile.tls,
    ...secretsFor(profile),
    references: profile.secretReferences,
    binding: (name) => brokersBinding(profile, name),
  }
}

/** null: the profile has none. */
export function registryOf(profile: Profile): Endpoint | null {
  const { registry } = profile
  if (registry === null) return null
  const { auth, tls, urls, proxy } = registry
  const enabled = needsTls(registry)
  const needed = tlsSecretsFor({ ...tls, enabled })
  return {
    id: `${profile.id}/registry`,
    profileId: profile.id,
    name: `${profile.name}, schema registry`,
    what: 'registry',
    addresses: auth.kind === 'oauth' ? [...urls, auth.tokenUrl] : urls,
    tls: { ...tls, enabled },
    required: [
      ...authSecrets[auth.kind],
      ...needed.required,
      ...(proxy !== null && proxy.username !== null ? (['proxyPassword'] as const) : []),
    ],
    optional: [...(auth.kind === 'aws' ? (['sessionToken'] as const) : []), ...needed.optional],
    references: registry.secretReferences,
    binding: (name) => registryBinding(profile.id, registry, name),
  }
}

const authSecrets = {
  none: [],
  basic: ['password'],
  bearer: ['token'],
  oauth: ['clientSecret'],
  aws: ['secretKey'],
} as const satisfies Record<RegistryAuth['kind'], readonly SecretName[]>

const secretsOfAuth: readonly SecretName[] = [...Object.values(authSecrets).flat(), 'sessionToken']

/** Whether anything of it is spoken to over TLS. */
function needsTls({ urls, auth }: Registry): boolean {
  return [...urls, auth.kind === 'oauth' ? auth.tokenUrl : ''].some((url) => url.startsWith('https://'))
}

function secretsFor({ tls, sasl }: Profile): Pick<Endpoint, 'required' | 'optional'> {
  const { required, optional } = tlsSecretsFor(tls)
  return { required: [...(Object.keys(mechanismOf(sasl)?.secrets ?? {}) as SecretName[]), ...required], optional }
}

function tlsSecretsFor(
  tls: Pick<Tls, 'enabled' | 'ca' | 'clientCertificate'>,
): Pick<Endpoint, 'required' | 'optional'> {
  const required: SecretName[] = []
  const optional: SecretName[] = []
  const client = tls.clientCertificate
  if (tls.enabled && client.kind === 'pem') {
    if (client.key.source === 'secret') required.push('privateKey')
    optional.push('keyPassphrase')
  }
  if (tls.enabled && client.kind === 'pkcs12') {
    if (client.keystore.source === 'secret') required.push('keystore')
    optional.push('keystorePassphrase', 'keyPassphrase')
  }
  if (tls.enabled && tls.ca.source === 'file') optional.push('truststorePassphrase')
  return { required, optional }
}

/**
 * Mapped addresses count, being where bytes really go; a mechanism's secrets also hold to it and its fields, for a change
 * from SCRAM to PLAIN would reveal a password. CA files count by their path. Secrets that are stored carry a digest of this
 * very text: another order or word here would have everybody asked again.
 */
function brokersBinding(profile: Profile, name: SecretName): string {
  const { tls, sasl } = profile
  return JSON.stringify([
    'binding-1',
    profile.id,
    name,
    [...profile.brokers].sort(),
    profile.addressMap.map((entry) => `${entry.from} ${entry.to}`).sort(),
    tls.enabled ? [tls.serverName, tls.ca, tls.verify, tls.verifyHostName] : null,
    name in saslSecrets ? [sasl.mechanism, ...Object.values(fieldsOf(sasl))] : null,
  ])
}

/**
 * What signs in also holds to how it does and in whose name, and the proxy's password to the proxy, which all of them go
 * through. Neither kind nor context is in it: they change what is asked, not who hears it.
 */
function registryBinding(profileId: string, { urls, auth, tls, proxy }: Registry, name: SecretName): string {
  return JSON.stringify([
    'registry-binding-1',
    profileId,
    name,
    [...urls].sort(),
    [tls.ca, tls.verify, tls.verifyHostName],
    proxy === null ? null : [proxy.url, proxy.username],
    secretsOfAuth.includes(name) ? Object.values(auth) : null,
  ])
}
