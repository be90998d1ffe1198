const MS_OF: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

const WRITTEN = /^(?:\s*\d{1,12}(?:\.\d+)?\s*(?:ms|min|[smhdw]))+$/i

/**
 * A duration of ISO 8601, as Kafka's `--by-duration` takes it (java.time.Duration): a day is 24 hours, and months and years are
 * refused because their length varies. In addition weeks, which the standard has.
 */
const ISO =
  /^P(?:(\d{1,12})W)?(?:(\d{1,12})D)?(?:T(?=\d)(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12}(?:[.,]\d{1,9})?)S)?)?$/i

/**
 * The milliseconds of a duration as it is typed: `90 s`, `1h 30min` or, in ISO 8601, `PT15M`; undefined: it is not a duration.
 */
export function parseDuration(text: string): bigint | undefined {
  const input = text.replace(/[\u2009\u202f\u00a0]/g, ' ').trim()
  const iso = ISO.exec(input)
  if (iso !== null) return input.length > 1 ? isoMs(iso) : undefined
  return WRITTEN.test(input) ? BigInt(Math.round(sumOf(input))) : undefined
}

function sumOf(parts: string): number {
  let total = 0
  for (const [, count, unit = ''] of parts.matchAll(/(\d+(?:\.\d+)?)\s*(ms|min|[smhdw])/gi)) {
    total += Number(count) * (MS_OF[unit.toLowerCase()] ?? 0)
  }
  return total
}

function isoMs([, weeks = '0', days = '0', hours = '0', minutes = '0', seconds = '0']: readonly string[]): bigint {
  const whole = ((BigInt(weeks) * 7n + BigInt(days)) * 24n + BigInt(hours)) * 60n + BigInt(minutes)
  return whole * 60_000n + BigInt(Math.round(Number(seconds.replace(',', '.')) * 1000))
}

const PARTS: readonly [bigint, string][] = [
  [86_400_000n, 'd'],
  [3_600_000n, 'h'],
  [60_000n, 'min'],
  [1_000n, 's'],
  [1n, 'ms'],
]

/** A duration as it would be typed, exactly: `1 h 30 min`. */
export function writeDuration(ms: bigint): string {
  const parts: string[] = []
  let left = ms
  for (const [size, unit] of PARTS) {
    if (left >= size) parts.push(`${left / size} ${unit}`)
    left %= size
  }
  return parts.length === 0 ? '0 s' : parts.join(' ')
}
