/** `UTC`, `local`, or an IANA name such as `Europe/Berlin`. An unknown name reads as UTC: a view must not fail over a setting. */
export type Zone = string

const DATE_LIMIT = 8_640_000_000_000_000n

/** `2026-11-22 14:05:11.482 UTC`. −1 is Kafka's "none"; a number that is not a valid date is shown as the number. */
export function formatTimestamp(ms: bigint | number, zone: Zone): string {
  const parts = calendar(ms, zone)
  if (typeof parts === 'string') return parts
  return `${parts.date} ${parts.time} ${zoneLabel(zone, ms)}`
}

/** `22 Nov 14:05:11.482`: for columns whose header names the zone. The year is added when it is not the current one. */
export function formatTimestampShort(ms: bigint | number, zone: Zone, now: number = Date.now()): string {
  const parts = calendar(ms, zone)
  if (typeof parts === 'string') return parts
  const thisYear = new Date(now + zoneOffsetMs(now, zone)).getUTCFullYear()
  const day = `${parts.day} ${months[parts.month]!}` // a month is 0 to 11, and the list has 12
  return parts.year === thisYear ? `${day} ${parts.time}` : `${day} ${parts.year} ${parts.time}`
}

/** `14:05:11.482`; for places that show the date already. */
export function formatTime(ms: bigint | number, zone: Zone): string {
  const parts = calendar(ms, zone)
  return typeof parts === 'string' ? parts : parts.time
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

interface Calendar {
  date: string
  time: string
  year: number
  month: number
  day: number
}

function calendar(ms: bigint | number, zone: Zone): Calendar | string {
  const exact = typeof ms === 'bigint' ? ms : Number.isFinite(ms) ? BigInt(Math.trunc(ms)) : undefined
  if (exact === undefined) return 'no time'
  if (exact === -1n) return 'none'
  if (exact > DATE_LIMIT || exact < -DATE_LIMIT) return `${exact} ms (no calendar date)`
  const value = Number(exact)
  const shifted = new Date(value + zoneOffsetMs(value, zone))
  if (Number.isNaN(shifted.getTime())) return `${exact} ms (no calendar date)`
  const iso = shifted.toISOString()
  const split = iso.indexOf('T')
  return {
    date: iso.slice(0, split),
    time: iso.slice(split + 1, -1),
    year: shifted.getUTCFullYear(),
    month: shifted.getUTCMonth(),
    day: shifted.getUTCDate(),
  }
}

/** `UTC`, or `UTC+01:00` as valid at that time: an offset is unambiguous where `CET` is not. */
export function zoneLabel(zone: Zone, ms: bigint | number = Date.now()): string {
  const value = Number(ms)
  const offset = zoneOffsetMs(Number.isFinite(value) ? value : 0, zone)
  if (offset === 0) return 'UTC'
  const minutes = Math.round(Math.abs(offset) / 60_000)
  const two = (n: number) => String(n).padStart(2, '0')
  return `UTC${offset < 0 ? '\u2212' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

const formatters = new Map<string, Intl.DateTimeFormat | undefined>()

/** How far the zone's local time is ahead of UTC at that time. */
export function zoneOffsetMs(ms: number, zone: Zone): number {
  if (zone === 'UTC') return 0
  const formatter = formatterFor(zone)
  if (formatter === undefined || Math.abs(ms) > Number(DATE_LIMIT)) return 0
  const whole = Math.floor(ms / 1000) * 1000
  const fields: Record<string, number> = {}
  let era = 1
  for (const part of formatter.formatToParts(whole)) {
    if (part.type === 'era') era = part.value.startsWith('B') ? -1 : 1
    else fields[part.type] = Number(part.value)
  }
  const wall = new Date(0)
  const year = era === 1 ? fields['year']! : 1 - fields['year']! // the format asks Intl for each of these parts
  wall.setUTCFullYear(year, fields['month']! - 1, fields['day']) // the format asks Intl for each of these parts
  wall.setUTCHours(fields['hour']!, fields['minute'], fields['second']) // the format asks Intl for each of these parts
  return wall.getTime() - whole
}

function formatterFor(zone: Zone): Intl.DateTimeFormat | undefined {
  if (formatters.has(zone)) return formatters.get(zone)
  let made: Intl.DateTimeFormat | undefined
  try {
    made = new Intl.DateTimeFormat('en-US', {
      ...(zone === 'local' ? {} : { timeZone: zone }),
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
  } catch {
    made = undefined
  }
  formatters.set(zone, made)
  return made
}
