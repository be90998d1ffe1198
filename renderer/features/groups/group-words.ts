import type { GroupDetail, GroupMember, GroupPosition, StreamsTasks } from '#shared/contract/groups.ts'
import { groupNature, natureSentence } from '#shared/model/group-nature.ts'
import { keyOf } from '#shared/model/topic-partition.ts'
import { positionWords } from '#shared/offsets/position-words.ts'
import { formatGrouped } from '../../ui/format.ts'

/** The summary sentence: who reads, the lag, and any problem. `rest` explains it. */
export function groupSentence(detail: GroupDetail): { head: string; rest: string } {
  const { group, positions } = detail
  if (!detail.exists && positions.length === 0) {
    return { head: `${group} does not exist, or these rights do not show it.`, rest: '' }
  }
  const words = positionWords(detail.type)
  const facts: string[] = []
  const known = positions.filter((at) => at.position !== null)
  const out = positions.filter(isOutOfRange)
  if (positions.length === 0) {
    facts.push(detail.failures.length > 0 ? `its ${words.many} could not be read` : `it has no ${words.many}`)
  }
  if (out.length > 0) {
    facts.push(
      `${out.length} of ${count(positions.length, 'partition')} ${out.length === 1 ? 'is' : 'are'} out of range`,
    )
  }
  // A position that could not be read is not "none".
  const unread = positions.filter((at) => at.position === null && at.error !== undefined).length
  if (unread > 0) facts.push(`${count(unread, words.one)} could not be read`)
  const none = positions.length - known.length - unread
  if (none > 0) facts.push(`${count(none, 'partition')} ${none === 1 ? 'has' : 'have'} no ${words.one}`)
  const gone = positions.filter((at) => at.standing === 'topic-gone').length
  if (gone > 0) facts.push(`${count(gone, words.one)} of topics that are gone`)
  const lag = totalLag(positions)
  const unit = isShare(detail) ? 'record' : 'offset'
  const isPart = unread > 0 || positions.some((at) => at.standing === 'unknown')
  if (lag === null && isPart) facts.push('lag not known')
  else if (lag !== null)
    facts.push(
      lag === 0n && !isPart
        ? 'no lag'
        : `lag ${isPart ? 'at least ' : ''}${formatGrouped(lag)} ${lag === 1n ? unit : `${unit}s`}`,
    )
  return { head: `${[`${group} ${liveness(detail)}`, ...facts].join('; ')}.`, rest: natureOf(detail) }
}

/** What is special about this kind of group. It starts with a space, because it follows a sentence. */
function natureOf(detail: GroupDetail): string {
  if (isShare(detail)) return ` ${shareTold}`
  const nature = detail.exists ? groupNature(detail) : null
  return nature === null ? '' : ` ${natureSentence(nature)}`
}

const shareTold =
  'Its members share partitions, record by record: all records before a start offset are processed, and some after it may be processed already, which lag leaves out. Which records members hold right now (acquired) is known only to the brokers’ memory.'

/** Its members share partitions, and it has start offsets instead of committed positions (KIP-932). */
export function isShare({ type }: Pick<GroupDetail, 'type'>): boolean {
  return type === 'share'
}

/**
 * Members that do not yet have the partitions assigned to them: a rebalance is under way, or one of them does not follow it.
 */
export function notAtTarget(members: readonly GroupMember[] | null): GroupMember[] {
  return (members ?? []).filter(({ assignment, target, streams }) => {
    if (target !== undefined && !sameSet(assignment.map(keyOf), target.map(keyOf))) return true
    if (streams === undefined) return false
    const keys = ({ standby, warmUp }: Pick<typeof streams, 'standby' | 'warmUp'>) =>
      [...standby, ...warmUp].flatMap(tasksOf)
    return !sameSet(keys(streams), keys(streams.target))
  })
}

/** Tasks as Kafka Streams names them: `0_3` is task 3 of subtopology 0. */
export function tasksOf({ subtopology, partitions }: StreamsTasks): string[] {
  return partitions.map((partition) => `${subtopology}_${partition}`)
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  const all = new Set(a)
  return a.length === b.length && b.every((one) => all.has(one))
}

function liveness({ members, state, exists }: GroupDetail): string {
  if (!exists) return 'has positions but no members'
  const untold = members === null && state !== 'Empty' ? '; its members these brokers do not tell' : ''
  if (members !== null && members.length > 0) {
    return `has ${count(members.length, 'live member')}${state === 'Stable' ? '' : ` and is ${stateWords(state)}`}`
  }
  return state === 'Empty' ? 'is empty' : `is ${stateWords(state)}${untold}`
}

/** `PreparingRebalance` → "preparing rebalance". */
function stateWords(state: string): string {
  return state === ''
    ? 'in a state the broker does not tell'
    : state.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase()
}

/** The total lag of the positions within the log; null when there are none. */
export function totalLag(positions: readonly GroupPosition[]): bigint | null {
  const lags = positions.map((at) => at.lag).filter((lag) => lag !== null)
  return lags.length === 0 ? null : lags.reduce((sum, lag) => sum + lag, 0n)
}

export function isOutOfRange({ standing }: Pick<GroupPosition, 'standing'>): boolean {
  return standing === 'before-log-start' || standing === 'past-end'
}

/** How a position compares with the log; if it is outside the log, what the client's auto.offset.reset will do. */
export function standingWords(at: GroupPosition): { text: string; tone: 'warn' | 'bad' | undefined } {
  if (at.error !== undefined) return { text: at.error.message, tone: 'bad' }
  const offset = at.position?.offset ?? 0n
  switch (at.standing) {
    // Nothing is shown where all is well, so that the rest is seen sooner.
    case 'in-range':
      return { text: '', tone: undefined }
    case 'at-end':
      return { text: 'at the end', tone: undefined }
    case 'none':
      return at.memberIds === undefined
        ? { text: `no position: ${reset(at)}`, tone: 'warn' }
        : { text: `no start offset yet: ${reset(at)}`, tone: undefined }
    case 'before-log-start':
      return { text: `${formatGrouped((at.logStart ?? 0n) - offset)} before log start: ${reset(at)}`, tone: 'warn' }
    case 'past-end':
      return { text: `${formatGrouped(offset - (at.highWatermark ?? 0n))} past the end: ${reset(at)}`, tone: 'warn' }
    case 'topic-gone':
      return { text: 'the topic does not exist, or these rights do not show it', tone: 'warn' }
    case 'unknown':
      return { text: 'the log’s bounds could not be read', tone: 'warn' }
  }
}

export const resetTold = 'Where it reads from is for each client’s auto.offset.reset to say; with none it fails.'

/** The policy is a setting of the client and cannot be seen from here, so each of its values is described. */
function reset({ logStart, highWatermark }: GroupPosition): string {
  if (logStart === null || highWatermark === null) return 'the client decides'
  return `earliest ${formatGrouped(logStart)}, latest ${formatGrouped(highWatermark)}`
}

export function count(n: number, noun: string, nouns = `${noun}s`): string {
  return `${formatGrouped(n)} ${n === 1 ? noun : nouns}`
}
