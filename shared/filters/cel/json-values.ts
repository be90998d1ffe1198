import { utf8Text } from '../../bytes.ts'
import { Double, CelFault, intOf, type Cel, type Key } from './values.ts'

/** The greatest nesting of a value that is built whole: deeper ones would overflow the stack. */
const LEVELS = 500
const tooDeep = new CelFault('too-large', `JSON nests deeper than ${LEVELS} levels`)

/** Counts the work done for one record, so that it is bounded. */
export interface StepBudget {
  /** False: the budget is used up. */
  take(count: number): boolean
}

/** The value of a JSON text that was checked before. */
export function valueAt(bytes: Uint8Array, start: number, end: number, steps: StepBudget): Cel | CelFault {
  switch (bytes[start]) {
    case 0x22:
      return textAt(bytes, start, end)
    case 0x7b:
    case 0x5b:
      return new Reader(bytes, start, steps).whole()
    case 0x74:
      return true
    case 0x66:
      return false
    case 0x6e:
      return null
    default:
      return numberAt(bytes, start, end)
  }
}

/** Integers are exact in every digit; numbers with a point or an exponent are doubles. */
function numberAt(bytes: Uint8Array, start: number, end: number): Cel {
  const isNegative = bytes[start] === 0x2d
  const first = isNegative ? start + 1 : start
  if (end - first <= 15) {
    let value = 0
    let at = first
    for (; at < end; at += 1) {
      const digit = bytes[at]! - 0x30 // at < end
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    // −0 equals 0.
    if (at === end) return isNegative && value !== 0 ? -value : value
    // With so few digits, the number is an exact integer divided by an exact power of ten: rounded once, as Number does it.
    if (bytes[at] === 0x2e) {
      let scale = 1
      for (at += 1; at < end; at += 1) {
        const digit = bytes[at]! - 0x30 // at < end
        if (digit < 0 || digit > 9) break
        value = value * 10 + digit
        scale *= 10
      }
      if (at === end) return new Double(isNegative ? -value / scale : value / scale)
    }
  }
  const text = ascii(bytes, start, end)
  return /^-?\d+$/.test(text) ? intOf(BigInt(text)) : new Double(Number(text))
}

/** The string between quotes. */
function textAt(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= 34) {
    let at = start + 1
    while (at < end - 1 && bytes[at]! < 0x80 && bytes[at] !== 0x5c) at += 1 // at < end - 1
    if (at === end - 1) return ascii(bytes, start + 1, at)
  }
  const slice = bytes.subarray(start + 1, end - 1)
  if (!slice.includes(0x5c)) return utf8Text(slice) ?? ''
  return JSON.parse(utf8Text(bytes.subarray(start, end)) ?? '""') as string
}

function ascii(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > 64) return utf8Text(bytes.subarray(start, end)) ?? ''
  let text = ''
  for (let at = start; at < end; at += 1) text += String.fromCharCode(bytes[at]!) // at < end
  return text
}

/** Builds objects and lists from bytes that were checked to be JSON. */
class Reader {
  readonly #bytes: Uint8Array
  readonly #steps: StepBudget
  #at: number

  constructor(bytes: Uint8Array, at: number, steps: StepBudget) {
    this.#bytes = bytes
    this.#at = at
    this.#steps = steps
  }

  whole(): Cel | CelFault {
    return this.#value(0)
  }

  #value(level: number): Cel | CelFault {
    if (level > LEVELS) return tooDeep
    if (!this.#steps.take(1)) return tooMuch
    this.#space()
    const byte = this.#bytes[this.#at]! // the text is valid JSON, so a byte follows
    if (byte === 0x7b) return this.#object(level)
    if (byte === 0x5b) return this.#list(level)
    const start = this.#at
    if (byte === 0x22) this.#skipText()
    else while (isScalar(this.#bytes[this.#at])) this.#at += 1
    return valueAt(this.#bytes, start, this.#at, this.#steps)
  }

  #object(level: number): Cel | CelFault {
    const made = new Map<Key, Cel>()
    for (this.#at += 1; ;) {
      this.#space()
      const byte = this.#bytes[this.#at]! // the text is valid JSON, so a byte follows
      if (byte !== 0x22) {
        this.#at += 1
        if (byte === 0x7d) return made
        continue
      }
      const start = this.#at
      this.#skipText()
      const name = textAt(this.#bytes, start, this.#at)
      this.#space()
      this.#at += 1
      const value = this.#value(level + 1)
      if (value instanceof CelFault) return value
      made.set(name, value)
    }
  }

  #list(level: number): Cel | CelFault {
    const made: Cel[] = []
    for (this.#at += 1; ;) {
      this.#space()
      const byte = this.#bytes[this.#at]! // the text is valid JSON, so a byte follows
      if (byte === 0x5d || byte === 0x2c) {
        this.#at += 1
        if (byte === 0x5d) return made
        continue
      }
      const value = this.#value(level + 1)
      if (value instanceof CelFault) return value
      made.push(value)
    }
  }

  #skipText(): void {
    const bytes = this.#bytes
    let at = this.#at + 1
    while (bytes[at] !== 0x22) at += bytes[at] === 0x5c ? 2 : 1
    this.#at = at + 1
  }

  #space(): void {
    const bytes = this.#bytes
    for (let byte = bytes[this.#at]; byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;) {
      byte = bytes[(this.#at += 1)]
    }
  }
}

const tooMuch = new CelFault('over-time', 'too large a value for one record')

/** Whether a number or a word starts with this byte. */
function isScalar(byte: number | undefined): boolean {
  if (byte === undefined) return false
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x2e || byte === 0x2d || byte === 0x2b || byte === 0x45 // oxfmt-ignore
}
