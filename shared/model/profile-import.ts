import { SeeklineError } from '../errors.ts'
import { formatAddress, parseAddress } from './addresses.ts'
import { newProfileId } from './ids.ts'
import {
  CertificateAuthority,
  ClientCertificate,
  newProfile,
  SaslMechanism,
  type Environment,
  type Profile,
} from './profile.ts'
import type { Secrets } from './secrets.ts'
import { readJaas, readSettingsText } from './settings-text.ts'

export interface ImportedProfile {
  profile: Profile
  secrets: Secrets
  /** Keys that found their way into the draft. */
  understood: string[]
  /** Keys that did not, and what was assumed, each with a sentence. Never a value: it may be a secret. */
  ignored: { key: string; why: string }[]
}

/** Reads pasted client settings into a draft of a profile; throws `profile.invalid` when there are none in the text. */
export function importProfile(text: string): ImportedProfile {
  const draft = new Draft(text)
  if (draft.keys.length === 0 || !draft.keys.some((key) => /^[a-z]+(\.[a-z0-9]+)+$/.test(key))) {
    throw new SeeklineError('profile.invalid', 'No client settings were found in the text.', {
      hint: 'Paste a client.properties file, librdkafka settings as key=value lines or JSON, or a kcat command.',
    })
  }
  const named = readBrokers(draft)
  const brokers = named.length > 0 ? named : ['localhost:9092']
  const { tls: tlsOn, sasl: saslOn } = readProtocol(draft)
  const sasl = readSasl(draft, saslOn)
  const tls = {
    enabled: tlsOn,
    ca: readTrust(draft),
    clientCertificate: readClientCertificate(draft),
    ...readChecks(draft),
  }
  explainRest(draft)
  const environment = guessEnvironment(brokers)
  const isLocal = named.length > 0 && named.every((broker) => /^(localhost|127\.|\[::1\])/.test(broker))
  const profile = newProfile(newProfileId(), {
    brokers,
    name: (brokers[0] ?? '').slice(0, 100),
    environment,
    // Nobody has looked at this draft yet: what may be somebody's cluster starts read-only, whatever it is called.
    ...(isLocal ? {} : { accessMode: 'read-only' as const }),
    tls,
    sasl,
  })
  return { profile, secrets: draft.secrets, understood: draft.understood, ignored: draft.ignored }
}

/** The settings given, and what has become of each. */
class Draft {
  readonly secrets: Secrets = {}
  readonly understood: string[] = []
  readonly ignored: { key: string; why: string }[] = []
  readonly #values = new Map<string, string>()

  constructor(text: string) {
    for (const { key, value } of readSettingsText(text)) {
      // Connect and Streams files say for whom a setting is meant.
      this.#values.set(key.replace(/^(consumer|producer|admin|main\.consumer)\./, ''), value)
    }
  }

  get keys(): string[] {
    return [...this.#values.keys()]
  }

  has(...keys: string[]): boolean {
    return keys.some((key) => this.#values.has(key))
  }

  /** The value of the first of these keys that is given; all of them then count as understood. */
  take(...keys: string[]): string | undefined {
    let found: string | undefined
    for (const key of keys) {
      const value = this.#values.get(key)
      if (value === undefined) continue
      found ??= value
      this.#values.delete(key)
      this.understood.push(key)
    }
    return found
  }

  /** Sets a key aside with a sentence, also one that was taken before. */
  refuse(key: string, why: string): void {
    this.#values.delete(key)
    const at = this.understood.indexOf(key)
    if (at >= 0) this.understood.splice(at, 1)
    this.ignored.push({ key, why })
  }

  secret(name: keyof Secrets, value: string | undefined): void {
    if (value === undefined || value === '') return
    // Kafka's config providers; its EnvVarConfigProvider happens to write references as we do.
    if (/^\$\{(?!env:)[\w-]+:/.test(value)) {
      this.ignored.push({
        key: name,
        why: 'It refers to a config provider of the Java client; enter the secret, or ${env:NAME}.',
      })
    } else this.secrets[name] = value
  }
}

function readBrokers(draft: Draft): string[] {
  const key = draft.has('bootstrap.servers') ? 'bootstrap.servers' : 'metadata.broker.list'
  const given = draft.take('bootstrap.servers', 'metadata.broker.list', 'bootstrap.server') ?? ''
  const brokers: string[] = []
  for (const text of given.split(/[,;\s]+/).filter((part) => part !== '')) {
    const address = parseAddress(text, 9092)
    if (typeof address === 'string') draft.ignored.push({ key, why: address })
    else brokers.push(formatAddress(address))
  }
  if (brokers.length === 0) {
    draft.refuse(
      'bootstrap.servers',
      'The text names no broker: localhost:9092 stands in for it. Put yours in its place.',
    )
  }
  return [...new Set(brokers)].slice(0, 100)
}

function readProtocol(draft: Draft): { tls: boolean; sasl: boolean } {
  const given = draft.take('security.protocol')?.toUpperCase()
  switch (given) {
    case 'PLAINTEXT':
      return { tls: false, sasl: false }
    case 'SSL':
      return { tls: true, sasl: false }
    case 'SASL_PLAINTEXT':
      return { tls: false, sasl: true }
    case 'SASL_SSL':
      return { tls: true, sasl: true }
    default: {
      const sasl = draft.keys.some((key) => key.startsWith('sasl.'))
      const tls = sasl || draft.keys.some((key) => key.startsWith('ssl.'))
      const assumed = sasl ? 'SASL_SSL' : tls ? 'SSL' : 'PLAINTEXT'
      // Taking TLS for granted can fail loudly; the reverse could send a password in the open.
      if (given !== undefined) draft.refuse('security.protocol', `There is no such protocol; taken as ${assumed}.`)
      else if (tls)
        draft.refuse('security.protocol', `Not named in the text; taken as ${assumed} because of the other settings.`)
      return { tls, sasl }
    }
  }
}

function readSasl(draft: Draft, on: boolean): { mechanism: SaslMechanism; username: string } {
  const mechanismKey = draft.has('sasl.mechanism') ? 'sasl.mechanism' : 'sasl.mechanisms'
  const named = draft.take('sasl.mechanism', 'sasl.mechanisms')?.toUpperCase()
  const jaasText = draft.take('sasl.jaas.config')
  const jaas = jaasText === undefined ? null : readJaas(jaasText)
  if (jaasText !== undefined && jaas === null) {
    draft.refuse('sasl.jaas.config', 'It is not of the form: LoginModule required username="…" password="…";')
  }
  const username = draft.take('sasl.username') ?? jaas?.options.get('username') ?? ''
  const password = draft.take('sasl.password') ?? jaas?.options.get('password')
  if (!on) {
    if (named !== undefined || jaas !== null || username !== '') {
      for (const key of [mechanismKey, 'sasl.jaas.config', 'sasl.username', 'sasl.password']) {
        if (draft.understood.includes(key))
          draft.refuse(key, 'The security protocol is one without SASL, so Kafka would not use it.')
      }
    }
    return { mechanism: 'none', username: '' }
  }
  const mechanism = named ?? mechanismOf(jaas?.module ?? '')
  const parsed = SaslMechanism.exclude(['none']).safeParse(mechanism)
  if (!parsed.success) {
    const why =
      mechanism === ''
        ? 'Not named in the text: choose one in the form.'
        : 'Seekline signs in by PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512 only.'
    draft.refuse(mechanismKey, why)
    return { mechanism: 'none', username: '' }
  }
  if (named === undefined) {
    draft.refuse(mechanismKey, `Not named in the text; taken as ${parsed.data} because of the login module.`)
  }
  draft.secret('password', password)
  if (username === '') {
    draft.refuse('sasl.username', 'No user name was found; "user" stands in for it.')
    return { mechanism: parsed.data, username: 'user' }
  }
  return { mechanism: parsed.data, username }
}

function mechanismOf(module: string): string {
  if (module.endsWith('.PlainLoginModule')) return 'PLAIN'
  if (module.endsWith('.ScramLoginModule')) return 'SCRAM-SHA-512'
  if (module.endsWith('.Krb5LoginModule')) return 'GSSAPI'
  return module.endsWith('.OAuthBearerLoginModule') ? 'OAUTHBEARER' : ''
}

function readTrust(draft: Draft): CertificateAuthority {
  const system = { source: 'system' } as const
  const textKey = draft.has('ssl.truststore.certificates') ? 'ssl.truststore.certificates' : 'ssl.ca.pem'
  const text = draft.take('ssl.truststore.certificates', 'ssl.ca.pem')
  if (text !== undefined) {
    const ca = CertificateAuthority.safeParse({ source: 'text', pem: pemText(text) })
    if (ca.success) return ca.data
    draft.refuse(textKey, 'It holds no certificate in PEM form.')
  }
  const file = draft.take('ssl.ca.location')
  // `probe` is librdkafka's word for the system's.
  if (file !== undefined) return file === 'probe' || file === '' ? system : { source: 'file', path: file }
  const type = draft.take('ssl.truststore.type')
  const store = draft.take('ssl.truststore.location')
  if (draft.has('ssl.truststore.password'))
    draft.refuse('ssl.truststore.password', 'Certificates in PEM form need no password.')
  if (store === undefined) return system
  if (storeType(type, store) === 'PEM') return { source: 'file', path: store }
  draft.refuse(
    'ssl.truststore.location',
    `Seekline reads trusted certificates as PEM. Convert the store: keytool -list -rfc -keystore ${shellQuote(store)} > ca.pem`,
  )
  return system
}

function readClientCertificate(draft: Draft): ClientCertificate {
  const none = { kind: 'none' } as const
  const keyPassword = draft.take('ssl.key.password')
  const chain = draft.take('ssl.keystore.certificate.chain', 'ssl.certificate.pem')
  const key = draft.take('ssl.keystore.key', 'ssl.key.pem')
  const certificateFile = draft.take('ssl.certificate.location')
  const keyFile = draft.take('ssl.key.location')
  const storePassword = draft.take('ssl.keystore.password')
  const type = draft.take('ssl.keystore.type')
  const store = draft.take('ssl.keystore.location')

  if ((chain ?? certificateFile) !== undefined) {
    const certificate =
      chain === undefined ? { source: 'file', path: certificateFile } : { source: 'text', pem: pemText(chain) }
    // Without a key of its own the file is expected to hold both, as librdkafka does.
    const keyIn = key !== undefined ? { source: 'secret' } : { source: 'file', path: keyFile ?? certificateFile }
    const parsed = ClientCertificate.safeParse({ kind: 'pem', certificate, key: keyIn })
    if (parsed.success) {
      if (key !== undefined) draft.secret('privateKey', pemText(key))
      draft.secret('keyPassphrase', keyPassword)
      return parsed.data
    }
    draft.refuse('ssl.certificate', 'The client certificate or its key is missing or not in PEM form.')
    return none
  }
  if (store === undefined) return none
  switch (storeType(type, store)) {
    case 'PEM':
      draft.secret('keyPassphrase', keyPassword)
      return { kind: 'pem', certificate: { source: 'file', path: store }, key: { source: 'file', path: store } }
    case 'PKCS12':
      draft.secret('keystorePassphrase', storePassword ?? keyPassword)
      return { kind: 'pkcs12', keystore: { source: 'file', path: store } }
    case 'JKS':
      draft.refuse(
        'ssl.keystore.location',
        `A Java keystore (JKS) can be read by Java only. Convert it: keytool -importkeystore -srckeystore ${shellQuote(store)} -destkeystore client.p12 -deststoretype PKCS12`,
      )
      for (const secret of ['ssl.keystore.password', 'ssl.key.password']) {
        if (draft.understood.includes(secret))
          draft.refuse(secret, 'It belongs to the keystore, which must be converted first.')
      }
      return none
  }
}

function readChecks(draft: Draft): { verify: boolean; verifyHostName: boolean } {
  const verify = draft.take('enable.ssl.certificate.verification')?.toLowerCase()
  const algorithm = draft.take('ssl.endpoint.identification.algorithm')?.toLowerCase()
  return { verify: verify !== 'false' && verify !== '0', verifyHostName: algorithm !== '' && algorithm !== 'none' }
}

const reasons: [RegExp, string][] = [
  [/^group\.(id|instance\.id|protocol)$/, 'Looking joins no group.'],
  [/^sasl\.(kerberos|oauthbearer|login|client)\./, 'Kerberos and OAuth sign-in are not supported.'],
  [
    /^ssl\.(protocol|provider|cipher\.suites|enabled\.protocols|curves\.list|sigalgs\.list)$/,
    'TLS versions and ciphers are agreed with the broker.',
  ],
  [/^ssl\./, 'Seekline has no such TLS setting.'],
  [/^client\.id$/, 'Seekline calls itself seekline, so that brokers can tell it apart.'],
  [/^(basic\.auth|schema\.registry|value\.converter|key\.converter)\b/, 'A schema registry is no part of a profile.'],
  [
    /^(key|value)\.(de)?serializer|^auto\.offset|^enable\.auto|^acks$|^linger|^batch|^fetch|^max\.poll|^isolation/,
    'A setting of consumers or producers; Seekline chooses its own.',
  ],
]

function explainRest(draft: Draft): void {
  for (const key of draft.keys) {
    const why =
      reasons.find(([pattern]) => pattern.test(key))?.[1] ??
      'It says nothing about how to reach the cluster; if it should, check its spelling.'
    draft.refuse(key.slice(0, 200), why)
  }
}

function storeType(type: string | undefined, path: string): 'PEM' | 'PKCS12' | 'JKS' {
  const given = type?.toUpperCase()
  if (given === 'PEM' || given === 'PKCS12') return given
  if (given !== undefined && given !== '') return 'JKS'
  if (/\.(pem|crt|cer)$/i.test(path)) return 'PEM'
  return /\.(p12|pfx|pkcs12)$/i.test(path) ? 'PKCS12' : 'JKS'
}

/** PEM on one line, as in a properties file: line breaks written `\n`, or simply lost. */
function pemText(text: string): string {
  const broken = text.replace(/\\n/g, '\n').trim()
  if (broken.includes('\n')) return `${broken}\n`
  return `${broken.replace(/(-----BEGIN [^-]+-----)\s*/g, '$1\n').replace(/\s*(-----END [^-]+-----)\s*/g, '\n$1\n')}`
}

function shellQuote(path: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}

function guessEnvironment(brokers: string[]): Environment {
  const text = brokers.join(' ').toLowerCase()
  if (/(^|[^a-z])(pre-?prod|stag(e|ing)|stg|uat)([^a-z]|$)/.test(text)) return 'staging'
  if (/(^|[^a-z])(prod(uction)?|prd|live)([^a-z]|$)/.test(text)) return 'production'
  return /(^|[^a-z])(test|qa|int)([^a-z]|$)/.test(text) ? 'test' : 'dev'
}
