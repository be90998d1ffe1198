import { saslFields, type SaslFieldName, saslSecrets, type SaslSecretName } from '#shared/model/sasl/mechanisms.ts'

/** What a setting means for reaching a cluster, whatever a client calls it. */
export type Meaning = SaslFieldName | SaslSecretName | OwnMeaning | RegistryMeaning

type OwnMeaning =
  | 'brokers'
  | 'name'
  | 'protocol'
  | 'mechanism'
  | 'jaas'
  | 'saslOn'
  | 'tlsOn'
  | 'ca'
  | 'caFile'
  | 'trustType'
  | 'trustStore'
  | 'trustPassword'
  | 'certificate'
  | 'certificateFile'
  | 'key'
  | 'keyFile'
  | 'keyPassword'
  | 'storeType'
  | 'store'
  | 'storePassword'
  | 'verify'
  | 'insecure'
  | 'identification'
  | 'checkHostName'
  | 'serverName'

/**
 * Every key by its words, without separators: `ssl.truststore.location`, `ssl.trust-store-location`, `SslTruststoreLocation`
 * and `SSL_TRUSTSTORE_LOCATION` are the same.
 */
const words: Record<OwnMeaning, string> = {
  brokers:
    'bootstrap.servers bootstrap.server metadata.broker.list brokers broker.list bootstrap.brokers bootstrap.servers.list -b --bootstrap-server --broker-list seed.brokers',
  name: 'name',
  protocol: 'security.protocol',
  mechanism: 'sasl.mechanism sasl.mechanisms sasl.enabled.mechanism',
  jaas: 'sasl.jaas.config sasl.jaas.conf',
  saslOn: 'sasl.enabled sasl.enable',
  tlsOn: 'ssl tls ssl.enabled tls.enabled tls.enable ssl.enable use.tls use.ssl',
  ca: 'ssl.ca tls.ca ssl.ca.pem ssl.truststore.certificates',
  caFile:
    'ssl.ca.location ssl.ca.file tls.ca.file tls.ca.filepath ssl.ca.cert tls.ca.cert ssl.cafile tls.cafile ssl.ca.certificate.path',
  trustType: 'ssl.truststore.type ssl.trust.store.type',
  trustStore: 'ssl.truststore.location ssl.truststore ssl.truststore.path',
  trustPassword: 'ssl.truststore.password',
  certificate: 'ssl.cert tls.cert ssl.certificate.pem ssl.keystore.certificate.chain',
  certificateFile:
    'ssl.certificate.location ssl.cert.file tls.cert.file tls.cert.filepath ssl.certfile tls.certfile ssl.certificate.path',
  key: 'ssl.key ssl.key.pem ssl.keystore.key tls.cert.key',
  keyFile:
    'ssl.key.location ssl.key.file tls.key.file tls.key.filepath ssl.keyfile tls.key tls.keyfile ssl.private.key.path',
  keyPassword: 'ssl.key.password ssl.passphrase tls.passphrase ssl.password tls.key.password',
  storeType: 'ssl.keystore.type',
  store: 'ssl.keystore.location ssl.keystore ssl.keystore.path',
  storePassword: 'ssl.keystore.password',
  verify: 'enable.ssl.certificate.verification ssl.reject.unauthorized tls.reject.unauthorized ssl.verify tls.verify',
  insecure:
    'tls.insecure tls.insecure.skip.tls.verify tls.insecure.skip.verify insecure.skip.verify ssl.insecure skip.verify',
  identification: 'ssl.endpoint.identification.algorithm',
  checkHostName: 'ssl.check.hostname',
  serverName: 'ssl.servername ssl.server.name tls.servername tls.server.name',
}

/** Keys of the schema registry: the Java client's, with and without its prefix, and those of Python's. */
export const registryWords = {
  registryUrl: 'schema.registry.url schema.registry.urls apicurio.registry.url',
  registrySource: 'basic.auth.credentials.source schema.registry.basic.auth.credentials.source',
  registryUserInfo:
    'basic.auth.user.info schema.registry.basic.auth.user.info schema.registry.basic.auth.userinfo basic.auth.userinfo',
  registryTokenSource: 'bearer.auth.credentials.source schema.registry.bearer.auth.credentials.source',
  registryToken: 'bearer.auth.token schema.registry.bearer.auth.token',
  registryTokenUrl: 'bearer.auth.issuer.endpoint.url schema.registry.bearer.auth.issuer.endpoint.url',
  registryClientId: 'bearer.auth.client.id schema.registry.bearer.auth.client.id',
  registryClientSecret: 'bearer.auth.client.secret schema.registry.bearer.auth.client.secret',
  registryScope: 'bearer.auth.scope schema.registry.bearer.auth.scope',
  registryCluster: 'bearer.auth.logical.cluster schema.registry.bearer.auth.logical.cluster',
  registryPool: 'bearer.auth.identity.pool.id schema.registry.bearer.auth.identity.pool.id',
  registryTrustStore: 'schema.registry.ssl.truststore.location schema.registry.ssl.ca.location',
  registryTrustType: 'schema.registry.ssl.truststore.type',
  registryTrustPassword: 'schema.registry.ssl.truststore.password',
  registryStore: 'schema.registry.ssl.keystore.location',
  registryStoreType: 'schema.registry.ssl.keystore.type',
  registryStorePassword: 'schema.registry.ssl.keystore.password',
  registryKeyPassword: 'schema.registry.ssl.key.password',
  registryCertificateFile: 'schema.registry.ssl.certificate.location',
  registryKeyFile: 'schema.registry.ssl.key.location',
  registryIdentification: 'schema.registry.ssl.endpoint.identification.algorithm',
} as const
export type RegistryMeaning = keyof typeof registryWords

const byWords = new Map<string, Meaning>()
const ofSignIn = Object.entries({ ...saslFields, ...saslSecrets }).map(([name, { settings }]) => [name, settings])
for (const [meaning, keys] of [...Object.entries(words), ...Object.entries(registryWords), ...ofSignIn] as [
  Meaning,
  string,
][]) {
  for (const key of keys.split(' ')) byWords.set(key.startsWith('-') ? key : key.replaceAll('.', ''), meaning)
}
const mostWords = 8

export interface Known {
  /**
   * Whose setting this is: the part before the key, exactly as written, so that `prod-a` and `prod.a`, `Prod` and `prod`, or
   * names in any script stay separate.
   */
  owner: string
  meaning: Meaning | undefined
  /** All words, dotted and in lower case, to find the reason why it is not used. */
  words: string
}

export function meaningOf(path: readonly string[]): Known {
  const last = path.at(-1) ?? ''
  if (last.startsWith('-')) return { owner: ownerOf(path, path.length - 1, 0), meaning: byWords.get(last), words: last }
  const all = wordsOf(path)
  const words = all.map(({ word }) => word).join('.')
  for (let from = Math.max(0, all.length - mostWords); from < all.length; from += 1) {
    const meaning = byWords.get(
      all
        .slice(from)
        .map(({ word }) => word)
        .join(''),
    )
    if (meaning === undefined) continue
    // A name belongs to a cluster or a context, and is never the last word of another key.
    if (meaning === 'name' && last.toLowerCase() !== 'name' && !last.endsWith('_NAME')) continue
    const first = all[from]! // from < all.length
    return { owner: ownerOf(path, first.part, first.at), meaning, words }
  }
  // An unknown key belongs where its path says; in a flat file it belongs to nobody in particular.
  return { owner: ownerOf(path, path.length - 1, 0), meaning: undefined, words }
}

/** Objects that only wrap a client's properties do not make them another client's. */
const wrapping = /^(?:properties|property|props|configs?|configuration|conf|settings|options)$/i
const wrappedEnd = /(^|[._\-\s])(?:properties|property|props|configs?|configuration|conf|settings|options)$/i

function ownerOf(path: readonly string[], part: number, at: number): string {
  let start = (path[part] ?? '').slice(0, at).replace(/[._\-\s]+$/, '')
  let parts = path.slice(0, part)
  for (;;) {
    if (start !== '') {
      const bare = start.replace(wrappedEnd, '').replace(/[._\-\s]+$/, '')
      if (bare === start) return [...parts, start].join('.')
      start = bare
    } else {
      const before = parts.at(-1)
      if (before === undefined || !wrapping.test(before)) return parts.join('.')
      parts = parts.slice(0, -1)
    }
  }
}

interface Word {
  word: string
  part: number
  at: number
}

function wordsOf(path: readonly string[]): Word[] {
  return path.flatMap((text, part) =>
    [...text.slice(0, 300).matchAll(/[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z0-9]+|[A-Z]|[0-9]+/g)].map((match) => ({
      word: match[0].toLowerCase(),
      part,
      at: match.index,
    })),
  )
}

const registry = 'Of a schema registry its address, its sign-in and its TLS are taken; this is none of them.'
const chooses = 'A setting of consumers or producers; Seekline chooses its own.'

/** Known settings that are not used, with the reason; tried in this order on the dotted words. */
const reasons: [RegExp, string][] = [
  [
    /(^|\.)(schema\.registry|schemaregistry|registry|basic\.auth|bearer\.auth|value\.converter|key\.converter|auto\.register)\b/,
    registry,
  ],
  [/(^|\.)group\.(id|instance\.id|protocol)$/, 'Looking joins no group.'],
  [/(^|\.)client\.dns\.lookup$/, 'Seekline resolves names as this computer does, and tries each address of a name.'],
  [/(^|\.)sasl\.kerberos\./, 'It belongs to sign-in by Kerberos, which Seekline does not have.'],
  [/(^|\.)sasl\.(oauthbearer|oauth)\b/, 'It belongs to sign-in by OAuth, which Seekline does not have.'],
  [/(^|\.)sasl\.(client|login)\.callback\.handler\.class$/, 'It names Java code that signs in; Seekline runs none.'],
  [
    /(^|\.)sasl\.login\./,
    'It tells the Java client when to sign in again; Seekline does so when the broker asks for it.',
  ],
  [/(^|\.)java\.security\.auth\.login\.config$/, 'It names a JAAS file: paste that file’s KafkaClient part.'],
  [
    /(^|\.)(ssl|tls)\.(protocol|provider|cipher\.suites|enabled\.protocols|curves\.list|sigalgs\.list|min\.version|max\.version|secure\.random\.implementation|keymanager\.algorithm|trustmanager\.algorithm)$/,
    'TLS versions and ciphers are agreed with the broker.',
  ],
  [/(^|\.)(ssl|tls)\.engine\.factory\.class$/, 'It names Java code for TLS; Seekline runs none.'],
  [/(^|\.)ssl\.crl\.location$/, 'Seekline reads no lists of revoked certificates.'],
  [/(^|\.)client\.(id|rack)$|(^|\.)clientid$/, 'Seekline calls itself seekline, so that brokers can tell it apart.'],
  [
    /(^|\.)(request\.timeout|session\.timeout|heartbeat\.interval|connection\.timeout|socket\.|retry|retries|reconnect\.backoff|metadata\.max\.age|connections\.max\.idle|delivery\.timeout|default\.api\.timeout|max\.in\.flight|api\.version|broker\.version|log\.level|statistics|debug$|security\.providers)/,
    'Seekline chooses its own time limits and retries.',
  ],
  [
    /(^|\.)(key|value)\.(de)?serializer|(^|\.)auto\.offset|(^|\.)enable\.auto|(^|\.)acks$|(^|\.)linger|(^|\.)batch|(^|\.)fetch|(^|\.)max\.poll|(^|\.)isolation|(^|\.)compression|(^|\.)buffer\.memory|(^|\.)enable\.idempotence|(^|\.)transactional|(^|\.)partition\.assignment|(^|\.)interceptor/,
    chooses,
  ],
  [
    /^(clusters|topics?|listeners|name|connector|tasks|replication\.factor)(\.|$)/,
    'It says nothing about how to reach a cluster.',
  ],
  [/(^|\.)(ssl|tls)\./, 'Seekline has no such TLS setting.'],
  [/(^|\.)sasl\./, 'Seekline has no such sign-in setting.'],
]

/** Why a setting that does not concern reaching a cluster is not used; undefined: it is unknown. */
export function reasonFor(dotted: string): string | undefined {
  return reasons.find(([pattern]) => pattern.test(dotted))?.[1]
}
