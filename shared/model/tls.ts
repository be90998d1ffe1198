import { z } from 'zod'

const FilePath = z.string().min(1, 'Which file?').max(4_096)
const Pem = z.string().max(1_048_576)
const CertificatePem = Pem.regex(
  /-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----/,
  'This is not a certificate in PEM form.',
)
  // Pasting a whole .pem bundle is an easy mistake, and this field is stored unencrypted.
  .refine((pem) => !/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(pem), 'A private key does not belong here.')

/**
 * Which certificates to trust: those the system trusts, or only those named. A file may be PEM, one certificate in DER, or a
 * trust store (JKS, PKCS12), recognised by its content; secret `truststorePassphrase` opens a store.
 */
export const CertificateAuthority = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('system') }),
  z.strictObject({ source: z.literal('text'), pem: CertificatePem }),
  z.strictObject({ source: z.literal('file'), path: FilePath }),
])
export type CertificateAuthority = z.infer<typeof CertificateAuthority>

/** Key material is named by its file, or pasted; pasted keys are secrets and therefore not in here (`source: 'secret'`). */
const KeyMaterial = z.discriminatedUnion('source', [
  z.strictObject({ source: z.literal('file'), path: FilePath }),
  z.strictObject({ source: z.literal('secret') }),
])

export const ClientCertificate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('pem'),
    certificate: z.discriminatedUnion('source', [
      z.strictObject({ source: z.literal('text'), pem: CertificatePem }),
      z.strictObject({ source: z.literal('file'), path: FilePath }),
    ]),
    /** Secret `privateKey`; `keyPassphrase` if it is encrypted. */
    key: KeyMaterial,
  }),
  /**
   * A key store, PKCS12 or JKS, recognised by its content. Secret `keystore`, base64; `keystorePassphrase` opens it, and
   * `keyPassphrase` the key in it if that has a passphrase of its own.
   */
  z.strictObject({
    kind: z.literal('pkcs12'),
    keystore: KeyMaterial,
    /** Which key of a store with several; absent: the only one. */
    alias: z.string().min(1, 'Which entry?').max(512).optional(),
  }),
])
export type ClientCertificate = z.infer<typeof ClientCertificate>

export const Tls = z.strictObject({
  enabled: z.boolean(),
  ca: CertificateAuthority.default({ source: 'system' }),
  clientCertificate: ClientCertificate.default({ kind: 'none' }),
  /** The name to send as SNI and to look for in the certificate; null = each broker's host. */
  serverName: z.string().min(1).max(253).nullable().default(null),
  /** false: any certificate is accepted, from anybody. */
  verify: z.boolean().default(true),
  /** false: the certificate must be trusted, but may be for another host (Java's empty identification algorithm). */
  verifyHostName: z.boolean().default(true),
})
export type Tls = z.infer<typeof Tls>
