import { parseDuration } from '#shared/model/duration.ts'
import { formatTimestamp, zoneOffsetMs, type Zone } from './format-time.ts'

export type ParsedTime = { ok: true; ms: bigint; note?: string } | { ok: false; message: string }

const EXAMPLES = 'Try 2026-11-22 14:05, 14:05, -15m, yesterday or epoch milliseconds.'

/**
 * Reads a point in time as people type it. A time without a date means its latest occurrence: a time later today has no records
 * yet, so 14:05 typed at noon is yesterday's. `note` says what was assumed.
 */
export function parseTime(text: string, zone: Zone, now: number = Date.now()): ParsedTime {
  const input = text
    .trim()
    .replace(/[\u2009\u202f\u00a0]/g, ' ')
    .replace(/\u2212/g, '-')
  if (input === '') return { ok: false, message: `Enter a time. ${EXAMPLES}` }
  return (
    epoch(input) ??
    relative(input, now) ??
    clock(input, zone, now) ??
    dated(input, zone, now) ?? {
      ok: false,
      message: `“${input}” is not a time. ${EXAMPLES}`,
    }
  )
}

function epoch(input: string): ParsedTime | undefined {
  const digits = input.replace(/ /g, '')
  if (!/^-?\d+$/.test(digits) || /^-\d{1,8}$/.test(digits)) return undefined
  const value = BigInt(digits)
  if (/^\d{9,10}$/.test(digits)) return { ok: true, ms: value * 1000n, note: 'read as seconds since 1970' }
  if (/^\d{1,8}$/.test(digits)) return undefined
  if (value > 9_223_372_036_854_775_807n || value < -9_223_372_036_854_775_808n) {
    return { ok: false, message: 'That number is larger than a Kafka timestamp can be (64 bits).' }
  }
  return { ok: true, ms: value, note: 'epoch milliseconds' }
}

function relative(input: string, now: number): ParsedTime | undefined {
  if (/^now$/i.test(input)) return { ok: true, ms: BigInt(Math.trunc(now)) }
  const [, sign = '', length = ''] = /^([-+])(.+)$/.exec(input) ?? /^()(.+)\s+ago$/i.exec(input) ?? []
  const duration = parseDuration(length)
  if (duration === undefined) return undefined
  const total = Number(duration)
  const at = sign === '+' ? now + total : now - total
  if (Math.abs(at) > 8.64e15) return { ok: false, message: 'That is outside the calendar.' }
  return { ok: true, ms: BigInt(Math.round(at)) }
}

function clock(input: string, zone: Zone, now: number): ParsedTime | undefined {
  const match = /^(?:(today|yesterday)\s*)?(?:(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3}))?)?)?$/i.exec(input)
  if (match === null || (match[1] === undefined && match[2] === undefined)) return undefined
  const wall = new Date(now + zoneOffsetMs(now, zone))
  const time = timeOf(match[2], match[3], match[4], match[5])
  if (time === undefined) return { ok: false, message: 'Hours go to 23, minutes and seconds to 59.' }
  const word = match[1]?.toLowerCase()
  const at = (dayShift: number) =>
    fromWall(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate() + dayShift) + time, zone)
  if (word !== undefined) return at(word === 'yesterday' ? -1 : 0)
  const today = at(0)
  if (!today.ok || today.ms <= BigInt(Math.trunc(now))) return today
  const before = at(-1)
  return before.ok ? { ...before, note: joinNotes(before.note, 'yesterday: today’s is still to come') } : before
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const timePart = String.raw`(?:(?:\s+|T)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,3})\d*)?)?)?`
const zonePart = String.raw`(?:\s*(Z|UTC|GMT)?([+-]\d{2}:?\d{2})?)?`
const isoDate = new RegExp(String.raw`^(\d{4})-(\d{1,2})-(\d{1,2})${timePart}${zonePart}$`, 'i')
const dayMonth = new RegExp(String.raw`^(\d{1,2})\s+([a-z]{3})[a-z]*(?:\s+(\d{4}))?${timePart}${zonePart}$`, 'i')

function dated(input: string, zone: Zone, now: number): ParsedTime | undefined {
  const iso = isoDate.exec(input)
  const named = iso === null ? dayMonth.exec(input) : null
  const match = iso ?? named
  if (match === null) return undefined
  const year =
    iso === null ? Number(match[3] ?? new Date(now + zoneOffsetMs(now, zone)).getUTCFullYear()) : Number(match[1])
  const month = iso === null ? monthNames.indexOf(match[2]!.toLowerCase()) : Number(match[2]) - 1 // this group takes part in every match
  const day = Number(iso === null ? match[1] : match[3])
  const time = timeOf(match[4], match[5], match[6], match[7])
  if (time === undefined) return { ok: false, message: 'Hours go to 23, minutes and seconds to 59.' }
  const start = new Date(Date.UTC(2000, 0, 1))
  start.setUTCFullYear(year, month, day)
  if (month < 0 || start.getUTCMonth() !== month || start.getUTCDate() !== day) {
    return { ok: false, message: `There is no such day: ${input.split(/[T ]\d{1,2}:/)[0]}.` }
  }
  const wall = start.getTime() + time
  if (match[8] === undefined && match[9] === undefined) return fromWall(wall, zone)
  const shift = match[9]?.replace(':', '')
  const minutes = shift === undefined ? 0 : Number(shift.slice(1, 3)) * 60 + Number(shift.slice(3))
  return { ok: true, ms: BigInt(wall - (shift?.startsWith('-') === true ? -minutes : minutes) * 60_000) }
}

function timeOf(hour = '0', minute = '0', second = '0', fraction = '0'): number | undefined {
  const [h, m, s] = [Number(hour), Number(minute), Number(second)]
  if (h > 23 || m > 59 || s > 59) return undefined
  return ((h * 60 + m) * 60 + s) * 1000 + Number(fraction.padEnd(3, '0'))
}

/**
 * Converts a local time in a zone to a point in time. When the clock is set back in autumn, the first of the two hours is
 * meant; a time that spring's change skips is moved forward.
 */
function fromWall(wall: number, zone: Zone): ParsedTime & { ok: true } {
  const candidates = [wall - zoneOffsetMs(wall - 86_400_000, zone), wall - zoneOffsetMs(wall + 86_400_000, zone)]
  const exact = candidates.filter((at) => at + zoneOffsetMs(at, zone) === wall).toSorted((a, b) => a - b)
  const first = exact[0]
  if (first === undefined) {
    const after = Math.max(...candidates)
    return {
      ok: true,
      ms: BigInt(after),
      note: `the clocks skip that time; read as ${formatTimestamp(after, zone).slice(11, 16)}`,
    }
  }
  return exact.length > 1 && exact[1] !== first
    ? { ok: true, ms: BigInt(first), note: 'that time comes twice; the first is meant' }
    : { ok: true, ms: BigInt(first) }
}

function joinNotes(...notes: (string | undefined)[]): string {
  return notes.filter((note) => note !== undefined).join('; ')
}
