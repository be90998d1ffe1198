import { RE2JSSyntaxException, RE2JS } from 're2js'
import { base64Text, bytesOfText, hexText, utf8Text } from '../../bytes.ts'
import {
  absent,
  Double,
  failed,
  type CelFault,
  intOf,
  Moment,
  momentOf,
  CelDuration,
  spanOf,
  tooLong,
  TypeName,
  typeOf,
  type Cel,
} from './values.ts'

/** A function's result for its arguments, the receiver first; a fault if it does not accept them. */
export type CelFunction = (args: readonly Cel[]) => Cel | CelFault

const LEAST_INT = -(2n ** 63n)
const MOST_INT = 2n ** 64n - 1n
/** The greatest length of a text or list that a function may build. */
export const MOST_LENGTH = 1 << 20

export function checkedInt(value: bigint): Cel | CelFault {
  return value < LEAST_INT || value > MOST_INT ? failed('an int is too large') : intOf(value)
}

/** Functions and methods by name, whichever way they are called. */
export const functions: Readonly<Record<string, CelFunction>> = {
  size: ([of]) => {
    if (typeof of === 'string') return Array.from(of).length
    if (of instanceof Map) return of.size
    return Array.isArray(of) || of instanceof Uint8Array ? of.length : noSuch('size', [of])
  },
  contains: texts('contains', (text, part) => text.includes(part)),
  startsWith: texts('startsWith', (text, part) => text.startsWith(part)),
  endsWith: texts('endsWith', (text, part) => text.endsWith(part)),
  matches: ([text, pattern]) => {
    if (typeof text !== 'string' || typeof pattern !== 'string') return noSuch('matches', [text, pattern])
    const regex = regexOf(pattern)
    if (regex === null) return failed('a pattern is no regular expression of RE2')
    return text.length * regex.programSize() > MOST_WORK ? tooLong : regex.test(text)
  },
  lowerAscii: text1('lowerAscii', (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())),
  upperAscii: text1('upperAscii', (text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
  trim: text1('trim', (text) => text.trim()),
  indexOf: ([text, part, from = 0]) => {
    if (typeof text !== 'string' || typeof part !== 'string' || typeof from !== 'number') return noSuch('indexOf', [text, part]) // oxfmt-ignore
    return from < 0 || from > text.length ? failed('an index is out of range') : text.indexOf(part, from)
  },
  lastIndexOf: ([text, part, from]) => {
    if (typeof text !== 'string' || typeof part !== 'string') return noSuch('lastIndexOf', [text, part])
    return typeof from === 'number' ? text.lastIndexOf(part, from) : text.lastIndexOf(part)
  },
  substring: ([text, from, to]) => {
    if (typeof text !== 'string' || typeof from !== 'number') return noSuch('substring', [text, from])
    const end = typeof to === 'number' ? to : text.length
    return from < 0 || end < from || end > text.length ? failed('an index is out of range') : text.slice(from, end)
  },
  split: ([text, by, most]) => {
    if (typeof text !== 'string' || typeof by !== 'string') return noSuch('split', [text, by])
    const parts = text.split(by)
    if (typeof most !== 'number' || most < 0 || parts.length <= most) return parts
    return most === 0 ? [] : [...parts.slice(0, most - 1), parts.slice(most - 1).join(by)]
  },
  join: ([list, by = '']) => {
    if (!Array.isArray(list) || typeof by !== 'string') return noSuch('join', [list, by])
    if (!list.every((one) => typeof one === 'string')) return failed('join takes a list of texts')
    return bounded(list.join(by))
  },
  dyn: ([of]) => of!, // cel-js accepts it only with one argument
  type: ([of]) => new TypeName(typeOf(of!)), // cel-js accepts it only with one argument
  bool: ([of]) => {
    if (typeof of === 'boolean') return of
    if (typeof of !== 'string') return noSuch('bool', [of])
    if (['1', 't', 'true', 'TRUE', 'True'].includes(of)) return true
    return ['0', 'f', 'false', 'FALSE', 'False'].includes(of) ? false : failed('a text is neither true nor false')
  },
  int: ([of]) => {
    if (typeof of === 'number' || typeof of === 'bigint') return of
    if (of instanceof Double) {
      return Number.isFinite(of.value) ? checkedInt(BigInt(Math.trunc(of.value))) : failed('a double is no int')
    }
    if (of instanceof Moment) return intOf(floorDiv(of.nanos, 1_000_000_000n))
    if (typeof of !== 'string') return noSuch('int', [of])
    return /^[+-]?\d{1,20}$/.test(of) ? checkedInt(BigInt(of)) : failed('a text is no int')
  },
  uint: (args) => {
    const value = functions['int']!(args) // `int` is a key of this table
    return typeof value !== 'object' && value !== null && Number(value) < 0 ? failed('an int is negative') : value
  },
  double: ([of]) => {
    if (of instanceof Double) return of
    if (typeof of === 'number' || typeof of === 'bigint') return new Double(Number(of))
    if (typeof of !== 'string') return noSuch('double', [of])
    const words = /^([+-]?)(?:inf|infinity)$/i.exec(of)
    if (words !== null) return new Double(words[1] === '-' ? -Infinity : Infinity)
    if (/^nan$/i.test(of)) return new Double(Number.NaN)
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(of) ? new Double(Number(of)) : failed('a text is no double')
  },
  string: ([of]) => {
    if (typeof of === 'string') return of
    if (typeof of === 'boolean' || typeof of === 'number' || typeof of === 'bigint') return String(of)
    if (of instanceof Double) return Number.isFinite(of.value) ? String(of.value) : of.value > 0 ? '+Inf' : of.value < 0 ? '-Inf' : 'NaN' // oxfmt-ignore
    if (of instanceof Uint8Array) return utf8Text(of) ?? failed('bytes are no text')
    if (of instanceof Moment) return momentText(of)
    return of instanceof CelDuration ? `${secondsText(of.nanos)}s` : noSuch('string', [of])
  },
  bytes: ([of]) => (of instanceof Uint8Array ? of : typeof of === 'string' ? bytesOfText(of) : noSuch('bytes', [of])),
  hex: ([of]) => (of instanceof Uint8Array ? hexText(of).replaceAll(' ', '') : noSuch('hex', [of])),
  base64: ([of]) => (of instanceof Uint8Array ? base64Text(of) : noSuch('base64', [of])),
  timestamp: ([of]) => {
    if (of instanceof Moment) return of
    if (typeof of === 'number' || typeof of === 'bigint') return new Moment(BigInt(of) * 1_000_000_000n)
    return typeof of === 'string' ? (momentOf(of) ?? failed('a text is no timestamp')) : noSuch('timestamp', [of])
  },
  millis: ([of]) =>
    typeof of === 'number' || typeof of === 'bigint' ? new Moment(BigInt(of) * 1_000_000n) : noSuch('millis', [of]),
  duration: ([of]) => {
    if (of instanceof CelDuration) return of
    return typeof of === 'string' ? (spanOf(of) ?? failed('a text is no duration')) : noSuch('duration', [of])
  },
  getFullYear: ofDate((date) => date.getUTCFullYear()),
  getMonth: ofDate((date) => date.getUTCMonth()),
  getDate: ofDate((date) => date.getUTCDate()),
  getDayOfMonth: ofDate((date) => date.getUTCDate() - 1),
  getDayOfWeek: ofDate((date) => date.getUTCDay()),
  getDayOfYear: ofDate((date) => Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000)),
  getHours: ofDate(
    (date) => date.getUTCHours(),
    (nanos) => nanos / 3_600_000_000_000n,
  ),
  getMinutes: ofDate(
    (date) => date.getUTCMinutes(),
    (nanos) => nanos / 60_000_000_000n,
  ),
  getSeconds: ofDate(
    (date) => date.getUTCSeconds(),
    (nanos) => nanos / 1_000_000_000n,
  ),
  getMilliseconds: ofDate(
    (date) => date.getUTCMilliseconds(),
    (nanos) => nanos / 1_000_000n,
  ),
}

/** A text that was built, or a fault if it is too long. */
export function bounded(text: string): string | CelFault {
  return text.length > MOST_LENGTH ? tooLong : text
}

/** Many producers write null for a missing field, so null counts as missing. */
function noSuch(name: string, args: readonly (Cel | undefined)[]): CelFault {
  if (args.includes(null)) return absent
  return failed(`${name} takes no ${args.map((arg) => (arg === undefined ? 'nothing' : typeOf(arg))).join(' and ')}`)
}

function texts(name: string, make: (text: string, part: string) => Cel): CelFunction {
  return ([text, part]) => (typeof text === 'string' && typeof part === 'string' ? make(text, part) : noSuch(name, [text, part])) // oxfmt-ignore
}

function text1(name: string, make: (text: string) => Cel): CelFunction {
  return ([text]) => (typeof text === 'string' ? make(text) : noSuch(name, [text]))
}

/** In UTC, or in the given time zone: a name of the IANA list, or "+02:00". A text that is a timestamp is accepted as one. */
function ofDate(make: (date: Date) => number, ofSpan?: (nanos: bigint) => bigint): CelFunction {
  return ([of, zone]) => {
    if (of instanceof CelDuration)
      return ofSpan === undefined ? noSuch('a part of a date', [of]) : intOf(ofSpan(of.nanos))
    const moment = typeof of === 'string' ? momentOf(of) : of
    if (!(moment instanceof Moment)) return noSuch('a part of a date', [of])
    const ms = Number(floorDiv(moment.nanos, 1_000_000n))
    if (zone === undefined) return make(new Date(ms))
    const shift = typeof zone === 'string' ? zoneShift(zone, ms) : null
    return shift === null ? failed('there is no such time zone') : make(new Date(ms + shift))
  }
}

const zones = new Map<string, Intl.DateTimeFormat | null>()

function zoneShift(zone: string, ms: number): number | null {
  const fixed = /^([+-])(\d\d):?(\d\d)$/.exec(zone)
  if (fixed !== null) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000
  let format = zones.get(zone)
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    } catch {
      format = null
    }
    if (zones.size < 100) zones.set(zone, format)
  }
  if (format === null) return null
  const name = format.formatToParts(ms).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return name === 'GMT' ? 0 : zoneShift(name.replace('GMT', ''), ms)
}

/** The size of the compiled pattern times the length of a text. */
const MOST_WORK = 2e8
const MOST_REGEXES = 100
const regexes = new Map<string, RE2JS | null>()

/** A pattern written in the expression is compiled once; patterns taken from records are cached up to a limit. */
function regexOf(pattern: string): RE2JS | null {
  const known = regexes.get(pattern)
  if (known !== undefined) return known
  let made: RE2JS | null = null
  try {
    if (pattern.length <= 1_000) made = RE2JS.compile(pattern)
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error
  }
  if (regexes.size >= MOST_REGEXES) regexes.clear()
  regexes.set(pattern, made)
  return made
}

function floorDiv(value: bigint, by: bigint): bigint {
  const whole = value / by
  return value % by < 0n ? whole - 1n : whole
}

function momentText({ nanos }: Moment): string {
  const seconds = floorDiv(nanos, 1_000_000_000n)
  const fraction = nanos - seconds * 1_000_000_000n
  const whole = new Date(Number(seconds) * 1_000)
  if (Number.isNaN(whole.getTime())) return `${seconds}s`
  const digits = fraction === 0n ? '' : `.${fraction.toString().padStart(9, '0').replace(/0+$/, '')}`
  return `${whole.toISOString().slice(0, 19)}${digits}Z`
}

function secondsText(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos
  const fraction = (size % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '')
  return `${nanos < 0n ? '-' : ''}${size / 1_000_000_000n}${fraction === '' ? '' : `.${fraction}`}`
}
