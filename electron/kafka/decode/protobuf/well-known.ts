import { unitsOfInstant } from '../date-time.ts'
import { WIRE, type ProtoReader } from './proto-reader.ts'

/**
 * How messages of Protobuf's own types are written in JSON. `text`: as text with their meaning; a value without one (seconds
 * beyond the year 9999) is written like any message. `wrapper`, `inner`, `value`: as their one value. `any`: as its contents.
 */
export type WellKnownForm =
  | { kind: 'record' | 'wrapper' | 'inner' | 'value' | 'any' }
  /**
   * `read`: the text for the message at the reader. `fields`: field values by number, parsed from the text; null: it has
   * another format.
   */
  | {
      kind: 'text'
      read(reader: ProtoReader): string | null
      fields(text: string): WellKnownFields | null
      example: string
    }

export type WellKnownFields = { seconds: bigint; nanos: number } | { paths: string[] }

const record: WellKnownForm = { kind: 'record' }
const wrapper: WellKnownForm = { kind: 'wrapper' }
const inner: WellKnownForm = { kind: 'inner' }
/** 0001-01-01 to the end of 9999. */
const FIRST_SECOND = -62_135_596_800
const LAST_SECOND = 253_402_300_799
const SECOND = 1_000_000_000n
/** Ten thousand years. */
const MOST_SECONDS = 315_576_000_000

const forms = new Map<string, WellKnownForm>([
  ['Timestamp', { kind: 'text', read: readTimestamp, fields: timestampOf, example: '2026-11-28T17:34:03.120Z' }],
  ['Duration', { kind: 'text', read: readDuration, fields: durationOf, example: '1.5s' }],
  ['FieldMask', { kind: 'text', read: readMask, fields: maskOf, example: 'customer.name,total' }],
  ['Any', { kind: 'any' }],
  ['Struct', inner],
  ['ListValue', inner],
  ['Value', { kind: 'value' }],
  ...['Double', 'Float', 'Int64', 'UInt64', 'Int32', 'UInt32', 'Bool', 'String', 'Bytes'].map(
    (name): [string, WellKnownForm] => [`${name}Value`, wrapper],
  ),
])

/** `file`: the path of the file that declares it. A type of the same name elsewhere is a different one. */
export function wellKnownForm(type: string, file: string): WellKnownForm {
  if (!file.startsWith('google/protobuf/')) return record
  return forms.get(type.slice('google.protobuf.'.length)) ?? record
}

/** Both fields, if they are valid; null: there are other fields. */
function secondsAndNanos(reader: ProtoReader): [number, number] | null {
  let seconds = 0
  let nanos = 0
  while (reader.at < reader.end) {
    const tag = reader.tag()
    if (tag === 8) {
      reader.varint64()
      seconds = reader.high * 0x1_0000_0000 + (reader.low >>> 0)
    } else if (tag === 16) nanos = reader.int32()
    else return null
  }
  return [seconds, nanos]
}

function readTimestamp(reader: ProtoReader): string | null {
  const found = secondsAndNanos(reader)
  if (found === null) return null
  const [seconds, nanos] = found
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND || nanos < 0 || nanos > 999_999_999) return null
  const text = new Date(seconds * 1_000).toISOString()
  if (nanos === 0) return `${text.slice(0, 19)}Z`
  const digits = String(nanos).padStart(9, '0')
  const places = nanos % 1_000_000 === 0 ? 3 : nanos % 1_000 === 0 ? 6 : 9
  return `${text.slice(0, 19)}.${digits.slice(0, places)}Z`
}

function timestampOf(text: string): WellKnownFields | null {
  const nanos = unitsOfInstant(text, 9, false)
  if (nanos === null) return null
  const part = ((nanos % SECOND) + SECOND) % SECOND
  const seconds = (nanos - part) / SECOND
  return seconds < FIRST_SECOND || seconds > LAST_SECOND ? null : { seconds, nanos: Number(part) }
}

function readDuration(reader: ProtoReader): string | null {
  const found = secondsAndNanos(reader)
  if (found === null) return null
  const [seconds, nanos] = found
  if (Math.abs(seconds) > MOST_SECONDS || Math.abs(nanos) > 999_999_999 || seconds * nanos < 0) return null
  const part = nanos === 0 ? '' : `.${String(Math.abs(nanos)).padStart(9, '0').replace(/0+$/, '')}`
  return `${seconds < 0 || nanos < 0 ? '-' : ''}${Math.abs(seconds)}${part}s`
}

function durationOf(text: string): WellKnownFields | null {
  const found = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/.exec(text)
  if (found === null) return null
  const [, sign, seconds, part = ''] = found
  if (Number(seconds) > MOST_SECONDS) return null
  const nanos = Number(part.padEnd(9, '0'))
  return sign === '-'
    ? { seconds: -BigInt(seconds!), nanos: nanos === 0 ? 0 : -nanos } // the pattern always captures this group
    : { seconds: BigInt(seconds!), nanos } // the pattern always captures this group
}

/** In camel case, as in Protobuf's JSON, if that can be converted back to the same paths. */
function readMask(reader: ProtoReader): string | null {
  const paths: string[] = []
  while (reader.at < reader.end) {
    if (reader.tag() !== (1 << 3) + WIRE.bytes) return null
    const end = reader.length()
    let path = ''
    while (reader.at < end) path += String.fromCharCode(reader.bytes[reader.at++]!) // at < end
    if (!/^[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*(\.[a-z][a-z0-9]*(_[a-z][a-z0-9]*)*)*$/.test(path)) return null
    paths.push(path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()))
  }
  return paths.join(',')
}

function maskOf(text: string): WellKnownFields | null {
  if (text === '') return { paths: [] }
  const paths = text.split(',').map((path) => path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`))
  return paths.every((path) => /^[\w.]+$/.test(path)) ? { paths } : null
}
