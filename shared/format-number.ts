/** Narrow no-break space: a thin space that never lets a number break over two lines. */
const SEPARATOR = '\u202f'
const MINUS = '\u2212'

/** `48 211 907` with thin spaces, for any integer; exact for bigint. */
export function formatGrouped(value: bigint | number): string {
  const text = typeof value === 'number' && !Number.isFinite(value) ? '' : BigInt(truncated(value)).toString()
  if (text === '') return '–'
  const negative = text.startsWith('-')
  const digits = negative ? text.slice(1) : text
  const grouped = digits.replace(/\B(?=(?:\d{3})+$)/g, SEPARATOR)
  return negative ? MINUS + grouped : grouped
}

function truncated(value: bigint | number): bigint | number {
  return typeof value === 'bigint' ? value : Math.trunc(value)
}

/** Takes the thin spaces out of copied text, between digits only, and turns the minus sign of a number into ASCII. */
export function ungroup(text: string): string {
  return text.replace(/(?<=\d)[\u202f\u2009](?=\d{3})/g, '').replace(/\u2212(?=\d)/g, '-')
}

const countSteps: readonly (readonly [number, string])[] = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
]

/** `1.2 M`: a count at a glance. Below 10 000 the exact number, since a rounded small number only hides. */
export function formatCount(value: bigint | number): string {
  const number = Number(value)
  if (!Number.isFinite(number)) return '–'
  if (Math.abs(number) < 10_000) return formatGrouped(value)
  return scaled(number, countSteps)
}

const byteSteps: readonly (readonly [number, string])[] = [
  [1e15, 'PB'],
  [1e12, 'TB'],
  [1e9, 'GB'],
  [1e6, 'MB'],
  [1e3, 'kB'],
]

/** `412 B`, `1.2 kB`, `310 MB`: powers of ten, as Kafka's documentation and disk vendors count. */
export function formatBytes(value: bigint | number): string {
  const number = Number(value)
  if (!Number.isFinite(number)) return '–'
  if (Math.abs(number) < 1000) return `${formatGrouped(value)}${SEPARATOR}B`
  return scaled(number, byteSteps)
}

function scaled(number: number, steps: readonly (readonly [number, string])[]): string {
  const size = Math.abs(number)
  let at = steps.findIndex(([step]) => size >= step)
  if (at === -1) at = steps.length - 1
  // 999 950 would print as "1000 k"; the next step up prints "1 M".
  if (at > 0 && Number((size / steps[at]![0]).toPrecision(3)) >= 1000) at-- // at is an index into the steps
  const [step, unit] = steps[at]! // the loop stops at the last step
  const shown = size / step
  const digits =
    shown >= 1000 ? formatGrouped(Math.round(shown)) : String(Number(shown.toPrecision(shown >= 100 ? 3 : 2)))
  return `${number < 0 ? MINUS : ''}${digits}${SEPARATOR}${unit}`
}

/** `2.9 M records/s`; `–` before there is a rate. */
export function formatRate(perSecond: number | undefined, unit: 'records' | 'offsets' | 'bytes' = 'records'): string {
  if (perSecond === undefined || !Number.isFinite(perSecond)) return '–'
  if (unit === 'bytes') return `${formatBytes(Math.round(perSecond))}/s`
  const shown =
    perSecond > 0 && perSecond < 10 ? String(Number(perSecond.toPrecision(2))) : formatCount(Math.round(perSecond))
  return `${shown} ${unit}/s`
}

/**
 * Whether a lag is large enough to be coloured as a warning. Some lag is normal; a warning on every lag would soon be ignored.
 */
export function isMuch(lag: bigint): boolean {
  return lag >= 10_000n
}

/** `lag 1.2 M`, `lag 0`, `lag unknown`: the form used in the sidebar. */
export function formatLag(lag: bigint | number | undefined | null): string {
  return lag === undefined || lag === null ? 'lag unknown' : `lag ${formatCount(lag)}`
}

const durationSteps: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
]

/** `14 m`, `2 h 5 m`, `1.4 s`, `320 ms`: at most two units; for ages and remaining times. */
export function formatDuration(ms: number | bigint): string {
  const value = Number(ms)
  if (!Number.isFinite(value)) return '–'
  if (value < 0) return MINUS + formatDuration(-value)
  if (value < 1000) return `${Math.round(value)}${SEPARATOR}ms`
  if (value < 10_000) return `${Number((value / 1000).toFixed(1))}${SEPARATOR}s`
  const at = durationSteps.findIndex(([step]) => value >= step)
  const [step, unit] = durationSteps[at]! // the loop stops at the last step
  const next = durationSteps[at + 1]
  const whole = next === undefined ? Math.round(value / step) : Math.floor(value / step)
  const rest = next === undefined ? 0 : Math.floor((value - whole * step) / next[0])
  const lead = `${formatGrouped(whole)}${SEPARATOR}${unit}`
  return rest === 0 || next === undefined ? lead : `${lead} ${rest}${SEPARATOR}${next[1]}`
}
