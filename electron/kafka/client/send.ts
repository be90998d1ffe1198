import { SeeklineError } from '#shared/errors.ts'
import { lateAfter } from '../late-after.ts'
import { type KafkaApi, decodeAnswer, encodeBody, type Throttled } from '../protocol/api.ts'
import { MAX_THROTTLE_MS } from '../throttle.ts'
import type { Connection } from './kafkajs-internals.ts'
import { attachTicket, type Ticket } from './request-ticket.ts'

export interface SendOptions {
  timeoutMs: number
  signal?: AbortSignal | undefined
}

/** How a request ended without an answer. `sent`: it was written to the socket, so the broker may have acted on it. */
export interface Unanswered {
  kind: 'timeout' | 'failed'
  sent: boolean
  error: unknown
}

/**
 * Sends one of our own requests through a kafkajs connection: kafkajs adds the header, queues it, re-authenticates (KIP-368)
 * and obeys the throttle time; body and answer are ours. `unanswered` makes the error for everything that is not yet a {@link
 * SeeklineError}.
 */
export async function send<Q, R extends Throttled>(
  connection: Connection,
  api: KafkaApi<Q, R>,
  version: number,
  request: Q,
  options: SendOptions,
  unanswered: (outcome: Unanswered) => SeeklineError,
): Promise<R> {
  if (options.signal?.aborted === true) throw cancelled(false)
  const ticket: Ticket = { withdrawn: false, sent: false }
  let isHere = false
  const answer = connection.send<R>({
    request: {
      apiKey: api.key,
      apiVersion: version,
      apiName: api.name,
      encode: async () => {
        attachTicket(connection, ticket)
        const body = encodeBody(api, version, request)
        return { buf: body, buffer: body, size: () => body.byteLength }
      },
    },
    response: {
      decode: async (payload) => {
        isHere = true
        const value = await decodeAnswer(api, version, request, payload)
        return { value, clientSideThrottleTime: value.throttleTimeMs }
      },
      parse: async ({ value }) => value,
    },
    logResponseError: false,
  })
  return await new Promise<R>((resolve, reject) => {
    const stop = (): void => {
      stopLimit()
      options.signal?.removeEventListener('abort', abort)
    }
    const abort = (): void => {
      stop()
      ticket.withdrawn = true
      reject(cancelled(ticket.sent))
    }
    // While a quota delays the queue nothing was sent, so no answer can be late: the time counts from then on. Quotas delay by
    // seconds; if a broker asks for more, the request fails.
    const expire = (): void => {
      // A large answer takes time to decode; it arrived in time.
      if (isHere) return
      const silence = connection.requestQueue.throttledUntil - Date.now()
      const left = silence + options.timeoutMs
      if (left > 0 && silence <= MAX_THROTTLE_MS) {
        stopLimit = lateAfter(left, expire)
        return
      }
      stop()
      reject(unanswered({ kind: 'timeout', sent: ticket.sent, error: null }))
    }
    let stopLimit = lateAfter(options.timeoutMs, expire)
    options.signal?.addEventListener('abort', abort, { once: true })
    answer.then(
      (value) => {
        stop()
        resolve(value)
      },
      (error: unknown) => {
        stop()
        // A body that cannot be encoded or decoded is our fault or the broker's, not the connection's.
        const ours = error instanceof SeeklineError || error instanceof RangeError || error instanceof TypeError
        reject(ours ? (error as Error) : unanswered({ kind: 'failed', sent: ticket.sent, error }))
      },
    )
  })
}

/** `sent`: the request may have been carried out although nobody waits for its answer. */
export function cancelled(sent: boolean): SeeklineError {
  return new SeeklineError('call.cancelled', 'Cancelled.', { retryable: true, details: { sent } })
}
