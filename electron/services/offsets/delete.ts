import type { DeleteSpec } from '#shared/contract/deletions.ts'
import type { ApplyResult, ApplyRow, DeletePlan, PlanRow, Scope } from '#shared/contract/offsets.ts'
import type { Failure } from '#shared/contract/common.ts'
import { fromErrorValue, SeeklineError, toErrorValue, type ErrorValue } from '#shared/errors.ts'
import type { ConnectionId } from '#shared/model/ids.ts'
import { type Position } from '#shared/model/positions.ts'
import { byTopicPartition, keyOf, splitKey, type TopicPartition } from '#shared/model/topic-partition.ts'
import { type LogBounds } from '#shared/model/log-bounds.ts'
import { deleteSentence, deletionSentence } from '#shared/offsets/delete-sentence.ts'
import { positionWords, type PositionWords } from '#shared/offsets/position-words.ts'
import { samePosition } from '#shared/offsets/plan-row.ts'
import type { Change } from '../../changes/change.ts'
import { runChange, type ChangeContext } from '../../changes/run-change.ts'
import { lacked } from '../../kafka/rights.ts'
import { sleep } from '../../kafka/cancellation.ts'
import { backOff } from '../../kafka/back-off.ts'
import type { CommitWatch, GroupFacts, GroupPort, PerPartition, Written } from '../groups/group-port.ts'
import { conflictResult, entryRow, unknownResult, unstoppable } from './apply.ts'
import { planHead, valueOrThrow } from './plan.ts'
import { groupRefusal, requireKind } from './refusals.ts'
import { lackingRight, withinRights } from './rights.ts'
import { rowOutcome, racesOf, say } from './row-outcome.ts'
import { requireWholeTopics, wholeTopics } from './share-removals.ts'
import { streamsWarnings } from './streams-warnings.ts'
import { mayTryAgain, readBack, write, WRITE_ATTEMPTS } from './commit.ts'

export interface DeleteRequest extends DeleteSpec {
  connectionId: ConnectionId
}

/** Which positions would be deleted, and whether they could be restored. Writes nothing. */
export async function planDelete(port: GroupPort, request: DeleteRequest, signal: AbortSignal): Promise<DeletePlan> {
  const { group, what, scope } = request
  const failures: Failure[] = []
  const facts = await port.facts(group, signal)
  const words = positionWords(facts.type)
  const all = await port.positions(group, 'all', signal)
  const rows: PlanRow[] = []
  for (const [key, found] of all) {
    const at = splitKey(key)
    if (what === 'positions' && !covers(scope, at)) continue
    if ('error' in found) failures.push({ what: `${at.topic}, partition ${at.partition}`, error: found.error })
    else if (found.value !== null) rows.push({ ...removed, ...at, before: found.value })
  }
  for (const at of namedIn(what === 'group' ? [] : scope)) {
    if (!all.has(keyOf(at))) rows.push({ ...removed, ...at, status: 'same', note: `It has no ${words.one} here.` })
  }
  rows.sort(byTopicPartition)
  const topics = [...new Set(rows.map((row) => row.topic))]
  const { ids, rights } = await port.topics(topics, signal)
  const there = rows.filter((row) => ids.has(row.topic))
  const bounds: PerPartition<LogBounds> = there.length === 0 ? new Map() : await port.bounds(there, signal)
  const seen = rows
    .map((row) => ({ ...row, topicId: ids.get(row.topic) ?? null, ...edgesOf(bounds.get(keyOf(row))) }))
    .map(request.ifStill === undefined ? asItIs : unlessCommittedSince(request.ifStill))
    .map((row) => (ids.has(row.topic) ? row : withoutTopic(what, row)))
  const refusal =
    groupRefusal(group, facts) ??
    missing(group, facts) ??
    unreadable(what, failures) ??
    (what === 'group' ? committedSince(group, seen) : null)
  const whole = facts.type === 'share' && what === 'positions' ? await wholeTopics(port, group, seen, signal) : seen
  const judged =
    what === 'group'
      ? { rows: seen, refusal: mayDeleteGroup(group, facts) }
      : withinRights(group, whole, { group: facts.rights, topics: rights })
  const plan: DeletePlan = {
    ...planHead(port, request, facts),
    what,
    rows: judged.rows,
    refusal: refusal ?? judged.refusal,
    warnings: [...lossOf(judged.rows, ids), ...warningsFor(group, what, facts)],
    failures,
    summary: '',
  }
  return { ...plan, summary: deletionSentence(plan) }
}

/** Deletes what the plan says, or says why not. */
export async function applyDelete(plan: DeletePlan, port: GroupPort, context: ChangeContext): Promise<ApplyResult> {
  if (plan.refusal !== null) throw fromErrorValue(plan.refusal)
  const wanted = plan.rows.filter((row) => row.status === 'change' && row.after === null)
  if (wanted.length === 0 && plan.what === 'positions') {
    return { journalId: null, rows: [], summary: 'Nothing to delete.', groupCreated: false, groupDeleted: false }
  }
  return (await runChange(deletion(plan, wanted, port), context)).result
}

interface Seen {
  watch: CommitWatch
  /** For the whole group, or only the positions to delete. */
  positions: PerPartition<Position | null>
  ids: Map<string, string | null>
  from: bigint | null
}

interface Acted {
  written: Map<string, Written>
  /** For the group itself. */
  group: Written | undefined
}

/** Deletes positions like any move: compared, journalled with what was there, written once, and read back. */
// oxlint-disable-next-line max-lines-per-function -- the steps of one change, in the order in which they are taken
function deletion(plan: DeletePlan, wanted: readonly PlanRow[], port: GroupPort): Change<'positions', Seen, Acted> {
  const { group, what } = plan
  const isWhole = what === 'group'
  const isShare = plan.groupType === 'share'
  const words = positionWords(plan.groupType)
  return {
    kind: 'positions',
    identity: [{ what: 'cluster', planned: plan.clusterId, now: port.clusterId }],

    look: async (signal) => {
      const topics = [...new Set(wanted.map((row) => row.topic))]
      const marked = async () => {
        const watch = await port.watchCommits(group, signal)
        return { watch, positions: await port.positions(group, isWhole ? 'all' : wanted, signal) }
      }
      const asked = [port.facts(group, signal), marked(), port.topicIds(topics, signal)] as const
      const [about, looked, ids] = await Promise.allSettled(asked)
      const facts = valueOrThrow(about)
      const refusal = groupRefusal(group, facts) ?? missing(group, facts)
      if (refusal !== null) throw fromErrorValue(refusal)
      requireKind(group, isShare, facts)
      if (isShare && !isWhole) await requireWholeTopics(port, group, wanted, signal)
      return { ...valueOrThrow(looked), ids: valueOrThrow(ids), from: null }
    },

    differs: ({ positions, ids }) => {
      const seen = wanted.map((row) => ({ ...row, before: valueIn(positions.get(keyOf(row))) ?? null }))
      const differing = wanted.map((row) =>
        conflictIn(row, positions.get(keyOf(row)), ids.get(row.topic) ?? null, words),
      )
      // The group is deleted with all its positions: one that the plan did not show would be lost, and could not be restored.
      const known = new Set(wanted.map(keyOf))
      const more = [...positions]
        .filter(([key, found]) => !known.has(key) && valueIn(found) !== null)
        .map(([key]) => key)
      if (more.length > 0) {
        throw new SeeklineError(
          'plan.stale',
          `${group} has ${isShare ? 'other start offsets than when' : 'committed positions since'} the plan was made.`,
          {
            hint: 'Make the plan again.',
          },
        )
      }
      if (differing.every((sentence) => sentence === null)) return null
      const rows = conflictResult(group, wanted, seen, differing).rows
      return result(null, rows, false)
    },

    intent: () => ({
      kind: 'positions',
      clusterId: plan.clusterId,
      group,
      groupExisted: true,
      undoOf: null,
      ...(isShare ? { isShare: true as const } : {}),
      deletes: what,
      rows: wanted.map(entryRow),
    }),

    meanwhile: async (seen) => {
      seen.from = await seen.watch.end(unstoppable)
    },

    act: async () => {
      if (!isWhole) return { written: await write(port, group, wanted, isShare), group: undefined }
      const answer = await removeGroup(port, group, wanted)
      return { written: new Map(wanted.map((row) => [keyOf(row), answer])), group: answer }
    },

    readBack: async ({ written, group: answer }, { watch, from }, journalId) => {
      const answered = ![...written.values()].some((one) => one.status === 'unknown')
      const [found, to, commits, facts] = await Promise.all([
        wanted.length === 0 ? null : readBack(port, group, wanted, unstoppable),
        answered ? watch.end(unstoppable) : null,
        watch.since(unstoppable),
        port.facts(group, unstoppable).catch(() => null),
      ])
      const raceOf = racesOf(group, commits, { from, to })
      const rows = wanted.map((row) => rowOutcome(row, written, found, raceOf(row), words))
      return result(journalId, rows, isWhole && facts?.exists === false, answer)
    },

    failed: (error, _seen, journalId) => unknownResult(group, wanted, error, journalId),
  }

  function result(journalId: string | null, rows: ApplyRow[], groupDeleted: boolean, answer?: Written): ApplyResult {
    const summary = deleteSentence(plan, rows, groupDeleted, answer?.status === 'written' ? undefined : answer?.error)
    return { journalId, rows, summary, groupCreated: false, groupDeleted }
  }
}

/**
 * One DeleteGroups. If its answer leaves open whether it was carried out, it is sent again only while all positions are still
 * what the plan saw: sent blindly it could delete a group that was created again in the meantime.
 */
async function removeGroup(port: GroupPort, group: string, wanted: readonly PlanRow[]): Promise<Written> {
  let answer = await port.removeGroup(group)
  for (let attempt = 1; attempt < WRITE_ATTEMPTS && mayTryAgain(answer); attempt++) {
    await sleep(backOff(attempt, 100))
    // Without positions a group cannot be told from one of the same name that was created since.
    const now = wanted.length === 0 ? null : await readBack(port, group, wanted, unstoppable)
    const stands = (row: PlanRow) => samePosition(valueIn(now?.get(keyOf(row))) ?? null, row.before)
    if (now === null || !wanted.every(stands)) break
    answer = await port.removeGroup(group)
  }
  return answer
}

const removed = {
  topicId: null,
  before: null,
  after: null,
  bounds: null,
  status: 'change' as const,
  clampedFrom: null,
  skips: 0n,
  repeats: 0n,
  note: null,
}

function covers(scope: Scope, { topic, partition }: TopicPartition): boolean {
  if (scope.length === 0) return true
  return scope.some((one) => one.topic === topic && (one.partitions?.includes(partition) ?? true))
}

const namedIn = (scope: Scope): TopicPartition[] =>
  scope.flatMap(({ topic, partitions = [] }) => partitions.map((partition) => ({ topic, partition })))

function edgesOf(found: { value: LogBounds } | { error: ErrorValue } | undefined): { bounds: LogBounds | null } {
  return { bounds: found !== undefined && 'value' in found ? found.value : null }
}

function valueIn<T>(found: { value: T } | { error: ErrorValue } | undefined): T | undefined {
  return found !== undefined && 'value' in found ? found.value : undefined
}

const asItIs = (row: PlanRow): PlanRow => row
const unmoved = (row: PlanRow) => ({ ...row, after: row.before, status: 'refused' as const })

/** Refuses what has changed since it was seen: a position that somebody committed since is in use. */
function unlessCommittedSince(ifStill: NonNullable<DeleteSpec['ifStill']>): (row: PlanRow) => PlanRow {
  const seen = new Map(ifStill.map((at) => [keyOf(at), at.offset]))
  return (row) => {
    if (row.status !== 'change' || seen.get(keyOf(row)) === row.before?.offset) return row
    return { ...unmoved(row), note: `It was committed since it was found: ${say(row.before)} now.` }
  }
}

function committedSince(group: string, rows: readonly PlanRow[]): ErrorValue | null {
  if (!rows.some((row) => row.status === 'refused')) return null
  const message = `${group} has committed since it was found to be of no use, so it is left alone.`
  return toErrorValue(new SeeklineError('plan.stale', message, { hint: 'Look for what can be cleaned again.' }))
}

/** The broker deletes single positions only for existing topics; with the group everything is deleted. */
function withoutTopic(what: DeletePlan['what'], row: PlanRow): PlanRow {
  if (row.status !== 'change') return row
  if (what === 'group') return { ...row, note: 'Its topic is not there, so an undo could not give it back.' }
  return {
    ...unmoved(row),
    note: 'Its topic is not there, and Kafka deletes such a position only together with its group, or when it expires.',
  }
}

function lossOf(rows: readonly PlanRow[], ids: ReadonlyMap<string, string | null>): string[] {
  const isLost = rows.some((row) => row.status === 'change' && !ids.has(row.topic))
  return isLost ? ['Nothing can give back positions of a topic that is not there.'] : []
}

function conflictIn(
  row: PlanRow,
  found: { value: Position | null } | { error: ErrorValue } | undefined,
  topicId: string | null,
  words: PositionWords,
): string | null {
  if (found !== undefined && 'error' in found) return found.error.message
  if (topicId !== row.topicId) return `${row.topic} was deleted or created again since the plan was made.`
  const now = found?.value ?? null
  return samePosition(now, row.before) ? null : `The ${words.one} is ${say(now)} now; the plan saw ${say(row.before)}.`
}

function missing(group: string, { exists }: GroupFacts): ErrorValue | null {
  if (exists) return null
  return toErrorValue(new SeeklineError('kafka.group-unknown', `${group} does not exist.`, { hint: 'There is nothing to delete.' })) // oxfmt-ignore
}

/**
 * A position that cannot be read could not be restored. Single positions: the others can still be deleted; a group is deleted
 * with everything.
 */
function unreadable(what: DeletePlan['what'], failures: readonly Failure[]): ErrorValue | null {
  const [first] = failures
  if (what === 'positions' || first === undefined) return null
  const message = `${failures.length === 1 ? '1 position' : `${failures.length} positions`} could not be read, so an undo could not give them back: ${first.what}: ${first.error.message}` // oxfmt-ignore
  return toErrorValue(
    new SeeklineError('plan.refused', message, { hint: 'Wait until they can be read, and plan again.' }),
  )
}

function mayDeleteGroup(group: string, facts: GroupFacts): ErrorValue | null {
  const needs = lacked('DeleteGroups', 'group', group, facts.rights)
  return needs === null ? null : lackingRight(`${group} cannot be deleted`, needs)
}

function warningsFor(group: string, what: DeletePlan['what'], facts: GroupFacts): string[] {
  if (facts.type === 'share') {
    const after = what === 'group' ? `The next consumer creates ${group} again.` : 'Kafka removes start offsets of whole topics only.' // oxfmt-ignore
    return [
      'Without a start offset the group’s share.auto.offset.reset decides where its next consumer starts: by default at the end, so that what is there is skipped.',
      'What is kept of single records (acknowledged, rejected, how often delivered) goes, too, and an undo does not bring it back.',
      after,
    ]
  }
  const warnings = [
    'Where a group has no position, each client’s auto.offset.reset decides where it starts: at the end it skips what is there, at the log start it reads all of it.',
    'A consumer that uses assign() does not show as a member; one that is running may commit a position again.',
  ]
  if (what === 'group') warnings.push(`The next consumer or commit creates ${group} again.`)
  if (facts.type === 'streams') warnings.push(...streamsWarnings(group, facts.topology))
  return warnings
}
