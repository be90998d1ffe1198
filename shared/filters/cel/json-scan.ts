import { bytesOfText } from '../../bytes.ts'

/** Set by `textEnd` if a text has a character beyond ASCII, or an escape. The caller resets them first. */
export const seen = { high: false, escape: false }

/**
 * The index of the closing quote of the string that starts here; −1: there is none, or a character that is not allowed comes
 * before it. Reads four bytes at a time: most of a JSON text is strings, and testing each byte would take longer than
 * everything else.
 */
export function textEnd(bytes: Uint8Array, words: DataView, start: number, end: number): number {
  const last = Math.min(words.byteLength - 4, end - 1)
  for (let at = start; ;) {
    let special = 0
    while (at <= last) {
      const word = words.getInt32(at, true)
      // A bit is set for each byte that is not plain: a quote, a backslash, a control character, or beyond ASCII. Only the
      // lowest set bit is exact.
      const quote = word ^ 0x22222222
      const slash = word ^ 0x5c5c5c5c
      special =
        (((quote - 0x01010101) & ~quote) | ((slash - 0x01010101) & ~slash) | (word - 0x20202020) | word) & 0x80808080
      if (special !== 0) break
      at += 4
    }
    if (special !== 0) at += (31 - Math.clz32(special & -special)) >> 3
    else while (at < end && isPlain[bytes[at]!] === 1) at += 1 // at < end
    if (at >= end) return -1
    const byte = bytes[at]! // at < end
    if (byte === 0x22) return at
    if (byte >= 0x80) seen.high = true
    else if (byte !== 0x5c || (at = escapeEnd(bytes, at, end)) < 0) return -1
    else seen.escape = true
    at += 1
  }
}

/** The index of the last byte of the escape that starts here; −1: it is not a valid escape. */
function escapeEnd(bytes: Uint8Array, at: number, end: number): number {
  const next = at + 1 < end ? bytes[at + 1]! : 0 // it was asked just before
  if (next !== 0x75) return isEscape[next] === 1 ? at + 1 : -1
  if (at + 5 >= end) return -1
  for (let i = at + 2; i < at + 6; i += 1) if (isHex[bytes[i]!] === 0) return -1 // the caller checked that six more bytes are there
  return at + 5
}

/** Where the number that starts here ends; −1: it is not a number. */
export function numberEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = bytes[start] === 0x2d ? start + 1 : start
  if (at >= end || !isDigit(bytes[at]!)) return -1 // at < end
  if (bytes[at] === 0x30) at += 1
  else while (at < end && isDigit(bytes[at]!)) at += 1 // at < end
  if (at < end && bytes[at] === 0x2e) {
    at += 1
    if (at >= end || !isDigit(bytes[at]!)) return -1 // at < end
    while (at < end && isDigit(bytes[at]!)) at += 1 // at < end
  }
  if (at < end && (bytes[at]! | 0x20) === 0x65) {
    // at < end
    at += 1
    if (at < end && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at += 1
    if (at >= end || !isDigit(bytes[at]!)) return -1 // at < end
    while (at < end && isDigit(bytes[at]!)) at += 1 // at < end
  }
  return at
}

/** Where `true`, `false` or `null` ends; −1: it is none of them. */
export function wordEnd(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start]
  const word = first === 0x74 ? literals.true : first === 0x66 ? literals.false : first === 0x6e ? literals.null : null
  if (word === null || start + word.length > end) return -1
  for (let i = 1; i < word.length; i += 1) if (bytes[start + i] !== word[i]) return -1
  return start + word.length
}

const literals = { true: bytesOfText('true'), false: bytesOfText('false'), null: bytesOfText('null') }
const table = (is: (byte: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => (is(byte) ? 1 : 0))
export const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39
export const isSpace = table((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d)
/** Bytes of a string that are neither its end, nor an escape, nor a character that must be escaped, nor beyond ASCII. */
const isPlain = table((byte) => byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c)
const isEscape = table((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)) && byte !== 0)
const isHex = table((byte) => /[0-9a-fA-F]/.test(String.fromCharCode(byte)))
