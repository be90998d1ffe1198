import type { BrowseDone } from '#shared/contract/messages.ts'
import type { ErrorValue } from '#shared/errors.ts'
import { placeWords } from '../../shared-views/place/place-kinds.tsx'
import { formatBytes, formatCount, formatGrouped, formatPartitions, formatRate } from '../../ui/format.ts' // oxfmt-ignore
import type { BrowseRequest } from './browse-form.ts'
import { CAPACITY, type LookedAt, type MessagesState } from './list-state.ts'
import { notJudgedOf } from './not-judged.ts'
import type { RowModel } from './row-model.ts'

/** The status bar's sentence: what was read, how fast, and why it stopped. */
export function statusWords(state: MessagesState, lines: Pick<RowModel, 'loaded' | 'dropped' | 'givenUp'>): string {
  const { reading, counts, ratePerSecond, done, looked } = state
  const { loaded: rows, givenUp } = lines
  const dropped = lines.dropped - givenUp.front
  const parts: string[] = []
  if (reading !== undefined) parts.push(readingWords[reading])
  if (looked !== undefined) parts.push(...lookedWords(looked, rows))
  else if (rows > 0) parts.push(`${formatGrouped(rows)} ${rows === 1 ? 'record' : 'records'} loaded`)
  if (counts !== undefined) parts.push(`${formatBytes(counts.bytes)} read`)
  if (reading !== undefined && ratePerSecond > 0) parts.push(formatRate(ratePerSecond))
  if (dropped > 0) parts.push(`the oldest ${formatCount(dropped)} left: ${formatCount(CAPACITY)} are kept`)
  if (reading === 'tail' && givenUp.front > 0) parts.push(givenUpWords(givenUp))
  // Otherwise the end of an earlier read would be taken for the end of the one that failed.
  if (reading === undefined && state.error !== undefined) parts.push('the last read failed')
  else if (reading === undefined && done !== undefined) parts.push(endWords(done, left(state)), leftWords(state))
  return parts.filter((part) => part !== '').join(' · ')
}

/** "12 400 records looked at · 3 match · 2 not judged": for a Follow with a filter. */
function lookedWords({ records, notJudged }: LookedAt, rows: number): string[] {
  const open = notJudgedOf(notJudged)
  return [
    `${formatGrouped(records)} ${records === 1n ? 'record' : 'records'} looked at`,
    `${formatGrouped(rows)} ${rows === 1 ? 'matches' : 'match'}`,
    ...(open > 0n ? [`${formatGrouped(open)} not judged`] : []),
  ]
}

/** "45 000 older records were dropped to make room for other tabs". */
export function givenUpWords({ front, back }: RowModel['givenUp']): string {
  if (front + back === 0) return ''
  const parts = [...(front > 0 ? [`${formatGrouped(front)} older`] : []), ...(back > 0 ? [`${formatGrouped(back)} newer`] : [])] // oxfmt-ignore
  return `${parts.join(' and ')} ${front + back === 1 ? 'record was' : 'records were'} dropped to make room for other tabs`
}

/**
 * The offsets beyond the rows shown. They are called offsets because the number of records is not known before they are read.
 */
export function leftWords(state: MessagesState): string {
  const { before, behind } = left(state)
  const parts = [
    ...(before > 0n ? [`${formatCount(before)} older`] : []),
    ...(behind > 0n ? [`${formatCount(behind)} newer`] : []),
  ]
  return parts.length === 0 ? '' : `${parts.join(' and ')} offsets not loaded`
}

function left({ done, older, newer }: MessagesState): { before: bigint; behind: bigint } {
  let before = 0n
  let behind = 0n
  for (const { partition, logStart, highWatermark } of done?.bounds ?? []) {
    const first = older?.find((one) => one.partition === partition)?.offset ?? logStart
    const next = newer?.find((one) => one.partition === partition)?.offset ?? highWatermark
    if (first > logStart) before += first - logStart
    if (next < highWatermark) behind += highWatermark - next
  }
  return { before, behind }
}

const readingWords = { page: 'Reading', older: 'Reading older', newer: 'Reading newer', tail: 'Following' } as const

function endWords(done: BrowseDone, { before, behind }: ReturnType<typeof left>): string {
  // If a group has no position, the partition was read all the same, from another place.
  const unread = done.failures.filter(({ error }) => error.details?.['from'] === undefined).length
  if (unread > 0) return `${unread} of the partitions could not be read to the end`
  switch (done.reason) {
    case 'limit':
      return 'stopped at the limit'
    case 'end':
      if (before > 0n) return behind > 0n ? '' : 'read to the end'
      return behind > 0n ? 'read back to the log start' : 'nothing older or newer'
    case 'cancelled':
      return 'stopped by you'
  }
}

/** What could not be read: a partition, or a whole topic if no partition is named. */
interface Failure {
  topic?: string
  partition: number | null
  error: ErrorValue
}

/** Each reason once, with the partitions to which it applies, and their topics if there are several. */
export function failureWords(failures: readonly Failure[]): { title: string; hint: string | undefined }[] {
  const hasTopics = new Set(failures.map(({ topic }) => topic)).size > 1
  return [...Map.groupBy(failures, ({ error }) => error.message)].map(([message, own]) => {
    const topics = [...Map.groupBy(own, ({ topic }) => topic)]
    const places = hasTopics
      ? topics.slice(0, MOST_NAMED).map(([topic, of]) => [topic, partitionWords(of)].filter(Boolean).join(' '))
      : own.length === 1
        ? []
        : [partitionWords(own)]
    const more = hasTopics && topics.length > MOST_NAMED ? '; …' : ''
    return {
      title: places.length === 0 ? message : `${message} (${places.join('; ')}${more})`,
      hint: own[0]!.error.hint, // Map.groupBy makes no empty group
    }
  })
}

/** The most topics or partitions that a sentence names. */
const MOST_NAMED = 12

function partitionWords(failures: readonly Failure[]): string {
  const partitions = failures.flatMap(({ partition }) => (partition === null ? [] : [partition]))
  if (partitions.length === 0) return ''
  const named = `${partitions.slice(0, MOST_NAMED).join(', ')}${partitions.length > MOST_NAMED ? ', …' : ''}`
  return `${partitions.length === 1 ? 'partition' : 'partitions'} ${named}`
}

/** "partition 3 from offset 651": the request that the rows in the list answer. */
export function requestWords({ start, partitions, filter }: BrowseRequest, zone: string): string {
  const where =
    partitions === undefined
      ? 'all partitions'
      : `${partitions.length === 1 ? 'partition' : 'partitions'} ${formatPartitions(partitions)}`
  if (filter !== undefined)
    return `what came and matched while ${where} ${partitions?.length === 1 ? 'was' : 'were'} followed`
  return start.at === 'high-watermark' ? `the newest of ${where}` : `${where} from ${placeWords(start, zone)}`
}
