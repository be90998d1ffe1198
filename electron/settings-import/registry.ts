import { Registry, type RegistryAuth } from '#shared/model/registry.ts'
import type { Sasl } from '#shared/model/sasl/mechanisms.ts'
import { envName } from '#shared/model/secrets.ts'
import type { SecretName } from '#shared/model/secret-names.ts'
import type { Draft } from './draft.ts'
import type { Meaning, RegistryMeaning } from './known-settings.ts'
import { registryWords } from './known-settings.ts'

const meanings = Object.keys(registryWords) as RegistryMeaning[]

/**
 * The schema registry that a client's settings name. Its secrets are kept separate from the brokers', because they are sent
 * elsewhere. null: none is named, or one that cannot be used.
 */
export function readRegistry(draft: Draft, sasl: Sasl): Registry | null {
  const urls = (draft.value('registryUrl') ?? '').split(',').map((url) => url.trim()).filter((url) => url !== '') // oxfmt-ignore
  if (urls.length === 0) {
    for (const meaning of meanings) draft.refuseUnsettled(meaning, 'Without the registry’s address it has no use.')
    return null
  }
  const inUrl = urls.map(credentialsIn)
  const auth = readAuth(draft, sasl, inUrl[0]?.credentials)
  const isApicurio = urls.some((url) => /ccompat|apicurio/i.test(url)) || /apicurio/i.test(draft.keyOf('registryUrl'))
  const registry = Registry.safeParse({
    kind: isApicurio ? 'apicurio' : 'confluent',
    urls: inUrl.map(({ url }) => (isApicurio ? url.replace(/\/apis\/registry\/v\d+\/?$/, '') : url)),
    auth,
    tls: readRegistryTls(draft),
  })
  if (!registry.success) {
    for (const name of Object.keys(draft.registrySecrets) as SecretName[]) delete draft.registrySecrets[name]
    for (const meaning of meanings) draft.refuse(meaning, `The schema registry was not taken: ${registry.error.issues[0]?.message ?? 'malformed'}`) // oxfmt-ignore
    return null
  }
  draft.use('registryUrl')
  for (const meaning of meanings) draft.refuseUnsettled(meaning, 'The registry’s other settings leave no use for it.')
  return registry.data
}

function credentialsIn(url: string): { url: string; credentials?: string } {
  const found = /^(https?:\/\/)([^/@]*)@(.*)$/i.exec(url)
  const [, scheme = '', credentials = '', rest = ''] = found ?? []
  return found === null ? { url } : { url: `${scheme}${rest}`, credentials: decoded(credentials) }
}

function readAuth(draft: Draft, sasl: Sasl, inUrl: string | undefined): RegistryAuth {
  const none = { kind: 'none' } as const
  const source = draft.value('registrySource')?.toUpperCase()
  const info = draft.value('registryUserInfo') ?? inUrl
  if (source === 'SASL_INHERIT') return inherited(draft, sasl)
  if (info !== undefined) {
    const from: Meaning = draft.has('registryUserInfo') ? 'registryUserInfo' : 'registryUrl'
    const [, username = '', password = ''] = /^([^:]*):?(.*)$/s.exec(info) ?? []
    if (username === '' || envName(username) !== null) {
      draft.note(draft.keyOf(from), 'It holds no user name for the registry. Enter it in the form.')
      return none
    }
    draft.use('registrySource')
    if (password === '') draft.note(draft.keyOf(from), 'It holds no password for the registry. Enter it in the form.')
    else draft.registrySecret('password', from, password)
    draft.use(from)
    return { kind: 'basic', username }
  }
  return readToken(draft) ?? none
}

/** As in the Java client: with the credentials for the brokers. */
function inherited(draft: Draft, sasl: Sasl): RegistryAuth {
  const { password } = draft.secrets
  if (!('username' in sasl) || password === undefined) {
    draft.refuse('registrySource', 'It takes the user and password of the brokers, and the text gives none.')
    return { kind: 'none' }
  }
  draft.registrySecrets.password = password
  draft.use('registrySource')
  draft.note(draft.keyOf('registrySource'), 'The brokers’ user and password are taken for the registry as well.')
  return { kind: 'basic', username: sasl.username }
}

function readToken(draft: Draft): RegistryAuth | null {
  const logicalCluster = draft.value('registryCluster') ?? ''
  const identityPool = draft.value('registryPool') ?? ''
  const tokenUrl = draft.value('registryTokenUrl')
  const clientId = draft.value('registryClientId')
  const token = draft.value('registryToken')
  if (tokenUrl !== undefined && clientId !== undefined) {
    draft.use('registryTokenSource', 'registryTokenUrl', 'registryClientId', 'registryCluster', 'registryPool')
    const scope = draft.value('registryScope') ?? ''
    draft.use('registryScope')
    draft.registrySecret('clientSecret', 'registryClientSecret', draft.value('registryClientSecret'))
    return { kind: 'oauth', tokenUrl, clientId, scope, logicalCluster, identityPool }
  }
  if (token === undefined) return null
  draft.use('registryTokenSource', 'registryCluster', 'registryPool')
  draft.registrySecret('token', 'registryToken', token)
  return { kind: 'bearer', logicalCluster, identityPool }
}

function readRegistryTls(draft: Draft): object {
  const trust = draft.value('registryTrustStore')
  const store = draft.value('registryStore')
  const certificate = draft.value('registryCertificateFile')
  const key = draft.value('registryKeyFile')
  const algorithm = draft.value('registryIdentification')
  draft.use('registryTrustStore', 'registryTrustType', 'registryStore', 'registryStoreType', 'registryCertificateFile', 'registryKeyFile') // oxfmt-ignore
  if (trust !== undefined) draft.registrySecret('truststorePassphrase', 'registryTrustPassword', draft.value('registryTrustPassword')) // oxfmt-ignore
  if (store !== undefined) {
    const password = draft.value('registryStorePassword')
    const keyPassword = draft.value('registryKeyPassword')
    draft.registrySecret('keystorePassphrase', 'registryStorePassword', password)
    if (keyPassword !== password) draft.registrySecret('keyPassphrase', 'registryKeyPassword', keyPassword)
    else draft.use('registryKeyPassword')
  }
  const unnamed = algorithm === '' || algorithm?.toLowerCase() === 'none'
  if (unnamed)
    draft.refuse('registryIdentification', 'It turns the check of host names off: held back until you agree.')
  else draft.use('registryIdentification')
  return {
    ...(trust === undefined ? {} : { ca: { source: 'file', path: trust } }),
    ...(store !== undefined
      ? { clientCertificate: { kind: 'pkcs12', keystore: { source: 'file', path: store } } }
      : certificate !== undefined
        ? { clientCertificate: { kind: 'pem', certificate: { source: 'file', path: certificate }, key: { source: 'file', path: key ?? certificate } } } // oxfmt-ignore
        : {}),
    verifyHostName: !unnamed,
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
