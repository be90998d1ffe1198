import type { UnreadAge } from '#shared/contract/lag.ts'
import type { LineMeaning, RangeRecords, RetentionOutlook } from '#shared/contract/meaning.ts'
import { roundEstimate } from '#shared/offsets/plan-meaning.ts'
import { formatBytes, formatDuration, formatGrouped, formatTimestamp, formatTimestampShort } from '../../ui/format.ts'

/** A short text for a cell, and a full explanation. */
export interface MeaningWords {
  text: string
  title: string
  tone?: 'warn' | 'faint' | undefined
}

const verbs: Record<LineMeaning['way'], string> = { skips: 'skips', repeats: 'repeats', starts: 'reads', none: '' }

/** `repeats 12 400`, `skips ~1 230 000`, `reads ≤ 5 000`: what happens to the records, and how many they are. */
export function recordsWords({ way, records, undecided }: LineMeaning): MeaningWords & { size: string } {
  if (way === 'none') return { text: 'nothing', title: 'No record is skipped or repeated.', tone: 'faint', size: '' }
  const open =
    undecided === 0n
      ? ''
      : `\n${formatGrouped(undecided)} more offsets are in open transactions: their records may be skipped or repeated as well.`
  const { text, size } = amount(records)
  return { text: `${verbs[way]} ${text}`, size, title: `${basis(records)}${open}` }
}

function amount(records: RangeRecords): { text: string; size: string } {
  switch (records.kind) {
    case 'counted':
      return { text: formatGrouped(records.records), size: formatBytes(records.bytes) }
    case 'estimate':
      return { text: `~${formatGrouped(roundEstimate(records.records))}`, size: `~${formatBytes(records.bytes)}` }
    case 'at-most':
      return { text: `≤ ${formatGrouped(records.records)}`, size: '' }
  }
}

/** How a number was determined. */
function basis(records: RangeRecords): string {
  switch (records.kind) {
    case 'counted':
      return `Counted: ${formatGrouped(records.records)} records, ${formatBytes(records.bytes)} without compression; ${formatGrouped(records.passed)} offsets among them hold no visible record (markers, aborted or compacted ones).`
    case 'estimate':
      return `Estimated: ${formatGrouped(records.read)} of ${formatGrouped(records.of)} offsets were read, spread over the range, and the rest is assumed to be alike.`
    case 'at-most':
      return `Not counted: ${records.why} There are so many offsets, of which some may hold no record.`
  }
}

/** `14 m`, `end`: the age of the record that is read next. */
export function ageText(age: UnreadAge | null): string {
  if (age === null) return 'none'
  if (age.kind === 'nothing') return 'end'
  if (age.kind === 'unknown') return '?'
  return age.ageMs === null ? 'no time' : formatDuration(age.ageMs)
}

function ageSentence(age: UnreadAge | null, zone: string): string {
  if (age === null) return 'no position'
  if (age.kind === 'nothing') return 'the next record to arrive'
  if (age.kind === 'unknown') return age.why
  if (age.ageMs === null) return `record ${formatGrouped(age.offset)}, which has no timestamp`
  const by = age.timestampType === 'CreateTime' ? 'by its producer’s clock' : 'by the broker’s clock'
  return `record ${formatGrouped(age.offset)} of ${formatTimestamp(age.timestamp, zone)} ${by}, ${formatDuration(age.ageMs)} ago`
}

/** `3 m → 2 h 14 m`: the age of what is read next, now and then. */
export function agesWords(
  { before, after }: LineMeaning,
  zone: string,
): MeaningWords & { before: string; after: string } {
  const [old, next] = [ageText(before), ageText(after)]
  const title = `Now: ${ageSentence(before, zone)}.\nThen: ${ageSentence(after, zone)}.`
  return { text: `${old} → ${next}`, title, before: old, after: next }
}

/** `29 Nov 14:05`, `any moment`, `for good`: until when the record that would be read next is kept. */
export function keptWords(retention: RetentionOutlook, zone: string, now: bigint): MeaningWords {
  if (retention.kind === 'unknown') return { text: 'not known', title: retention.why, tone: 'faint' }
  const compacts = retention.compacts
    ? ' The topic is compacted: an older record of a key may be removed at any time.'
    : ''
  if (retention.kind === 'never') {
    return retention.compacts
      ? { text: 'compacted', title: `Nothing is deleted by age or size.${compacts}`, tone: 'faint' }
      : { text: 'for good', title: 'Nothing that would be read next is deleted by age or size.', tone: 'faint' }
  }
  const { at, by, limit, segmentMs } = retention
  const rule = by === 'time' ? `retention.ms is ${formatDuration(limit)}` : `retention.bytes is ${formatBytes(limit)} a partition; estimated from the size of the log and how fast it grew since that record` // oxfmt-ignore
  const later = by === 'size' || segmentMs === null ? '' : ` A segment is deleted as a whole, and brokers check for old ones every few minutes, so it may be ${formatDuration(segmentMs)} (segment.ms) and some minutes later.` // oxfmt-ignore
  const when = formatTimestamp(at, zone)
  if (at <= now) {
    return { text: 'any moment', title: `Retention may delete it at any moment: since ${when} it is old enough (${rule}).${later}${compacts}`, tone: 'warn' } // oxfmt-ignore
  }
  const isNear = at - now < 3_600_000n || (by === 'time' && (at - now) * 10n <= limit)
  return {
    text: `${by === 'size' ? '~' : ''}${formatTimestampShort(at, zone).replace(/:\d\d\.\d+$/, '')}`,
    title: `Retention reaches it ${by === 'size' ? 'about' : 'not before'} ${when}, in ${formatDuration(at - now)} (${rule}).${later}${compacts}`,
    ...(isNear ? { tone: 'warn' as const } : {}),
  }
}
