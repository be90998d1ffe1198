import { describe, expect, it } from 'vitest'
import { retentionOutlook, type TopicRetention } from './retention-reach.ts'

const NOW = 1_764_000_000_000n
const HOUR = 3_600_000n
const keeps = (part: Partial<TopicRetention>): TopicRetention => ({ ms: null, bytes: null, segmentMs: HOUR, compacts: false, ...part }) // oxfmt-ignore
const age = (ms: bigint) => ({ kind: 'record' as const, offset: 0n, timestamp: NOW - ms, timestampType: 'CreateTime' as const, ageMs: ms }) // oxfmt-ignore
/** A thousand offsets and a million bytes. */
const size = (offset: bigint) => ({ offset, bytes: 1_000_000n, bounds: { logStart: 0n, lastStable: 1_000n, highWatermark: 1_000n } }) // oxfmt-ignore

describe('when retention reaches a record', () => {
  it('by time is its timestamp and retention.ms', () => {
    expect(retentionOutlook(age(2n * HOUR), keeps({ ms: 5n * HOUR }), NOW, null)).toEqual({ kind: 'at', at: NOW + 3n * HOUR, by: 'time', limit: 5n * HOUR, segmentMs: HOUR, compacts: false }) // oxfmt-ignore
  })

  it('by size is when as much has come since as the topic keeps, at the pace since then', () => {
    // Half of the log, 500 kB, came within the two hours since; the topic keeps 2 MB of it.
    expect(retentionOutlook(age(2n * HOUR), keeps({ bytes: 2_000_000n }), NOW, size(500n))).toMatchObject({ kind: 'at', at: NOW + 6n * HOUR, by: 'size', limit: 2_000_000n }) // oxfmt-ignore
  })

  it('is the sooner of both', () => {
    const both = (ms: bigint) => retentionOutlook(age(2n * HOUR), keeps({ ms, bytes: 2_000_000n }), NOW, size(500n))
    expect(both(7n * HOUR)).toMatchObject({ by: 'time', at: NOW + 5n * HOUR })
    expect(both(9n * HOUR)).toMatchObject({ by: 'size', at: NOW + 6n * HOUR })
  })

  it('is never where nothing is deleted, and not known where a timestamp or size is missing', () => {
    expect(retentionOutlook(age(HOUR), keeps({ compacts: true }), NOW, null)).toEqual({ kind: 'never', compacts: true })
    expect(retentionOutlook({ kind: 'nothing' }, keeps({ ms: HOUR }), NOW, null)).toMatchObject({ kind: 'never' })
    expect(retentionOutlook(age(HOUR), keeps({ bytes: 1n }), NOW, null)).toMatchObject({ kind: 'unknown' })
    expect(retentionOutlook({ ...age(HOUR), timestamp: -1n }, keeps({ ms: HOUR }), NOW, null)).toMatchObject({ kind: 'unknown' }) // oxfmt-ignore
    expect(retentionOutlook({ kind: 'unknown', why: 'no right' }, keeps({ ms: HOUR }), NOW, null)).toEqual({ kind: 'unknown', why: 'no right' }) // oxfmt-ignore
  })
})
