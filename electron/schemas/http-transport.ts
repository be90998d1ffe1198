import { setImmediate } from 'node:timers/promises'
import { request as send, type Dispatcher } from 'undici'
import { SeeklineError } from '#shared/errors.ts'
import { parseShallow } from '#shared/parse-shallow.ts'
import { redact } from '../redact.ts'
import { createDispatcher } from './http-dispatcher.ts'
import { hostOf, looksLikeHtml, noApi, noJson, refused, tooLarge, tooSlow, unreachable } from './registry-errors.ts'
import { checkGate, isRead, type RegistryMode } from './read-only-gate.ts'
import { cancelled } from './shared-work.ts'
import { createSignIn } from './sign-in.ts'
import { registryLimits, type RegistrySpec } from './registry-spec.ts'

export interface RegistryRequest {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** The path below the address, beginning with /, its parts encoded. */
  path: string
  query?: Readonly<Record<string, string>>
  /** For AWS's JSON protocol, where each request is a POST to `/`. */
  action?: string
  body?: unknown
  signal?: AbortSignal | undefined
}

export interface RegistryAnswer {
  /** The address that answered. */
  url: string
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** The parsed body if it is JSON; otherwise undefined. */
  body: unknown
  text: string
}

export interface Transport {
  /** Throws if nothing answered, if the answer is not an API's, and if it refused. */
  ask(asked: RegistryRequest): Promise<RegistryAnswer>
  /** The same, for this address only. */
  askAt(url: string, asked: RegistryRequest): Promise<RegistryAnswer>
  /** The addresses, the one that answered last first. */
  urls(): readonly string[]
  close(): void
}

const mostRedirects = 3
/** The limit on parts of one answer; a registry with more subjects needs another program. */
const MOST_PARTS = { items: 500_000, members: 50_000 }
const mostParts = `${MOST_PARTS.items.toLocaleString('en')} parts, or ${MOST_PARTS.members.toLocaleString('en')} members of objects`
/**
 * The limit on escapes in one answer: a schema of 5 MiB has a quote at every third character at most, and each takes time to
 * parse.
 */
const MOST_ESCAPES = 2_000_000
/** A longer answer is parsed in steps, between which others get a turn. */
const LONG = 1 << 20
const MOST_REFUSAL = 256 * 1024

/**
 * HTTP to one registry: its addresses in turn, limited in bytes and time. Credentials are sent only to the registry's own
 * addresses, not to redirects. `mode` is called before every request.
 */
// oxlint-disable-next-line max-lines-per-function -- one request: it tries each address and renews the sign-in once, under one deadline
export function createTransport(spec: RegistrySpec, mode: () => RegistryMode): Transport {
  const limits = { ...registryLimits, ...spec.limits }
  const dispatcher: Dispatcher = createDispatcher(spec)
  const { urls, proxy } = spec.registry
  let first = 0

  const signIn = createSignIn(spec, async (url, form, headers) => {
    const signal = AbortSignal.timeout(limits.wholeMs)
    const headersOfForm = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
    return await once(url, url, { method: 'POST', headers: headersOfForm, body: form.toString() }, signal)
  })

  interface Once {
    method: 'GET' | 'POST' | 'PUT' | 'DELETE'
    headers: Record<string, string>
    body?: string
  }

  /** One request and its whole answer. `url` is the address it belongs to, for sentences. */
  async function once(
    url: string,
    target: string,
    { method, headers, body }: Once,
    signal: AbortSignal,
  ): Promise<RegistryAnswer> {
    const started = performance.now()
    const mayBeDone = method !== 'GET'
    try {
      const {
        statusCode,
        headers: given,
        body: stream,
      } = await send(target, {
        dispatcher,
        method,
        headers: { 'user-agent': spec.userAgent, accept: 'application/json, */*;q=0.1', ...headers },
        ...(body === undefined ? {} : { body }),
        signal,
      })
      const text = await bounded(stream, limits.answerBytes, url)
      // A refusal is shown as a sentence; the rest of its body is dropped.
      const said =
        statusCode < 400
          ? text
          : redact(withoutHeader(text.slice(0, MOST_REFUSAL), headers), Object.values(spec.secrets))
      return await readAnswer(url, statusCode, given, said)
    } catch (error) {
      if (error instanceof SeeklineError) throw error
      if (signal.aborted) {
        const byTime = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError'
        throw byTime ? tooSlow(url, performance.now() - started, mayBeDone) : cancelled()
      }
      throw unreachable(url, error, mayBeDone && !neverSent(error), proxy?.url ?? null)
    }
  }

  async function withSignIn(url: string, asked: RegistryRequest, signal: AbortSignal): Promise<RegistryAnswer> {
    const { method = 'GET', path, query, body, action } = asked
    const text = body === undefined ? '' : JSON.stringify(body)
    checkGate(mode(), method, path, action)
    let target = `${url}${path}${query === undefined ? '' : `?${new URLSearchParams(query).toString()}`}`
    let renewed = false
    for (let redirects = 0; ;) {
      const type = action === undefined ? 'application/vnd.schemaregistry.v1+json' : 'application/x-amz-json-1.1'
      const plain: Record<string, string> = {
        ...(body === undefined ? {} : { 'content-type': type }),
        ...(action === undefined ? {} : { 'x-amz-target': action }),
      }
      const headers = {
        ...plain,
        ...(await signIn.headers(signal, { method, url: target, headers: plain, body: text })),
      }
      // Checked again here: the profile may have become read-only while the token was fetched.
      checkGate(mode(), method, path, action)
      const answer = await once(url, target, { method, headers, ...(body === undefined ? {} : { body: text }) }, signal)
      const next = redirectOf(answer, target, method)
      if (next !== null) {
        if ((redirects += 1) > mostRedirects) throw tooManyRedirects(url)
        target = next
        continue
      }
      if (answer.status === 401 && !renewed && signIn.renew()) {
        renewed = true
        continue
      }
      return checked(answer)
    }
  }

  const askAt = (url: string, asked: RegistryRequest): Promise<RegistryAnswer> => {
    const limit = AbortSignal.timeout(limits.wholeMs)
    return withSignIn(url, asked, asked.signal === undefined ? limit : AbortSignal.any([limit, asked.signal]))
  }

  return {
    urls: () => [...urls.slice(first), ...urls.slice(0, first)],
    askAt,
    ask: async (asked) => {
      const limit = AbortSignal.timeout(limits.wholeMs)
      const signal = asked.signal === undefined ? limit : AbortSignal.any([limit, asked.signal])
      const repeatable = isRead(asked.method ?? 'GET', asked.path, asked.action)
      let last: unknown
      for (let tried = 0; tried < urls.length; tried += 1) {
        const at = (first + tried) % urls.length
        try {
          const answer = await withSignIn(urls[at]!, asked, signal) // at < urls.length
          first = at
          return answer
        } catch (error) {
          last = error
          if (!mayAskNext(error, repeatable) || signal.aborted) throw error
        }
      }
      throw last
    },
    close: () => void dispatcher.destroy().catch(() => undefined),
  }
}

/**
 * A request that never reached the registry may be sent to the next address; one that may have been carried out only if it only
 * reads.
 */
function mayAskNext(error: unknown, repeatable: boolean): boolean {
  if (!(error instanceof SeeklineError)) return false
  if (error.code === 'registry.unreachable') return repeatable || error.details?.['sent'] !== true
  const status = error.details?.['status']
  return repeatable && (status === 502 || status === 503 || status === 504)
}

/** The connection failed, so nothing was sent. */
function neverSent(error: unknown): boolean {
  const { code } = ((error as Error | null)?.cause ?? error) as { code?: unknown }
  return /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT)$|CERT|SSL|TLS/.test(String(code)) // oxfmt-ignore
}

/**
 * Some servers repeat in a refusal what they were sent: the encoded header would not be recognised from the secret it was made
 * of.
 */
function withoutHeader(text: string, { authorization }: Record<string, string>): string {
  const sent = authorization?.replace(/^\w+ /, '') ?? ''
  return sent === '' ? text : text.replaceAll(sent, '•••').replaceAll(encodeURIComponent(sent), '•••')
}

async function bounded(stream: AsyncIterable<Uint8Array> & { destroy(): void }, most: number, url: string) {
  const parts: Uint8Array[] = []
  let size = 0
  let escapes = 0
  for await (const part of stream) {
    size += part.length
    for (let at = 0; at < part.length; at += 1) if (part[at] === backslash) escapes += 1
    const excess = size > most ? `${most / (1024 * 1024)} MiB` : escapes > MOST_ESCAPES ? `${MOST_ESCAPES.toLocaleString('en')} escaped characters` : null // oxfmt-ignore
    if (excess !== null) {
      stream.destroy()
      throw tooLarge(url, excess)
    }
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

const backslash = 0x5c

async function readAnswer(
  url: string,
  status: number,
  headers: RegistryAnswer['headers'],
  text: string,
): Promise<RegistryAnswer> {
  let body: unknown
  if (text.length > LONG) await setImmediate()
  try {
    body = text === '' ? undefined : parseShallow(text, 64, MOST_PARTS)
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(url, mostParts)
    body = undefined
  }
  return { url, status, headers, body, text }
}

function checked(answer: RegistryAnswer): RegistryAnswer {
  const { url, status, headers, body, text } = answer
  const type = String(headers['content-type'] ?? '')
  if (status >= 200 && status < 300) {
    if (body !== undefined || text === '' || !looksLikeHtml(type, text)) return answer
    throw noApi(url, status)
  }
  throw refused(url, status, type, body, text)
}

/** A body that must be JSON. */
export function jsonOf({ url, status, body }: RegistryAnswer): unknown {
  if (body === undefined) throw noJson(url, status)
  return body
}

/**
 * The target of a redirect, if it is the same server and the request only reads; otherwise null. Other servers are not
 * contacted: they would get the credentials, and whether a registry has moved is for the user to decide.
 */
function redirectOf({ url, status, headers }: RegistryAnswer, target: string, method: string): string | null {
  if (![301, 302, 303, 307, 308].includes(status)) return null
  const location = headers['location']
  const next = typeof location === 'string' ? URL.parse(location, target) : null
  if (next !== null && next.origin === new URL(target).origin && next.username === '' && method === 'GET') {
    return next.href
  }
  const to = next === null ? 'elsewhere' : `to ${next.origin}`
  throw new SeeklineError(
    'registry.refused',
    `The schema registry ${hostOf(url)} sends on ${to}, where Seekline does not follow with your credentials.`,
    {
      // oxfmt-ignore
      hint: 'If that is right, write that address in the registry’s part of the profile.',
      details: { url, status },
    },
  )
}

function tooManyRedirects(url: string): SeeklineError {
  return new SeeklineError('registry.invalid', `The schema registry ${hostOf(url)} redirects again and again.`, {
    hint: 'Check its address.',
    details: { url },
  })
}
