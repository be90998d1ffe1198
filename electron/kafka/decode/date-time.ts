/** Converts days, times and instants between the counts in schemas and ISO 8601. Exact in both directions. */

const DAY_MS = 86_400_000
/** The range of JavaScript's calendar: a quarter of a million years in each direction. */
const MOST_MS = 8_640_000_000_000_000

/** Digits of a second's fraction. */
export type SecondDigits = 3 | 6 | 9

/** "2026-11-28" for days since 1970; null: beyond the calendar. */
export function dateText(days: number): string | null {
  const ms = days * DAY_MS
  if (!(Math.abs(ms) <= MOST_MS)) return null
  const text = new Date(ms).toISOString()
  return text.slice(0, text.indexOf('T'))
}

/** null: the text is not a date. */
export function daysOfDate(text: string): number | null {
  const ms = msOf(text, '00:00:00')
  return ms === null ? null : ms / DAY_MS
}

/** "17:34:03.120" for the time since midnight; null: it is not within a day. */
export function timeText(value: bigint, digits: SecondDigits): string | null {
  const unit = unitsOfSecond[digits]
  if (value < 0n || value >= 86_400n * unit) return null
  return `${new Date(Number(value / unit) * 1_000).toISOString().slice(11, 19)}.${fraction(value % unit, digits)}`
}

export function unitsOfTime(text: string, digits: SecondDigits): bigint | null {
  const [, time, rest] = /^(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?$/.exec(text) ?? []
  const ms = time === undefined ? null : msOf('1970-01-01', time)
  const parts = unitsOfFraction(rest, digits)
  return ms === null || parts === null ? null : BigInt(ms / 1_000) * unitsOfSecond[digits] + parts
}

/** "2026-11-28T17:34:03.120Z" for milliseconds, microseconds or nanoseconds since 1970; local ones have no zone. */
export function instantText(value: bigint, digits: SecondDigits, isLocal: boolean): string | null {
  const unit = unitsOfSecond[digits]
  const rest = ((value % unit) + unit) % unit
  const ms = Number((value - rest) / unit) * 1_000
  if (!(Math.abs(ms) <= MOST_MS)) return null
  return `${new Date(ms).toISOString().slice(0, -5)}.${fraction(rest, digits)}${isLocal ? '' : 'Z'}`
}

/** null: the text is not an instant, or has more digits than the unit. */
export function unitsOfInstant(text: string, digits: SecondDigits, isLocal: boolean): bigint | null {
  const found = /^([+-]\d{6}-\d\d-\d\d|\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(Z|z|([+-])(\d\d):?(\d\d))?$/.exec(text) // oxfmt-ignore
  if (found === null) return null
  const [, date, time, rest, zone, sign, hours, minutes] = found
  if ((zone === undefined) !== isLocal) return null
  const ms = msOf(date!, time!.length === 5 ? `${time}:00` : time!) // the pattern always captures these groups
  const parts = unitsOfFraction(rest, digits)
  if (ms === null || parts === null || Number(hours ?? 0) > 23 || Number(minutes ?? 0) > 59) return null
  const east = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 * (sign === '-' ? -1 : 1)
  return BigInt(ms / 1_000 - east) * unitsOfSecond[digits] + parts
}

/** Whole seconds, in milliseconds; null: there is no such day or time. */
function msOf(date: string, time: string): number | null {
  const ms = Date.parse(`${date}T${time}.000Z`)
  // A 30th of February would become the 2nd of March.
  return Number.isNaN(ms) || new Date(ms).toISOString() !== `${date}T${time}.000Z` ? null : ms
}

const unitsOfSecond = { 3: 1_000n, 6: 1_000_000n, 9: 1_000_000_000n } as const

const fraction = (value: bigint, digits: SecondDigits): string => String(value).padStart(digits, '0')

function unitsOfFraction(text: string | undefined, digits: SecondDigits): bigint | null {
  if (text === undefined) return 0n
  if (/[1-9]/.test(text.slice(digits))) return null
  return BigInt(text.slice(0, digits).padEnd(digits, '0'))
}
