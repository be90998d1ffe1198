import { ruleFor, type DecodeChoice } from '#shared/model/decode-choice.ts'
import { automatic, familiesOf } from './decoder-order.ts'
import { DecodeChain } from './decode-chain.ts'
import { chosenDecoder } from './chosen-decoder.ts'
import type { DecodeContext, Decoder } from './decoder.ts'
import { firstOf } from './first-of.ts'
import { namesSchema } from './names-schema.ts'
import type { DecodingSetup } from './decoding-setup.ts'
import type { WorkerSchemas } from './worker-schemas.ts'

export interface TopicChains {
  readonly key: DecodeChain
  readonly value: DecodeChain
  /** For headers in general. */
  readonly header: DecodeChain
  /** For headers of this name, which may have a rule of their own. */
  headerOf(name: string): DecodeChain
  /** Whether there is a rule for headers of any name, so that they may be shown otherwise than they are stored. */
  readonly choosesHeaders: boolean
  /** For headers of this name. */
  choosesHeader(name: string): boolean
}

/** How many topics' chains are kept. */
const MOST_TOPICS = 500
const nothingChosen: DecodingSetup = { registry: null, rules: [] }

/** The chains of a worker, by connection and topic, each made when first needed. */
export class Chains {
  readonly #schemas: WorkerSchemas
  readonly #setups = new Map<string, { ref: number; setup: DecodingSetup }>()
  readonly #chains = new Map<string, TopicChains>()

  constructor(schemas: WorkerSchemas) {
    this.#schemas = schemas
  }

  of(connection: string, topic: string, names?: 'schemas'): TopicChains {
    const name = `${connection}\0${topic}\0${names ?? ''}`
    const known = this.#chains.get(name)
    if (known !== undefined) return known
    const setup = this.#setups.get(connection)?.setup ?? nothingChosen
    const chain = (part: DecodeContext['part'], of?: string): DecodeChain =>
      new DecodeChain(
        names === undefined || part === 'header'
          ? this.#decoders(setup, topic, part, of)
          : [namesSchema(part, familiesOf(setup.registry))],
      )
    const header = chain('header')
    // As many as there are rules that name a header: all others are decoded alike.
    const named = new Map<string, DecodeChain>()
    for (const rule of setup.rules) {
      if (rule.header === undefined || named.has(rule.header)) continue
      if (ruleFor(setup.rules, topic, 'header', rule.header)?.header === undefined) continue
      named.set(rule.header, chain('header', rule.header))
    }
    const isChosen = (of?: string): boolean => {
      const [first] = ruleFor(setup.rules, topic, 'header', of)?.chain ?? []
      return first !== undefined && first.as !== 'automatic'
    }
    const chosen = new Set([...named.keys()].filter(isChosen))
    const choosesOthers = isChosen()
    const made: TopicChains = {
      key: chain('key'),
      value: chain('value'),
      header,
      headerOf: (of) => named.get(of) ?? header,
      choosesHeaders: choosesOthers || chosen.size > 0,
      choosesHeader: (of) => (named.has(of) ? chosen.has(of) : choosesOthers),
    }
    if (this.#chains.size >= MOST_TOPICS) this.#chains.clear()
    this.#chains.set(name, made)
    return made
  }

  /** Sets how everything is decoded from now on. */
  set(ref: number, connection: string, setup: DecodingSetup): void {
    this.#setups.set(connection, { ref, setup })
    this.#chains.clear()
  }

  remove(ref: number): void {
    for (const [connection, one] of this.#setups) {
      if (one.ref !== ref) continue
      this.#setups.delete(connection)
      this.#chains.clear()
    }
  }

  /** The user's choice first, then the default decoders. */
  #decoders(setup: DecodingSetup, topic: string, part: DecodeContext['part'], header: string | undefined): Decoder[] {
    const schemas = this.#schemas
    const usual = automatic({ topic, part }, setup, schemas)
    const inner = (choice: DecodeChoice): Decoder =>
      choice.as === 'automatic' ? firstOf(usual) : chosenDecoder(choice, { part, schemas, inner })
    const chain = ruleFor(setup.rules, topic, part, header)?.chain ?? []
    const at = chain.findIndex(({ as }) => as === 'automatic')
    const chosen = (at < 0 ? chain : chain.slice(0, at)).map(inner)
    return [...chosen, ...usual]
  }
}
