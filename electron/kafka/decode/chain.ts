import type { Decoding } from '#shared/model/decoded.ts'
import type { Value } from '#shared/model/value.ts'
import { confluent } from './confluent.ts'
import type { DecodeContext, Decoder } from './decoder.ts'
import { json } from './json.ts'
import { utf8 } from './utf8.ts'

export interface DecodedBytes {
  as: Decoding
  /** The value, written out in its form: what came in, where that is it. */
  written: Uint8Array
  /** Makes the tree of it; null: there is none. */
  value: (() => Value) | null
}

/** What is left when nothing else fits. */
const bytesAsTheyAre: Decoder = { encoding: 'bytes', isPlain: true, decode: () => ({ form: 'bytes' }) }

/** Different ways in which values were decoded: each is one object, so that a list keeps it once. */
const MOST_KEPT = 1_000

/**
 * What bytes mean is asked here and nowhere else: the decoders in their order, of which the first that succeeds wins and
 * the others' reasons are kept. One chain a worker; whatever it holds is bounded.
 */
export class DecodeChain {
  readonly isPlain: boolean
  readonly #decoders: readonly Decoder[]
  readonly #kept = new Map<string, Decoding>()

  constructor(decoders: readonly Decoder[] = [confluent, json, utf8]) {
    this.#decoders = [...decoders, bytesAsTheyAre]
    this.isPlain = decoders.every((decoder) => decoder.isPlain)
  }

  /** A promise: something is missing, and it is worth asking again once that has settled. */
  decode(bytes: Uint8Array, context: DecodeContext): DecodedBytes | Promise<unknown> {
    return this.#decode(bytes, context, true)
  }

  /** Without what is missing. */
  decodeNow(bytes: Uint8Array, context: DecodeContext): DecodedBytes {
    return this.#decode(bytes, context, false) as DecodedBytes
  }

  #decode(bytes: Uint8Array, context: DecodeContext, waits: boolean): DecodedBytes | Promise<unknown> {
    const attempts: Decoding['attempts'] = []
    for (const decoder of this.#decoders) {
      const answer = decoder.decode(bytes, context)
      if (answer === null) continue
      const { encoding } = decoder
      if (answer instanceof Promise) {
        if (waits) return answer
        answer.catch(() => undefined)
        attempts.push({ encoding, reason: 'what it takes to decode it was not there in time' })
      } else if ('reason' in answer) attempts.push({ encoding, reason: answer.reason })
      else {
        const { form, written = bytes, value = null } = answer
        return { as: this.#keep({ encoding, form, attempts }), written, value }
      }
    }
    throw new Error('the last decoder takes everything')
  }

  #keep(decoding: Decoding): Decoding {
    const name = [decoding.encoding, decoding.form, ...decoding.attempts.map(({ reason }) => reason)].join('\0')
    const known = this.#kept.get(name)
    if (known !== undefined) return known
    // Beyond the bound without reasons, so that only encodings and forms make a difference: those are few.
    if (this.#kept.size >= MOST_KEPT && decoding.attempts.length > 0) return this.#keep({ ...decoding, attempts: [] })
    this.#kept.set(name, decoding)
    return decoding
  }
}

/** Header names and values: text or bytes. They are few, and read a page at a time, so not in a worker. */
const headers = new DecodeChain([utf8])

export function decodeHeader(bytes: Uint8Array, at: Omit<DecodeContext, 'part'>): Decoding {
  return headers.decodeNow(bytes, { ...at, part: 'header' }).as
}
