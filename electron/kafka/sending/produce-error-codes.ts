import { SeeklineError } from '#shared/errors.ts'

/** MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE. */
export const TOO_LARGE: ReadonlySet<number> = new Set([10, 18])
/** INVALID_TIMESTAMP, INVALID_RECORD. */
export const BAD_RECORDS: ReadonlySet<number> = new Set([32, 87])
export const OUT_OF_ORDER = 45
export const DUPLICATE = 46
/** UNKNOWN_PRODUCER_ID, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_ID_MAPPING, PRODUCER_FENCED. */
export const NO_PRODUCER: ReadonlySet<number> = new Set([47, 49, 59, 90])
/** UNKNOWN_SERVER_ERROR is final for other requests; a batch is tried again, because often the broker is just stopping. */
export const TRIED_AGAIN: ReadonlySet<number> = new Set([7, 13, 20, -1])

/**
 * Refusals that occur before anything is appended: damage, names, rights, versions, quotas. After all others the batch may be
 * in the log: a leader also answers with them while an appended batch waits for its replicas and the leader changes
 * (DelayedProduce, ReplicaManager.appendRecords).
 */
export const NOT_WRITTEN: ReadonlySet<number> = new Set(
  [2, 17, 19, 21, 29, 31, 35, 42, 43, 44, 76, 89, OUT_OF_ORDER].concat(...TOO_LARGE, ...BAD_RECORDS, ...NO_PRODUCER),
)

/** Whether a request without an answer may have been carried out. */
export function mayHaveArrived(error: SeeklineError): boolean {
  const sent = error.details?.['sent']
  if (typeof sent === 'boolean') return sent
  // Connecting failed, the gate blocked it, or there was no broker to send it to.
  return !/^(connect|access|kafka)\./.test(error.code)
}

export function unreadable(where: string, error: SeeklineError): SeeklineError {
  const message = `${where}: an answer was lost, and whether the batch was written could not be looked up. ${error.message}`
  const rights = 'Read on the target topic lets a replay look there before it sends anything again.'
  const hint =
    error.code === 'kafka.unauthorised' ? rights : 'It was not sent again, so that nothing stands there twice.'
  return new SeeklineError(error.code, message, { hint, details: error.details ?? {} })
}

export function cannotTell(where: string): SeeklineError {
  return new SeeklineError(
    'kafka.offset-out-of-range',
    `${where}: whether a batch was written can no longer be told: what stood there was deleted or compacted away.`,
    { hint: 'It was not sent again, so that nothing stands there twice.' },
  )
}

export function overtaken(where: string, reason: SeeklineError): SeeklineError {
  return new SeeklineError('kafka.refused', `${where}: a later batch was written before one that failed. ${reason.message}`, {
    hint: 'Brokers forget a producer that writes old records, and then no longer notice a gap. What is missing is not added behind it, out of order.',
    details: reason.details ?? {},
  }) // oxfmt-ignore
}
