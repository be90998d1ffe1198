import { describe, expect, it } from 'vitest'
import type { Range } from '../model/place.ts'
import type { LogBounds } from '../model/log-bounds.ts'
import type { PlaceOffset } from '../offsets/missing-place.ts'
import { mergeSpans, overlap, partitionsOf, resolveRange, type PlaceEnds } from './ranges.ts'

const log = (logStart: bigint, lastStable: bigint, highWatermark: bigint): LogBounds => ({
  logStart,
  lastStable,
  highWatermark,
})
/** A range of places whose ends were found there. */
const between = (from: PlaceOffset, to: PlaceOffset) => resolved({ by: 'places', from: start }, () => ({ from, to }))
const start = { at: 'log-start' } as const
const resolved = (range: Range, ends: PlaceEnds, bounds = log(0n, 100n, 100n)) =>
  resolveRange(range, new Map([[0, bounds]]), ends)
const one = (range: Range, bounds: LogBounds) =>
  resolved(range, (_, { logStart, highWatermark }) => ({ from: { offset: logStart }, to: { offset: highWatermark } }), bounds).rows // oxfmt-ignore

describe('resolveRange', () => {
  it('ends at the last stable offset and counts what is open beyond it', () => {
    expect(one({ by: 'places', from: { at: 'log-start' } }, log(10n, 90n, 100n))).toEqual([
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

  it('goes from place to place, copies nothing from the end on, and tells of a place that is missing', () => {
    const missing = { why: 'no-position', group: 'billing' } as const
    expect(between({ offset: 20n }, { offset: 40n }).rows).toMatchObject([{ from: 20n, to: 40n }])
    expect(between({ offset: 100n }, { offset: 100n })).toEqual({ rows: [], missing: [] })
    expect(between({ offset: 40n }, { offset: 20n }).rows).toEqual([])
    expect(between({ offset: 20n }, { missing })).toEqual({ rows: [], missing: [{ partition: 0, missing }] })
    expect(between({ missing }, { offset: 20n }).missing).toEqual([{ partition: 0, missing }])
  })

  it('counts the newest back from the last stable offset, as far as there are any', () => {
    const open = log(10n, 90n, 100n)
    expect(one({ by: 'newest', count: 30n }, open)).toMatchObject([{ from: 60n, to: 90n, openLeftOut: 10n }])
    expect(one({ by: 'newest', count: 500n }, open)).toMatchObject([{ from: 10n, to: 90n, outside: 0n }])
  })
})

it('names the partitions of a range', () => {
  expect(partitionsOf({ by: 'places', from: { at: 'log-start' } }, [0, 1, 2])).toEqual([0, 1, 2])
  expect(partitionsOf({ by: 'newest', count: 1n, partitions: [2, 0, 2] }, [0, 1, 2])).toEqual([0, 2])
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
