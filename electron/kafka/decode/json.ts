import { isUtf8 } from 'node:buffer'
import { utf8Text } from '#shared/bytes.ts'
import { isJson } from '#shared/filters/cel/json-fields.ts'
import type { Decoder } from './decoder.ts'
import { jsonValue } from './json-value.ts'

/** Longer values are treated as text, which the page parses as JSON on request: a list of large ones must not take seconds. */
export const JSON_BYTES = 256 << 10

const begins = new Set(Array.from('{["', (char) => char.charCodeAt(0)))
const spaces = new Set([0x20, 0x09, 0x0a, 0x0d])

/** The result for nearly all texts that are not JSON. */
const beginsOtherwise = { reason: 'it begins with none of { [ "' }

/** Objects, arrays and strings. A bare number or word counts as text, because it would be JSON only by chance. */
export const json: Decoder = {
  encoding: 'JSON',
  isPlain: true,
  decode(bytes) {
    // The text itself is the value: parsed to JavaScript numbers, 64-bit integers would change.
    if (bytes.length <= JSON_BYTES && isJson(bytes)) return { form: 'json', value: () => jsonValue(utf8Text(bytes)!) } // isJson checked that it is UTF-8
    let start = 0
    while (start < bytes.length && spaces.has(bytes[start]!)) start += 1 // start < bytes.length
    if (start === bytes.length || !begins.has(bytes[start]!)) return beginsOtherwise // start < bytes.length
    if (bytes.length > JSON_BYTES) return { reason: 'longer than 256 KiB, so it was not tried' }
    return { reason: isUtf8(bytes) ? 'it begins like JSON and does not go on so' : 'it is not UTF-8' }
  },
}
