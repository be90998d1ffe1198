import { describe, expect, it } from 'vitest'
import {
  advanced,
  coverageOf,
  newLedger,
  noTally,
  rangesLeft,
  ScanLedger,
  tallyOf,
  widened,
  type Covered,
} from './ledger.ts'

const covered = (partition: number, from: bigint, to: bigint, more: Partial<Covered> = {}): Covered => ({
  partition,
  from,
  to,
  why: 'read',
  ...noTally(),
  ...more,
})

describe('a ledger', () => {
  const ledger = newLedger({ clusterId: 'c', topic: 't', topicId: 'id' }, [
    { partition: 0, from: 5n, to: 10n },
    { partition: 1, from: 0n, to: 3n },
  ])

  it('has everything left at first, and less with each range that is covered', () => {
    expect(rangesLeft(ledger)).toEqual([{ partition: 0, from: 5n, to: 10n }, { partition: 1, from: 0n, to: 3n }]) // oxfmt-ignore
    const some = advanced(ledger, [covered(0, 5n, 6n), covered(1, 0n, 3n, { why: 'gone' }), covered(0, 6n, 8n)])
    expect(rangesLeft(some)).toEqual([{ partition: 0, from: 8n, to: 10n }])
    expect(coverageOf(some)).toEqual({ covered: 6n, left: 2n })
    expect(some.parts[0]!.covered).toEqual([{ from: 5n, to: 8n, why: 'read' }])
    expect(rangesLeft(advanced(some, [covered(0, 8n, 10n)]))).toEqual([])
  })

  it('is covered from both sides and from the middle, and what lies between is left', () => {
    const some = advanced(ledger, [covered(0, 9n, 10n), covered(0, 5n, 6n), covered(0, 7n, 8n)])
    expect(rangesLeft(some).slice(0, 2)).toEqual([{ partition: 0, from: 6n, to: 7n }, { partition: 0, from: 8n, to: 9n }]) // oxfmt-ignore
  })

  it('adds up what was found, by partition and by reason', () => {
    const some = advanced(ledger, [
      covered(0, 5n, 7n, { records: 2n, matched: 1n, notJudged: { failed: 1n } }),
      covered(0, 7n, 10n, { records: 3n, notJudged: { failed: 1n, damaged: 1n } }),
      covered(1, 0n, 1n, { records: 1n, matched: 1n }),
    ])
    expect(some.parts[0]).toMatchObject({ records: 5n, matched: 1n, notJudged: { failed: 2n, damaged: 1n } })
    expect(tallyOf(some)).toEqual({ records: 6n, matched: 2n, notJudged: { failed: 2n, damaged: 1n } })
  })

  it('is widened at its ends and by a partition, and reads nothing again', () => {
    const done = advanced(ledger, [covered(0, 5n, 10n, { records: 5n })])
    const wider = widened(done, [{ partition: 0, from: 2n, to: 8n }, { partition: 2, from: 0n, to: 1n }]) // oxfmt-ignore
    expect(rangesLeft(wider)).toEqual([
      { partition: 0, from: 2n, to: 5n },
      { partition: 1, from: 0n, to: 3n },
      { partition: 2, from: 0n, to: 1n },
    ])
    expect(wider.parts[0]!.records).toBe(5n)
  })

  it('is a value: what came before stays as it was', () => {
    advanced(ledger, [covered(0, 5n, 6n)])
    expect(ledger.parts[0]!.covered).toEqual([])
  })

  it('is bounded however often what was read and what was passed over take turns, and is as exact about what is left', () => {
    const long = newLedger({ clusterId: 'c', topic: 't', topicId: 'id' }, [{ partition: 0, from: 0n, to: 5_000n }])
    const turns = Array.from({ length: 4_990 }, (_, i) => covered(0, BigInt(i), BigInt(i) + 1n, { why: i % 2 === 0 ? 'read' : 'time' })) // oxfmt-ignore
    let some = long
    for (let at = 0; at < turns.length; at += 100) some = advanced(some, turns.slice(at, at + 100))
    expect(some.parts[0]!.covered.length).toBeLessThanOrEqual(100)
    expect(rangesLeft(some)).toEqual([{ partition: 0, from: 4_990n, to: 5_000n }])
    expect(coverageOf(some)).toEqual({ covered: 4_990n, left: 10n })
    expect(ScanLedger.safeParse(some).success).toBe(true)
  })
})
