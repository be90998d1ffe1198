import { z } from 'zod'

/**
 * `password`: SASL. `privateKey`: a pasted PEM key, `keyPassphrase` opens it. `keystore`: the bytes of a key store (PKCS12
 * or JKS) in base64, `keystorePassphrase` opens it. `truststorePassphrase` opens a trust store.
 */
export const SecretName = z.enum([
  'password',
  'privateKey',
  'keyPassphrase',
  'keystore',
  'keystorePassphrase',
  'truststorePassphrase',
])
export type SecretName = z.infer<typeof SecretName>

/** A secret that stands in an environment variable, written `${env:NAME}`. */
export const EnvReference = z.string().regex(/^\$\{env:[A-Za-z_][A-Za-z0-9_]*\}$/, 'Write ${env:NAME}.')
export type EnvReference = z.infer<typeof EnvReference>
