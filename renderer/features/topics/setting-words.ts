import type { ConfigRow } from '#shared/contract/topics.ts'
import { formatBytes, formatDuration, formatGrouped } from '../../ui/format.ts'

const MAX_INT32 = 2_147_483_647n
const MAX_INT64 = 9_223_372_036_854_775_807n

/** Values that mean something else than their number, and something else than "no limit". */
const special: Readonly<Record<string, string>> = {
  'flush.messages=9223372036854775807': 'left to the operating system',
  'flush.ms=9223372036854775807': 'left to the operating system',
  'local.retention.ms=-2': 'as retention.ms',
  'local.retention.bytes=-2': 'as retention.bytes',
  'remote.log.copy.disable=true': 'no more segments are copied',
  'message.timestamp.difference.max.ms=9223372036854775807': 'any timestamp is taken',
  'message.timestamp.before.max.ms=9223372036854775807': 'however old, any timestamp is taken',
  'message.timestamp.after.max.ms=9223372036854775807': 'any timestamp in the future is taken',
  'log.message.timestamp.before.max.ms=9223372036854775807': 'however old, any timestamp is taken',
  'log.message.timestamp.after.max.ms=9223372036854775807': 'any timestamp in the future is taken',
}

/** The meaning of a setting's raw value, or `undefined` if the value needs no explanation. */
export function settingWords({ name, value }: Pick<ConfigRow, 'name' | 'value'>): string | undefined {
  if (value === null) return undefined
  const known = special[`${name}=${value}`]
  if (known !== undefined) return known
  if (/\bratio$/.test(name) && /^(0(\.\d+)?|1(\.0+)?)$/.test(value))
    return `${Math.round(Number(value) * 10_000) / 100} %`
  // No number of Kafka's is longer.
  if (!/^-?\d{1,19}$/.test(value)) return undefined
  const number = BigInt(value)
  if (number === MAX_INT64 || (number === MAX_INT32 && /\.(ms|bytes|messages)$/.test(name))) return 'no limit'
  if (number === -1n && /\.(ms|bytes|seconds|minutes|hours|segments)$/.test(name)) return 'no limit'
  if (number < 0n) return undefined
  const unit = /\.(ms|seconds|minutes|hours)$/.exec(name)?.[1]
  if (unit !== undefined) return number === 0n ? 'at once' : durationWords(number * perUnit[unit]!) // unit is a key of this table
  if (/\.bytes(\.per\.second)?$/.test(name) && number >= 1024n) {
    return `${sizeWords(number)}${name.endsWith('.per.second') ? ' a second' : ''}`
  }
  return undefined
}

/** Kafka's defaults are powers of two, which would look odd in powers of ten. */
function sizeWords(bytes: bigint): string {
  for (const [power, unit] of [
    [40n, 'TiB'],
    [30n, 'GiB'],
    [20n, 'MiB'],
    [10n, 'KiB'],
  ] as const) {
    if (bytes % 2n ** power === 0n) return `${formatGrouped(bytes / 2n ** power)} ${unit}`
  }
  return `about ${formatBytes(bytes)}`
}

const perUnit: Readonly<Record<string, bigint>> = { ms: 1n, seconds: 1_000n, minutes: 60_000n, hours: 3_600_000n }

/** "7 days", "1 day 12 h": exact as long as that is short. */
function durationWords(ms: bigint): string | undefined {
  if (ms < 1_000n) return undefined
  const days = ms / 86_400_000n
  if (days === 0n) return formatDuration(ms)
  const rest = ms % 86_400_000n
  const head = `${days} ${days === 1n ? 'day' : 'days'}`
  return rest < 60_000n ? head : `${head} ${formatDuration(rest)}`
}
