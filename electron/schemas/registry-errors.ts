import { SeeklineError, type ErrorCode } from '#shared/errors.ts'

/** For an error in TLS, what it means and what to do. */
const tlsWords: Record<string, [string, string]> = {
  SELF_SIGNED_CERT_IN_CHAIN: ['Its certificate comes from an authority that is not trusted.', 'Name the authority’s certificate in the registry’s part of the profile.'], // oxfmt-ignore
  DEPTH_ZERO_SELF_SIGNED_CERT: ['Its certificate is signed by itself and not trusted.', 'Name that certificate in the registry’s part of the profile.'], // oxfmt-ignore
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['Its certificate comes from an authority that is not trusted.', 'Name the authority’s certificate in the registry’s part of the profile.'], // oxfmt-ignore
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['Its certificate comes from an authority that is not trusted.', 'Name the authority’s certificate in the registry’s part of the profile.'], // oxfmt-ignore
  CERT_HAS_EXPIRED: ['Its certificate has expired.', 'Ask whoever runs it for a new one.'],
  CERT_NOT_YET_VALID: ['Its certificate is not valid yet.', 'Look at this computer’s clock.'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['Its certificate is for another host.', 'Use the host that the certificate names.'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['It does not speak TLS there.', 'Write http:// in its address, or use its TLS port.'],
  EPROTO: ['The TLS handshake failed.', 'Check the certificates in the registry’s part of the profile.'],
}

/** The registry gave no answer at all. `sent`: the request may have been carried out. */
export function unreachable(url: string, thrown: unknown, sent: boolean, proxy: string | null): SeeklineError {
  const cause = deepest(thrown)
  const code = codeOf(cause)
  const where = `The schema registry ${hostOf(url)}`
  const [message, hint, step] = wordsFor(code, cause, where, proxy)
  return new SeeklineError('registry.unreachable', message, {
    hint,
    retryable: step !== 'tls',
    details: { url, step, ...(sent ? { sent: true } : {}) },
    cause: thrown,
  })
}

function wordsFor(code: string, cause: Error, where: string, proxy: string | null): [string, string, string] {
  const [tls, tlsHint] = tlsWords[code] ?? (/^ERR_(SSL|TLS)|CERT/.test(code) ? [`The TLS handshake failed (${code}).`, 'Check the certificates in the registry’s part of the profile.'] : []) // oxfmt-ignore
  if (tls !== undefined && tlsHint !== undefined) return [`${where} was not believed: ${tls}`, tlsHint, 'tls']
  if (proxy !== null && (/proxy/i.test(cause.message) || /socks/i.test(`${cause.name} ${cause.message}`))) {
    return [`The proxy ${hostOf(proxy)} does not lead to the schema registry: ${plain(cause.message)}.`, 'Check the proxy in the registry’s part of the profile, and who may use it.', 'proxy'] // oxfmt-ignore
  }
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return [`${where} has no address: the name is not known here.`, 'Check its name, and that you are in the right network.', 'name'] // oxfmt-ignore
    case 'ECONNREFUSED':
      return [`Nothing listens at ${where.replace(/^The/, 'the')}.`, proxy === null ? 'Check its port, and whether it runs.' : 'Check its port and the proxy’s, and whether both run.', 'tcp'] // oxfmt-ignore
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return [`${where} does not answer.`, 'A firewall may be in between, or a VPN be missing.', 'tcp']
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return [`${where} took too long to answer.`, 'Try again later.', 'answer']
    default:
      return [`${where} ended the connection: ${plain(cause.message)}.`, 'Look at its log, and whether its address says http:// or https:// as it should.', 'answer'] // oxfmt-ignore
  }
}

export function tooSlow(url: string, milliseconds: number, sent: boolean): SeeklineError {
  const seconds = Math.round(milliseconds / 1_000)
  return new SeeklineError(
    'registry.unreachable',
    `The schema registry ${hostOf(url)} did not answer within ${seconds} s.`,
    {
      hint: 'It may be overloaded. Try again later.',
      retryable: true,
      details: { url, step: 'answer', seconds, ...(sent ? { sent: true } : {}) },
    },
  )
}

/** AWS answers nearly every error with 400, and says which one by its name. */
const awsStatus: Readonly<Record<string, number>> = {
  EntityNotFoundException: 404,
  AccessDeniedException: 403,
  UnrecognizedClientException: 401,
  InvalidSignatureException: 401,
  IncompleteSignatureException: 401,
  MissingAuthenticationTokenException: 401,
  ExpiredTokenException: 401,
  ThrottlingException: 429,
}

function awsStatusOf(body: unknown): number | undefined {
  const name = (body as { __type?: unknown } | null | undefined)?.__type
  return typeof name === 'string' ? awsStatus[name.replace(/^.*#/, '')] : undefined
}

/** It answered, but not with what was asked for. */
export function refused(url: string, given: number, type: string, body: unknown, raw: string): SeeklineError {
  const where = `The schema registry ${hostOf(url)}`
  const status = awsStatusOf(body) ?? given
  const { code, message } = said(body)
  const details = { url, status, ...(code === null ? {} : { registryCode: code }) }
  if (status === 401) {
    return new SeeklineError('registry.unauthorised', `${where} did not accept the sign-in (401)${tail(message)}`, {
      hint: 'Check the sign-in in the registry’s part of the profile.',
      details,
    })
  }
  if (status === 403) {
    return new SeeklineError('registry.unauthorised', `${where} does not let you do that (403)${tail(message)}`, {
      hint: 'Ask whoever runs it for the right.',
      details,
    })
  }
  if (status === 407) {
    return new SeeklineError('registry.unauthorised', 'The proxy did not accept the sign-in (407).', {
      hint: 'Check the proxy’s user and password.',
      details,
    })
  }
  if (message === null && looksLikeHtml(type, raw)) return noApi(url, status)
  const kind: ErrorCode = status === 404 ? 'registry.unknown' : 'registry.refused'
  const text = message ?? `it answered ${status} without saying why`
  return new SeeklineError(kind, `${where} refused: ${text}${/[.!?]$/.test(text) ? '' : '.'}`, {
    retryable: status >= 500 || status === 429,
    details,
  })
}

/** A page for people: a sign-in page, a proxy's, or another server. */
export function noApi(url: string, status: number): SeeklineError {
  return new SeeklineError(
    'registry.invalid',
    `${hostOf(url)} answered with a web page (${status}): that is no schema registry’s API.`,
    {
      // oxfmt-ignore
      hint: 'Check the address: a path may be missing (Apicurio: /apis/ccompat/v7), or a log-in stands in between.',
      details: { url, status },
    },
  )
}

export function noJson(url: string, status: number): SeeklineError {
  return new SeeklineError(
    'registry.invalid',
    `${hostOf(url)} answered what is no JSON (${status}): that is no schema registry’s API.`,
    {
      // oxfmt-ignore
      hint: 'Check the address.',
      details: { url, status },
    },
  )
}

/** `most`: the limit, in words. */
export function tooLarge(url: string, most: string): SeeklineError {
  return new SeeklineError('registry.too-large', `${hostOf(url)} answered with more than ${most}.`, {
    hint: 'Seekline takes no larger answers. If the address is right, ask whoever runs it.',
    details: { url },
  })
}

export function looksLikeHtml(type: string, raw: string): boolean {
  return /html/i.test(type) || /^\s*<(!doctype|html)/i.test(raw.slice(0, 200))
}

/** The registry's own message: Confluent's `{error_code, message}`, or something similar. */
export function said(body: unknown): { code: number | null; message: string | null } {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const code = fields['error_code']
  const message = [fields['message'], fields['Message'], fields['detail'], fields['title'], fields['error']].find((one) => typeof one === 'string' && one !== '') // oxfmt-ignore
  return { code: typeof code === 'number' ? code : null, message: typeof message === 'string' ? plain(message) : null }
}

export function hostOf(url: string): string {
  return /^[a-z0-9+.-]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? url
}

/** One line of bounded length, without invisible characters or ones that reorder its letters. */
export function plain(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return line.length > 2_000 ? `${line.slice(0, 2_000)}…` : line
}

const tail = (message: string | null): string =>
  message === null ? '.' : `: ${message}${/[.!?]$/.test(message) ? '' : '.'}`

function deepest(thrown: unknown): Error {
  let error = thrown
  for (let depth = 0; depth < 5; depth += 1) {
    if (error instanceof AggregateError && error.errors.length > 0) error = error.errors.at(-1)
    else if (error instanceof Error && error.cause instanceof Error) error = error.cause
    else break
  }
  return error instanceof Error ? error : new Error(String(error))
}

const codeOf = (error: Error): string => {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : ''
}
