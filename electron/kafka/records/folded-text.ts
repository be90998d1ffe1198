import { isUtf8 } from 'node:buffer'
import type { RecordCursor } from './record-cursor.ts'

/** So much is turned into text at a time: a value of any size costs no more memory than this. */
const PIECE = 1 << 20
const HEX = /^[0-9a-f]{2}(?: [0-9a-f]{2})+$/

/**
 * Finds the records whose key, value or headers hold a text, whatever the case of its letters. What is not UTF-8 is searched
 * as well as the hex that stands for it on the page.
 */
export class FoldedMatcher {
  readonly #text: string
  readonly #isAscii: boolean
  readonly #overlap: number
  readonly #bytes: Buffer | null

  constructor(text: string) {
    this.#text = text.toLowerCase()
    this.#isAscii = /^[\0-\x7f]*$/.test(this.#text)
    // Upper-case forms may take other numbers of bytes: ẞ and ß, K and the Kelvin sign.
    this.#overlap = 4 * Buffer.byteLength(this.#text) + 8
    this.#bytes = HEX.test(this.#text) ? Buffer.from(this.#text.replaceAll(' ', ''), 'hex') : null
  }

  matches(record: RecordCursor): boolean {
    const { bytes, keyStart, keyEnd, valueStart, valueEnd, headersStart, end } = record
    if (keyStart >= 0 && this.#isIn(bytes.subarray(keyStart, keyEnd))) return true
    if (valueStart >= 0 && this.#isIn(bytes.subarray(valueStart, valueEnd))) return true
    if (record.headerCount === 0) return false
    // All headers at once first: taking them apart costs an object each, and there may be very many.
    if (!this.#isIn(bytes.subarray(headersStart, end))) return false
    const walk = record.walkHeaders()
    while (walk.next()) {
      if (this.#isIn(bytes.subarray(walk.nameStart, walk.nameEnd))) return true
      if (walk.valueStart >= 0 && this.#isIn(bytes.subarray(walk.valueStart, walk.valueEnd))) return true
    }
    return false
  }

  #isIn(field: Uint8Array): boolean {
    const buffer = Buffer.from(field.buffer, field.byteOffset, field.length)
    for (let at = 0; at < buffer.length; at += PIECE) {
      const end = Math.min(buffer.length, at + PIECE + this.#overlap)
      // One byte a letter is several times as fast, and for ASCII says the same.
      const text = this.#isAscii ? buffer.toString('latin1', at, end) : buffer.toString('utf8', at, end)
      if (text.toLowerCase().includes(this.#text)) return true
    }
    return this.#bytes !== null && buffer.includes(this.#bytes) && !isReadable(buffer)
  }
}

/** As the page judges it: what holds characters that no text does is shown as hex. */
function isReadable(bytes: Uint8Array): boolean {
  return (
    isUtf8(bytes) && !bytes.some((byte) => byte === 0x7f || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13))
  )
}
