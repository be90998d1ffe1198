import type { Decoding } from '#shared/model/decoded.ts'
import type { DecodeChain, DecodedBytes } from './chain.ts'
import type { DecodeContext } from './decoder.ts'

/**
 * Decodes keys and values as rows are made of them, and numbers their decodings: a row keeps two small numbers. What is
 * missing for some of them is gathered in `missing`; those are decoded without it.
 */
export class RowDecoder {
  readonly missing = new Set<Promise<unknown>>()
  /** Whether all values are written out as they are stored. */
  readonly isPlain: boolean
  readonly #chain: DecodeChain
  readonly #contexts: Record<DecodeContext['part'], DecodeContext>
  readonly #waits: boolean
  /** Of the rows since the last `take`, in the order of their numbers. */
  #decodings: Decoding[] = []
  #numbers = new Map<Decoding, number>()

  /** Without `waits` nothing is gathered in `missing`. */
  constructor(chain: DecodeChain, at: Omit<DecodeContext, 'part'>, waits = true) {
    this.#chain = chain
    this.#contexts = { key: { ...at, part: 'key' }, value: { ...at, part: 'value' }, header: { ...at, part: 'header' } }
    this.#waits = waits
    this.isPlain = chain.isPlain
  }

  decode(bytes: Uint8Array, part: DecodeContext['part']): DecodedBytes {
    const context = this.#contexts[part]
    if (!this.#waits) return this.#chain.decodeNow(bytes, context)
    const found = this.#chain.decode(bytes, context)
    if (!(found instanceof Promise)) return found
    this.missing.add(found)
    return this.#chain.decodeNow(bytes, context)
  }

  numberOf(decoding: Decoding): number {
    const known = this.#numbers.get(decoding)
    if (known !== undefined) return known
    const number = this.#decodings.push(decoding) - 1
    this.#numbers.set(decoding, number)
    return number
  }

  take(): Decoding[] {
    const decodings = this.#decodings
    this.#decodings = []
    this.#numbers = new Map()
    return decodings
  }
}
