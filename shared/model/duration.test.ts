import { describe, expect, it } from 'vitest'
import { parseDuration, writeDuration } from './duration.ts'

const MINUTE = 60_000n
const HOUR = 60n * MINUTE
const DAY = 24n * HOUR

describe('a duration as it is typed', () => {
  it('is read in any of its units, and nothing else is', () => {
    expect(parseDuration('90 s')).toBe(90_000n)
    expect(parseDuration('1h 30min')).toBe(90n * MINUTE)
    expect(parseDuration('0.5d')).toBe(12n * HOUR)
    for (const wrong of ['', '15', '-15m', '15 m ago', 'yesterday']) expect(parseDuration(wrong)).toBeUndefined()
  })

  it('is read as ISO 8601 too, as kafka-consumer-groups --by-duration has it', () => {
    const given: [string, bigint][] = [
      ['PT15M', 15n * MINUTE],
      ['P1DT2H', DAY + 2n * HOUR],
      ['P0DT0H0M0S', 0n],
      ['PT1H30M', 90n * MINUTE],
      ['PT0.25S', 250n],
      ['PT1,5S', 1_500n],
      ['P2W', 14n * DAY],
      [' p7d ', 7n * DAY],
      ['PT1M', MINUTE],
    ]
    for (const [text, ms] of given) expect([text, parseDuration(text)]).toEqual([text, ms])
  })

  it('is no duration where ISO 8601 leaves it empty, its length depends on the day, or its order is another', () => {
    for (const wrong of [
      'P',
      'PT',
      'P1DT',
      'P1M',
      'P1Y',
      'P1H',
      'PT1D',
      'PT30M1H',
      '-PT15M',
      'PT-15M',
      'PT1.5H',
      'P1D2H',
    ])
      expect([wrong, parseDuration(wrong)]).toEqual([wrong, undefined])
  })

  it('is exact and bounded where its numbers are long', () => {
    expect(parseDuration('P999999999999D')).toBe(999_999_999_999n * DAY)
    expect(parseDuration('PT9999999999999H')).toBeUndefined()
  })

  it('is written as it is typed, with nothing lost', () => {
    expect(writeDuration(90n * MINUTE)).toBe('1 h 30 min')
    expect(writeDuration(0n)).toBe('0 s')
    for (const ms of [1n, 999n, 1_001n, 61_000n, DAY + 1n, 40n * DAY + 59n * MINUTE]) {
      expect(parseDuration(writeDuration(ms))).toBe(ms)
    }
  })
})
