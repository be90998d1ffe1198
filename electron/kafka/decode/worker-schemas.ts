import type { UsedSchema } from '#shared/model/decoded.ts'
import { schemaKey, schemaText, type SchemaId } from '#shared/model/schema-id.ts'
import type { SchemaText } from '#shared/model/schema.ts'
import type { Codec } from './codec.ts'
import { compileSchema, type MessageName } from './compile-schema.ts'
import type { OnItsWay } from './decoder.ts'

/** The registry's answer about a schema. */
export type SchemaAnswer =
  /** `holdsMs`: it is "the latest", and how long to wait before asking again. Left out: what the id means never changes. */
  | { schema: SchemaText; subject: string | null; version: number | null; holdsMs?: number }
  /** A sentence fragment for the attempts of a decoding, and how long to wait before asking again. */
  | { reason: string; holdsMs: number }

export interface SchemaAsk {
  connection: string
  id: SchemaId
}

/** A compiled schema, with the facts that are passed on with each value. */
export interface ReadySchema {
  codec: Codec
  used: UsedSchema
}

export type FoundSchema = HeldSchema | { reason: string } | { missing: OnItsWay }

/** Messages of one schema that are kept compiled. */
const MOST_MESSAGES = 200

const typeNames = { avro: 'Avro', protobuf: 'Protobuf', 'json-schema': 'JSON' } as const

/** A schema that is loaded; compiled when it is first used. */
export class HeldSchema {
  readonly type: SchemaText['type']
  #encoding = { by: '', name: '' }
  readonly #id: SchemaId
  readonly #answer: Extract<SchemaAnswer, { schema: SchemaText }>
  readonly #ready = new Map<string, ReadySchema | { reason: string }>()
  #last: { message: MessageName | null; ready: ReadySchema | { reason: string } } | null = null

  constructor(id: SchemaId, answer: Extract<SchemaAnswer, { schema: SchemaText }>) {
    this.#id = id
    this.#answer = answer
    this.type = answer.schema.type
  }

  /** For a person: "Confluent Avro". */
  encodingBy(by: string): string {
    if (this.#encoding.by !== by) this.#encoding = { by, name: `${by} ${typeNames[this.type]}` }
    return this.#encoding.name
  }

  get schema(): SchemaText {
    return this.#answer.schema
  }

  /** `message` of a Protobuf schema: its name, or the indexes that lead to it. */
  ready(message: MessageName | null): ReadySchema | { reason: string } {
    if (this.#last?.message === message) return this.#last.ready
    const ready = this.#find(message)
    this.#last = { message, ready }
    return ready
  }

  #find(message: MessageName | null): ReadySchema | { reason: string } {
    const key = message === null ? '' : String(message)
    const known = this.#ready.get(key)
    if (known !== undefined) return known
    const made = this.#make(message)
    if (this.#ready.size >= MOST_MESSAGES) this.#ready.clear()
    this.#ready.set(key, made)
    return made
  }

  #make(message: MessageName | null): ReadySchema | { reason: string } {
    const { schema, subject, version } = this.#answer
    const codec = compileSchema(schema, message)
    if ('reason' in codec) return codec
    return { codec, used: { id: this.#id, subject, version, type: codec.type } }
  }
}

interface Held {
  ref: number
  found: HeldSchema | { reason: string }
  /** By `performance.now()`: until when it is valid. */
  until: number
  /** The number of the task in which it was last used. */
  mark: number
}

/**
 * The schemas that a worker holds, for all connections. It requests a missing one once; answers are sent to all workers, and
 * the sender limits how many they hold.
 */
export class WorkerSchemas {
  readonly #ask: (ask: SchemaAsk) => void
  readonly #held = new Map<string, Held>()
  readonly #byRef = new Map<number, string>()
  readonly #missing = new Map<string, { missing: OnItsWay; settle: () => void }>()
  /** The one found last: nearly all records of a task use the same schema, and this avoids building its key. */
  #last: { connection: string; id: SchemaId; held: Held } | null = null
  #mark = 0
  #used: number[] = []

  constructor(ask: (ask: SchemaAsk) => void) {
    this.#ask = ask
  }

  find(connection: string, id: SchemaId): FoundSchema {
    const last = this.#last
    if (last?.id.by === 'id' && id.by === 'id' && last.id.id === id.id && last.connection === connection) {
      return this.#use(last.held)
    }
    const name = nameOf(connection, id)
    const held = this.#held.get(name)
    if (held === undefined || held.until < performance.now()) return { missing: this.#askFor(name, { connection, id }) }
    if (held.until === Number.POSITIVE_INFINITY) this.#last = { connection, id, held }
    return this.#use(held)
  }

  put(ref: number, { connection, id }: SchemaAsk, answer: SchemaAnswer): void {
    this.#last = null
    const name = nameOf(connection, id)
    const until = performance.now() + (answer.holdsMs ?? Number.POSITIVE_INFINITY)
    const found = 'reason' in answer ? { reason: answer.reason } : new HeldSchema(id, answer)
    this.#held.set(name, { ref, found, until, mark: -1 })
    this.#byRef.set(ref, name)
    this.#missing.get(name)?.settle()
    this.#missing.delete(name)
  }

  remove(ref: number): void {
    this.#last = null
    const name = this.#byRef.get(ref)
    if (name === undefined) return
    this.#byRef.delete(ref)
    // It was requested again in the meantime, and is now stored under another number.
    if (this.#held.get(name)?.ref === ref) this.#held.delete(name)
  }

  /** Which schemas were used since the last call. */
  takeUsed(): number[] {
    const used = this.#used
    this.#used = []
    this.#mark += 1
    return used
  }

  #use(held: Held): HeldSchema | { reason: string } {
    if (held.mark !== this.#mark) {
      held.mark = this.#mark
      this.#used.push(held.ref)
    }
    return held.found
  }

  #askFor(name: string, ask: SchemaAsk): OnItsWay {
    const known = this.#missing.get(name)
    if (known !== undefined) return known.missing
    const { promise, resolve } = Promise.withResolvers<void>()
    const missing = { what: schemaText(ask.id), since: performance.now(), settled: promise }
    this.#missing.set(name, { missing, settle: resolve })
    this.#ask(ask)
    return missing
  }
}

const nameOf = (connection: string, id: SchemaId): string => `${connection}\0${schemaKey(id)}`
