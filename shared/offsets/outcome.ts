import type { ApplyResult, ApplyRow } from '../contract/offsets.ts'

/** Something was, or may have been, written: there is something to undo. */
const written: ReadonlySet<ApplyRow['status']> = new Set(['confirmed', 'superseded', 'overwrote', 'unknown'])

export function canUndo(result: Pick<ApplyResult, 'journalId' | 'rows'>): boolean {
  return result.journalId !== null && result.rows.some((row) => written.has(row.status))
}

/** What was done, and to what: `billing was moved`, `The positions of billing were deleted`. */
interface Words {
  subject: string
  was: string
  done: string
}

/** The outcome of an apply as one sentence, shown above everything else: first what happened, then why. */
export function applySentence(
  group: string,
  rows: readonly ApplyRow[],
  groupDeleted = false,
  { subject, was, done }: Words = { subject: group, was: 'was', done: 'moved' },
): string {
  const count = (...statuses: ApplyRow['status'][]) => rows.filter((row) => statuses.includes(row.status)).length
  const gone = groupDeleted ? ' The group, which the undone change had created, is removed.' : ''
  const moved = count('confirmed', 'superseded', 'overwrote')
  const unknown = count('unknown')
  const [reason, ...others] = reasonsOf(rows)
  const why = reason === undefined ? '' : `: ${reason.text}${others.length === 0 ? '' : ` (and ${others.length} more ${others.length === 1 ? 'reason' : 'reasons'})`}` // oxfmt-ignore
  const conflicts = count('conflict')
  if (conflicts > 0) {
    return `${subject} ${was} not ${done}. Nothing was written: ${conflicts} of ${partitions(rows.length)} ${conflicts === 1 ? 'differs' : 'differ'} from what the plan saw${why}`
  }
  if (moved === 0 && unknown === 0) return `${subject} ${was} not ${done}${why === '' ? '.' : why}`
  if (moved === 0) {
    const refused =
      unknown === rows.length ? '' : ` on ${unknown} of ${partitions(rows.length)}, and it was refused on the others`
    return `Whether ${lowered(subject)} ${was} ${done} is not known${refused}${why === '' ? '.' : why}`
  }
  const confirmed = count('confirmed')
  const unchecked = rows.filter((row) => row.unchecked === true).length
  const some = unchecked === rows.length ? '' : ` on ${unchecked} of them`
  const race =
    unchecked === 0 ? '' : ` Not checked${some}: whether somebody else committed in between; each row says why.`
  if (confirmed === rows.length)
    return `${subject} ${was} ${done} on ${partitions(confirmed)}, read back and confirmed.${race}${gone}`
  const rest = (['superseded', 'overwrote', 'refused', 'unknown'] as const)
    .filter((status) => count(status) > 0)
    .map((status) => `${count(status)} ${status}`)
  return `${subject} ${was} ${done} on ${moved} of ${partitions(rows.length)}; ${[`${confirmed} confirmed`, ...rest].join(', ')}.${race}${gone}`
}

/** What the status bar says after a plan was applied. */
export function applyStatus(result: ApplyResult): string {
  const has = (...statuses: ApplyRow['status'][]) => result.rows.some((row) => statuses.includes(row.status))
  if (!canUndo(result)) return 'Nothing was written'
  if (!has('confirmed', 'superseded', 'overwrote')) return 'Whether it was written is not known'
  return has('refused', 'unknown', 'superseded', 'overwrote')
    ? 'Applied in part: see each partition'
    : 'Applied and read back'
}

export interface Reason<Status extends string> {
  text: string
  status: Status
  /** `orders[0]`, in the order of the rows. */
  partitions: string[]
}

/** Why partitions did not end as planned, each reason once, the most frequent first. */
export function reasonsOf(rows: readonly ApplyRow[]): Reason<ApplyRow['status']>[] {
  return groupReasons(rows.filter(({ status }) => status !== 'same'))
}

/** As {@link reasonsOf}, for rows of any table; rows without a message are left out. */
export function groupReasons<Status extends string>(
  rows: readonly { topic: string; partition: number; status: Status; message: string | null }[],
): Reason<Status>[] {
  const reasons = new Map<string, Reason<Status>>()
  for (const { topic, partition, status, message } of rows) {
    if (message === null) continue
    const name = `${topic}[${partition}]`
    // The partition is listed with the reason; if the message named it too, no two messages would be equal.
    const text = message.startsWith(name) ? message.slice(message.indexOf(': ', name.length) + 2) : message
    const key = `${status}/${text}`
    const reason = reasons.get(key) ?? { text, status, partitions: [] }
    reason.partitions.push(name)
    reasons.set(key, reason)
  }
  return [...reasons.values()].sort((a, b) => b.partitions.length - a.partitions.length)
}

const lowered = (subject: string): string => subject.replace(/^The /, 'the ')

function partitions(n: number): string {
  return `${n} ${n === 1 ? 'partition' : 'partitions'}`
}
