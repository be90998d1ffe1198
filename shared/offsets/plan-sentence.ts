import type { Plan, PlanRow } from '../contract/offsets.ts'
import { positionWords } from './position-words.ts'
import { clamp, directionOf } from './plan-row.ts'

export interface PlanSummary {
  changes: number
  same: number
  leftOut: number
  refused: number
  clamped: number
  skips: bigint
  repeats: bigint
  backward: number
  forward: number
  /** For partitions without a position: how many offsets are before the new position, and how many from it on. */
  passes: bigint
  starts: bigint
}

export function summarize(rows: readonly PlanRow[]): PlanSummary {
  const sum: PlanSummary = {
    changes: 0,
    same: 0,
    leftOut: 0,
    refused: 0,
    clamped: 0,
    skips: 0n,
    repeats: 0n,
    backward: 0,
    forward: 0,
    passes: 0n,
    starts: 0n,
  }
  for (const row of rows) {
    if (row.status === 'change') sum.changes += 1
    else if (row.status === 'same') sum.same += 1
    else if (row.status === 'left-out') sum.leftOut += 1
    else sum.refused += 1
    if (row.clampedFrom !== null) sum.clamped += 1
    sum.skips += row.skips
    sum.repeats += row.repeats
    const direction = directionOf(row)
    if (direction !== null) sum[direction] += 1
    const start = startOf(row)
    sum.passes += start?.passes ?? 0n
    sum.starts += start?.starts ?? 0n
  }
  return sum
}

/** For a partition without a position: what the group will read there, and what lies before that. */
export function startOf({ status, before, after, bounds }: PlanRowFacts): { passes: bigint; starts: bigint } | null {
  if (status !== 'change' || before !== null || after === null || after === undefined || bounds === null) return null
  const at = clamp(after.offset, bounds)
  return { passes: at - bounds.logStart, starts: bounds.highWatermark - at }
}

interface PlanRowFacts {
  readonly status: string
  readonly before: PlanRow['before']
  readonly after: PlanRow['after'] | undefined
  readonly bounds: PlanRow['bounds']
}

/** The summary of a plan in one sentence. Counts are offsets, some of which may hold no record: hence "up to". */
export function planSentence(plan: Plan, group = plan.group): string {
  const sum = summarize(plan.rows)
  if (plan.refusal !== null) return plan.refusal.message
  if (plan.target.at === 'offsets' && plan.target.offsets.length === 0) {
    return 'Enter an offset for at least one partition. Those left empty stay where they are.'
  }
  if (plan.rows.length === 0) return `${group} has no ${positionWords(plan.groupType).one} to move.`
  if (sum.changes === 0) {
    if (sum.leftOut > 0) return `Nothing would change. ${leftOutWords(plan.rows)}`
    return sum.refused === 0
      ? `${group} already stands there; nothing would change.`
      : `Nothing can be changed: ${partitions(sum.refused)} refused.${sharedReason(plan.rows)}`
  }
  const effects: string[] = []
  // Skips first: repeats can be undone, but skipped records are noticed too late.
  if (sum.skips > 0n) effects.push(`skip up to ${records(sum.skips)}`)
  if (sum.repeats > 0n) effects.push(`read up to ${records(sum.repeats)} again`)
  if (sum.starts > 0n) effects.push(`start with up to ${records(sum.starts)} that are there`)
  if (sum.passes > 0n) effects.push(`start behind up to ${records(sum.passes)}`)
  const head = effects.length === 0 ? `${group} skips and repeats nothing` : `${group} will ${listed(effects)}`
  return [`${head}.`, movedWords(sum), leftOutWords(plan.rows)].filter((part) => part !== '').join(' ')
}

function movedWords({ changes, refused, backward, forward }: PlanSummary): string {
  const ways = backward > 0 && forward > 0 ? `: ${backward} back, ${forward} forward` : ''
  const cannot = refused === 0 ? '' : `${ways === '' ? ',' : ';'} ${refused} cannot`
  return `${partitions(changes)} ${changes === 1 ? 'moves' : 'move'}${ways}${cannot}.`
}

/** If all rows are refused for one reason, the sentence says it: a cell may be too narrow. */
function sharedReason(rows: readonly PlanRow[]): string {
  const reasons = new Set(rows.filter((row) => row.status === 'refused').map((row) => row.note))
  const [reason] = reasons
  return reasons.size === 1 && reason != null ? ` ${reason}` : ''
}

const MOST_NAMED = 12

/** "Left out: orders 1, 4; payments 0." */
export function leftOutWords(rows: readonly PlanRow[]): string {
  const left = rows.filter((row) => row.status === 'left-out')
  if (left.length === 0) return ''
  const named = Map.groupBy(left.slice(0, MOST_NAMED), (row) => row.topic)
  const words = [...named].map(([topic, own]) => `${topic} ${own.map((row) => row.partition).join(', ')}`)
  const more = left.length > MOST_NAMED ? `; and ${left.length - MOST_NAMED} more` : ''
  return `Left out: ${words.join('; ')}${more}.`
}

function listed(parts: readonly string[]): string {
  return parts.length < 3 ? parts.join(' and ') : `${parts.slice(0, -1).join(', ')}, and ${parts.at(-1)}`
}

function records(n: bigint): string {
  return `${grouped(n)} ${n === 1n ? 'record' : 'records'}`
}

function partitions(n: number): string {
  return `${n} ${n === 1 ? 'partition' : 'partitions'}`
}

/** Digits in groups of three, separated by thin spaces. */
export function grouped(n: bigint | number): string {
  return n.toString().replaceAll(/\B(?=(\d{3})+(?!\d))/g, '\u2009')
}
