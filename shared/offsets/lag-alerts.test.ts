import { describe, expect, it } from 'vitest'
import { LagLimit } from '../model/lag-limit.ts'
import { alertSentence, LagAlerts, type GroupNow } from './lag-alerts.ts'

const limit: LagLimit = { group: 'billing', records: 100n, ms: 900_000n, dies: true }
const well: GroupNow = { lag: 0n, ageMs: 0n, members: 2 }

function looks(withoutMembersMs = 60_000) {
  const alerts = new LagAlerts({ withoutMembersMs })
  alerts.limit([limit])
  let at = 0n
  /** A look each ten seconds. */
  const look = (now: Partial<GroupNow>) => {
    at += 10_000n
    return alerts
      .take(at, new Map([['billing', { ...well, ...now }]]))
      .map(({ alert: { what, value, since }, isPassed }) => ({ what, value, since, isPassed }))
  }
  return { alerts, look }
}

describe('a limit of lag', () => {
  it('is told of when two looks in a row saw it passed, once, and again when it is kept', () => {
    const { alerts, look } = looks()
    expect(look({ lag: 100n })).toEqual([])
    expect(look({ lag: 101n })).toEqual([])
    expect(look({ lag: 100n })).toEqual([])
    expect(look({ lag: 101n })).toEqual([])
    expect(look({ lag: 5_000n })).toEqual([{ what: 'records', value: 5_000n, since: 40_000n, isPassed: true }])
    expect(look({ lag: 6_000n })).toEqual([])
    expect(alerts.standing()).toEqual([{ group: 'billing', what: 'records', value: 6_000n, limit: 100n, since: 40_000n }]) // oxfmt-ignore
    expect(look({ lag: 3n })).toEqual([{ what: 'records', value: 3n, since: 40_000n, isPassed: false }])
    expect(alerts.standing()).toEqual([])
  })

  it('stays as it was where a look does not know', () => {
    const { alerts, look } = looks()
    look({ ageMs: 900_001n })
    look({ ageMs: null })
    expect(look({ ageMs: 900_001n })).toHaveLength(1)
    expect(look({ ageMs: null, lag: null, members: null })).toEqual([])
    expect(alerts.take(99_000n, new Map())).toEqual([])
    expect(alerts.standing()).toMatchObject([{ what: 'time' }])
  })

  it('is passed by what some partitions have alone, and not kept again by it: a broker may be down', () => {
    const { alerts, look } = looks()
    const atLeast = new Set(['records', 'time'] as const)
    look({ lag: 101n, atLeast })
    expect(look({ lag: 101n, atLeast })).toHaveLength(1)
    expect(look({ lag: 3n, ageMs: 0n, atLeast })).toEqual([])
    expect(alerts.standing()).toMatchObject([{ what: 'records', value: 101n }])
    expect(look({ lag: 3n })).toMatchObject([{ what: 'records', isPassed: false }])
  })

  it('of members is told of only once they are gone for longer than a restart takes', () => {
    const { look } = looks()
    for (let i = 0; i < 6; i += 1) expect(look({ members: 0 })).toEqual([])
    expect(look({ members: 0 })).toEqual([{ what: 'members', value: 0n, since: 10_000n, isPassed: true }])
    expect(look({ members: 1 })).toEqual([{ what: 'members', value: 1n, since: 10_000n, isPassed: false }])
  })

  it('that is changed or taken away is judged anew; another that is changed beside it is not', () => {
    const { alerts, look } = looks()
    for (let i = 0; i < 2; i += 1) look({ lag: 500n, ageMs: 1_000_000n })
    expect(alerts.standing()).toHaveLength(2)
    alerts.limit([{ ...limit, records: 400n }])
    expect(alerts.standing()).toMatchObject([{ what: 'time' }])
    alerts.limit([])
    expect(alerts.standing()).toEqual([])
    expect(look({ lag: 500n })).toEqual([])
  })

  it('has a sentence for each of its alerts, and names something to watch', () => {
    const alert = { group: 'billing', since: 0n, limit: 900_000n }
    expect(alertSentence({ ...alert, what: 'records', value: 12_400n, limit: 10_000n })).toBe('The lag of billing is 12\u2009400 offsets; the limit is 10\u2009000 offsets.') // oxfmt-ignore
    expect(alertSentence({ ...alert, what: 'time', value: 7_260_000n })).toBe('What billing has not read is 2 hours old; the limit is 15 minutes.') // oxfmt-ignore
    expect(alertSentence({ ...alert, what: 'time', value: 0n }, false)).toBe('What billing has not read is within the limit of 15 minutes again.') // oxfmt-ignore
    expect(alertSentence({ ...alert, what: 'members', value: 0n, limit: 1n })).toBe('billing has no member any more.')
    expect(alertSentence({ ...alert, what: 'members', value: 1n, limit: 1n }, false)).toBe('billing has members again.')
    expect(LagLimit.safeParse({ group: 'billing', records: null, ms: null, dies: false }).success).toBe(false)
  })
})
