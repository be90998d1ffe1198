import { toErrorValue } from '#shared/errors.ts'
import type { Fetched } from '../../stores/fetched.ts'
import { formatTimestamp, type Zone } from '../../ui/format.ts'
import { count } from './group-words.ts'
import type { History } from './history-store.ts'

/** What is known of the group's commits: how many there are and since when, or why there are none. */
export function commitsTold({ status, value, error }: Fetched<History>, zone: Zone): string {
  if (status === 'failed') {
    const { message, hint } = toErrorValue(error)
    return `Its commits could not be read, so only what this app saw is drawn. ${message}${hint === undefined ? '' : ` ${hint}`}`
  }
  if (value === undefined) return 'Reading its commits from __consumer_offsets…'
  const [first] = value.points
  const notes = value.notes.join(' ')
  if (first === undefined) {
    return `No commit of this time is in __consumer_offsets. ${notes}`.trim()
  }
  const since = formatTimestamp(first.since, zone).slice(0, 19)
  return `${count(value.points.length, 'commit')} since ${since}, from __consumer_offsets; the rest was seen by this app. ${notes}`.trim()
}
