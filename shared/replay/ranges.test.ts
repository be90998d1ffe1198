import { describe, expect, it } from 'vitest'
import type { LogBounds } from '../model/positions.ts'
import { mergeSpans, overlap, partitionsOf, resolveRange } from './ranges.ts'

const log = (logStart: bigint, lastStable: bigint, highWatermark: bigint): LogBounds => ({
  logStart,
  lastStable,
  highWatermark,
})
const none = () => null
const one = (
  range: Parameters<typeof resolveRange>[0],
  bounds: LogBounds,
  at = none as (p: number, t: bigint) => bigint | null,
) => resolveRange(range, new Map([[0, bounds]]), at)

describe('resolveRange', () => {
  it('ends at the last stable offset and counts what is open beyond it', () => {
    expect(one({ by: 'all' }, log(10n, 90n, 100n))).toEqual([
      { partition: 0, from: 10n, to: 90n, offsets: 80n, openLeftOut: 10n, outside: 0n },
    ])
  })

  it('reports what lies before the log start and past the end', () => {
    const range = { by: 'offsets' as const, ranges: [{ partition: 0, from: 0n, to: 120n }] }
    expect(one(range, log(10n, 90n, 100n))).toEqual([
      { partition: 0, from: 10n, to: 90n, offsets: 80n, openLeftOut: 10n, outside: 30n },
    ])
  })

  it('yields an empty row, not a negative one, where nothing of the range is in the log', () => {
    const past = { by: 'offsets' as const, ranges: [{ partition: 0, from: 200n, to: 210n }] }
    expect(one(past, log(10n, 90n, 100n))).toEqual([
      { partition: 0, from: 90n, to: 90n, offsets: 0n, openLeftOut: 0n, outside: 10n },
    ])
    const before = { by: 'offsets' as const, ranges: [{ partition: 0, from: 0n, to: 5n }] }
    expect(one(before, log(10n, 90n, 100n))).toEqual([
      { partition: 0, from: 10n, to: 10n, offsets: 0n, openLeftOut: 0n, outside: 5n },
    ])
  })

  it('leaves out a range that lies in open transactions altogether', () => {
    const range = { by: 'offsets' as const, ranges: [{ partition: 0, from: 92n, to: 95n }] }
    expect(one(range, log(10n, 90n, 100n))).toEqual([
      { partition: 0, from: 90n, to: 90n, offsets: 0n, openLeftOut: 3n, outside: 0n },
    ])
  })

  it('joins single records into ranges and never names one twice', () => {
    const records = [7n, 3n, 4n, 4n, 5n].map((offset) => ({ partition: 0, offset }))
    expect(one({ by: 'records', records }, log(0n, 100n, 100n)).map(({ from, to }) => [from, to])).toEqual([
      [3n, 6n],
      [7n, 8n],
    ])
  })

  it('looks timestamps up, and copies nothing where no record is as young', () => {
    const at = (_: number, t: bigint) => (t <= 50n ? t : null)
    expect(one({ by: 'timestamps', from: 20n, to: 40n }, log(0n, 100n, 100n), at)[0]).toMatchObject({
      from: 20n,
      to: 40n,
    })
    expect(one({ by: 'timestamps', from: 20n }, log(0n, 100n, 100n), at)[0]).toMatchObject({ from: 20n, to: 100n })
    expect(one({ by: 'timestamps', from: 60n }, log(0n, 100n, 100n), at)).toEqual([])
  })
})

it('names the partitions of a range', () => {
  expect(partitionsOf({ by: 'all' }, [0, 1, 2])).toEqual([0, 1, 2])
  expect(partitionsOf({ by: 'timestamps', from: 0n, partitions: [2, 0, 2] }, [0, 1, 2])).toEqual([0, 2])
  expect(partitionsOf({ by: 'records', records: [{ partition: 9, offset: 1n }] }, [0])).toEqual([9])
})

it('merges touching and overlapping spans', () => {
  const spans = [
    [5n, 9n],
    [0n, 3n],
    [3n, 4n],
    [6n, 7n],
    [2n, 2n],
  ].map(([from, to]) => ({ from: from!, to: to! }))
  expect(mergeSpans(spans)).toEqual([
    { from: 0n, to: 4n },
    { from: 5n, to: 9n },
  ])
})

it('counts shared offsets', () => {
  expect(overlap(0n, 10n, 5n, 20n)).toBe(5n)
  expect(overlap(0n, 5n, 5n, 20n)).toBe(0n)
})
