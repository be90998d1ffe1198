import { isDigit, isSpace, numberEnd, seen, textEnd, wordEnd } from './json-scan.ts'

/** For each slot where the value of its path is in a text; −1: there is none. */
interface Slots {
  readonly starts: number[]
  readonly ends: number[]
}

/** A longer text, or one with more values, hardly ever has the same shape as another. */
const MOST_BYTES = 8_192
const MOST_VALUES = 256

/**
 * The shape of a JSON text: all of it except strings, numbers and words that are values. A text with the same bytes between its
 * values is JSON too, whatever its values are, and has the same paths in the same order.
 */
export class JsonShape {
  /** The bytes before, between and after the values, concatenated. */
  readonly #fixed: Uint8Array
  /** For each piece where it ends in these bytes. */
  readonly #pieceEnds: Int32Array
  /** The same as words of four bytes; the last word of a piece overlaps the one before. */
  readonly #fixedWords: DataView
  /** Whether these bytes go beyond ASCII. */
  readonly #isHigh: boolean
  /** For each slot: after which value (numbered from 1) it starts and ends, and at what distance; −1: it has none. */
  readonly #slots: Int32Array
  /** For the current text: where it starts, and where each of its values ends. */
  readonly #anchors: Int32Array

  constructor(fixed: Uint8Array, pieceEnds: Int32Array, slots: Int32Array) {
    this.#fixed = fixed
    this.#pieceEnds = pieceEnds
    this.#slots = slots
    this.#fixedWords = new DataView(fixed.buffer, fixed.byteOffset, fixed.byteLength)
    this.#isHigh = fixed.some((byte) => byte >= 0x80)
    this.#anchors = new Int32Array(pieceEnds.length)
  }

  /**
   * Whether the text has this shape, and where its values are. `seen` tells whether it still has to be checked for valid UTF-8.
   */
  match(bytes: Uint8Array, words: DataView, start: number, end: number, slots: Slots): boolean {
    const pieceEnds = this.#pieceEnds
    const fixed = this.#fixed
    const fixedWords = this.#fixedWords
    const anchors = this.#anchors
    const last = pieceEnds.length - 1
    seen.high = this.#isHigh
    anchors[0] = start
    let at = start
    for (let piece = 0, from = 0; ; piece += 1) {
      const to = pieceEnds[piece]! // the list has an end per piece
      const length = to - from
      if (at + length > end) return false
      if (length >= 4) {
        const shift = at - from
        for (let i = from; i < to - 3; i += 4)
          if (words.getInt32(i + shift, true) !== fixedWords.getInt32(i, true)) return false
        if (words.getInt32(to - 4 + shift, true) !== fixedWords.getInt32(to - 4, true)) return false
      } else for (let i = 0; i < length; i += 1) if (bytes[at + i] !== fixed[from + i]) return false
      at += length
      from = to
      if (piece === last) break
      at = at < end ? valueEnd(bytes, words, at, end) : -1
      if (at < 0) return false
      anchors[piece + 1] = at
    }
    if (at !== end) return false
    this.#tell(slots)
    return true
  }

  #tell({ starts, ends }: Slots): void {
    const slots = this.#slots
    const anchors = this.#anchors
    for (let slot = 0, i = 0; i < slots.length; slot += 1, i += 4) {
      const anchor = slots[i]! // each slot has four numbers
      starts[slot] = anchor < 0 ? -1 : anchors[anchor]! + slots[i + 1]! // each slot has four numbers
      ends[slot] = anchor < 0 ? -1 : anchors[slots[i + 2]!]! + slots[i + 3]! // each slot has four numbers
    }
  }
}

/** Where a string, number or word ends; −1: something else starts here. */
function valueEnd(bytes: Uint8Array, words: DataView, at: number, end: number): number {
  const byte = bytes[at]! // at < end
  if (byte === 0x22) return textEnd(bytes, words, at + 1, end) + 1 || -1
  return byte === 0x2d || isDigit(byte) ? numberEnd(bytes, at, end) : wordEnd(bytes, at, end)
}

/** The shape of a text that was found to be JSON, with the slots found in it; null: not worth keeping. */
export function shapeOf(
  bytes: Uint8Array,
  words: DataView,
  start: number,
  end: number,
  slots: Slots,
): JsonShape | null {
  if (end - start > MOST_BYTES) return null
  const fixed: number[] = []
  const pieceEnds: number[] = []
  const anchors = [start]
  for (let at = start; at < end;) {
    const byte = bytes[at]! // at < end
    let next = at + 1
    const isFixed = isSpace[byte] === 1 || byte === 0x7b || byte === 0x7d || byte === 0x5b || byte === 0x5d || byte === 0x2c || byte === 0x3a // oxfmt-ignore
    if (!isFixed) {
      next = valueEnd(bytes, words, at, end)
      if (byte !== 0x22 || !isName(bytes, next, end)) {
        if (pieceEnds.push(fixed.length) > MOST_VALUES) return null
        anchors.push(next)
        at = next
        continue
      }
    }
    for (; at < next; at += 1) fixed.push(bytes[at]!) // at < next
  }
  pieceEnds.push(fixed.length)
  // A string alone: in its place a number would not be accepted as JSON here.
  if (!fixed.includes(0x7b) && !fixed.includes(0x5b)) return null
  const places = slots.starts.flatMap(
    (from, slot) => (from < 0 ? [-1, 0, -1, 0] : [...placeOf(anchors, from), ...placeOf(anchors, slots.ends[slot]!)]), // `ends` has an entry per slot
  )
  return new JsonShape(Uint8Array.from(fixed), Int32Array.from(pieceEnds), Int32Array.from(places))
}

/** A string followed by a colon, which is a name. */
function isName(bytes: Uint8Array, textEnd: number, end: number): boolean {
  let at = textEnd
  while (at < end && isSpace[bytes[at]!] === 1) at += 1 // at < end
  return bytes[at] === 0x3a && at < end
}

/** The anchor before this position, and the distance to it. */
function placeOf(anchors: readonly number[], at: number): [number, number] {
  const anchor = anchors.findLastIndex((one) => one <= at)
  return [anchor, at - anchors[anchor]!] // anchor is an index into the anchors
}
