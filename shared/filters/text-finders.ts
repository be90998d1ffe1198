import { bytesOfText } from '../bytes.ts'

/** Whether the text is in these bytes; `isWhole`: they end where the value ends. */
export type Finder = (bytes: Uint8Array, start: number, end: number, isWhole: boolean) => boolean

/** How much is decoded to text at a time: however large a value is, it takes no more memory than this. */
const PIECE = 1 << 20
/** How much each piece repeats of the one before, to know what comes before a match: at least four characters. */
const LEAD = 16

export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text)
}

/** Each byte may have either of two forms, for upper and lower case. */
export function byteFinder(lower: Uint8Array, upper: Uint8Array): Finder {
  return (bytes, start, end) => nextAt(bytes, start, end, lower, upper) >= 0
}

function nextAt(bytes: Uint8Array, start: number, end: number, lower: Uint8Array, upper: Uint8Array): number {
  const length = lower.length
  const [low, up] = [lower[0]!, upper[0]!] // a needle is never empty
  const last = end - length
  for (let at = start; at <= last; at += 1) {
    const byte = bytes[at]! // at < end
    if (byte !== low && byte !== up) continue
    let same = 1
    while (same < length) {
      const next = bytes[at + same]! // same < length, and the needle fits before `last`
      if (next !== lower[same] && next !== upper[same]) break
      same += 1
    }
    if (same === length) return at
  }
  return -1
}

/** Ignoring case, for letters whose other case may take another number of bytes. */
export function foldedFinder(lower: string): Finder {
  const decoder = new TextDecoder()
  const overlap = overlapOf(lower)
  return (bytes, start, end) => {
    for (let at = start; at < end; at += PIECE) {
      const piece = bytes.subarray(at, Math.min(end, at + PIECE + overlap))
      if (decoder.decode(piece).toLowerCase().includes(lower)) return true
    }
    return false
  }
}

/** ẞ and ß, K and the Kelvin sign: what is found at the end of a piece may be longer than the text itself. */
function overlapOf(text: string): number {
  return 4 * bytesOfText(text).length + 2 * LEAD
}

/** As whole words: no letter or digit may come directly before or after. */
export function wordFinder(text: string, matchCase: boolean): Finder {
  const lower = matchCase ? text : text.toLowerCase()
  if (!matchCase && !isAscii(lower)) return foldedWordFinder(lower)
  const bytesOf = [bytesOfText(lower), bytesOfText(matchCase ? text : text.toUpperCase())] as const
  return (bytes, start, end, isWhole) => {
    for (let at = start; (at = nextAt(bytes, at, end, ...bytesOf)) >= 0; at += 1) {
      if (isWordBefore(bytes, start, at)) continue
      const behind = at + bytesOf[0].length
      if (behind === end ? isWhole : !isWordAt(bytes, behind, end)) return true
    }
    return false
  }
}

function foldedWordFinder(lower: string): Finder {
  const word = new RegExp(`(?<!${WORD})${lower.replace(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)}(?!${WORD})`, 'gu')
  const decoder = new TextDecoder()
  const overlap = overlapOf(lower)
  return (bytes, start, end, isWhole) => {
    for (let at = start; at < end; at += PIECE) {
      const from = Math.max(start, at - LEAD)
      const to = Math.min(end, at + PIECE + overlap)
      const text = decoder.decode(bytes.subarray(from, to)).toLowerCase()
      // A match at a cut edge is complete in the piece before or after this one.
      const first = from === start ? 0 : 4
      const last = to < end ? text.length - 4 : isWhole ? text.length : text.length - 1
      for (const { index } of text.matchAll(word)) {
        if (index >= first && index + lower.length <= last) return true
      }
    }
    return false
  }
}

const WORD = String.raw`[\p{L}\p{M}\p{N}_]`
const isWord = new RegExp(WORD, 'u')
const decoder = new TextDecoder()

function isWordBefore(bytes: Uint8Array, start: number, at: number): boolean {
  let first = at - 1
  while (first > start && first > at - 4 && (bytes[first]! & 0xc0) === 0x80) first -= 1 // first > start
  return first >= start && isWordAt(bytes, first, at)
}

function isWordAt(bytes: Uint8Array, at: number, end: number): boolean {
  const byte = bytes[at]! // at < end
  if (byte < 0x80) return isAsciiWord[byte] === 1
  const [char] = decoder.decode(bytes.subarray(at, Math.min(end, at + 4)))
  return char !== undefined && isWord.test(char)
}

const isAsciiWord = Uint8Array.from({ length: 128 }, (_, byte) => (isWord.test(String.fromCharCode(byte)) ? 1 : 0))
