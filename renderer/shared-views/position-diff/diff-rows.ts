import type { GroupPosition } from '#shared/contract/groups.ts'
import type { EntryOf } from '#shared/contract/journal.ts'
import type { ApplyResult, ApplyRow, PlanRow } from '#shared/contract/offsets.ts'
import type { Position } from '#shared/model/positions.ts'
import { keyOf, partitionKey } from '#shared/model/topic-partition.ts'
import type { LogBounds } from '#shared/model/log-bounds.ts'

/** One partition in a comparison of positions: planned, applied or from the journal. */
export interface DiffRow {
  /** Set if a table has several groups. */
  readonly group?: string | undefined
  readonly topic: string
  readonly partition: number
  readonly before: Position | null
  /** null deletes the position; `undefined`: nothing was chosen. */
  readonly after: Position | null | undefined
  readonly bounds: LogBounds | null
  readonly status: PlanRow['status'] | 'idle'
  readonly clampedFrom: bigint | null
  readonly skips: bigint
  readonly repeats: bigint
  readonly note: string | null
  /** The outcome, once applied. */
  readonly outcome?: Pick<ApplyRow, 'status' | 'message' | 'found' | 'unchecked'> | undefined
}

export function rowsOfPlan(rows: readonly PlanRow[], result?: ApplyResult): DiffRow[] {
  const outcomes = new Map(result?.rows.map((row) => [keyOf(row), row]))
  return rows.map((row) => ({ ...row, outcome: outcomes.get(keyOf(row)) }))
}

/** The positions of a group, before a place to move to was chosen. */
export function rowsOfPositions(positions: readonly GroupPosition[]): DiffRow[] {
  return positions.map(({ topic, partition, position, logStart, lastStable, highWatermark, error }) => ({
    ...unplanned,
    topic,
    partition,
    before: position,
    bounds:
      logStart === null || lastStable === null || highWatermark === null
        ? null
        : { logStart, lastStable, highWatermark },
    note: error?.message ?? null,
  }))
}

/** A change from the journal. The log has changed since, so neither bounds nor cost are shown. */
export function rowsOfEntry(entry: Pick<EntryOf<'positions'>, 'rows' | 'result'>): DiffRow[] {
  const outcomes = new Map(entry.result?.rows.map((row) => [keyOf(row), row]))
  return entry.rows.map(({ topic, partition, before, after }) => ({
    ...unplanned,
    topic,
    partition,
    before,
    after,
    status: 'change' as const,
    outcome: outcomes.get(partitionKey(topic, partition)),
  }))
}

/** Commits that were made without a plan per row: the position before, and the last one that was set. */
export function rowsOfOutcome(rows: readonly ApplyRow[]): DiffRow[] {
  return rows.map(({ topic, partition, before, intended, ...outcome }) => ({
    ...unplanned,
    topic,
    partition,
    before,
    after: intended,
    status: 'change' as const,
    outcome,
  }))
}

const unplanned = {
  after: undefined,
  bounds: null,
  status: 'idle' as const,
  clampedFrom: null,
  skips: 0n,
  repeats: 0n,
  note: null,
}

export type Tone = 'neutral' | 'ok' | 'warn' | 'bad'

/** `orders`, `orders, payments`, `orders, payments and 3 more`: each once. */
export function topicsWords(topics: readonly string[], most = 5): string {
  const names = [...new Set(topics)]
  const more = names.length - most
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ')
}
