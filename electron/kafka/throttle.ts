import { SeeklineError } from '#shared/errors.ts'

/** The longest delay that a broker may demand: quotas are counted over seconds. */
export const MAX_THROTTLE_MS = 60_000

/** Not a failure: what a view says while a quota applies. */
export function throttled(milliseconds: number): SeeklineError {
  const seconds = (milliseconds / 1_000).toFixed(1)
  return new SeeklineError(
    'kafka.throttled',
    `A quota of the cluster slows this client down: a pause of ${seconds} s.`,
    {
      hint: 'It goes on by itself. Whoever administers the cluster can raise the quota (kafka-configs --describe --entity-type clients).',
      retryable: true,
      details: { milliseconds },
    },
  )
}
