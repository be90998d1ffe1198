import { SeeklineError, toErrorValue, type ErrorValue } from '../errors.ts'
import type { FoundPlace, IfNone, IfNonePolicy, Missing } from '../model/place.ts'
import type { Position } from '../model/positions.ts'
import type { TopicPartition } from '../model/topic-partition.ts'
import type { LogBounds } from '../model/log-bounds.ts'

/** An offset, with `instead` set if the partition has no such place and this was chosen for that case; or why there is none. */
export type PlaceOffset = { offset: bigint; instead?: IfNone } | { missing: Missing }

/** What each use does if nothing was chosen. */
export const ifNonePolicies = {
  /** Forward, a partition without a record that new shows nothing, and backward all of its records. */
  browse: { 'none-that-new': 'end', 'no-position': 'start' },
  /** Going elsewhere without being asked would skip or repeat records unintentionally. */
  plan: { 'none-that-new': 'refuse', 'no-position': 'refuse' },
  /**
   * A time later than all records bounds nothing; for a group without a position, guessing would copy everything or nothing.
   */
  replay: { 'none-that-new': 'end', 'no-position': 'refuse' },
} as const satisfies Record<string, IfNonePolicy>

/** Applies what was chosen for partitions without such a place, or the default of this use. */
export function offsetOr(
  found: FoundPlace,
  ifNone: IfNone | undefined,
  policy: IfNonePolicy,
  log: LogBounds,
): PlaceOffset {
  if ('offset' in found) return found
  switch (found.missing.why) {
    case 'not-named':
    case 'topic-anew':
    case 'failed':
      return found
    case 'none-that-new':
    case 'no-position': {
      const instead = ifNone ?? policy[found.missing.why]
      switch (instead) {
        case 'refuse':
          return found
        case 'start':
          return { offset: log.logStart, instead }
        case 'end':
          return { offset: log.highWatermark, instead }
      }
    }
  }
}

/** Some clients commit −1 or −2 to mean no position. */
export function placeOfPosition(group: string, position: Position | null, shift = 0n): FoundPlace {
  if (position === null || position.offset < 0n) return { missing: { why: 'no-position', group } }
  return { offset: position.offset + shift }
}

/** Without the partition, for callers that show it separately. */
export function noPositionSentence({ group, then }: Extract<Missing, { why: 'no-position' }>): string {
  if (then === undefined) return `${group} has no position here.`
  const when = new Date(Number(then.moment)).toISOString()
  switch (then.because) {
    case 'none':
      return `${group} had committed nothing here by ${when}.`
    case 'removed':
      return `The position of ${group} here had expired or been deleted by ${when}.`
    case 'gone':
      return `Where ${group} stood here at ${when} is not known any more: once Kafka has compacted __consumer_offsets, only the newest commits are left.`
    case 'not-searched':
      return `Where ${group} stood here at ${when} was not found: so much was committed since that the search ended before. A later moment may be found.`
  }
}

/** Why a partition is left out, as the error of its row. */
export function missingError(missing: Missing, { topic, partition }: TopicPartition): ErrorValue {
  const at = { topic, partition }
  switch (missing.why) {
    case 'none-that-new':
      return toErrorValue(
        new SeeklineError('kafka.offset-out-of-range', `No record of ${topic}[${partition}] is that new or newer.`, {
          hint: 'It is left out, as chosen. The other choice goes to the end of its log, as Kafka’s own tool does.',
          details: at,
        }),
      )
    case 'no-position':
      return toErrorValue(
        new SeeklineError('kafka.group-unknown', noPositionIn(missing, `${topic}[${partition}]`), {
          hint: 'It is left out. The other choices go to its log start or its end.',
          details: { ...at, group: missing.group },
        }),
      )
    case 'not-named':
      return toErrorValue(
        new SeeklineError('call.invalid', `No offset was given for ${topic}[${partition}].`, {
          hint: 'Name the partition with its offset, or leave it out of the partitions.',
          details: at,
        }),
      )
    case 'topic-anew':
      return toErrorValue(
        new SeeklineError(
          'kafka.topic-recreated',
          `${topic} was deleted and created again since that offset was noted.`,
          {
            hint: 'Its offsets start at 0 again. Leave the topic out, or choose another place.',
            details: at,
          },
        ),
      )
    case 'failed':
      return missing.error
  }
}

const noPositionIn = (missing: Extract<Missing, { why: 'no-position' }>, where: string): string =>
  missing.then === undefined
    ? `${missing.group} has no position for ${where}.`
    : `${where}: ${noPositionSentence(missing)}`
