import { z } from 'zod'
import type { DetailsInput, GivenDetails } from './error-details.ts'

/**
 * Every failure that can cross the wire has one of these codes. A view decides by code, never by message text.
 * The part before the dot says whose fault it is likely to be.
 */
export const errorCodes = [
  // the call itself
  'call.invalid', // input did not fit the contract
  'call.unknown-route',
  'call.refused-sender',
  'call.cancelled',
  'call.timeout',
  'call.lost', // the page lost the app it talks to; what was under way is unknown
  // what the profile permits
  'access.read-only',
  'access.unconfirmed', // a guarded profile's name was not typed, or wrongly
  // reaching a cluster, by step
  'connect.name', // DNS
  'connect.tcp',
  'connect.tls',
  'connect.sasl',
  'connect.versions', // not Kafka, or too old
  'connect.authorisation',
  'connect.advertised', // the bootstrap answered, an advertised address did not
  'connect.secret', // a secret is needed and not known in this run
  'connect.closed', // no open connection of that id
  'connect.lost', // was open; reconnecting
  // what the cluster said
  'kafka.unauthorised',
  'kafka.topic-unknown',
  'kafka.topic-recreated', // same name, other topic id
  'kafka.partition-unknown',
  'kafka.offset-out-of-range',
  'kafka.no-leader',
  'kafka.log-truncated', // cut back after it was read: an unclean election
  'kafka.remote-slow', // the broker does not get what lies in remote (tiered) storage in time
  'kafka.group-live',
  'kafka.group-unknown',
  'kafka.group-type', // share and streams groups have positions of another kind
  'kafka.unstable-positions', // a pending transaction holds them
  'kafka.throttled', // a quota slows this client down; it is obeyed and goes on
  'kafka.unsupported', // the broker lacks the API or version
  'kafka.refused', // the broker refused for another reason; details.kafkaCode says which
  // the schema registry
  'registry.absent', // the profile has none
  'registry.unreachable', // no answer: name, port, TLS, proxy, or too slow; details.step says which
  'registry.unauthorised', // 401 or 403, or no token was given
  'registry.unknown', // it has no such subject, version or schema
  'registry.unsupported', // it lacks what was asked for
  'registry.refused', // it refused for another reason; details.status and details.registryCode say which
  'registry.invalid', // it answered what is not its API: HTML, half a JSON
  'registry.too-large', // more than is taken
  'registry.schema', // a schema that cannot be used: its references go in a circle, are missing, too many
  // records
  'records.corrupt',
  'records.codec',
  'records.too-large',
  'records.hole', // the offset holds no visible record
  // plans
  'plan.stale', // what the plan saw is no longer so
  'plan.refused',
  // our own files
  'profile.unknown',
  'profile.invalid',
  'profile.several', // a text holds the settings of several clusters; details.clusters names them
  'storage.damaged',
  'storage.failed',
  'worker.crashed',
  'shell.absent', // only the desktop app has it
  'internal',
] as const

export type ErrorCode = (typeof errorCodes)[number]

/** An error as it crosses the wire. `hint` is the next step a person can take; `details` is for views and scripts. */
export const ErrorValue = z.strictObject({
  code: z.enum(errorCodes),
  message: z.string(),
  hint: z.string().optional(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
})
export type ErrorValue = z.infer<typeof ErrorValue>

export interface ErrorOptions<C extends ErrorCode = ErrorCode> {
  hint?: string
  retryable?: boolean
  details?: DetailsInput<C>
  cause?: unknown
}

/**
 * The only class of errors that services and `electron/kafka` throw on purpose, and the one the client throws again in the
 * page.
 */
export class SeeklineError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly retryable: boolean
  readonly details: GivenDetails | undefined

  constructor(code: C, message: string, options: ErrorOptions<C> = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SeeklineError'
    this.code = code
    this.hint = options.hint
    this.retryable = options.retryable ?? false
    this.details = options.details as GivenDetails | undefined
  }
}

/** An error of any kind as it crosses the wire. Unknown errors become `internal`; their message is kept, their stack is not. */
export function toErrorValue(error: unknown): ErrorValue {
  if (error instanceof SeeklineError) {
    return {
      code: error.code,
      message: error.message,
      retryable: error.retryable,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.details === undefined ? {} : { details: error.details }),
    }
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return { code: 'call.cancelled', message: 'Cancelled.', retryable: true }
  }
  const message = error instanceof Error ? error.message : String(error)
  return {
    code: 'internal',
    message: message === '' ? 'Something failed without saying what.' : message,
    retryable: false,
  }
}

/** The inverse of {@link toErrorValue}, on the receiving side. */
export function fromErrorValue(value: ErrorValue): SeeklineError {
  return new SeeklineError(value.code, value.message, {
    retryable: value.retryable,
    ...(value.hint === undefined ? {} : { hint: value.hint }),
    ...(value.details === undefined ? {} : { details: value.details as GivenDetails }),
  })
}
