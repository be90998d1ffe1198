import type { LineMeaning, RangeRecords } from '../contract/meaning.ts'
import type { Plan, PlanRow } from '../contract/offsets.ts'
import { clamp } from './plan-row.ts'

/** One row of one of several plans that changes something. */
export interface PlannedLine {
  /** The index of the plan. */
  readonly plan: number
  readonly row: PlanRow
}

export function plannedLines(plans: readonly Pick<Plan, 'rows'>[]): PlannedLine[] {
  return plans.flatMap(({ rows }, plan) => rows.flatMap((row) => (row.status === 'change' ? [{ plan, row }] : [])))
}

export interface LineRange {
  readonly way: LineMeaning['way']
  /** Offsets [from, to), up to the last stable offset. */
  readonly from: bigint
  readonly to: bigint
  /** Offsets of the range beyond that. */
  readonly undecided: bigint
}

const NOTHING: LineRange = { way: 'none', from: 0n, to: 0n, undecided: 0n }

/** The records a row skips or repeats; for a partition without a position, those that it will begin with. */
export function rangeOfLine({ before, after, bounds }: Pick<PlanRow, 'before' | 'after' | 'bounds'>): LineRange {
  if (bounds === null || after === null) return NOTHING
  const { lastStable, highWatermark } = bounds
  const next = clamp(after.offset, bounds)
  if (before === null) return decided('starts', next, highWatermark, lastStable)
  const old = clamp(before.offset, bounds)
  if (next === old) return NOTHING
  return next > old ? decided('skips', old, next, lastStable) : decided('repeats', next, old, lastStable)
}

function decided(way: LineRange['way'], from: bigint, end: bigint, lastStable: bigint): LineRange {
  const to = end < lastStable ? end : lastStable > from ? lastStable : from
  return { way, from, to, undecided: end - to }
}

/** The sum over several ranges. */
export interface RecordTotal {
  records: bigint
  /** null: some were not read, so it is not known. */
  bytes: bigint | null
  /** The least certain kind among the parts. */
  certainty: RangeRecords['kind']
}

const certainties: readonly RangeRecords['kind'][] = ['counted', 'estimate', 'at-most']

export function totalOf(ranges: readonly RangeRecords[]): RecordTotal {
  const total: RecordTotal = { records: 0n, bytes: 0n, certainty: 'counted' }
  for (const range of ranges) {
    total.records += range.records
    total.bytes = total.bytes === null || range.kind === 'at-most' ? null : total.bytes + range.bytes
    if (certainties.indexOf(range.kind) > certainties.indexOf(total.certainty)) total.certainty = range.kind
  }
  return total
}

/** An estimate shows only as many digits as it is good for: 1 234 567 becomes 1 230 000. */
export function roundEstimate(n: bigint): bigint {
  const unit = 10n ** BigInt(Math.max(0, n.toString().length - 3))
  return ((n + unit / 2n) / unit) * unit
}
