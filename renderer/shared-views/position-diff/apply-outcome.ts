import type { ApplyRow, ApplyStatus } from '#shared/contract/offsets.ts'
import type { Tone } from './diff-rows.ts'

/** Green for positions that were read back as set; amber for what should be checked. */
export const outcomeTone: Record<ApplyStatus, Tone> = {
  confirmed: 'ok',
  superseded: 'warn',
  overwrote: 'warn',
  conflict: 'bad',
  refused: 'bad',
  unknown: 'warn',
  same: 'neutral',
}

export const outcomeWord: Record<ApplyStatus, string> = {
  confirmed: 'confirmed',
  superseded: 'superseded',
  overwrote: 'overwrote',
  conflict: 'conflict',
  refused: 'refused',
  unknown: 'unknown',
  same: 'not written',
}

/** "confirmed" alone also means that nobody committed in between. */
export function outcomeLabel({ status, unchecked }: Pick<ApplyRow, 'status' | 'unchecked'>): string {
  return unchecked === true ? `${outcomeWord[status]}, gap not checked` : outcomeWord[status]
}

const order: readonly ApplyStatus[] = ['conflict', 'refused', 'unknown', 'overwrote', 'superseded', 'same', 'confirmed']

/** How many partitions had which outcome, the worst first. */
export function countOutcomes(rows: readonly Pick<ApplyRow, 'status'>[]): { status: ApplyStatus; count: number }[] {
  return order
    .map((status) => ({ status, count: rows.filter((row) => row.status === status).length }))
    .filter(({ count }) => count > 0)
}
