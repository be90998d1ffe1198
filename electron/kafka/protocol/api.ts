import { SeeklineError } from '#shared/errors.ts'
import { kafkaApis, type SpokenApi, type VersionRange } from './api-table.ts'
import { MalformedResponse, Reader } from './reader.ts'
import { atOnce, inSlices } from './slices.ts'
import { Writer } from './writer.ts'

/** A field that every decoded response has. */
export interface Throttled {
  /** How long the broker asks this connection to pause because a quota is used up (KIP-219), milliseconds; usually 0. */
  throttleTimeMs: number
}

/** API key → the versions a broker announced (ApiVersions). A missing key: the broker lacks the API. */
export type ApiRanges = ReadonlyMap<number, VersionRange>

/** One Kafka API as implemented here: its versions, and encoding and decoding. */
export interface KafkaApi<Request, Response extends Throttled> {
  readonly key: number
  readonly name: string
  readonly versions: VersionRange
  /** First version with compact types and tagged fields (KIP-482). */
  readonly flexibleFrom: number
  /** Restricts the versions for a request that uses a field which older versions lack, or newer ones dropped. */
  readonly needs?: (request: Request) => Partial<VersionRange>
  readonly encode: (writer: Writer, request: Request, version: number) => void
  /** A generator where an answer can be so large that decoding it in one go would block the thread. */
  readonly decode: (reader: Reader, version: number, request: Request) => Response | Generator<undefined, Response>
}

export const isFlexible = (api: { flexibleFrom: number }, version: number): boolean => version >= api.flexibleFrom

/** An API's encoding and decoding, added to what the table says about it. */
export function defineApi<Request, Response extends Throttled>(
  name: SpokenApi,
  directions: Omit<KafkaApi<Request, Response>, 'key' | 'name' | 'versions'>,
): KafkaApi<Request, Response> {
  const { key, versions } = kafkaApis[name]
  return { key, name, versions, ...directions }
}

/** The highest version both sides speak, or null when there is none. */
export function commonVersion<Q, R extends Throttled>(
  api: KafkaApi<Q, R>,
  ranges: ApiRanges,
  request: Q | null,
): number | null {
  const broker = ranges.get(api.key)
  if (broker === undefined) return null
  const needs = request === null ? {} : (api.needs?.(request) ?? {})
  const low = Math.max(api.versions.min, broker.min, needs.min ?? 0)
  const high = Math.min(api.versions.max, broker.max, needs.max ?? Number.MAX_SAFE_INTEGER)
  return low <= high ? high : null
}

/** As {@link commonVersion}, but throws `kafka.unsupported` naming both ranges. `broker` is `host:port`. */
export function chooseVersion<Q, R extends Throttled>(
  api: KafkaApi<Q, R>,
  ranges: ApiRanges,
  request: Q,
  broker: string,
): number {
  const version = commonVersion(api, ranges, request)
  if (version !== null) return version
  const theirs = ranges.get(api.key)
  const needs = api.needs?.(request) ?? {}
  const low = Math.max(api.versions.min, needs.min ?? 0)
  const high = Math.min(api.versions.max, needs.max ?? api.versions.max)
  throw new SeeklineError(
    'kafka.unsupported',
    theirs === undefined
      ? `The broker ${broker} does not have the API ${api.name}.`
      : `The broker ${broker} offers ${api.name} in versions ${theirs.min} to ${theirs.max}; this needs ${low} to ${high}.`,
    {
      hint: 'Seekline speaks to Apache Kafka 3.3 and later. What an older broker lacks cannot be shown or done.',
      details: { api: api.name, apiKey: api.key, broker, offered: theirs ?? null, wanted: { min: low, max: high } },
    },
  )
}

/** The request's body, preceded by the empty tag buffer that turns kafkajs' header v1 into a header v2. */
export function encodeBody<Q, R extends Throttled>(api: KafkaApi<Q, R>, version: number, request: Q): Uint8Array {
  const writer = new Writer(isFlexible(api, version))
  writer.tags()
  api.encode(writer, request, version)
  return writer.bytes()
}

/**
 * Decodes what follows the correlation id.
 * @internal Outside its file only tests use it.
 */
export function decodeBody<Q, R extends Throttled>(
  api: KafkaApi<Q, R>,
  version: number,
  request: Q,
  body: Uint8Array,
): R {
  try {
    const decoded = api.decode(bodyReader(api, version, body), version, request)
    return isSteps(decoded) ? atOnce(decoded) : decoded
  } catch (error) {
    throw named(api, version, error)
  }
}

/** As {@link decodeBody}, in slices if the API supports it. */
export async function decodeAnswer<Q, R extends Throttled>(
  api: KafkaApi<Q, R>,
  version: number,
  request: Q,
  body: Uint8Array,
): Promise<R> {
  try {
    const decoded = api.decode(bodyReader(api, version, body), version, request)
    return isSteps(decoded) ? await inSlices(decoded) : decoded
  } catch (error) {
    throw named(api, version, error)
  }
}

const isSteps = <R extends object>(decoded: R | Generator<undefined, R>): decoded is Generator<undefined, R> =>
  Symbol.iterator in decoded

function bodyReader<Q, R extends Throttled>(api: KafkaApi<Q, R>, version: number, body: Uint8Array): Reader {
  const reader = new Reader(body, isFlexible(api, version))
  // Only ApiVersions keeps response header v0 in flexible versions, so that an unknown client can read it (KIP-511).
  if (api.name !== 'ApiVersions') reader.tags()
  return reader
}

function named<Q, R extends Throttled>(api: KafkaApi<Q, R>, version: number, error: unknown): unknown {
  if (!(error instanceof MalformedResponse)) return error
  return new MalformedResponse(`${api.name} v${version}: ${error.message}`, {
    ...error.details,
    api: api.name,
    version,
  })
}
