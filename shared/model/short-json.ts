/**
 * A JSON value shortened to one line, as a row shows it. All fields of its first levels are there, and numbers have every
 * digit; long values inside are counted (`{#4}`: four fields, `[#12]`: twelve items) or cut (`"…"`, `#`: more follows), so that
 * a large first field does not hide the ones after it. Works on bytes, because workers shorten millions of values. `isCut`:
 * only the beginning of the value is here, so a number at its end may be incomplete.
 */
export function shortJson(json: Uint8Array, isCut: boolean): Uint8Array<ArrayBuffer> {
  output.length = 0
  new Source(json, isCut).value(0, SHORT_BYTES)
  return output.bytes.slice(0, output.length)
}

/** The most that a cell can show. */
const SHORT_BYTES = 480
/** Of a longer value only this much is read. */
const LOOKED_AT = 32 << 10
const TEXT = 80
const NAME = 60
/** A nested value up to this size is left as it is: by its level. */
const WHOLE = [0, 72, 24] as const
/** Bytes kept of an object within an object, if it is longer. */
const INSIDE = 120

const QUOTE = 0x22
const BACKSLASH = 0x5c
const HASH = 0x23
const OPEN = 0x7b
const CLOSE = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const COMMA = 0x2c
const COLON = 0x3a
/** UTF-8 of `…`. */
const DOTS = [0xe2, 0x80, 0xa6] as const

/** One buffer for all values: the result is copied out before the next. */
const output = { bytes: new Uint8Array(2 * SHORT_BYTES), length: 0 }

class Source {
  readonly #json: Uint8Array
  readonly #end: number
  readonly #isCut: boolean
  #at = 0
  /** How many members the value that was skipped last has. */
  #count = 0

  constructor(json: Uint8Array, isCut: boolean) {
    this.#json = json
    this.#end = Math.min(json.length, LOOKED_AT)
    this.#isCut = isCut || json.length > LOOKED_AT
  }

  /** Writes the value here, as its level allows. False: the rest of the text is unknown, or there is no room for it. */
  value(level: number, until: number): boolean {
    this.#spaces()
    if (this.#at >= this.#end) return false
    const first = this.#json[this.#at]! // at < end, as the line above checks
    if (first === QUOTE) return this.#text(TEXT)
    if (first !== OPEN && first !== OPEN_LIST) return this.#plain()
    const start = this.#at
    const isWhole = this.#skip()
    const size = this.#at - start
    const count = this.#count
    const end = this.#at
    if (isWhole && size <= WHOLE[Math.min(level, 2)]! && output.length + size <= until) {
      // Math.min keeps the index within the list of three
      this.#copy(start, end)
      return true
    }
    if (level === 0 || (level === 1 && first === OPEN)) {
      this.#at = start
      this.#inside(level, first, level === 0 ? until : Math.min(until, output.length + INSIDE))
    } else this.#counted(first, isWhole ? count : null)
    this.#at = end
    return isWhole
  }

  #inside(level: number, opening: number, until: number): void {
    const closing = opening === OPEN ? CLOSE : CLOSE_LIST
    put(opening)
    this.#at += 1
    for (let isFirst = true; ; isFirst = false) {
      this.#spaces()
      if (this.#at < this.#end && this.#json[this.#at] === closing) break
      const before = output.length
      if (!isFirst) put(COMMA)
      if (!this.#member(level, opening, until) || output.length > until) {
        // What was started is shown as far as it goes, unless it is too long.
        if (output.length > until || output.length === before + (isFirst ? 0 : 1)) output.length = before
        const last = output.bytes[output.length - 1]
        if (last !== opening && last !== HASH) put(COMMA)
        if (last !== HASH) put(HASH)
        break
      }
      this.#spaces()
      if (this.#json[this.#at] === COMMA) this.#at += 1
    }
    put(closing)
  }

  #member(level: number, opening: number, until: number): boolean {
    if (opening === OPEN) {
      if (this.#json[this.#at] !== QUOTE) return false
      const isWhole = this.#text(NAME)
      this.#spaces()
      if (!isWhole || this.#at >= this.#end || this.#json[this.#at] !== COLON) return false
      put(COLON)
      this.#at += 1
    }
    return this.value(level + 1, until)
  }

  #counted(opening: number, count: number | null): void {
    put(opening)
    put(HASH)
    if (count !== null) for (const digit of String(count)) put(digit.charCodeAt(0))
    put(opening === OPEN ? CLOSE : CLOSE_LIST)
  }

  /** A string, or as much of it as allowed, and its end. */
  #text(most: number): boolean {
    const start = this.#at
    const isWhole = this.#skipText()
    const end = this.#at
    if (isWhole && end - start <= most + 2) {
      this.#copy(start, end)
      return true
    }
    this.#copy(start, cutText(this.#json, start, Math.min(start + most, isWhole ? end - 1 : end)))
    for (const byte of DOTS) put(byte)
    put(QUOTE)
    return isWhole
  }

  /** A number or a word. */
  #plain(): boolean {
    const start = this.#at
    while (this.#at < this.#end && isPlain(this.#json[this.#at]!)) this.#at += 1 // at < end
    if (this.#at === start) return false
    if (this.#at === this.#end && this.#isCut) {
      put(HASH)
      return false
    }
    const size = this.#at - start
    this.#copy(start, start + Math.min(size, TEXT))
    if (size > TEXT) for (const byte of DOTS) put(byte)
    return true
  }

  /** Moves to the end of an object or list; false: its end is not here. */
  #skip(): boolean {
    const json = this.#json
    const end = this.#end
    let level = 0
    let commas = 0
    let isEmpty = true
    for (let at = this.#at; at < end;) {
      const byte = json[at]! // at < length
      if (byte === QUOTE) {
        if (level === 1) isEmpty = false
        this.#at = at
        if (!this.#skipText()) return false
        at = this.#at
        continue
      }
      at += 1
      if (byte === OPEN || byte === OPEN_LIST) {
        if (level === 1) isEmpty = false
        level += 1
      } else if (byte === CLOSE || byte === CLOSE_LIST) {
        level -= 1
        if (level === 0) {
          this.#count = isEmpty ? 0 : commas + 1
          this.#at = at
          return true
        }
      } else if (level === 1) {
        if (byte === COMMA) commas += 1
        else if (byte > 0x20) isEmpty = false
      }
    }
    this.#at = end
    return false
  }

  #skipText(): boolean {
    const json = this.#json
    const start = this.#at
    for (let at = json.indexOf(QUOTE, start + 1); at !== -1 && at < this.#end; at = json.indexOf(QUOTE, at + 1)) {
      let before = at - 1
      while (before > start && json[before] === BACKSLASH) before -= 1
      if ((at - before) % 2 === 0) continue
      this.#at = at + 1
      return true
    }
    this.#at = this.#end
    return false
  }

  #spaces(): void {
    while (this.#at < this.#end && this.#json[this.#at]! <= 0x20) this.#at += 1 // at < end
  }

  #copy(start: number, end: number): void {
    const { bytes, length } = output
    const size = Math.min(end - start, bytes.length - length)
    if (size > 24) bytes.set(this.#json.subarray(start, start + size), length)
    else for (let i = 0; i < size; i += 1) bytes[length + i] = this.#json[start + i]! // i < size
    output.length = length + size
  }
}

function put(byte: number): void {
  // Twice the wanted size, so that a part that turns out too long can be removed again.
  if (output.length < output.bytes.length) output.bytes[output.length++] = byte
}

const isPlain = (byte: number): boolean =>
  byte > 0x20 && byte !== COMMA && byte !== CLOSE && byte !== CLOSE_LIST && byte !== COLON && byte !== QUOTE

/** Does not cut inside a character or an escape. */
function cutText(json: Uint8Array, start: number, most: number): number {
  let end = most
  while (end > start + 1 && (json[end]! & 0xc0) === 0x80) end -= 1 // end > start
  for (let at = Math.max(start + 1, end - 6); at < end; at += 1) {
    if (json[at] !== BACKSLASH) continue
    // A backslash that is itself escaped does not start an escape.
    let before = 0
    while (at - 1 - before > start && json[at - 1 - before] === BACKSLASH) before += 1
    if (before % 2 === 1) continue
    const length = json[at + 1] === 0x75 ? 6 : 2
    if (at + length > end) return at
  }
  return end
}
