import type { CannotReason } from '../predicate.ts'

/**
 * The values of expressions. An int is a number while that is exact and a bigint beyond that, because most ints are compared
 * and dropped; a double therefore needs a class of its own. Integers in JSON may exceed 64 bits and stay exact.
 */

export type Cel =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Double
  | Moment
  | CelDuration
  | TypeName
  | Cel[]
  | Map<Key, Cel>
export type Key = string | number | bigint | boolean

export class Double {
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
}

/** A timestamp, in nanoseconds since 1970 UTC. */
export class Moment {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

/** A duration, in nanoseconds. */
export class CelDuration {
  readonly nanos: bigint
  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

export class TypeName {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/**
 * Stands for a missing value. `absent`: the record does not have the field, so nothing about it is true or false; `unknown`: it
 * is not in the loaded part of a row. Faults are returned and not thrown, because most records may lack a field.
 */
export class CelFault {
  readonly why: CannotReason | 'absent' | 'unknown'
  readonly detail: string
  constructor(why: CelFault['why'], detail: string) {
    this.why = why
    this.detail = detail
  }
}

export const absent = new CelFault('absent', 'there is no such field')
export const unknown = new CelFault('unknown', 'it is not seen')
export const overTime = new CelFault('over-time', 'too many steps for one record')
export const tooLong = new CelFault('too-large', 'a text or list became too long')

export function failed(detail: string): CelFault {
  return new CelFault('failed', detail)
}

/** The fault that counts if there are two: an unknown value might still decide, and an absent one never counts as a failure. */
export function worse(one: CelFault, other: CelFault): CelFault {
  return rank(other) > rank(one) ? other : one
}

function rank({ why }: CelFault): number {
  return why === 'unknown' ? 2 : why === 'absent' ? 0 : 1
}

export function typeOf(value: Cel): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool'
    case 'number':
    case 'bigint':
      return 'int'
    case 'string':
      return 'string'
    default:
  }
  if (value === null) return 'null'
  if (value instanceof Double) return 'double'
  if (value instanceof Map) return 'map'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof Moment) return 'timestamp'
  if (value instanceof CelDuration) return 'duration'
  return value instanceof TypeName ? 'type' : 'list'
}

/** A given integer always has the same form. */
export function intOf(value: bigint): number | bigint {
  return value >= -9_007_199_254_740_991n && value <= 9_007_199_254_740_991n ? Number(value) : value
}

/** As a number or bigint, which JavaScript compares exactly with each other; null: it is not a number. */
export function numeric(value: Cel): number | bigint | null {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  return value instanceof Double ? value.value : null
}

/**
 * Numbers are compared by value, whatever their types; timestamps also with texts that are timestamps; values of other
 * different types are unequal.
 */
export function isEqual(a: Cel, b: Cel): boolean {
  if (a === b) return true
  const number = numeric(a)
  if (number !== null) {
    const other = numeric(b)
    // oxlint-disable-next-line eqeqeq -- a bigint equals the number of the same value
    return other !== null && number == other
  }
  if (a === null || b === null || typeof a !== 'object') return isTimeText(a, b)
  if (typeof b !== 'object') return isTimeText(b, a)
  if (a instanceof Moment) return b instanceof Moment && a.nanos === b.nanos
  if (a instanceof CelDuration) return b instanceof CelDuration && a.nanos === b.nanos
  if (a instanceof TypeName) return b instanceof TypeName && a.name === b.name
  if (a instanceof Uint8Array) {
    return b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i])
  }
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((one, i) => isEqual(one, b[i]!)) // both have the same length, as checked
  if (!(a instanceof Map && b instanceof Map) || a.size !== b.size) return false
  return [...a].every(([key, one]) => {
    const other = b.get(key)
    return other !== undefined && isEqual(one, other)
  })
}

function isTimeText(text: Cel, other: Cel): boolean {
  if (typeof text !== 'string') return false
  if (other instanceof Moment) return momentOf(text)?.nanos === other.nanos
  return other instanceof CelDuration && spanOf(text)?.nanos === other.nanos
}

/** Below 0, 0 or above; NaN: neither is less; a fault if the two have no order. */
export function compared(a: Cel, b: Cel): number | CelFault {
  const x = numeric(a)
  const y = numeric(b)
  // oxlint-disable-next-line eqeqeq -- a bigint equals the number of the same value
  if (x !== null && y !== null) return x < y ? -1 : x > y ? 1 : x == y ? 0 : Number.NaN
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : isBefore(a, b) ? -1 : 1
  // Many producers write null for a missing field.
  if (a === null || b === null) return absent
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return comparedBytes(a, b)
  const left = timeOf(a, b)
  const right = timeOf(b, a)
  if (left === null || right === null) return failed(`${typeOf(a)} is compared with ${typeOf(b)}`)
  return left < right ? -1 : left > right ? 1 : 0
}

/** By code points, the order of UTF-8, and not by UTF-16 code units. */
function isBefore(a: string, b: string): boolean {
  const most = Math.min(a.length, b.length)
  let i = 0
  while (i < most && a.charCodeAt(i) === b.charCodeAt(i)) i += 1
  if (i === most) return a.length < b.length
  const isHalf = (code: number): boolean => code >= 0xd800 && code <= 0xdfff
  const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
  return isHalf(x) === isHalf(y) ? x < y : isHalf(y)
}

function comparedBytes(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length)
  for (let i = 0; i < most; i += 1) if (a[i] !== b[i]) return a[i]! - b[i]! // i < both lengths
  return a.length - b.length
}

/** The nanoseconds of a timestamp or duration, or of a text that is compared with one. */
function timeOf(value: Cel, other: Cel): bigint | null {
  if (value instanceof Moment) return other instanceof CelDuration ? null : value.nanos
  if (value instanceof CelDuration) return other instanceof Moment ? null : value.nanos
  if (typeof value !== 'string') return null
  if (other instanceof Moment) return momentOf(value)?.nanos ?? null
  return other instanceof CelDuration ? (spanOf(value)?.nanos ?? null) : null
}

const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?)?([Zz]|[+-]\d\d:?\d\d)?$/

/** A date, or a date and time, with up to nine digits of a second; without a zone it is UTC. null: it is not one. */
export function momentOf(text: string): Moment | null {
  const found = text.length <= 40 ? TIME.exec(text) : null
  if (found === null) return null
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '', zone = 'Z'] = found
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second === '60' ? '59' : second}Z`
  const ms = Date.parse(iso)
  if (Number.isNaN(ms) || new Date(ms).getUTCDate() !== Number(day)) return null
  const sign = zone.startsWith('-') ? 1n : -1n
  const digits = zone.replace(/\D/g, '')
  const minutes = digits === '' ? 0n : BigInt(digits.slice(0, 2)) * 60n + BigInt(digits.slice(2))
  const leap = second === '60' ? 1_000n : 0n
  return new Moment((BigInt(ms) + leap + sign * minutes * 60_000n) * 1_000_000n + BigInt(fraction.padEnd(9, '0')))
}

const units: Readonly<Record<string, bigint>> = {
  d: 86_400_000_000_000n,
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  µs: 1_000n,
  ns: 1n,
}
const ISO_SPAN = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?)?$/

/** "1h30m", "-1.5s" as in CEL, "PT1H30M" as in ISO 8601. null: it is not a duration. */
export function spanOf(text: string): CelDuration | null {
  if (text.length > 100) return null
  const iso = ISO_SPAN.exec(text)
  if (iso !== null && /\d/.test(text)) {
    const [, sign, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = ''] = iso
    const whole = ((BigInt(days) * 24n + BigInt(hours)) * 60n + BigInt(minutes)) * 60n + BigInt(seconds)
    const nanos = whole * units['s']! + BigInt(fraction.padEnd(9, '0')) // `s` is a key of this table
    return new CelDuration(sign === '-' ? -nanos : nanos)
  }
  const body = text.replace(/^[+-]/, '')
  if (body === '0') return new CelDuration(0n)
  let nanos = 0n
  let length = 0
  for (const [whole, digits = '', fraction = '', unit] of body.matchAll(/(\d*)(?:\.(\d*))?(ms|us|µs|ns|d|h|m|s)/gy)) {
    if (digits + fraction === '') return null
    nanos += BigInt(digits === '' ? 0 : digits) * units[unit!]! // the pattern matches only names of units
    nanos += (BigInt(fraction === '' ? 0 : fraction) * units[unit!]!) / 10n ** BigInt(fraction.length) // the pattern matches only names of units
    length += whole.length
  }
  if (length !== body.length || length === 0) return null
  return new CelDuration(text.startsWith('-') ? -nanos : nanos)
}
