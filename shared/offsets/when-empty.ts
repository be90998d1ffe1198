import type { ArmedOffsets } from '../contract/armed.ts'
import type { ApplyResult, ApplyRow, Direction, Plan, PlanRow, PlanSpec, Target } from '../contract/offsets.ts'
import { placeFacts } from '../model/place.ts'
import { keyOf } from '../model/topic-partition.ts'
import { applySentence } from './outcome.ts'
import { directionOf, samePosition } from './plan-row.ts'

/**
 * What a plan means that waits until its group is empty. Until then the group's consumers go on reading and committing, so its
 * positions will differ from those in the plan, and that alone is no conflict. What the plan has shown is the target offset of
 * each partition, and whether records are skipped or repeated.
 */

/** Whether the user has to say which offsets are meant: those in the plan, or those of its place at that moment. */
export function movesOn({ target, group, ifNone }: Pick<Plan, 'target' | 'group' | 'ifNone'>): boolean {
  if (target.at === 'restore') return false
  // A shift of its own positions moves with its consumers; an end of the log, used where a place is missing, moves with its
  // producers.
  const isShift = target.at === 'group' && target.group === group
  return isShift || ifNone === 'start' || ifNone === 'end' || placeFacts[target.at].moves(target, group)
}

/** The spec to plan again at that moment: only the partitions that were shown as moving or as already there. */
export function specWhenEmpty(plan: Plan, offsets: ArmedOffsets): PlanSpec {
  const { group, ifNone, only } = plan
  const rows = plan.rows.filter(isInQuestion)
  const scope = [...Map.groupBy(rows, (row) => row.topic)].map(([topic, own]) => ({
    topic,
    partitions: own.map((row) => row.partition),
  }))
  return {
    group,
    scope,
    target: targetWhenEmpty(plan, rows, offsets),
    ...(ifNone === undefined ? {} : { ifNone }),
    ...(only === undefined ? {} : { only }),
  }
}

function targetWhenEmpty(plan: Plan, rows: readonly PlanRow[], offsets: ArmedOffsets): Target {
  const { target } = plan
  if (target.at === 'restore') {
    const asked = new Set(rows.map((row) => keyOf(row)))
    return { ...target, positions: target.positions.filter((at) => asked.has(keyOf(at))) }
  }
  if (offsets === 'then' || !movesOn(plan)) return target
  return {
    at: 'offsets',
    offsets: rows.flatMap(({ topic, topicId, partition, after }) =>
      after === null ? [] : [{ topic, topicId, partition, offset: after.offset }],
    ),
  }
}

const isInQuestion = ({ status }: PlanRow): boolean => status === 'change' || status === 'same'

/** The plan to apply at that moment, for the same partitions; or the outcome if it would do something that was not shown. */
export function planWhenEmpty(
  armed: Plan,
  offsets: ArmedOffsets,
  now: Plan,
): { plan: Plan } | { conflict: ApplyResult } {
  const found = new Map(now.rows.map((row) => [keyOf(row), row]))
  const rules: Rules = {
    offsets,
    ways: new Set(armed.rows.map(directionOf).filter((way) => way !== null)),
    mayTakeBack: armed.undoOf === null || takesBackLater(armed),
  }
  const asked = armed.rows.filter(isInQuestion)
  const judged = asked.map((row) => ({ row, ...judge(row, found.get(keyOf(row)), rules) }))
  if (judged.every(({ why }) => why === undefined)) {
    return { plan: { ...now, undoOf: armed.undoOf, rows: judged.flatMap(({ change }) => change ?? []) } }
  }
  const rows = judged
    .filter(({ why, change }) => why !== undefined || change !== undefined)
    .map(({ row, why }): ApplyRow => {
      const { topic, partition, topicId, after } = row
      const message = why ?? 'As planned, but not written because another partition differs.'
      const before = found.get(keyOf(row))?.before ?? null
      return { topic, partition, topicId, status: why === undefined ? 'same' : 'conflict', before, intended: after, message } // oxfmt-ignore
    })
  const summary = applySentence(armed.group, rows)
  return { conflict: { journalId: null, rows, summary, groupCreated: false, groupDeleted: false } }
}

interface Rules {
  offsets: ArmedOffsets
  /** The directions in which the plan showed partitions moving. */
  ways: ReadonlySet<Direction>
  /** For an undo: the user was told that later commits are taken back as well. */
  mayTakeBack: boolean
}

/** An undo whose plan takes back what was committed after the change. */
function takesBackLater({ committedLater = 0, rows }: Plan): boolean {
  return committedLater > 0 && rows.every(({ note }) => note !== COMMITTED_LATER)
}

/** The note of a row that an undo refuses unless it may take back later commits. */
export const COMMITTED_LATER = 'It was committed after that change, and undoing would take this back.'

type Judged = { change?: PlanRow; why?: string }

function judge(row: PlanRow, now: PlanRow | undefined, rules: Rules): Judged {
  if (now === undefined) return { why: 'The partition could not be read again.' }
  if (now.topicId !== row.topicId) return { why: `${row.topic} was deleted and created again since this was armed.` }
  return row.status === 'change' ? judgeChange(row, now, rules) : judgeSame(row, now, rules)
}

function judgeChange(row: PlanRow, now: PlanRow, { offsets, mayTakeBack }: Rules): Judged {
  if (now.status === 'refused') return { why: now.note ?? 'It cannot be moved any more.' }
  // Already there, or now in the direction that the plan leaves out.
  if (now.status !== 'change') return {}
  if (offsets === 'shown' && !isSameAim(row, now)) {
    return { why: `It would go to ${say(now)} now, not to ${say(row)} as it was shown.` }
  }
  if (!mayTakeBack && !samePosition(row.before, now.before)) return { why: 'It was committed since this was armed, and undoing would take that back.' } // oxfmt-ignore
  if (row.before === null && now.before !== null) return { why: `It had no position when this was armed, and stands at ${now.before.offset} now.` } // oxfmt-ignore
  if (row.before !== null && now.before === null) return { why: 'It has no position any more.' }
  const [meant, way] = [directionOf(row), directionOf(now)]
  if (meant === null || way === null || meant === way) return { change: now }
  const stands = `The group stands at ${now.before?.offset} by now`
  return meant === 'forward'
    ? { why: `${stands}, past ${say(now)}: going there would read records again, which was not shown.` }
    : { why: `${stands}, before ${say(now)}: going there would skip records, which was not shown.` }
}

/**
 * It was already at its target. If its consumers have moved it since, it goes back there, but only in a direction that the plan
 * showed.
 */
function judgeSame(row: PlanRow, now: PlanRow, { offsets, ways, mayTakeBack }: Rules): Judged {
  if (now.status !== 'change' || !mayTakeBack || (offsets === 'shown' && !isSameAim(row, now))) return {}
  const way = directionOf(now)
  return way !== null && ways.has(way) ? { change: now } : {}
}

const isSameAim = (a: PlanRow, b: PlanRow): boolean => a.after?.offset === b.after?.offset

const say = ({ after }: PlanRow): string => (after === null ? 'no position' : String(after.offset))
