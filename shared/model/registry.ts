import { z } from 'zod'
import { parseAddress } from './addresses.ts'
import { EnvReference, SecretName } from './secret-names.ts'
import { Tls } from './tls.ts'

/**
 * Whose registry it is. All but Glue and Azure speak Confluent's API; the kind decides where that API lies below a bare address, and how
 * the ambiguous beginning of a record is read first (Apicurio's ids may have eight bytes).
 */
export const RegistryKind = z.enum(['confluent', 'karapace', 'apicurio', 'glue', 'azure'])
export type RegistryKind = z.infer<typeof RegistryKind>

/** Where something answers HTTP; the path without a slash at its end. */
const HttpUrl = z
  .string()
  .max(1_000)
  .transform((text, context) => {
    const url = parseUrl(text, ['http', 'https'])
    if (typeof url !== 'string') return url.text
    context.addIssue({ code: 'custom', message: url })
    return z.NEVER
  })

/** A proxy has no path: what it is asked for says where things go. */
const ProxyUrl = z
  .string()
  .max(1_000)
  .transform((text, context) => {
    const url = parseUrl(text, ['http', 'https', 'socks5'])
    if (typeof url !== 'string' && url.path === '') return url.text
    const message = typeof url === 'string' ? url : 'A proxy’s address has no path.'
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  })

const Text = z.string().max(1_024)
/** Confluent Cloud's: which cluster, and which identity pool, a token is meant for. Empty: neither. */
const cloud = { logicalCluster: Text.default(''), identityPool: Text.default('') }

export const RegistryAuth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** Secret `password`. */
  z.strictObject({ kind: z.literal('basic'), username: Text.min(1, 'A user name is missing.') }),
  /** Secret `token`. */
  z.strictObject({ kind: z.literal('bearer'), ...cloud }),
  /** Client credentials: secret `clientSecret`, sent to the token's URL alone. */
  z.strictObject({
    kind: z.literal('oauth'),
    tokenUrl: HttpUrl,
    clientId: Text.min(1, 'A client id is missing.'),
    scope: Text.default(''),
    ...cloud,
  }),
  /** Glue: secrets `secretKey` and, for a key that ends, `sessionToken`; they sign requests and are not sent. */
  z.strictObject({ kind: z.literal('aws'), accessKeyId: Text.min(1, 'An access key id is missing.') }),
])
export type RegistryAuth = z.infer<typeof RegistryAuth>

export const RegistryProxy = z.strictObject({
  url: ProxyUrl,
  /** null: the proxy asks nobody who he is. Otherwise secret `proxyPassword`. */
  username: Text.min(1).nullable().default(null),
})
export type RegistryProxy = z.infer<typeof RegistryProxy>

/** A profile's schema registry. Like the profile it holds no secret. */
export const Registry = z
  .strictObject({
    kind: RegistryKind,
    /** Of one registry: the next is asked where one does not answer. */
    urls: z.array(HttpUrl).min(1, 'Where is it?').max(10),
    /** `.staging`: only what lies in this context of a Confluent registry. Empty: all. */
    context: z
      .string()
      .max(256)
      .transform((text) =>
        text
          .trim()
          .replaceAll(':', '')
          .replace(/^\.?(?=[^.])/, '.'),
      ) // oxfmt-ignore
      .pipe(z.string().regex(/^(\.[\w.-]*)?$/, 'A context is written .name.'))
      .transform((text) => (text === '.' ? '' : text))
      .default(''),
    auth: RegistryAuth.default({ kind: 'none' }),
    tls: Tls.omit({ enabled: true, serverName: true }).prefault({}),
    proxy: RegistryProxy.nullable().default(null),
    /** Secrets read from environment variables. Such a reference is itself no secret. */
    secretReferences: z.partialRecord(SecretName, EnvReference).default({}),
  })
  .refine(({ kind, auth }) => (kind === 'glue') === (auth.kind === 'aws'), {
    message: 'AWS Glue, and nothing else, is signed in at with an access key.',
    path: ['auth'],
  })
export type Registry = z.infer<typeof Registry>

/**
 * A whole, valid section to start a form from.
 */
export function newRegistry(given: Partial<z.input<typeof Registry>> = {}): Registry {
  return Registry.parse({ kind: 'confluent', urls: ['http://localhost:8081'], ...given })
}

/** Choices that are allowed and deserve a loud word; whole sentences, gravest first. */
export function registryWarnings({ urls, auth, tls, proxy }: Registry): string[] {
  const out: string[] = []
  const open = urls.some((url) => url.startsWith('http://') && !isLocal(url))
  const secret = sentSecret[auth.kind]
  if (open && secret !== null)
    out.push(`The schema registry is reached without TLS: anybody on the way reads ${secret}.`)
  if (auth.kind === 'oauth' && auth.tokenUrl.startsWith('http://') && !isLocal(auth.tokenUrl)) {
    out.push('The token for the schema registry is fetched without TLS: anybody on the way reads the client secret.')
  }
  if (proxy !== null && proxy.username !== null && !proxy.url.startsWith('https://') && !isLocal(proxy.url)) {
    out.push('The proxy of the schema registry is sent its password in the open.')
  }
  if (urls.some((url) => url.startsWith('https://')) && !tls.verify) {
    const handed = secret === null ? '' : ` and is handed ${secret}`
    out.push(`Certificates of the schema registry are not verified: anybody on the way can pose as it${handed}.`)
  } else if (urls.some((url) => url.startsWith('https://')) && !tls.verifyHostName) {
    out.push('Host names of the schema registry are not checked: any server with a certificate of the same authority can pose as it.') // oxfmt-ignore
  }
  return out
}

/** What a request carries that is as good as the right to ask. */
const sentSecret: Record<RegistryAuth['kind'], string | null> = {
  none: null,
  basic: 'the password',
  bearer: 'the token',
  oauth: 'the token',
  aws: null,
}

const isLocal = (url: string): boolean => /^\w+:\/\/(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/.test(url)

/** Reads an address with its scheme; returns a sentence instead of it when it cannot. */
function parseUrl(text: string, schemes: readonly string[]): { text: string; path: string } | string {
  const trimmed = text.trim()
  const found = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(.*)$/i.exec(trimmed)
  const [, scheme = '', authority = '', path = '', rest = ''] = found ?? []
  if (!schemes.includes(scheme.toLowerCase())) {
    return `Write the whole address, beginning with ${schemes.map((one) => `${one}://`).join(' or ')}.`
  }
  // It would be kept in the open, in the profile; and a URL is what logs and errors are made of.
  if (authority.includes('@'))
    return 'A user and password do not belong into an address: they have fields of their own.'
  if (rest !== '') return 'The address has a part after ? or #, which has no use here.'
  if (/[\s\\\p{C}]/u.test(path)) return 'The address holds a character that no address has.'
  const address = parseAddress(authority, 1)
  if (typeof address === 'string') return address
  const end = path.replace(/\/+$/, '')
  return { text: `${scheme.toLowerCase()}://${authority.toLowerCase()}${end}`, path: end }
}
