import { createHash, createHmac } from 'node:crypto'

export interface AwsCredentials {
  accessKeyId: string
  secretKey: string
  /** For temporary keys; undefined for others. */
  sessionToken?: string | undefined
}

export interface AwsRequest {
  method: string
  url: string
  headers: Readonly<Record<string, string>>
  body: string
}

const algorithm = 'AWS4-HMAC-SHA256'

/**
 * The headers that sign a request with AWS's Signature Version 4, for requests whose path is short and plain. The SDK that
 * implements it is larger than this app's other dependencies together.
 */
export function awsHeaders(
  { method, url, headers, body }: AwsRequest,
  { accessKeyId, secretKey, sessionToken }: AwsCredentials,
  { service, region, at }: { service: string; region: string; at: Date },
): Record<string, string> {
  const { host, pathname, searchParams } = new URL(url)
  const time = at.toISOString().replaceAll(/[:-]|\.\d{3}/g, '')
  const added = { 'x-amz-date': time, ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }) }
  const signed = Object.entries({ host, ...headers, ...added })
    .map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/\s+/g, ' ')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const names = signed.map(([name]) => name).join(';')
  const query = [...searchParams]
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&')
  const lines = signed.map(([name, value]) => `${name}:${value}\n`).join('')
  const canonical = [method, pathname, query, lines, names, sha256(body)].join('\n')
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`
  const key = [time.slice(0, 8), region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretKey}`)
  const signature = hmac(key, [algorithm, time, scope, sha256(canonical)].join('\n')).toString('hex')
  return {
    ...added,
    authorization: `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`,
  }
}

/** The region in an AWS address; null: it has none. */
export function regionOf(url: string): string | null {
  return /(?:^|[./-])((?:[a-z]{2}|us-gov|us-iso[bef]?)-(?:central|north|south|east|west|northeast|northwest|southeast|southwest)-\d)(?=[./])/.exec(new URL(url).host)?.[1] ?? null // oxfmt-ignore
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** By RFC 3986, which escapes more than `encodeURIComponent`. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
