import type { ApplyRow } from '#shared/contract/offsets.ts'
import { SeeklineError, type ErrorValue } from '#shared/errors.ts'
import type { Position } from '#shared/model/positions.ts'
import { keyOf, type TopicPartition } from '#shared/model/topic-partition.ts'
import { isCancelled } from '../../kafka/cancellation.ts'

/** What it committed for one partition: the position before its first commit, and that of its last one. */
export interface Committed extends TopicPartition {
  topicId: string | null
  before: Position | null
  after: Position
  /** The answer of its last commit was lost. */
  isUnsure: boolean
}

/** The positions afterwards, for each partition that it committed. */
export function rowsAfter(
  committed: ReadonlyMap<string, Committed>,
  found: ReadonlyMap<string, { value: Position | null } | { error: ErrorValue }> | null,
): ApplyRow[] {
  return [...committed.values()].map(({ topic, partition, topicId, before, after, isUnsure }) => {
    const base = { topic, partition, topicId, before, intended: after }
    const back = found?.get(keyOf({ topic, partition }))
    if (back === undefined || 'error' in back) {
      return { ...base, status: 'unknown', message: `What stands there could not be read${back === undefined ? '' : `: ${back.error.message}`}.` } // oxfmt-ignore
    }
    const now = back.value
    if (now?.offset === after.offset) return { ...base, found: now, status: 'confirmed', message: null }
    if (isUnsure) return { ...base, found: now, status: 'unknown', message: 'The answer to its last commit was lost.' }
    const where = now === null ? 'none' : String(now.offset)
    return {
      ...base,
      found: now,
      status: 'superseded',
      message: `It is ${where} now: another member has committed since.`,
    }
  })
}

export function listed(partitions: readonly TopicPartition[]): string {
  const names = partitions.slice(0, 6).map(({ topic, partition }) => `${topic}[${partition}]`)
  return partitions.length > 6 ? `${names.join(', ')} and ${partitions.length - 6} more` : names.join(', ')
}

export const notHeld = ({ topic, partition }: TopicPartition): SeeklineError =>
  new SeeklineError('call.invalid', `${topic}[${partition}] is not among this member’s partitions.`, {
    hint: 'Others have it, or the group has rebalanced since.',
  })

export const notAMember = (): SeeklineError =>
  new SeeklineError('kafka.group-live', 'Seekline is no member of the group now, so it can neither take nor commit.', {
    hint: 'Join again.',
    retryable: true,
  })

export function noOffset(at: TopicPartition, committed: Position | null): SeeklineError {
  const name = `${at.topic}[${at.partition}]`
  return committed === null
    ? new SeeklineError('kafka.offset-out-of-range', `${name} has no position, and auto.offset.reset=none: a client ends here with NoOffsetForPartitionException.`) // oxfmt-ignore
    : new SeeklineError('kafka.offset-out-of-range', `${name} stands at ${committed.offset}, which is not in its log, and auto.offset.reset=none: a client ends here with OffsetOutOfRangeException.`) // oxfmt-ignore
}

export function resetWords(
  at: TopicPartition,
  committed: Position | null,
  reset: string,
  start: bigint | null,
): string {
  const name = `${at.topic}[${at.partition}]`
  const why = committed === null ? `${name} has no position` : `${name} stood at ${committed.offset}, which is not in its log` // oxfmt-ignore
  return `${why}: auto.offset.reset=${reset} ${start === null ? 'gives it no start' : `started it at ${start}`}.`
}

const words: Readonly<Record<number, string>> = {
  22: 'the group’s generation has moved on, and the partition may be another’s',
  25: 'the coordinator no longer knows this member: its session timed out, or it was removed',
  27: 'the group rebalances',
  110: 'the coordinator has fenced this member: its epoch is not valid any more',
  113: 'the member’s epoch has moved on',
}

/** These error codes mean something else to a member than to an administrator, for whom the table's sentences are written. */
export function inWordsOfAMember(error: SeeklineError): SeeklineError {
  if (isCancelled(error)) return error
  const sentence = words[Number(error.details?.['kafkaCode'])]
  if (sentence === undefined) return error
  return new SeeklineError('kafka.group-live', `The commit was refused: ${sentence}.`, {
    hint: 'Nothing of it was written. Wait for the rebalance, or join again.',
    retryable: true,
  })
}
