import { applySentence } from '#shared/offsets/outcome.ts'
import type { ApplyResult, ApplyRow, Plan, PlanRow, PositionsEntry } from '#shared/contract/offsets.ts'
import { SeeklineError, fromErrorValue, toErrorValue } from '#shared/errors.ts'
import { placeFacts } from '#shared/model/place.ts'
import { keyOf, type Position } from '#shared/model/positions.ts'
import { rowPlanner, samePosition, type SeenPartition } from '#shared/offsets/plan-row.ts'
import type { CommitRecord } from '../../kafka/offsets-topic.ts'
import { backOff, sleep } from '../../kafka/waiting.ts'
import type { GroupPort, PerPartition, Written } from '../groups/group-port.ts'
import { look, refusalOf, valueOrThrow } from './plan.ts'
import { judgeRace, type OwnWindow, type RaceFacts } from './race.ts'
import { recorded } from '../recorded.ts'

/** The write-ahead side of an apply: `intent` is on disk before the first byte goes to the broker. */
export interface ApplyJournal {
  intent(entry: Omit<PositionsEntry, 'id' | 'at' | 'result'>): Promise<string>
  result(id: string, result: ApplyResult): Promise<void>
}

export interface ApplyContext {
  port: GroupPort
  journal: ApplyJournal
  profile: { id: string; name: string }
  signal: AbortSignal
}

/**
 * Compare, then set. Kafka has no conditional commit, so: group empty? positions, topics and bounds as the plan saw
 * them? → intent to the journal → one OffsetCommit → read back. Nothing is written unless every planned row still
 * holds: half a move is what the plan did not show.
 */
export async function applyPlan(plan: Plan, context: ApplyContext): Promise<ApplyResult> {
  const { port, journal, signal } = context
  if (plan.clusterId !== port.clusterId) {
    throw new SeeklineError('plan.stale', 'The plan was made on another cluster than the one that answers now.', {
      hint: 'Make the plan again.',
    })
  }
  const wanted = plan.rows.filter((row) => row.status === 'change')
  if (wanted.length === 0) {
    return { journalId: null, rows: [], summary: 'Nothing to change.', groupCreated: false, groupDeleted: false }
  }
  // The mark in the topic of positions comes before the look: a commit between the two is then found afterwards.
  const marked = async () => {
    const watch = await port.watchCommits(plan.group, signal)
    return { watch, seen: await look(port, plan.group, plan.target, wanted, signal) }
  }
  const [about, looked] = await Promise.allSettled([port.facts(plan.group, signal), marked()])
  const facts = valueOrThrow(about)
  const refusal = refusalOf(plan.group, facts)
  if (refusal !== null) throw fromErrorValue(refusal)
  const { watch, seen } = valueOrThrow(looked)
  const again = rowPlanner({ target: plan.target, ifNone: plan.ifNone })
  const differing = wanted.map((row, i) => conflictIn(plan, row, seen[i], again))
  if (differing.some((sentence) => sentence !== null)) return conflictResult(plan.group, wanted, seen, differing)

  // From here on cancelling would only hide what happened: the write and its reading back run to their own time limits.
  const unstoppable = new AbortController().signal
  const intent = intended(journal, {
    profileId: context.profile.id,
    profileName: context.profile.name,
    clusterId: plan.clusterId,
    group: plan.group,
    groupExisted: facts.exists,
    undoOf: plan.undoOf,
    rows: wanted.map(({ topic, partition, topicId, before, after }) => ({ topic, partition, topicId, before, after })),
  })
  // The two ends need not lie close around the commit, only on either side of it: they are asked for beside other waiting.
  const [journalId, from] = await Promise.all([intent, watch.end(unstoppable)])
  const written = await write(port, plan.group, wanted)
  const answered = ![...written.values()].some((one) => one.status === 'unknown')
  const [found, to, commits] = await Promise.all([
    readBack(port, plan.group, wanted, unstoppable),
    answered ? watch.end(unstoppable) : null,
    watch.since(unstoppable),
  ])
  const raceOf = racesOf(plan.group, commits, { from, to })
  const rows = wanted.map((row) => outcome(row, written, found, raceOf(row)))
  const groupDeleted = await dropCreatedGroup(plan, port, rows, unstoppable)
  const result: ApplyResult = {
    journalId,
    rows,
    summary: applySentence(plan.group, rows, groupDeleted),
    groupCreated: !facts.exists && rows.some((row) => row.status === 'confirmed' && row.intended !== null),
    groupDeleted,
  }
  return recorded(result, () => journal.result(journalId, result))
}

async function intended(journal: ApplyJournal, entry: Parameters<ApplyJournal['intent']>[0]): Promise<string> {
  try {
    return await journal.intent(entry)
  } catch (error) {
    const { code, message, hint, retryable } = toErrorValue(error)
    const options = { retryable, cause: error, ...(hint === undefined ? {} : { hint }) }
    throw new SeeklineError(code, `${message}. Nothing was changed: without its journal no change is made.`, options)
  }
}

/** What differs from the plan, as a sentence; null when all is as it was. */
function conflictIn(
  plan: Plan,
  row: PlanRow,
  now: SeenPartition | undefined,
  planAgain: (seen: SeenPartition) => PlanRow,
): string | null {
  if (now === undefined) return 'The partition could not be read again.'
  if (now.problem !== undefined) return now.problem
  if (now.topicId !== row.topicId) return `${row.topic} was deleted and created again since the plan was made.`
  if (!samePosition(now.before, row.before)) {
    return `The position is ${say(now.before)} now; the plan saw ${say(row.before)}.`
  }
  if (row.after === null) return null
  // A moved end does not hurt an offset that is still in the log; what the plan would say today must be what it said.
  const again = planAgain(now)
  if (!movesByItself(plan, now, again) && !samePosition(again.after, row.after)) {
    return `The plan would come out as ${say(again.after)} today, not ${say(row.after)}.`
  }
  const inLog =
    now.bounds !== null && row.after.offset >= now.bounds.logStart && row.after.offset <= now.bounds.highWatermark
  if (!inLog && plan.target.at !== 'restore') return `Offset ${row.after.offset} is no longer in the log.`
  return null
}

/** Whether the place is another one each time it is asked; a partition without it goes to an edge of the log, which is. */
function movesByItself({ target, group }: Plan, { found }: SeenPartition, again: PlanRow): boolean {
  if (target.at === 'restore' || again.status === 'refused') return false
  return placeFacts[target.at].moves(target, group) || (found !== undefined && 'missing' in found)
}

function conflictResult(
  group: string,
  wanted: readonly PlanRow[],
  seen: readonly SeenPartition[],
  differing: (string | null)[],
): ApplyResult {
  const rows = wanted.map<ApplyRow>((row, i) => ({
    topic: row.topic,
    partition: row.partition,
    topicId: row.topicId,
    status: differing[i] === null ? 'same' : 'conflict',
    before: seen[i]?.before ?? null,
    intended: row.after,
    message: differing[i] ?? 'As planned, but not written because another partition differs.',
  }))
  return {
    journalId: null,
    rows,
    summary: applySentence(group, rows),
    groupCreated: false,
    groupDeleted: false,
  }
}

/**
 * One commit. Where its answer leaves open whether it was carried out, it is sent again only to partitions that still stand
 * as the plan saw them: that compares and sets as the first one did.
 */
async function write(port: GroupPort, group: string, rows: readonly PlanRow[]): Promise<Map<string, Written>> {
  const out = await send(port, group, rows)
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    const open = rows.filter((row) => mayTryAgain(out.get(keyOf(row))))
    if (open.length === 0) break
    await sleep(backOff(attempt, 100))
    const now = await readBack(port, group, open, new AbortController().signal)
    const left = open.filter((row) => {
      const back = now?.get(keyOf(row))
      return back !== undefined && 'value' in back && samePosition(back.value, row.before)
    })
    if (left.length === 0) break
    for (const [key, value] of await send(port, group, left)) out.set(key, value)
  }
  return out
}

const ATTEMPTS = 5

function mayTryAgain(answer: Written | undefined): boolean {
  return answer?.status === 'unknown' && answer.error.retryable
}

async function send(port: GroupPort, group: string, rows: readonly PlanRow[]): Promise<Map<string, Written>> {
  const commits = rows.flatMap(({ topic, partition, after }) =>
    after === null ? [] : [{ topic, partition, ...after }],
  )
  const removals = rows.filter((row) => row.after === null)
  const out = new Map<string, Written>()
  if (commits.length > 0) for (const [key, value] of await port.commit(group, commits)) out.set(key, value)
  if (removals.length > 0) for (const [key, value] of await port.remove(group, removals)) out.set(key, value)
  return out
}

async function readBack(
  port: GroupPort,
  group: string,
  rows: readonly PlanRow[],
  signal: AbortSignal,
): Promise<PerPartition<Position | null> | null> {
  try {
    return await port.positions(group, rows, signal)
  } catch {
    return null
  }
}

type Race = RaceFacts | { unchecked: string }

/** What the order of commits says of each row, or why it does not. */
function racesOf(group: string, commits: readonly CommitRecord[] | string, window: OwnWindow): (row: PlanRow) => Race {
  if (typeof commits === 'string') return () => ({ unchecked: commits })
  const mine = Map.groupBy(
    commits.filter((one) => one.group === group),
    keyOf,
  )
  const unclear = 'which of the commits there is ours cannot be told'
  return (row) => judgeRace(mine.get(keyOf(row)) ?? [], row.before, row.after, window) ?? { unchecked: unclear }
}

function outcome(
  row: PlanRow,
  written: Map<string, Written>,
  found: PerPartition<Position | null> | null,
  race: Race,
): ApplyRow {
  const key = keyOf(row)
  const { topic, partition, topicId, before, after } = row
  const answer = written.get(key)
  const back = found?.get(key)
  const base = { topic, partition, topicId, before, intended: after }
  if (answer?.status === 'refused') {
    const { message, hint } = answer.error
    return { ...base, status: 'refused', message: hint === undefined ? message : `${message} ${hint}` }
  }
  if (back === undefined || 'error' in back) {
    const why = back === undefined ? 'the position could not be read back' : back.error.message
    return { ...base, status: 'unknown', message: `It may have been written; ${why}.` }
  }
  const isChecked = !('unchecked' in race)
  const unchecked = isChecked ? {} : ({ unchecked: true } as const)
  const lost = isChecked ? race.overwrote : undefined
  const later = isChecked ? race.last : undefined
  // A commit behind ours in the topic may have come after the position was read back.
  const now = later !== undefined && samePosition(back.value, after) ? later : back.value
  const gap =
    lost === undefined
      ? ''
      : `Someone committed ${say(lost)} between our last look and our commit, and it was written over.`
  const notChecked = isChecked
    ? ''
    : `Whether somebody committed between our last look and our commit was not checked: ${race.unchecked}.`
  const also = [gap, notChecked].filter((part) => part !== '')
  if (!samePosition(now, after)) {
    const isWritten = answer?.status === 'written'
    const what = isWritten
      ? `Written, then someone else committed ${say(now)}.`
      : `The answer was lost; the position is ${say(now)} now.`
    const status = isWritten ? 'superseded' : 'unknown'
    return { ...base, ...unchecked, found: now, status, message: [what, ...also].join(' ') }
  }
  const again = later === undefined ? [] : ['Someone committed after us; the position is what was asked for.']
  if (lost !== undefined) {
    const undo = 'Undo restores what the plan saw.'
    return { ...base, found: now, status: 'overwrote', message: [gap, ...again, undo].join(' ') }
  }
  const message = [...again, ...also].join(' ')
  return { ...base, ...unchecked, found: now, status: 'confirmed', message: message === '' ? null : message }
}

/** An undo that emptied a group which the undone apply had created takes the group away, too. */
async function dropCreatedGroup(
  plan: Plan,
  port: GroupPort,
  rows: readonly ApplyRow[],
  signal: AbortSignal,
): Promise<boolean> {
  if (plan.target.at !== 'restore' || !plan.target.deleteGroup) return false
  if (rows.some((row) => row.status !== 'confirmed')) return false
  const left = await port.positions(plan.group, 'all', signal).catch(() => null)
  if (left === null || [...left.values()].some((one) => 'error' in one || one.value !== null)) return false
  const removed = await port.removeGroup(plan.group)
  // Older coordinators (Kafka 3) drop an empty group themselves together with its last position.
  return removed.status === 'written' || removed.error.code === 'kafka.group-unknown'
}

function say(position: Position | null): string {
  if (position === null) return 'none'
  const extra = position.metadata === '' ? '' : ` with metadata “${position.metadata.slice(0, 80)}”`
  return `${position.offset}${extra}`
}
