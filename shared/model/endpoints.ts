import type { Profile } from './profile.ts'
import type { Registry, RegistryAuth } from './registry.ts'
import { fieldsOf, mechanismOf, saslSecrets } from './sasl/mechanisms.ts'
import type { SecretName } from './secret-names.ts'
import type { Tls } from './tls.ts'

/**
 * A server that secrets are sent to: a profile's brokers, or its schema registry. Another kind (a Connect worker) is one more
 * function like {@link brokersOf}; everything that stores, asks for and uses secrets works with what it returns.
 */
export interface Endpoint {
  /** The id its secrets are stored under: the profile's id, and for anything but the brokers `id/kind`. */
  readonly id: string
  readonly profileId: string
  /** The owner of the secrets, for a sentence. */
  readonly name: string
  /** Also in the details of `connect.secret`, for the question to the user. */
  readonly what: 'brokers' | 'registry'
  /** The addresses the secrets are sent to. */
  readonly addresses: readonly string[]
  readonly tls: Pick<Profile['tls'], 'enabled' | 'verify' | 'verifyHostName'>
  /**
   * Secrets that are always needed, and secrets that may be: a passphrase is needed only if the key turns out to be encrypted,
   * and only the file can tell.
   */
  readonly required: readonly SecretName[]
  readonly optional: readonly SecretName[]
  readonly references: Profile['secretReferences']
  /**
   * The circumstances under which a secret was entrusted, as text to be hashed. A stored secret is used only while this is
   * unchanged: after a change of the address, or with verification switched off, the user is asked again, so that a changed
   * file or a slip cannot send a password elsewhere.
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

/** null: the profile has no registry. */
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

/** Whether any part of it uses TLS. */
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
 * Includes mapped addresses, because that is where bytes really go; a mechanism's secrets also depend on the mechanism and its
 * fields, because changing SCRAM to PLAIN would reveal a password. CA files count by their path. Stored secrets carry a digest
 * of this very text: changing its order or words would ask every user for every secret again.
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
 * The secrets of a sign-in also depend on its kind and user name, and the proxy's password on the proxy, which all requests go
 * through. The kind of registry and its context are left out: they change what is asked, not who receives it.
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
