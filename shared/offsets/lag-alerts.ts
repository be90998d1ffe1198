import type { LagAlert } from '../contract/lag-limits.ts'
import type { LagLimit } from '../model/lag-limit.ts'
import { count, durationText } from '../units.ts'

/** What one reading found of a group; null: not known this time. */
export interface GroupNow {
  readonly lag: bigint | null
  /** Age of the oldest unread record, in ms; 0 where nothing is unread. */
  readonly ageMs: bigint | null
  readonly members: number | null
  /**
   * Values known for some partitions only, so that the true value is at least this: they can exceed a limit, but not end an
   * alert.
   */
  readonly atLeast?: ReadonlySet<LagAlert['what']>
}

/** Since when a limit is exceeded, and whether that was reported. */
interface Passed {
  readonly since: bigint
  looks: number
  value: bigint
  isTold: boolean
}

export interface AlertChange {
  readonly alert: LagAlert
  readonly isPassed: boolean
}

/** A single reading may fall into a burst. */
const LOOKS_BEFORE_TOLD = 2

/**
 * Decides which limits are exceeded, from readings that follow each other. An alert is raised after two readings in a row, and
 * ended by the first reading within the limit; a reading without a value changes nothing. A group without members is reported
 * only after a while, because a restart is normal.
 */
export class LagAlerts {
  readonly #withoutMembersMs: bigint
  readonly #passed = new Map<string, Map<LagAlert['what'], Passed>>()
  #limits: readonly LagLimit[] = []

  constructor({ withoutMembersMs }: { withoutMembersMs: number }) {
    this.#withoutMembersMs = BigInt(withoutMembersMs)
  }

  /** Forgets alerts whose limit was removed or changed. */
  limit(limits: readonly LagLimit[]): void {
    const before = new Map(this.#limits.map((one) => [one.group, one]))
    this.#limits = limits
    const now = new Map(limits.map((one) => [one.group, one]))
    for (const [group, passed] of this.#passed) {
      for (const what of passed.keys()) {
        const limit = now.get(group)
        if (limit === undefined || limitOf(limit, what) !== limitOf(before.get(group), what)) passed.delete(what)
      }
    }
  }

  /** What changed with this reading, made at `at` (ms since 1970). */
  take(at: bigint, found: ReadonlyMap<string, GroupNow>): AlertChange[] {
    const changes: AlertChange[] = []
    for (const limit of this.#limits) {
      const now = found.get(limit.group)
      if (now === undefined) continue
      for (const [what, value] of valuesOf(now)) {
        const most = limitOf(limit, what)
        if (most === null || value === null) continue
        if (value <= most && now.atLeast?.has(what) === true) continue
        const change = this.#judge({ group: limit.group, what, value, limit: most, since: at })
        if (change !== undefined) changes.push(change)
      }
    }
    return changes
  }

  /** All alerts that were raised and have not ended. */
  standing(): LagAlert[] {
    return this.#limits.flatMap((limit) =>
      [...(this.#passed.get(limit.group) ?? [])].flatMap(([what, { since, value, isTold }]) => {
        const most = limitOf(limit, what)
        return isTold && most !== null ? [{ group: limit.group, what, value, limit: most, since }] : []
      }),
    )
  }

  #judge(alert: LagAlert): AlertChange | undefined {
    const { group, what, value, limit, since } = alert
    const all = this.#passed.get(group) ?? new Map<LagAlert['what'], Passed>()
    this.#passed.set(group, all)
    const before = all.get(what)
    if (what === 'members' ? value >= limit : value <= limit) {
      all.delete(what)
      return before?.isTold === true ? { alert: { ...alert, since: before.since }, isPassed: false } : undefined
    }
    const known = before ?? { since, looks: 0, value, isTold: false }
    all.set(what, known)
    known.looks += 1
    known.value = value
    if (known.isTold || known.looks < LOOKS_BEFORE_TOLD) return undefined
    if (what === 'members' && since - known.since < this.#withoutMembersMs) return undefined
    known.isTold = true
    return { alert: { ...alert, since: known.since }, isPassed: true }
  }
}

function valuesOf({ lag, ageMs, members }: GroupNow): [LagAlert['what'], bigint | null][] {
  return [
    ['records', lag],
    ['time', ageMs],
    ['members', members === null ? null : BigInt(members)],
  ]
}

function limitOf(limit: LagLimit | undefined, what: LagAlert['what']): bigint | null {
  if (limit === undefined) return null
  if (what === 'records') return limit.records
  return what === 'time' ? limit.ms : limit.dies ? 1n : null
}

/** One sentence, for a notification: the value, and the limit. */
export function alertSentence({ group, what, value, limit }: LagAlert, isPassed = true): string {
  if (what === 'members') return isPassed ? `${group} has no member any more.` : `${group} has members again.`
  const amount = (of: bigint) => (what === 'records' ? count(Number(of), 'offset') : durationText(of))
  const subject = what === 'records' ? `The lag of ${group}` : `What ${group} has not read`
  const is = what === 'records' ? `is ${amount(value)}` : `is ${amount(value)} old`
  return isPassed ? `${subject} ${is}; the limit is ${amount(limit)}.` : `${subject} is within the limit of ${amount(limit)} again.` // oxfmt-ignore
}
