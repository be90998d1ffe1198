import type { LagRates } from './lag-series.ts'

/** When a group will have caught up, if both rates stay as they are. */
export type CatchUp =
  | { readonly kind: 'caught-up' }
  | { readonly kind: 'in'; readonly ms: bigint }
  /** It reads no faster than records come. */
  | { readonly kind: 'never' }
  | { readonly kind: 'unknown' }

export function catchUpOf(lag: bigint | null, rates: Pick<LagRates, 'in' | 'out'> | null): CatchUp {
  if (lag === null) return { kind: 'unknown' }
  if (lag <= 0n) return { kind: 'caught-up' }
  if (rates === null) return { kind: 'unknown' }
  const gain = rates.out - rates.in
  if (gain <= 0) return { kind: 'never' }
  const ms = (Number(lag) * 1000) / gain
  // So far away that nobody waits for it.
  return ms > Number.MAX_SAFE_INTEGER ? { kind: 'never' } : { kind: 'in', ms: BigInt(Math.ceil(ms)) }
}

export interface MembersEffect {
  readonly members: number
  /** Members that would have a partition to read. */
  readonly busy: number
  /** Offsets per second. */
  readonly out: number
  readonly catchUp: CatchUp
}

/**
 * An estimate of the effect of other numbers of members. It assumes that each member reads as fast as members do now, that they
 * are limited by their own work and not by brokers or one partition, and that partitions are alike. A partition is read by one
 * member at a time, so more members than partitions change nothing.
 */
export function membersEffect(
  { members, partitions, lag, rates }: { members: number; partitions: number; lag: bigint; rates: LagRates },
  wanted: readonly number[],
): MembersEffect[] {
  const busyNow = Math.min(members, partitions)
  if (busyNow <= 0) return []
  const each = rates.out / busyNow
  return wanted
    .filter((count) => count >= 1)
    .map((count) => {
      const busy = Math.min(count, partitions)
      const out = each * busy
      return { members: count, busy, out, catchUp: catchUpOf(lag, { in: rates.in, out }) }
    })
}
