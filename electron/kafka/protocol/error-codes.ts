import { type ErrorCode, SeeklineError } from '#shared/errors.ts'
import { kafkaErrorRows } from './error-sentences.ts'
import { type Asked, missingRight } from '../rights.ts'

/**
 * What to do about an error code before showing it. `leader`: the metadata is stale, refresh it and ask the right leader.
 * `coordinator`: look up the group's coordinator again. `wait`: the same broker will be able to answer soon. `fatal`: asking
 * again changes nothing.
 */
export type RetryClass = 'none' | 'leader' | 'coordinator' | 'wait' | 'fatal'

export interface KafkaErrorInfo {
  code: number
  /** Kafka's own name (org.apache.kafka.common.protocol.Errors). */
  name: string
  retry: RetryClass
  /** Our code for it, as it crosses the wire. */
  ours: ErrorCode
  /** What happened, for a developer; without the subject, which the caller knows. */
  sentence: string
  /** What to do; empty if nothing helps. */
  hint: string
}

const byCode: ReadonlyMap<number, KafkaErrorInfo> = new Map(
  kafkaErrorRows.map(([code, name, retry, ours, sentence, hint]) => [
    code,
    { code, name, retry, ours, sentence, hint },
  ]),
)

/** The row for a Kafka error code; a code newer than this table gets a row that says so. */
export function kafkaErrorInfo(code: number): KafkaErrorInfo {
  return (
    byCode.get(code) ?? {
      code,
      name: `ERROR_${code}`,
      retry: 'fatal',
      ours: 'kafka.refused',
      sentence: `The broker answered with error ${code}, which this version of Seekline does not know.`,
      hint: 'Look the code up at https://kafka.apache.org/protocol#protocol_error_codes.',
    }
  )
}

export const isRetriable = (code: number): boolean => !['none', 'fatal'].includes(kafkaErrorInfo(code).retry)

/**
 * The error of a Kafka error code. `subject` names what it is about ("orders[3]", "group payments") and opens the message;
 * `brokerSays` is the broker's own text, where it sent one. `details` always holds kafkaCode and kafkaName.
 */
export function kafkaError(
  code: number,
  subject: string,
  more: { brokerSays?: string | null; details?: Record<string, unknown>; asked?: Asked | undefined } = {},
): SeeklineError {
  const info = kafkaErrorInfo(code)
  const own =
    more.brokerSays === undefined || more.brokerSays === null || more.brokerSays === '' ? '' : ` (${more.brokerSays})`
  const needs = more.asked === undefined ? null : missingRight(code, more.asked)
  const sentence = needs === null ? info.sentence : `these credentials lack the right: it needs ${needs}.`
  return new SeeklineError(info.ours, `${subject}: ${sentence}${own}`, {
    ...(info.hint === '' ? {} : { hint: info.hint }),
    retryable: isRetriable(code),
    details: { ...more.details, ...(needs === null ? {} : { needs }), kafkaCode: code, kafkaName: info.name },
  })
}

/** The error for a topic whose partitions were not read, because the broker claims more of them than there can be. */
export function tooManyPartitions(topic: string, claims: number): SeeklineError {
  return new SeeklineError('internal', `Topic ${topic} is said to have ${claims} partitions, more than are read.`, {
    hint: 'No broker serves so many: the answer is damaged or not from Kafka. The other topics are listed.',
    details: { topic, partitions: claims },
  })
}
