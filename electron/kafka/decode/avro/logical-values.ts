import { Undecodable } from '../codec.ts'
import { bigOfBytes, bytesOfBig, type Decimal, decimalText, MOST_DIGITS } from '../decimals.ts'
import { dateText, daysOfDate, instantText, timeText, unitsOfInstant, unitsOfTime } from '../date-time.ts'
import { AvroInput } from './input.ts'
import type { Logical } from './logical-types.ts'
import { AvroOutput } from './output.ts'

/** Converts stored values to what they mean by their logical types, and back. */

const secondDigits = { millis: 3, micros: 6, nanos: 9 } as const

/** For an int or a long; null: it has no further meaning, or is beyond any calendar. */
export function meantOfInteger(logical: Logical, value: bigint): string | null {
  switch (logical.kind) {
    case 'date':
      return dateText(Number(value))
    case 'time':
      return timeText(value, secondDigits[logical.unit])
    case 'timestamp':
      return instantText(value, secondDigits[logical.unit], logical.isLocal)
    default:
      return null
  }
}

/** null: the text has another format. */
export function integerOfMeant(logical: Logical, text: string): bigint | null {
  switch (logical.kind) {
    case 'date': {
      const days = daysOfDate(text)
      return days === null ? null : BigInt(days)
    }
    case 'time':
      return unitsOfTime(text, secondDigits[logical.unit])
    case 'timestamp':
      return unitsOfInstant(text, secondDigits[logical.unit], logical.isLocal)
    default:
      return null
  }
}

/** For a fixed of the right size. */
export function meantOfBytes(logical: Logical, bytes: Uint8Array): string | null {
  if (logical.kind === 'uuid') return hexOf(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return logical.kind === 'duration' ? durationText(bytes) : null
}

export function bytesOfMeant(logical: Logical, text: string): Uint8Array | null {
  if (logical.kind === 'uuid') return uuid.test(text) ? Buffer.from(text.replaceAll('-', ''), 'hex') : null
  return logical.kind === 'duration' ? bytesOfDuration(text) : null
}

/** An example of the format, for an error message. */
export function exampleOf(logical: Logical): string {
  switch (logical.kind) {
    case 'date':
      return 'a day such as "2026-11-28"'
    case 'time':
      return `a time such as "17:34:03.120", of ${secondDigits[logical.unit]} digits of a second at most`
    case 'timestamp':
      return `a time such as "2026-11-28T17:34:03.120${logical.isLocal ? '" without a zone' : 'Z"'}, of ${secondDigits[logical.unit]} digits of a second at most`
    case 'uuid':
      return 'a UUID such as "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"'
    case 'duration':
      return 'a duration such as "P1M2DT3.004S": months, days and seconds'
    case 'decimal':
      return `a number of ${logical.precision} digits at most, ${logical.scale} of them after the point`
    case 'big-decimal':
      return 'a number such as 12.50'
  }
}

type AnyDecimal = Extract<Logical, { kind: 'decimal' | 'big-decimal' }>

export function isDecimal(logical: Logical | null): logical is AnyDecimal {
  return logical?.kind === 'decimal' || logical?.kind === 'big-decimal'
}

/** The digits of a decimal that is stored as bytes. */
export function digitsOfBytes(logical: AnyDecimal, bytes: Uint8Array): string {
  // Printing them takes more than linear time.
  const isLong = bytes.length > MOST_DIGITS / 2
  const text = isLong ? null : decimalText(decimalOfBytes(logical, bytes))
  if (text === null)
    throw new Undecodable(`a decimal in it has more than ${MOST_DIGITS.toLocaleString('en-US')} digits`)
  return text
}

/** A big-decimal is its unscaled bytes with their length, followed by its scale. */
function decimalOfBytes(logical: AnyDecimal, bytes: Uint8Array): Decimal {
  if (logical.kind === 'decimal') return { unscaled: bigOfBytes(bytes), scale: logical.scale }
  const input = new AvroInput()
  input.begin(bytes)
  const start = input.sized()
  const unscaled = bigOfBytes(bytes.subarray(start, input.at))
  const scale = input.int()
  input.end()
  return { unscaled, scale }
}

const uuid = /^[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$/i

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')

/** Months, days and milliseconds separately, because a month has no fixed number of days. */
function durationText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const ms = view.getUint32(8, true)
  const seconds = `${Math.floor(ms / 1_000)}${ms % 1_000 === 0 ? '' : `.${String(ms % 1_000).padStart(3, '0')}`}`
  return `P${view.getUint32(0, true)}M${view.getUint32(4, true)}DT${seconds}S`
}

function bytesOfDuration(text: string): Uint8Array | null {
  const found = /^P(?=.)(?:(\d{1,9})Y)?(?:(\d{1,10})M)?(?:(\d{1,9})W)?(?:(\d{1,10})D)?(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,3}))?S)?)?$/.exec(text) // oxfmt-ignore
  if (found === null) return null
  const [years, months, weeks, days, hours, minutes, seconds] = found.slice(1, 8).map((part) => Number(part ?? 0)) as [number, number, number, number, number, number, number] // oxfmt-ignore
  const ms = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + Number((found[8] ?? '').padEnd(3, '0'))
  const parts = [years * 12 + months, weeks * 7 + days, ms]
  if (parts.some((part) => part > 0xffff_ffff)) return null
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  for (const [at, part] of parts.entries()) view.setUint32(4 * at, part, true)
  return bytes
}

/** A big-decimal as it is stored, without its length. */
export function bytesOfBigDecimal({ unscaled, scale }: Decimal): Uint8Array<ArrayBuffer> {
  const output = new AvroOutput()
  output.sized(bytesOfBig(unscaled)!) // null only where a fixed length is too short, and none was given
  output.long(scale)
  return output.take()
}
