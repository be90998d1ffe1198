import { z } from 'zod'
import { EnvReference, SecretName } from './secret-names.ts'
import type { Profile } from './profile.ts'

/** Only what a person types may be a reference; a key or keystore is named by its file instead. */
const referable: ReadonlySet<SecretName> = new Set([
  'password',
  'keyPassphrase',
  'keystorePassphrase',
  'truststorePassphrase',
])

/** Secrets on their way in: given ones are set, `null` forgets, absent ones stay as they are. They never travel out. */
export const SecretsInput = z.partialRecord(SecretName, z.string().max(1_048_576).nullable())
export type SecretsInput = z.infer<typeof SecretsInput>

export type Secrets = Partial<Record<SecretName, string>>

/** What a secret is called in a sentence. */
export const secretLabels: Record<SecretName, string> = {
  password: 'password',
  privateKey: 'private key',
  keyPassphrase: "private key's passphrase",
  keystore: 'keystore',
  keystorePassphrase: "keystore's passphrase",
  truststorePassphrase: "trust store's passphrase",
}

/** The variable a reference names, or null when the text is none. */
export function envName(text: string): string | null {
  return EnvReference.safeParse(text).success ? text.slice('${env:'.length, -1) : null
}

/**
 * What this profile cannot do without, and what it may use: a passphrase is needed only if the key turns out to be
 * encrypted, and only the file can tell.
 */
export function secretsOf(profile: Profile): { required: SecretName[]; optional: SecretName[] } {
  const required: SecretName[] = []
  const optional: SecretName[] = []
  if (profile.sasl.mechanism !== 'none') required.push('password')
  const client = profile.tls.clientCertificate
  if (profile.tls.enabled && client.kind === 'pem') {
    if (client.key.source === 'secret') required.push('privateKey')
    optional.push('keyPassphrase')
  }
  if (profile.tls.enabled && client.kind === 'pkcs12') {
    if (client.keystore.source === 'secret') required.push('keystore')
    optional.push('keystorePassphrase', 'keyPassphrase')
  }
  if (profile.tls.enabled && profile.tls.ca.source === 'file') optional.push('truststorePassphrase')
  return { required, optional }
}

/**
 * Puts `${env:NAME}` typed into a password or passphrase field where it belongs, in the profile, and takes it out of
 * there when a real secret, or nothing, takes its place.
 */
export function separateReferences(profile: Profile, input: SecretsInput): { profile: Profile; secrets: SecretsInput } {
  const references = { ...profile.secretReferences }
  const secrets: SecretsInput = {}
  for (const name of SecretName.options) {
    const value = input[name]
    if (value === undefined) continue
    if (value !== null && referable.has(name) && envName(value) !== null) {
      references[name] = value
      // A stored secret beneath a reference would come back to life when the reference goes.
      secrets[name] = null
    } else {
      delete references[name]
      secrets[name] = value === '' ? null : value
    }
  }
  return { profile: { ...profile, secretReferences: references }, secrets }
}

/**
 * The circumstances a secret was entrusted under, as text to be hashed. A stored secret is used only while this is
 * unchanged: whoever edits a profile's brokers or switches verification off is asked again, so that a changed file or
 * a slip cannot send a password elsewhere. Mapped addresses count, being where bytes really go; a password also holds
 * to its user and mechanism, for a change from SCRAM to PLAIN would reveal it. CA files count by their path.
 */
export function secretBinding(profile: Profile, name: SecretName): string {
  const { tls, sasl } = profile
  return JSON.stringify([
    'binding-1',
    profile.id,
    name,
    [...profile.brokers].sort(),
    profile.addressMap.map((entry) => `${entry.from} ${entry.to}`).sort(),
    tls.enabled ? [tls.serverName, tls.ca, tls.verify, tls.verifyHostName] : null,
    name === 'password' ? [sasl.mechanism, sasl.username] : null,
  ])
}
