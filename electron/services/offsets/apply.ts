import { runChange, type ChangeContext } from '../../changes/run-change.ts'
import type { Change } from '../../changes/change.ts'
import type { IntendedOf } from '#shared/contract/journal.ts'
import type { ApplyResult, ApplyRow, Plan, PlanRow } from '#shared/contract/offsets.ts'
import { fromErrorValue, toErrorValue } from '#shared/errors.ts'
import { applySentence } from '#shared/offsets/outcome.ts'
import { placeFacts } from '#shared/model/place.ts'
import { positionWords } from '#shared/offsets/position-words.ts'
import { rowPlanner, samePosition, type SeenPartition } from '#shared/offsets/plan-row.ts'
import type { CommitWatch, GroupFacts, GroupPort, Written } from '../groups/group-port.ts'
import { look, valueOrThrow } from './plan.ts'
import { groupRefusal, requireKind } from './refusals.ts'
import { requireWholeTopics } from './share-removals.ts'
import { rowOutcome, racesOf, say } from './row-outcome.ts'
import { readBack, write } from './commit.ts'

/** What the journal says about a plan that was armed. */
export type ArmedFor = Required<IntendedOf<'positions'>>['armed']

/** Moves positions as the plan says, or says why not. */
export async function applyPlan(
  plan: Plan,
  port: GroupPort,
  context: ChangeContext,
  armed?: ArmedFor,
): Promise<ApplyResult> {
  const wanted = plan.rows.filter((row) => row.status === 'change')
  if (wanted.length === 0) {
    return { journalId: null, rows: [], summary: 'Nothing to change.', groupCreated: false, groupDeleted: false }
  }
  return (await runChange(positionsChange(plan, wanted, port, armed), context)).result
}

interface Seen {
  facts: GroupFacts
  rows: SeenPartition[]
  watch: CommitWatch
  /** End of the group's partition of the offsets topic before anything was written. */
  from: bigint | null
}

/** From `act` on a cancel would only hide what happened: writing and reading back run to their own time limits. */
export const unstoppable: AbortSignal = new AbortController().signal

/**
 * Compare, then set. Kafka has no conditional commit, so: group empty? positions, topics and bounds as the plan saw them? → one
 * OffsetCommit → read back. Nothing is written unless every planned row is unchanged: half a move is not what the plan showed.
 */
function positionsChange(
  plan: Plan,
  wanted: readonly PlanRow[],
  port: GroupPort,
  armed: ArmedFor | undefined,
): Change<'positions', Seen, Map<string, Written>> {
  const { group, target } = plan
  const isShare = plan.groupType === 'share'
  const words = positionWords(plan.groupType)
  return {
    kind: 'positions',
    identity: [{ what: 'cluster', planned: plan.clusterId, now: port.clusterId }],

    look: async (signal) => {
      // The mark in the offsets topic is made before reading: a commit in between is then found afterwards.
      const marked = async () => {
        const watch = await port.watchCommits(group, signal)
        return { watch, rows: await look(port, group, target, wanted, signal, { what: 'edges' }) }
      }
      const [about, looked] = await Promise.allSettled([port.facts(group, signal), marked()])
      const facts = valueOrThrow(about)
      const refusal = groupRefusal(group, facts)
      if (refusal !== null) throw fromErrorValue(refusal)
      requireKind(group, isShare, facts)
      const seen = valueOrThrow(looked)
      if (isShare) await requireWholeTopics(port, group, wanted, signal)
      return { facts, ...seen, from: null }
    },

    differs: ({ rows }) => {
      const again = rowPlanner({ target, ifNone: plan.ifNone, words })
      const differing = wanted.map((row, i) => conflictIn(plan, row, rows[i], again))
      return differing.some((sentence) => sentence !== null) ? conflictResult(group, wanted, rows, differing) : null
    },

    intent: ({ facts }) => ({
      kind: 'positions',
      clusterId: plan.clusterId,
      group,
      groupExisted: facts.exists,
      undoOf: plan.undoOf,
      ...(isShare ? { isShare: true as const } : {}),
      ...(armed === undefined ? {} : { armed }),
      rows: wanted.map(entryRow),
    }),

    // The two ends need not be close to the commit, only before and after it: they are read while other answers are awaited.
    meanwhile: async (seen) => {
      seen.from = await seen.watch.end(unstoppable)
    },

    act: () => write(port, group, wanted, isShare),

    readBack: async (written, { facts, watch, from }, journalId) => {
      const answered = ![...written.values()].some((one) => one.status === 'unknown')
      const [found, to, commits] = await Promise.all([
        readBack(port, group, wanted, unstoppable),
        answered ? watch.end(unstoppable) : null,
        watch.since(unstoppable),
      ])
      const raceOf = racesOf(group, commits, { from, to })
      const rows = wanted.map((row) => rowOutcome(row, written, found, raceOf(row), words))
      const groupDeleted = await dropCreatedGroup(plan, port, rows)
      return {
        journalId,
        rows,
        summary: applySentence(group, rows, groupDeleted),
        groupCreated: !facts.exists && rows.some((row) => row.status === 'confirmed' && row.intended !== null),
        groupDeleted,
      }
    },

    failed: (error, _seen, journalId) => unknownResult(group, wanted, error, journalId),
  }
}

/** The parts of a row that the journal keeps. */
export function entryRow({ topic, partition, topicId, before, after }: PlanRow) {
  return { topic, partition, topicId, before, after }
}

/** Writing failed unexpectedly: for no row is the current position known. */
export function unknownResult(
  group: string,
  wanted: readonly PlanRow[],
  error: unknown,
  journalId: string,
): ApplyResult {
  const { message } = toErrorValue(error)
  const rows = wanted.map((row): ApplyRow => {
    const { topic, partition, topicId, before, after } = row
    return { topic, partition, topicId, before, intended: after, status: 'unknown', message }
  })
  return { journalId, rows, summary: applySentence(group, rows), groupCreated: false, groupDeleted: false }
}

/** What differs from the plan, as a sentence; null if nothing does. */
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
    return `The ${positionWords(plan.groupType).one} is ${say(now.before)} now; the plan saw ${say(row.before)}.`
  }
  if (row.after === null) return null
  // A moved end does not matter for an offset that is still in the log; the plan made now must be equal to the earlier one.
  const again = planAgain(now)
  if (!movesByItself(plan, now, again) && !samePosition(again.after, row.after)) {
    return `Planned again now, the new ${positionWords(plan.groupType).one} would be ${say(again.after)}, not ${say(row.after)}.`
  }
  const inLog =
    now.bounds !== null && row.after.offset >= now.bounds.logStart && row.after.offset <= now.bounds.highWatermark
  if (!inLog && plan.target.at !== 'restore') return `Offset ${row.after.offset} is no longer in the log.`
  return null
}

/** Whether the place changes by itself; if a partition lacks it, it goes to an end of the log, which does. */
function movesByItself({ target, group }: Plan, { found }: SeenPartition, again: PlanRow): boolean {
  if (target.at === 'restore' || again.status === 'refused') return false
  return placeFacts[target.at].moves(target, group) || (found !== undefined && 'missing' in found)
}

export function conflictResult(
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

/** An undo that emptied a group which the undone apply had created also deletes the group. */
async function dropCreatedGroup(plan: Plan, port: GroupPort, rows: readonly ApplyRow[]): Promise<boolean> {
  if (plan.target.at !== 'restore' || !plan.target.deleteGroup) return false
  if (rows.some((row) => row.status !== 'confirmed')) return false
  const left = await port.positions(plan.group, 'all', unstoppable).catch(() => null)
  if (left === null || [...left.values()].some((one) => 'error' in one || one.value !== null)) return false
  const removed = await port.removeGroup(plan.group)
  // Older coordinators (Kafka 3) delete an empty group themselves with its last position.
  return removed.status === 'written' || removed.error.code === 'kafka.group-unknown'
}
