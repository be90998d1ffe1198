/**
 * How bytes are written as text, in the app and the page: UTF-8, hex and base64, in both directions; and how their
 * memory is given back. What bytes mean is decided in electron/kafka/decode.
 */

const encoder = new TextEncoder()
// Without ignoreBOM the first three bytes of some texts would vanish.
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}

/** null: the bytes are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes)
  } catch {
    return null
  }
}

/**
 * The bytes without a character that was cut in two at the end of a slice. Removes at most three bytes; other bytes
 * that are not UTF-8 stay.
 */
export function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back]! // back is at most the length
    if ((byte & 0xc0) === 0x80) continue
    const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return needs > back ? bytes.subarray(0, bytes.length - back) : bytes
  }
  return bytes
}

const pairs = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** For example `48 65 6c`. */
export function hexText(bytes: Uint8Array): string {
  const text: string[] = []
  for (const byte of bytes) text.push(pairs[byte]!) // the table has an entry for each of the 256 bytes
  return text.join(' ')
}

/** Reads hex digits, with or without spaces or 0x between them; null: they are not pairs of hex digits. */
export function bytesOfHex(text: string): Uint8Array<ArrayBuffer> | null {
  const digits = text.replace(/\s+|0x/gi, '')
  if (digits.length % 2 === 1 || /[^0-9a-f]/i.test(digits)) return null
  const bytes = new Uint8Array(digits.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(digits.slice(at * 2, at * 2 + 2), 16)
  return bytes
}

export function base64Text(bytes: Uint8Array): string {
  let binary = ''
  // In pieces: spreading a megabyte into one call overflows the stack.
  for (let at = 0; at < bytes.length; at += 8_192) binary += String.fromCharCode(...bytes.subarray(at, at + 8_192))
  return btoa(binary)
}

/** Reads base64 in either alphabet, with or without spaces; null: it is not base64. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    const binary = atob(text.replace(/\s+/g, '').replace(/-/g, '+').replace(/_/g, '/'))
    return Uint8Array.from(binary, (char) => char.charCodeAt(0))
  } catch {
    return null
  }
}

/**
 * Frees the memory of bytes that are no longer used. The garbage collector sees only a small object and is in no hurry
 * to free the large buffer behind it. Bytes that share their buffer with others are left to the collector.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer.byteLength === byteLength) giveBackBuffer(buffer)
}

/** The same for a whole buffer, with everything in it. */
export function giveBackBuffer(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0)
}
