import { coverageOf, noTally, tallyOf, type Covered, type LedgerPart } from '#shared/model/ledger.ts'
import { formatBytes, formatCount, formatDuration, formatGrouped, formatRate } from '../../ui/format.ts'
import { listedOf, notJudgedWords } from './not-judged.ts'
import { partsOf, type SearchState } from './search-state.ts'

const coveredWords: Readonly<Record<Exclude<Covered['why'], 'read'>, string>> = {
  gone: 'deleted before they could be read',
  time: 'of another time, not opened',
  mixed: 'partly of another time or deleted',
}

/** "37 matches": all that were found in what was read, whatever the page has loaded of them. */
export function matchesWords({ ledgers, shown }: Pick<SearchState, 'ledgers' | 'shown'>): string {
  const whole = partsOf(ledgers)
  const found = whole === undefined ? undefined : tallyOf(whole)
  if (shown !== undefined && shown.list !== 'matches') {
    const { list } = shown
    return `${formatGrouped(listedOf(list, found ?? noTally()))} ${list === 'not-judged' ? 'not judged' : notJudgedWords[list]}`
  }
  const matched = found?.matched ?? 0n
  return `${formatGrouped(matched)} ${matched === 1n ? 'match' : 'matches'}`
}

/** "5.2 M of 8.4 M offsets read". */
export function readWords(whole: { parts: LedgerPart[] }): string {
  const { covered, left } = coverageOf(whole)
  const all = covered + left
  return left === 0n
    ? `all of ${formatGrouped(all)} ${all === 1n ? 'offset' : 'offsets'} read`
    : `${formatCount(covered)} of ${formatCount(all)} offsets read`
}

/** What was skipped, and why: it never counts as read. */
export function skippedWords({ parts }: { parts: readonly LedgerPart[] }): string[] {
  const sums = new Map<Exclude<Covered['why'], 'read'>, bigint>()
  for (const part of parts)
    for (const { from, to, why } of part.covered) if (why !== 'read') sums.set(why, (sums.get(why) ?? 0n) + to - from)
  return [...sums].map(([why, offsets]) => `${formatCount(offsets)} ${coveredWords[why]}`)
}

/** "2.9 M records/s · 310 MB · 1 s left", as far as it is known. */
export function paceWords(state: SearchState): string[] {
  const { status, counts, ratePerSecond, bytesPerSecond, secondsLeft } = state
  const isRunning = status === 'running'
  return [
    ...(isRunning && ratePerSecond > 0 ? [formatRate(ratePerSecond)] : []),
    ...(counts === undefined || counts.bytes === 0n ? [] : [formatBytes(counts.bytes)]),
    ...(isRunning && bytesPerSecond > 0 ? [formatRate(bytesPerSecond, 'bytes')] : []),
    ...(isRunning && secondsLeft !== null ? [leftWords(secondsLeft)] : []),
  ]
}

export function leftWords(seconds: number): string {
  return `${formatDuration(Math.round(seconds * 1000))} left`
}

/** Offsets without a record to search, as they were met. */
export function holesWords({ counts }: Pick<SearchState, 'counts'>): string[] {
  if (counts === undefined) return []
  const { aborted, markers, missing } = counts
  return [
    ...(aborted > 0n ? [`${formatCount(aborted)} aborted`] : []),
    ...(markers > 0n ? [`${formatCount(markers)} ${markers === 1n ? 'marker' : 'markers'}`] : []),
    ...(missing > 0n ? [`${formatCount(missing)} compacted away`] : []),
  ]
}

/** The state of a search, in a few words. */
export function statusOf({ status, ledgers, error }: SearchState): string {
  if (status === 'running') return ledgers.length === 0 ? 'Reading where the logs end' : 'Searching'
  if (error !== undefined) return 'Stopped by an error'
  return status === 'ended' ? 'Searched' : status === 'stopped' ? 'Stopped' : ''
}
