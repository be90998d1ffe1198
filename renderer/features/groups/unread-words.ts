import type { GroupPosition } from '#shared/contract/groups.ts'
import type { UnreadOf } from '#shared/contract/lag.ts'
import { formatDuration, formatGrouped, formatTimestamp, type Zone } from '../../ui/format.ts'

/** A short text for the cell, and the full text for its tooltip. */
export interface CellWords {
  text: string
  title: string
  tone?: 'warn' | 'faint' | undefined
}

/** An active group has moved on since its records were read: the text then says to which position they belong. */
function sinceWords(at: GroupPosition, { offset }: UnreadOf): string {
  return offset === at.position?.offset ? '' : `\nRead when the position was ${formatGrouped(offset)}.`
}

/** In a share group all records from the start offset on may be processed before the start offset itself moves. */
const isDone = ({ standing, lag }: GroupPosition): boolean => standing === 'at-end' || lag === 0n

/** For sorting and comparing; null: not known, or nothing is unread. */
export function ageMsOf(at: GroupPosition, unread: UnreadOf | undefined): bigint | null {
  if (isDone(at) || unread?.age.kind === 'nothing') return 0n
  return unread?.age.kind === 'record' ? unread.age.ageMs : null
}

/** `14 m`: the age of the next unread record. */
export function ageWords(at: GroupPosition, unread: UnreadOf | undefined, zone: Zone): CellWords | null {
  if (isDone(at)) return { text: 'nothing', title: 'Nothing is unread.', tone: 'faint' }
  if (at.standing !== 'in-range') return null
  if (unread === undefined) return { text: '…', title: 'The next unread record is being read.', tone: 'faint' }
  const { age } = unread
  if (age.kind === 'unknown') return { text: 'not known', title: age.why, tone: 'faint' }
  if (age.kind === 'nothing') {
    return { text: 'nothing', title: 'There is no visible record from here to the end: only markers, aborted or compacted ones.', tone: 'faint' } // oxfmt-ignore
  }
  if (age.ageMs === null) {
    return { text: 'no time', title: `The next unread record, ${formatGrouped(age.offset)}, has no timestamp.`, tone: 'faint' } // oxfmt-ignore
  }
  const by = age.timestampType === 'CreateTime' ? 'by its producer’s clock' : 'by the broker’s clock'
  return {
    text: formatDuration(age.ageMs),
    title:
      [
        `The next unread record, ${formatGrouped(age.offset)}, is of ${formatTimestamp(age.timestamp, zone)} ${by}.`,
        retentionWords(unread, zone),
      ].join('\n') + sinceWords(at, unread),
    ...(isNearRetention(unread) ? { tone: 'warn' as const } : {}),
  }
}

/** Nine tenths of the topic's retention time have passed. */
export function isNearRetention({ age, retention }: UnreadOf): boolean {
  if (retention.kind !== 'at' || age.kind !== 'record' || age.ageMs === null) return false
  return age.ageMs * 10n >= retention.retentionMs * 9n
}

function retentionWords({ retention }: UnreadOf, zone: Zone): string {
  if (retention.kind === 'never') return 'The topic deletes nothing by time.'
  if (retention.kind === 'unknown') return `When retention reaches it is not known: ${retention.why}`
  return `Retention reaches it not before ${formatTimestamp(retention.at, zone)}.`
}

/** `3 210`, `≤ 25 000`: unread records, if they could be counted. */
export function readableWords(at: GroupPosition, unread: UnreadOf | undefined): CellWords | null {
  if (at.standing !== 'in-range' && at.standing !== 'at-end') return null
  if (at.standing === 'at-end') return { text: '0', title: 'Nothing is unread.' }
  if (unread === undefined) return { text: '…', title: 'Being counted.', tone: 'faint' }
  const { readable, undecided } = unread
  const open = undecided !== null && undecided > 0n ? `\n${formatGrouped(undecided)} offsets of open transactions come after them.` : '' // oxfmt-ignore
  if (readable.kind === 'unknown') return { text: 'not known', title: readable.why, tone: 'faint' }
  if (readable.kind === 'at-most') {
    return {
      text: `≤ ${formatGrouped(readable.records)}`,
      title: `Too many to count each time: offsets up to the last stable one, of which some may hold no record.${open}${sinceWords(at, unread)}`,
    }
  }
  return {
    text: formatGrouped(readable.records),
    title: `Counted up to the last stable offset; ${formatGrouped(readable.passed)} offsets on the way hold no visible record.${open}${sinceWords(at, unread)}`,
  }
}
