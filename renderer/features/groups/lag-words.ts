import type { LagAlert } from '#shared/contract/lag-limits.ts'
import type { CatchUp } from '#shared/offsets/lag-outlook.ts'
import { membersEffect } from '#shared/offsets/lag-outlook.ts'
import type { LagTrend } from '#shared/offsets/lag-series.ts'
import { formatDuration, formatRate } from '../../ui/format.ts'
import { count } from './group-words.ts'

export const trendWords: Readonly<Record<LagTrend, string>> = {
  'keeps-up': 'keeps up',
  'falls-behind': 'falls behind',
  stalled: 'stalled',
  rewound: 'was set back',
  unknown: 'too few looks yet',
}

export const trendTold: Readonly<Record<LagTrend, string>> = {
  'keeps-up': 'In the last ten readings the lag shrank, or the end was reached.',
  'falls-behind': 'It reads, but the lag did not shrink once in the last ten readings.',
  stalled: 'It did not move in the last ten readings, although there are records to read.',
  rewound: 'Its position went back within the last ten readings.',
  unknown: 'A trend needs ten readings.',
}

export const isTroubled = (trend: LagTrend): boolean => trend === 'stalled' || trend === 'falls-behind'

export function catchUpWords(catchUp: CatchUp): string {
  switch (catchUp.kind) {
    case 'caught-up':
      return 'nothing to catch up'
    case 'in':
      return `in ${formatDuration(catchUp.ms)}`
    case 'never':
      return 'not at this rate'
    case 'unknown':
      return 'not known yet'
  }
}

/** `120 · 80`: records written and read per second. */
export function ratesWords(rateIn: number | null, out: number | null): string {
  if (rateIn === null || out === null) return ''
  const short = (rate: number): string => formatRate(rate, 'offsets').replace(/\s*offsets\/s$/, '')
  return `${short(rateIn)} · ${short(out)}`
}

/** How another number of members would change the lag, with the assumptions made; empty: nothing can be said. */
export function membersWords(
  facts: { members: number; partitions: number; lag: bigint | null; rates: { in: number; out: number; overMs: bigint } | null }, // oxfmt-ignore
): string {
  const { members, partitions, lag, rates } = facts
  if (members === 0 || lag === null || lag === 0n || rates === null || rates.out === 0) return ''
  if (members >= partitions) {
    return `More members would change nothing: ${count(partitions, 'partition')}, and one member reads each.`
  }
  const wanted = [...new Set([members + 1, Math.min(members * 2, partitions), partitions])]
  const parts = membersEffect({ members, partitions, lag, rates }, wanted).map(
    (one) => `${one.members}: ${catchUpWords(one.catchUp)}`,
  )
  return `An estimate with more members, were each as fast as those now and partitions alike: ${parts.join('; ')}.`
}

/** A limit that is exceeded; shown beside its group. */
export const alertWords: Readonly<Record<LagAlert['what'], string>> = {
  records: 'lag over its limit',
  time: 'unread for longer than its limit',
  members: 'no member',
}
