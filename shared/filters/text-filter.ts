import { z } from 'zod'
import { bytesOfHex, bytesOfText } from '../bytes.ts'
import { isReadable } from '../model/decoded.ts'
import type { FilterPart, Predicate, Verdict } from './predicate.ts'

/** A text anywhere in a record's key, value, or the names and values of its headers. */
export const TextFilter = z.strictObject({
  kind: z.literal('text'),
  text: z.string().min(1).max(1_000),
  matchCase: z.boolean().default(false),
})
export type TextFilter = z.infer<typeof TextFilter>

/** So much is turned into text at a time: a value of any size costs no more memory than this. */
const PIECE = 1 << 20
const HEX = /^[0-9a-f]{2}(?: [0-9a-f]{2})+$/i

/** What is shown as hex is searched as well for the bytes that such a text spells. */
export function compileText({ text, matchCase }: TextFilter): Predicate {
  const find = matchCase ? byteFinder(bytesOfText(text), bytesOfText(text)) : foldedFinder(text.toLowerCase())
  const spelt = HEX.test(text) ? bytesOfHex(text) : null
  const findSpelt = spelt === null ? null : byteFinder(spelt, spelt)
  const isIn = (part: FilterPart): boolean =>
    find(part.bytes, part.start, part.end) ||
    (findSpelt !== null && findSpelt(part.bytes, part.start, part.end) && !isReadable(part.form))

  return {
    literal: matchCase && spelt === null ? bytesOfText(text) : null,
    verdict(record): Verdict {
      let isSeen = true
      const key = record.key()
      if (key !== null) {
        if (isIn(key)) return 'match'
        isSeen = key.isWhole
      }
      const value = record.value()
      if (value !== null) {
        if (isIn(value)) return 'match'
        isSeen &&= value.isWhole
      }
      const headers = record.headers()
      if (headers === 'unknown') return 'unknown'
      // All of them at once first: taking them apart costs more, and there may be very many.
      if (headers !== null && isIn(headers.all)) for (const part of headers) if (isIn(part)) return 'match'
      return isSeen ? 'no' : 'unknown'
    },
  }
}

type Finder = (bytes: Uint8Array, start: number, end: number) => boolean

/** Each byte of the text in either of two forms. */
function byteFinder(lower: Uint8Array, upper: Uint8Array): Finder {
  const length = lower.length
  const [low, up] = [lower[0]!, upper[0]!]
  return (bytes, start, end) => {
    const last = end - length
    for (let at = start; at <= last; at += 1) {
      const byte = bytes[at]!
      if (byte !== low && byte !== up) continue
      let same = 1
      while (same < length) {
        const next = bytes[at + same]!
        if (next !== lower[same] && next !== upper[same]) break
        same += 1
      }
      if (same === length) return true
    }
    return false
  }
}

/** Whatever the case of its letters. For ASCII, bytes say it; other letters may take other numbers of bytes in the other case. */
function foldedFinder(lower: string): Finder {
  if (/^[\0-\x7f]*$/.test(lower)) return byteFinder(bytesOfText(lower), bytesOfText(lower.toUpperCase()))
  const decoder = new TextDecoder()
  // ẞ and ß, K and the Kelvin sign: what a piece ends with may be longer than the text itself.
  const overlap = 4 * bytesOfText(lower).length + 8
  return (bytes, start, end) => {
    for (let at = start; at < end; at += PIECE) {
      const piece = bytes.subarray(at, Math.min(end, at + PIECE + overlap))
      if (decoder.decode(piece).toLowerCase().includes(lower)) return true
    }
    return false
  }
}
