import { z } from 'zod'
import { parseAddress } from './addresses.ts'
import { EnvReference, SecretName } from './secret-names.ts'
import { Tls } from './tls.ts'

/**
 * Which product the registry is. All but Glue and Azure speak Confluent's API; the kind decides under which path that API is,
 * and how an ambiguous beginning of a record is read first (Apicurio's ids may have eight bytes).
 */
export const RegistryKind = z.enum(['confluent', 'karapace', 'apicurio', 'glue', 'azure'])
export type RegistryKind = z.infer<typeof RegistryKind>

/** An HTTP address; its path has no slash at the end. */
const HttpUrl = z
  .string()
  .max(1_000)
  .transform((text, context) => {
    const url = parseUrl(text, ['http', 'https'])
    if (typeof url !== 'string') return url.text
    context.addIssue({ code: 'custom', message: url })
    return z.NEVER
  })

/** A proxy's address has no path: the request says where it goes. */
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
/** For Confluent Cloud: the cluster, and the identity pool, that a token is for. Empty: neither. */
const cloud = { logicalCluster: Text.default(''), identityPool: Text.default('') }

export const RegistryAuth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  /** Secret `password`. */
  z.strictObject({ kind: z.literal('basic'), username: Text.min(1, 'A user name is missing.') }),
  /** Secret `token`. */
  z.strictObject({ kind: z.literal('bearer'), ...cloud }),
  /** OAuth client credentials: secret `clientSecret`, sent only to the token URL. */
  z.strictObject({
    kind: z.literal('oauth'),
    tokenUrl: HttpUrl,
    clientId: Text.min(1, 'A client id is missing.'),
    scope: Text.default(''),
    ...cloud,
  }),
  /** AWS Glue: secrets `secretKey` and, for temporary keys, `sessionToken`; they sign requests and are not sent. */
  z.strictObject({ kind: z.literal('aws'), accessKeyId: Text.min(1, 'An access key id is missing.') }),
])
export type RegistryAuth = z.infer<typeof RegistryAuth>

export const RegistryProxy = z.strictObject({
  url: ProxyUrl,
  /** null: the proxy needs no sign-in. Otherwise secret `proxyPassword`. */
  username: Text.min(1).nullable().default(null),
})
export type RegistryProxy = z.infer<typeof RegistryProxy>

/** A profile's schema registry. Like the profile it contains no secret. */
export const Registry = z
  .strictObject({
    kind: RegistryKind,
    /** Addresses of one registry: if one does not answer, the next is tried. */
    urls: z.array(HttpUrl).min(1, 'Where is it?').max(10),
    /** `.staging`: only this context of a Confluent registry. Empty: all. */
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
    /** Secrets read from environment variables. The reference itself is not a secret. */
    secretReferences: z.partialRecord(SecretName, EnvReference).default({}),
  })
  .refine(({ kind, auth }) => (kind === 'glue') === (auth.kind === 'aws'), {
    message: 'AWS Glue, and nothing else, is signed in at with an access key.',
    path: ['auth'],
  })
export type Registry = z.infer<typeof Registry>

/** A complete, valid section to start a form with. */
export function newRegistry(given: Partial<z.input<typeof Registry>> = {}): Registry {
  return Registry.parse({ kind: 'confluent', urls: ['http://localhost:8081'], ...given })
}

/** Settings that are allowed but deserve a warning; whole sentences, the gravest first. */
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

/** Which secret each request carries that alone grants access. */
const sentSecret: Record<RegistryAuth['kind'], string | null> = {
  none: null,
  basic: 'the password',
  bearer: 'the token',
  oauth: 'the token',
  aws: null,
}

const isLocal = (url: string): boolean => /^\w+:\/\/(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/.test(url)

/** Parses an address with its scheme; returns a sentence instead if it cannot. */
function parseUrl(text: string, schemes: readonly string[]): { text: string; path: string } | string {
  const trimmed = text.trim()
  const found = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(.*)$/i.exec(trimmed)
  const [, scheme = '', authority = '', path = '', rest = ''] = found ?? []
  if (!schemes.includes(scheme.toLowerCase())) {
    return `Write the whole address, beginning with ${schemes.map((one) => `${one}://`).join(' or ')}.`
  }
  // It would be stored unencrypted in the profile, and URLs end up in logs and errors.
  if (authority.includes('@'))
    return 'A user and password do not belong into an address: they have fields of their own.'
  if (rest !== '') return 'The address has a part after ? or #, which has no use here.'
  if (/[\s\\\p{C}]/u.test(path)) return 'The address holds a character that no address has.'
  const address = parseAddress(authority, 1)
  if (typeof address === 'string') return address
  const end = path.replace(/\/+$/, '')
  return { text: `${scheme.toLowerCase()}://${authority.toLowerCase()}${end}`, path: end }
}
