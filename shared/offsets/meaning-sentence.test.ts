import { describe, expect, it } from 'vitest'
import type { LineMeaning, RangeRecords, RetentionOutlook } from '../contract/meaning.ts'
import type { Plan, PlanRow } from '../contract/offsets.ts'
import { meaningSentence } from './meaning-sentence.ts'
import { rangeOfLine, roundEstimate } from './plan-meaning.ts'

const NOW = 1_764_000_000_000n
const HOUR = 3_600_000n
const at = (offset: bigint) => ({ offset, metadata: '', leaderEpoch: -1 })
const counted = (records: bigint, bytes = records * 100n): RangeRecords => ({
  kind: 'counted',
  records,
  bytes,
  passed: 0n,
})
const age = (ms: bigint) => ({ kind: 'record' as const, offset: 1n, timestamp: NOW - ms, timestampType: 'CreateTime' as const, ageMs: ms }) // oxfmt-ignore
const never: RetentionOutlook = { kind: 'never', compacts: false }
const until = (ms: bigint, by: 'time' | 'size' = 'time'): RetentionOutlook => ({ kind: 'at', at: ms, by, limit: 1n, segmentMs: null, compacts: false }) // oxfmt-ignore
const line = (part: Partial<LineMeaning>): LineMeaning => ({
  plan: 0,
  topic: 'orders',
  partition: 0,
  way: 'repeats',
  records: counted(100n),
  undecided: 0n,
  before: { kind: 'nothing' },
  after: age(2n * HOUR),
  retention: never,
  ...part,
})
const plan = (rows: readonly Partial<PlanRow>[] = [], refusal: Plan['refusal'] = null) =>
  ({ group: 'billing', rows, refusal }) as unknown as Plan
const words = { time: (ms: bigint) => new Date(Number(ms)).toISOString().slice(11, 16), now: NOW }
const said = (lines: readonly LineMeaning[], plans: readonly Plan[] = [plan()]) =>
  meaningSentence(plans, lines, words).replaceAll('\u202f', ' ')

describe('what a plan means, in a sentence', () => {
  it('is one that a tired person understands', () => {
    const back = (partition: number, records: bigint) => line({ partition, records: counted(records, records * 4_000n), retention: until(NOW + HOUR * BigInt(partition + 1)) }) // oxfmt-ignore
    expect(said([back(0, 4_000n), back(1, 4_000n), back(2, 4_400n)])).toBe('3 partitions go back by 2 h: 12 400 records (50 MB) are read again; nothing is skipped. Retention reaches the oldest not before 17:00.') // oxfmt-ignore
  })

  it('tells both ways, the loss first, and the farthest of several', () => {
    const lines = [
      line({ way: 'skips', before: age(HOUR), after: age(HOUR / 2n), records: counted(1n, 90n) }),
      line({ way: 'repeats', after: age(3n * HOUR) }),
      line({ way: 'repeats' }),
    ]
    expect(said(lines)).toBe('2 partitions go back by up to 3 h and 1 goes forward by 30 m: 1 record (90 B) is skipped; 200 records (20 kB) are read again.') // oxfmt-ignore
  })

  it('marks what is estimated, and says no size where nothing was read', () => {
    const estimate = line({ records: { kind: 'estimate', records: 1_234_567n, bytes: 9_876_543n, read: 1n, of: 2n } })
    const unread = line({ records: { kind: 'at-most', records: 500n, why: 'x' } })
    expect(said([estimate])).toContain('~1 230 000 records (~9.9 MB) are read again')
    expect(said([estimate, unread])).toContain('up to 1 235 067 records are read again')
  })

  it('tells what retention is about to take, what is not decided, and what cannot be moved', () => {
    expect(said([line({ retention: until(NOW - 1n) })])).toContain('Retention may delete it at any moment.')
    expect(said([line({ retention: until(NOW + HOUR, 'size') })])).toContain('Retention reaches it about 17:00.')
    expect(said([line({ undecided: 1n })])).toContain('1 more offset is of transactions that are not decided yet.')
    const rows = [{ status: 'refused' as const, skips: 0n, repeats: 0n, clampedFrom: null, before: null, after: null }]
    expect(said([line({})], [plan(rows)])).toContain('1 partition cannot be moved.')
  })

  it('counts of several groups only what can be applied, and of a refused plan what it would do', () => {
    const refusal = { code: 'group.not-empty', message: 'It has a member.' } as unknown as Plan['refusal']
    const lines = [line({}), line({ plan: 1 })]
    expect(said(lines, [plan(), plan()])).toMatch(/^2 partitions of 2 groups go back by 2 h: 200 records/)
    expect(said(lines, [plan([], refusal), plan()])).toMatch(/^1 partition goes back by 2 h: 100 records/)
    expect(said([line({})], [plan([], refusal)])).toMatch(/^1 partition goes back by 2 h: 100 records/)
    expect(said([], [plan()])).toBe('Nothing would change.')
  })

  it('says of timestamps that are missing or the same nothing rather than something wrong', () => {
    const none = { ...age(0n), timestamp: -1n, ageMs: null }
    expect(said([line({ after: none })])).toMatch(/^1 partition goes back: /)
    expect(said([line({ before: age(5n), after: age(5n) })])).toMatch(/^1 partition goes back: /)
    expect(said([line({ way: 'none', after: null, records: counted(0n) })])).toBe('1 partition loses its position: nothing is skipped or read again.') // oxfmt-ignore
  })
})

describe('the range of a line', () => {
  const bounds = { logStart: 10n, lastStable: 90n, highWatermark: 100n }
  const range = (before: bigint | null, after: bigint | null, own: PlanRow['bounds'] = bounds) => {
    const { way, from, to, undecided } = rangeOfLine({ before: before === null ? null : at(before), after: after === null ? null : at(after), bounds: own }) // oxfmt-ignore
    return [way, from, to, undecided]
  }
  it('lies in the log, and below the last stable offset', () => {
    expect(range(50n, 20n)).toEqual(['repeats', 20n, 50n, 0n])
    expect(range(20n, 95n)).toEqual(['skips', 20n, 90n, 5n])
    expect(range(95n, 98n)).toEqual(['skips', 95n, 95n, 3n])
    expect(range(3n, 500n)).toEqual(['skips', 10n, 90n, 10n])
    expect(range(null, 60n)).toEqual(['starts', 60n, 90n, 10n])
    expect(range(5n, 10n)).toEqual(['none', 0n, 0n, 0n])
    expect(range(50n, null)).toEqual(['none', 0n, 0n, 0n])
    expect(range(50n, 20n, null)).toEqual(['none', 0n, 0n, 0n])
  })
  it('estimated claims three digits', () => {
    expect([7n, 999n, 1_234n, 1_235n, 99_951n].map(roundEstimate)).toEqual([7n, 999n, 1_230n, 1_240n, 100_000n])
  })
})
