import { describe, expect, it } from 'vitest'
import { formatTimestamp } from './format-time.ts'
import { parseTime } from './parse-time.ts'

const now = Date.UTC(2026, 10, 22, 16, 20, 0)

function read(text: string, zone = 'UTC', at = now): string {
  const parsed = parseTime(text, zone, at)
  return parsed.ok ? formatTimestamp(parsed.ms, 'UTC').replace(' UTC', '') : parsed.message
}

describe('parseTime', () => {
  it('reads dates in the given zone', () => {
    expect(read('2026-11-22 14:05')).toBe('2026-11-22 14:05:00.000')
    expect(read('2026-11-22T14:05:11.482')).toBe('2026-11-22 14:05:11.482')
    expect(read('2026-11-22 14:05', 'Europe/Berlin')).toBe('2026-11-22 13:05:00.000')
    expect(read('2026-11-22', 'America/New_York')).toBe('2026-11-22 05:00:00.000')
    expect(read('22 Nov 14:05:11.482')).toBe('2026-11-22 14:05:11.482')
  })

  it('lets a zone in the text win, so that what we print can be pasted', () => {
    expect(read('2026-11-22T14:05:00Z', 'Asia/Tokyo')).toBe('2026-11-22 14:05:00.000')
    expect(read('2026-11-22 14:05:00+05:30', 'Asia/Tokyo')).toBe('2026-11-22 08:35:00.000')
    for (const zone of ['UTC', 'Europe/Berlin', 'America/St_Johns', 'local']) {
      const shown = formatTimestamp(1_795_356_311_482n, zone)
      expect(parseTime(shown, 'Asia/Tokyo', now)).toMatchObject({ ok: true, ms: 1_795_356_311_482n })
    }
  })

  it('means the latest occurrence of a clock time', () => {
    expect(read('14:05')).toBe('2026-11-22 14:05:00.000')
    expect(read('18:00')).toBe('2026-11-21 18:00:00.000')
    expect(parseTime('18:00', 'UTC', now)).toMatchObject({ note: expect.stringContaining('yesterday') })
    expect(read('today 18:00')).toBe('2026-11-22 18:00:00.000')
    expect(read('yesterday')).toBe('2026-11-21 00:00:00.000')
    // 16:20 UTC is already the 23rd in Tokyo.
    expect(read('0:30', 'Asia/Tokyo')).toBe('2026-11-22 15:30:00.000')
  })

  it('reads distances from now', () => {
    expect(read('-15m')).toBe('2026-11-22 16:05:00.000')
    expect(read('-1h30m')).toBe('2026-11-22 14:50:00.000')
    expect(read('−2 d')).toBe('2026-11-20 16:20:00.000')
    expect(read('15 min ago')).toBe('2026-11-22 16:05:00.000')
    expect(read('-PT15M')).toBe('2026-11-22 16:05:00.000')
    expect(read('P1DT2H ago')).toBe('2026-11-21 14:20:00.000')
    expect(read('now')).toBe('2026-11-22 16:20:00.000')
  })

  it('reads epoch milliseconds, grouped or not, and says when it took them for seconds', () => {
    expect(parseTime('1795356311482', 'UTC', now)).toMatchObject({ ok: true, ms: 1_795_356_311_482n })
    expect(parseTime('1\u202f795\u202f356\u202f311\u202f482', 'UTC', now)).toMatchObject({ ms: 1_795_356_311_482n })
    expect(parseTime('1795356311', 'UTC', now)).toMatchObject({
      ms: 1_795_356_311_000n,
      note: expect.stringContaining('seconds'),
    })
    expect(read('99999999999999999999')).toContain('64 bits')
  })

  it('is told apart in the hours that clocks skip or repeat', () => {
    expect(parseTime('2026-03-29 02:30', 'Europe/Berlin', now)).toMatchObject({
      ms: BigInt(Date.UTC(2026, 2, 29, 1, 30)),
      note: expect.stringContaining('skip'),
    })
    expect(parseTime('2026-10-25 02:30', 'Europe/Berlin', now)).toMatchObject({
      ms: BigInt(Date.UTC(2026, 9, 25, 0, 30)),
      note: expect.stringContaining('twice'),
    })
  })

  it('refuses what is no time, with a sentence', () => {
    for (const text of ['', 'soon', '2026-02-30', '2026-13-01', '25:00', '14:75', '-', '12', '<script>']) {
      expect({ text, ...parseTime(text, 'UTC', now) }).toMatchObject({
        text,
        ok: false,
        message: expect.stringMatching(/\.$/),
      })
    }
  })
})
