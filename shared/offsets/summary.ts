import type { Plan, PlanRow } from '../contract/offsets.ts'

export interface PlanSummary {
  changes: number
  same: number
  refused: number
  clamped: number
  skips: bigint
  repeats: bigint
}

export function summarize(rows: readonly PlanRow[]): PlanSummary {
  const sum: PlanSummary = { changes: 0, same: 0, refused: 0, clamped: 0, skips: 0n, repeats: 0n }
  for (const row of rows) {
    if (row.status === 'change') sum.changes += 1
    else if (row.status === 'same') sum.same += 1
    else sum.refused += 1
    if (row.clampedFrom !== null) sum.clamped += 1
    sum.skips += row.skips
    sum.repeats += row.repeats
  }
  return sum
}

/** The one sentence a tired person needs. Counts are offsets, of which some may hold no record: hence "up to". */
export function planSentence(plan: Plan, group = plan.group): string {
  const sum = summarize(plan.rows)
  if (plan.refusal !== null) return plan.refusal.message
  if (plan.rows.length === 0) return `${group} has no position to move.`
  if (sum.changes === 0) {
    return sum.refused === 0
      ? `${group} already stands there; nothing would change.`
      : `Nothing can be changed: ${partitions(sum.refused)} refused.`
  }
  const effects: string[] = []
  if (sum.repeats > 0n) effects.push(`read up to ${records(sum.repeats)} again`)
  if (sum.skips > 0n) effects.push(`skip up to ${records(sum.skips)}`)
  const moved = `${partitions(sum.changes)} ${sum.changes === 1 ? 'moves' : 'move'}`
  const cannot = sum.refused === 0 ? '' : `, ${sum.refused} cannot`
  const head = effects.length === 0 ? `${group} skips and repeats nothing` : `${group} will ${effects.join(' and ')}`
  return `${head}. ${moved}${cannot}.`
}

function records(n: bigint): string {
  return `${grouped(n)} ${n === 1n ? 'record' : 'records'}`
}

function partitions(n: number): string {
  return `${n} ${n === 1 ? 'partition' : 'partitions'}`
}

/** Digits in groups of three, set apart by thin spaces. */
export function grouped(n: bigint | number): string {
  return n.toString().replaceAll(/\B(?=(\d{3})+(?!\d))/g, '\u2009')
}
