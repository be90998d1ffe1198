import { describe, expect, it } from 'vitest'
import * as format from './format.ts'

const plain = (text: string) => text.replace(/\u202f/g, ' ')

describe('numbers', () => {
  it('groups by threes, exactly beyond 2^53, and with a real minus', () => {
    expect(plain(format.formatGrouped(48_211_907n))).toBe('48 211 907')
    expect(plain(format.formatGrouped(9_223_372_036_854_775_807n))).toBe('9 223 372 036 854 775 807')
    expect(plain(format.formatGrouped(-1_088_707))).toBe('−1 088 707')
    expect(format.formatGrouped(999)).toBe('999')
    expect(format.formatGrouped(Number.NaN)).toBe('–')
  })

  it('is undone by ungroup, which leaves other text alone', () => {
    expect(format.ungroup(format.formatGrouped(48_211_907n))).toBe('48211907')
    expect(format.ungroup(format.formatGrouped(-1_088_707n))).toBe('-1088707')
    expect(format.ungroup('a\u202fb 12\u202f34 5 000')).toBe('a\u202fb 12\u202f34 5 000')
  })

  it('rounds counts at a glance and never says "1000 k"', () => {
    expect(plain(format.formatCount(1_204_110n))).toBe('1.2 M')
    expect(plain(format.formatCount(9_999))).toBe('9 999')
    expect(plain(format.formatCount(999_950))).toBe('1 M')
    expect(plain(format.formatCount(712_480))).toBe('712 k')
  })

  it('counts bytes by powers of ten', () => {
    expect(plain(format.formatBytes(412))).toBe('412 B')
    expect(plain(format.formatBytes(1_234))).toBe('1.2 kB')
    expect(plain(format.formatBytes(310_000_000n))).toBe('310 MB')
    expect(plain(format.formatBytes(999_999))).toBe('1 MB')
  })

  it('writes rates and durations with at most two units', () => {
    expect(plain(format.formatRate(2_900_000))).toBe('2.9 M records/s')
    expect(format.formatRate(undefined)).toBe('–')
    expect(plain(format.formatDuration(320))).toBe('320 ms')
    expect(plain(format.formatDuration(1_440))).toBe('1.4 s')
    expect(plain(format.formatDuration(7_500_000))).toBe('2 h 5 m')
    expect(plain(format.formatDuration(-60_000))).toBe('−1 m')
  })

  it('writes partitions as ranges', () => {
    expect(format.formatPartitions([7, 0, 1, 2, 3])).toBe('0–3, 7')
    expect(format.formatPartitions([1, 2])).toBe('1, 2')
    expect(format.formatPartitions([])).toBe('')
  })
})

describe('timestamps', () => {
  const at = 1_795_356_311_482n

  it('always names the zone, by its offset at that instant', () => {
    expect(format.formatTimestamp(at, 'UTC')).toBe('2026-11-22 14:05:11.482 UTC')
    expect(format.formatTimestamp(at, 'Europe/Berlin')).toBe('2026-11-22 15:05:11.482 UTC+01:00')
    expect(format.formatTimestamp(at, 'Asia/Kolkata')).toBe('2026-11-22 19:35:11.482 UTC+05:30')
    expect(format.formatTimestamp(1_782_300_000_000n, 'America/New_York')).toContain('UTC−04:00')
  })

  it('survives what records really hold', () => {
    expect(format.formatTimestamp(-1n, 'UTC')).toBe('none')
    expect(format.formatTimestamp(-1_000n, 'UTC')).toBe('1969-12-31 23:59:59.000 UTC')
    expect(format.formatTimestamp(9_223_372_036_854_775_807n, 'UTC')).toBe('9223372036854775807 ms (no calendar date)')
    expect(format.formatTimestamp(-9_223_372_036_854_775_808n, 'Europe/Berlin')).toContain('no calendar date')
    expect(format.formatTimestamp(8_640_000_000_000_000n, 'Asia/Tokyo')).toContain('no calendar date')
    expect(format.formatTimestamp(-62_200_000_000_000n, 'Europe/Berlin')).toMatch(/^-00/)
  })

  it('falls back to UTC for a zone nobody knows', () => {
    expect(format.formatTimestamp(at, 'Mars/Olympus')).toBe('2026-11-22 14:05:11.482 UTC')
  })

  it('leaves out the year only when it is the present one', () => {
    expect(format.formatTimestampShort(at, 'UTC', Number(at))).toBe('22 Nov 14:05:11.482')
    expect(format.formatTimestampShort(at, 'UTC', Number(at) + 40 * 86_400_000)).toBe('22 Nov 2026 14:05:11.482')
  })
})
