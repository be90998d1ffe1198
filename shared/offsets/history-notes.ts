import type { SearchedCommits } from '../model/commit-history.ts'

/** What to know about a history: how far it goes back (unless no more was asked for), what is missing, and why. */
export function historyNotes(searched: SearchedCommits, isAllAskedFor = false): string[] {
  const { from, to, logStart, wholeFrom, undecided, unreadable } = searched
  const notes: string[] = []
  if (from > logStart && !isAllAskedFor) {
    notes.push('Older commits were not looked for yet.')
  }
  if (wholeFrom > from) {
    const all = wholeFrom >= to
    notes.push(
      `${all ? 'Kafka has compacted what was looked at' : 'Kafka has compacted the older part'}: of the commits there each partition’s newest is left at most.`,
    )
  }
  if (from === logStart && logStart > 0n) {
    notes.push('Records from before were deleted from __consumer_offsets.')
  }
  if (undecided > 0) {
    notes.push(
      `${undecided} ${undecided === 1 ? 'commit belongs' : 'commits belong'} to transactions that are not decided yet, and count for nothing until they are.`,
    )
  }
  if (unreadable > 0) {
    notes.push(
      `${unreadable} ${unreadable === 1 ? 'record' : 'records'} could not be read: damaged, or of a newer version of Kafka than this app knows.`,
    )
  }
  return notes
}
