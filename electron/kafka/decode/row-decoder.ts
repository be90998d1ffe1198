import type { Decoding } from '#shared/model/decoded.ts'
import type { DecodeChain } from './chain.ts'
import type { DecodeContext } from './decoder.ts'

/**
 * Decodes keys and values as rows are made of them, and numbers their decodings: a row keeps two small numbers. What is
 * missing for some of them is gathered in `missing`; those rows are decoded without it.
 */
export class RowDecoder {
  /** Of the rows since the last `take`, in the order of their numbers. */
  #decodings: Decoding[] = []
  #numbers = new Map<Decoding, number>()
  readonly missing = new Set<Promise<unknown>>()
  /** The last value, written out. */
  written: Uint8Array = new Uint8Array(0)
  readonly #chain: DecodeChain
  readonly #key: DecodeContext
  readonly #value: DecodeContext
  readonly #waits: boolean

  /** Without `waits` nothing is gathered in `missing`: what is not here now is not waited for. */
  constructor(chain: DecodeChain, at: Omit<DecodeContext, 'part'>, waits = true) {
    this.#chain = chain
    this.#key = { ...at, part: 'key' }
    this.#value = { ...at, part: 'value' }
    this.#waits = waits
  }

  /** The number of its decoding; the value itself is in `written` then. */
  decode(bytes: Uint8Array, part: 'key' | 'value'): number {
    const context = part === 'key' ? this.#key : this.#value
    let found = this.#waits ? this.#chain.decode(bytes, context) : this.#chain.decodeNow(bytes, context)
    if (found instanceof Promise) {
      this.missing.add(found)
      found = this.#chain.decodeNow(bytes, context)
    }
    this.written = found.written
    const known = this.#numbers.get(found.as)
    if (known !== undefined) return known
    const number = this.#decodings.push(found.as) - 1
    this.#numbers.set(found.as, number)
    return number
  }

  take(): Decoding[] {
    const decodings = this.#decodings
    this.#decodings = []
    this.#numbers = new Map()
    return decodings
  }
}
