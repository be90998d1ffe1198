import { isJson } from '#shared/filters/cel/json-fields.ts'
import type { Decoding, UsedSchema } from '#shared/model/decoded.ts'
import { schemaKey } from '#shared/model/schema-id.ts'
import type { Value } from '#shared/model/decoded-value.ts'
import type { RecordHeaders } from '../records/headers.ts'
import type { DecodeContext, Decoder, OnItsWay, Success } from './decoder.ts'
import { json, JSON_BYTES } from './json.ts'
import { utf8 } from './utf8.ts'

export interface DecodedBytes {
  as: Decoding
  /** The value, written out in its form: the input itself, if that is the form. */
  written: Uint8Array
  /** Builds its tree; null: it has none. */
  value: (() => Value) | null
  /** A schema that would allow a better decoding once it is loaded. */
  missing: OnItsWay | null
}

/** The last resort, which always succeeds. */
const bytesAsTheyAre: Decoder = { encoding: 'bytes', isPlain: true, decode: () => ({ form: 'bytes' }) }

/** How many different decodings are kept: each is one object, so that a list of rows can refer to it. */
const MOST_KEPT = 1_000

/**
 * All decoding goes through here: the decoders in order, of which the first that succeeds wins, with the reasons of those that
 * failed before it. One chain for each part of a topic in a worker; everything it keeps is bounded.
 */
export class DecodeChain {
  /** Whether all values are written out as they are stored; `ask`: that depends on the value. */
  readonly isPlain: boolean | 'ask'
  /** Whether plain values are first tried as JSON. */
  readonly readsJsonFirst: boolean
  readonly #decoders: readonly Decoder[]
  readonly #kept = new Map<string, Decoding>()
  /** Decodings with a schema and without failed attempts: nearly all of them, so that they need no key built. */
  readonly #bySchema = new WeakMap<UsedSchema, Decoding>()
  #last: Decoding | null = null
  /** Whether the decoders are the default ones: a named schema, JSON, and text. */
  readonly #isUsual: boolean
  #plainJson: Decoding | null = null
  #plainText: Decoding | null = null
  /** The failed attempts for the current value. */
  readonly #tried: Decoding['attempts'] = []

  constructor(decoders: readonly Decoder[]) {
    this.#decoders = [...decoders, bytesAsTheyAre]
    this.#isUsual = decoders.length === 3 && decoders[0]?.namesSchema === true && decoders[1] === json && decoders[2] === utf8 // oxfmt-ignore
    const isFirst = ({ isPlain, onlyExplains = false }: Decoder): boolean => isPlain === true && !onlyExplains
    this.readsJsonFirst = decoders.find(isFirst) === json
    const isPlain = decoders.map((decoder) => decoder.isPlain)
    this.isPlain = isPlain.includes(false) ? false : isPlain.every((one) => one === true) || 'ask'
  }

  /** Whether this value is written out as it is stored, decided without decoding it. */
  isPlainFor(bytes: Uint8Array, headers: RecordHeaders): boolean {
    if (this.isPlain !== 'ask') return this.isPlain
    return this.#decoders.every(({ isPlain }) => (typeof isPlain === 'boolean' ? isPlain : isPlain(bytes, headers)))
  }

  /**
   * How `decode` would decode these bytes, for a record without headers, if they are JSON or ASCII text: nearly all values are,
   * and this allocates nothing. null: call `decode`.
   */
  plainAs(bytes: Uint8Array, start: number, end: number, context: DecodeContext): Decoding | null {
    if (!this.#isUsual || start === end) return null
    const first = bytes[start]! // start < end
    if (first === 0x7b || first === 0x5b || first === 0x22) {
      if (end - start > JSON_BYTES || !isJson(bytes, start, end)) return null
      return (this.#plainJson ??= this.decode(bytes.subarray(start, end), context).as)
    }
    if (first <= 0x20 || !isPlainText(bytes, start, end)) return null
    return (this.#plainText ??= this.decode(bytes.subarray(start, end), context).as)
  }

  decode(bytes: Uint8Array, context: DecodeContext): DecodedBytes {
    let tried = 0
    let missing: OnItsWay | null = null
    for (const decoder of this.#decoders) {
      const answer = decoder.decode(bytes, context)
      if (answer === null) continue
      const { encoding = decoder.encoding } = answer
      if ('missing' in answer) {
        missing ??= answer.missing
        this.#note(tried++, encoding, `waiting for ${answer.missing.what}`)
      } else if ('reason' in answer) this.#note(tried++, encoding, answer.reason)
      else {
        const { written = bytes, value = null } = answer
        return { as: this.#decodingOf(encoding, answer, tried, missing !== null), written, value, missing }
      }
    }
    throw new Error('the last decoder takes everything')
  }

  /** Successive records fail for the same reasons, so the list of attempts is usually reused. */
  #note(at: number, encoding: string, reason: string): void {
    const before = this.#tried[at]
    if (before === undefined || before.encoding !== encoding || before.reason !== reason) this.#tried[at] = { encoding, reason } // oxfmt-ignore
  }

  /** Most values are decoded like the one before, or with a schema at the first try: then nothing new is built. */
  #decodingOf(encoding: string, { form, schema }: Success, tried: number, waits: boolean): Decoding {
    const last = this.#last
    if (schema !== undefined && tried === 0) {
      if (last?.schema === schema && last.attempts.length === 0) return last
      const known = this.#bySchema.get(schema) ?? { encoding, form, attempts: [], schema }
      this.#bySchema.set(schema, known)
      return (this.#last = known)
    }
    if (last !== null && last.encoding === encoding && last.form === form && last.schema === schema) {
      if ((last.waits ?? false) === waits && sameAttempts(last.attempts, this.#tried, tried)) return last
    }
    const attempts = this.#tried.slice(0, tried)
    const decoding = {
      encoding,
      form,
      attempts,
      ...(schema === undefined ? {} : { schema }),
      ...(waits ? { waits } : {}),
    }
    return (this.#last = this.#keep(decoding))
  }

  #keep(decoding: Decoding): Decoding {
    const { encoding, form, schema, attempts, waits = false } = decoding
    const ofSchema = schema === undefined ? '' : `${schemaKey(schema.id)} ${schema.type}`
    const name = [encoding, form, ofSchema, waits, ...attempts.map(({ reason }) => reason)].join('\0')
    const known = this.#kept.get(name)
    if (known !== undefined) return known
    // Above the limit reasons are dropped, so that only encodings and schemas differ: these are bounded themselves.
    if (this.#kept.size >= MOST_KEPT && attempts.length > 0) return this.#keep({ ...decoding, attempts: [] })
    this.#kept.set(name, decoding)
    return decoding
  }
}

/** ASCII without control characters. */
function isPlainText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (bytes[at]! < 0x20 || bytes[at]! >= 0x7f) return false // at < end
  return true
}

/** Names of headers are text, whatever was chosen for their values. */
export const headerNames = new DecodeChain([utf8])

function sameAttempts(one: Decoding['attempts'], other: Decoding['attempts'], count: number): boolean {
  if (one.length !== count) return false
  for (let i = 0; i < count; i += 1) {
    const [a, b] = [one[i]!, other[i]!] // both have the same length, as checked
    if (a !== b && (a.encoding !== b.encoding || a.reason !== b.reason)) return false
  }
  return true
}
