import { describe, expect, it } from 'vitest'
import { staleReasons, type KnownPosition } from './stale-position.ts'

const at = (offset: bigint) => ({ offset, leaderEpoch: -1, metadata: '' })
const useful: KnownPosition = {
  position: at(50n),
  edges: { logStart: 10n, highWatermark: 1_000_000n },
  topic: 'there',
  committedAt: 900n,
  retentionMs: 500n,
  isQuiet: false,
  now: 1_000n,
}
const reasonsOf = (other: Partial<KnownPosition>) => staleReasons({ ...useful, ...other })

describe('why a position is stale', () => {
  it('is never that it lags, or stands at an edge of its log', () => {
    expect(reasonsOf({})).toEqual([])
    expect(reasonsOf({ position: at(10n) })).toEqual([])
    expect(reasonsOf({ position: at(1_000_000n) })).toEqual([])
  })

  it('is that its offset is outside the log', () => {
    expect(reasonsOf({ position: at(9n) })).toEqual(['before-log-start'])
    expect(reasonsOf({ position: at(-1n) })).toEqual(['before-log-start'])
    expect(reasonsOf({ position: at(1_000_001n) })).toEqual(['past-end'])
  })

  it('is that its topic or partition is not there, and then nothing of a log', () => {
    expect(reasonsOf({ topic: 'gone', edges: null, committedAt: 0n })).toEqual(['topic-deleted'])
    expect(reasonsOf({ topic: 'fewer-partitions', edges: null })).toEqual(['no-partition'])
  })

  it('is that it is older than what the topic keeps, where both are known', () => {
    expect(reasonsOf({ committedAt: 499n })).toEqual(['older-than-retention'])
    expect(reasonsOf({ committedAt: 500n })).toEqual([])
    expect(reasonsOf({ committedAt: null })).toEqual([])
    expect(reasonsOf({ committedAt: 0n, retentionMs: null })).toEqual([])
  })

  it('is that the group is quiet, beside whatever else', () => {
    expect(reasonsOf({ isQuiet: true, position: at(0n), committedAt: 1n })).toEqual([
      'before-log-start',
      'older-than-retention',
      'quiet',
    ])
  })

  it('is not guessed where the log could not be asked', () => {
    expect(reasonsOf({ edges: null })).toEqual([])
  })
})
