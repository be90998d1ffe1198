import { SeeklineError } from '#shared/errors.ts'
import type { RegistryAuth } from '#shared/model/registry.ts'
import { awsHeaders, regionOf, type AwsRequest } from './aws-signature.ts'
import { hostOf, plain } from './registry-errors.ts'
import { SharedWork } from './shared-work.ts'
import type { RegistrySpec } from './registry-spec.ts'

export interface RegistrySignIn {
  /** Headers that authenticate the request; some sign its whole content. */
  headers(signal: AbortSignal, request: AwsRequest): Promise<Record<string, string>>
  /** The registry rejected the credentials: a fetched token is dropped. true: it is worth asking once more. */
  renew(): boolean
}

/** Posts a form and returns the answer; the token URL may be on another server than the registry. */
export type PostForm = (
  url: string,
  form: URLSearchParams,
  headers: Record<string, string>,
) => Promise<{ status: number; body: unknown }>

/** A token is fetched again this long before it expires. */
const EARLY_MS = 30_000
/** If its server does not say how long it is valid. */
const USUAL_LIFE_MS = 300_000

export function createSignIn({ registry, secrets }: RegistrySpec, postForm: PostForm): RegistrySignIn {
  const { auth } = registry
  const fixed = (headers: Record<string, string>): RegistrySignIn => ({ headers: () => Promise.resolve(headers), renew: () => false }) // oxfmt-ignore
  switch (auth.kind) {
    case 'none':
      return fixed({})
    case 'aws': {
      const { secretKey = '', sessionToken } = secrets
      const credentials = {
        accessKeyId: auth.accessKeyId,
        secretKey,
        sessionToken: sessionToken === '' ? undefined : sessionToken,
      }
      // An address without a region is a proxy's or a test server's; AWS's tools then use the first region.
      const region = (url: string) => regionOf(url) ?? 'us-east-1'
      return {
        headers: (_, request) => Promise.resolve(awsHeaders(request, credentials, { service: 'glue', region: region(request.url), at: new Date() })), // oxfmt-ignore
        renew: () => false,
      }
    }
    case 'basic':
      return fixed({ authorization: `Basic ${base64(`${auth.username}:${secrets.password ?? ''}`)}` })
    case 'bearer':
      return fixed({ authorization: `Bearer ${secrets.token ?? ''}`, ...cloudHeaders(auth) })
    case 'oauth':
      return oauth(auth, secrets.clientSecret ?? '', postForm)
  }
}

function oauth(auth: Extract<RegistryAuth, { kind: 'oauth' }>, secret: string, postForm: PostForm): RegistrySignIn {
  let token: { text: string; until: number } | null = null
  const fetching = new SharedWork<{ text: string; until: number }>()

  const fetchToken = async () => {
    const form = new URLSearchParams({ grant_type: 'client_credentials' })
    if (auth.scope !== '') form.set('scope', auth.scope)
    // RFC 6749 §2.3.1: every server must accept the header; both parts are form-encoded first.
    const credentials = `${encodeURIComponent(auth.clientId)}:${encodeURIComponent(secret)}`
    const { status, body } = await postForm(auth.tokenUrl, form, { authorization: `Basic ${base64(credentials)}` })
    const { access_token: text, expires_in: seconds, error, error_description: why } = (body ?? {}) as Record<string, unknown> // oxfmt-ignore
    if (status !== 200 || typeof text !== 'string' || text === '') {
      const reason = [why, error].find((one) => typeof one === 'string')
      const said = typeof reason === 'string' ? `: ${plain(reason)}` : ''
      throw new SeeklineError(
        'registry.unauthorised',
        `The token server ${hostOf(auth.tokenUrl)} gave no token (${status})${said}.`,
        {
          // oxfmt-ignore
          hint: 'Check token URL, client id, secret and scope in the registry’s part of the profile.',
          details: { url: auth.tokenUrl, status, step: 'sign-in' },
        },
      )
    }
    const life = Number(seconds)
    return { text, until: Date.now() + (Number.isFinite(life) && life > 0 ? life * 1_000 : USUAL_LIFE_MS) }
  }

  return {
    headers: async (signal) => {
      if (token === null || token.until - EARLY_MS < Date.now()) {
        token = await fetching.run('token', fetchToken, signal)
      }
      return { authorization: `Bearer ${token.text}`, ...cloudHeaders(auth) }
    },
    renew: () => {
      const had = token !== null
      token = null
      return had
    },
  }
}

function cloudHeaders({ logicalCluster, identityPool }: { logicalCluster: string; identityPool: string }) {
  return {
    ...(logicalCluster === '' ? {} : { 'target-sr-cluster': logicalCluster }),
    ...(identityPool === '' ? {} : { 'confluent-identity-pool-id': identityPool }),
  }
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
