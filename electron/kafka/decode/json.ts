import { utf8Text } from '#shared/bytes.ts'
import type { Decoder } from './decoder.ts'
import { jsonValue } from './json-value.ts'

/** Longer values are text, which the page reads as JSON when asked: a list of large ones must not cost seconds. */
export const JSON_BYTES = 256 << 10

const begins = new Set(Array.from('{["', (char) => char.charCodeAt(0)))
const spaces = new Set([0x20, 0x09, 0x0a, 0x0d])

/** Objects, arrays and strings. A bare number or word is text: it would be JSON by chance. */
export const json: Decoder = {
  encoding: 'JSON',
  isPlain: true,
  decode(bytes) {
    let start = 0
    while (start < bytes.length && spaces.has(bytes[start]!)) start += 1
    if (start === bytes.length || !begins.has(bytes[start]!)) return { reason: 'it begins with none of { [ "' }
    if (bytes.length > JSON_BYTES) return { reason: 'longer than 256 KiB, so it was not tried' }
    const text = utf8Text(bytes)
    if (text === null) return { reason: 'it is not UTF-8' }
    try {
      JSON.parse(text)
      // The text is the value: as JavaScript's numbers its integers of 64 bits would be others.
      return { form: 'json', value: () => jsonValue(text) }
    } catch {
      return { reason: 'it begins like JSON and does not go on so' }
    }
  },
}
