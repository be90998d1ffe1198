import { z } from 'zod'
import { saslSecrets, type SaslSecretName } from './sasl/mechanisms.ts'

export interface SecretFacts {
  /** Its name in a sentence. */
  label: string
  /**
   * The user types it, so it may be a reference to an environment variable instead; a key or keystore is pasted, or named by
   * its file.
   */
  isTyped: boolean
}

const tlsSecrets = {
  /** A pasted PEM key. */
  privateKey: { label: 'private key', isTyped: false },
  keyPassphrase: { label: "private key's passphrase", isTyped: true },
  /** The bytes of a key store (PKCS12 or JKS) in base64. */
  keystore: { label: 'keystore', isTyped: false },
  keystorePassphrase: { label: "keystore's passphrase", isTyped: true },
  truststorePassphrase: { label: "trust store's passphrase", isTyped: true },
} as const

/** Secrets of a schema registry and of the proxy before it; its password has the same name as the brokers'. */
const registrySecrets = {
  token: { label: 'token', isTyped: true },
  clientSecret: { label: 'client secret', isTyped: true },
  secretKey: { label: 'secret access key', isTyped: true },
  sessionToken: { label: 'session token', isTyped: true },
  proxyPassword: { label: "proxy's password", isTyped: true },
} as const

type Name = SaslSecretName | keyof typeof tlsSecrets | keyof typeof registrySecrets

const typed = Object.entries(saslSecrets).map(([name, { label }]) => [name, { label, isTyped: true }])

/** Every secret of every mechanism, of TLS, and of a registry. The endpoint says whose it is. */
export const secretFacts: Readonly<Record<Name, SecretFacts>> = {
  ...(Object.fromEntries(typed) as Record<SaslSecretName, SecretFacts>),
  ...tlsSecrets,
  ...registrySecrets,
}

export const SecretName = z.enum(Object.keys(secretFacts) as Name[])
export type SecretName = z.infer<typeof SecretName>

/** A reference to an environment variable that holds a secret, written `${env:NAME}`. */
export const EnvReference = z.string().regex(/^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$/, 'Write ${env:NAME}.')
export type EnvReference = z.infer<typeof EnvReference>
