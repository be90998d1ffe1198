import { toErrorValue } from '#shared/errors.ts'
import { schemaKey, type SchemaId } from '#shared/model/schema-id.ts'
import type { SchemaAnswer, SchemaAsk } from '../decode/worker-schemas.ts'
import type { Kept } from './tasks.ts'

/**
 * Loads a schema from the registry of a connection's profile; a reason why it is missing is a valid answer. A rejection is
 * turned into one. The signal is aborted when the schema is no longer needed.
 */
export type ResolveSchema = (connection: string, id: SchemaId, signal: AbortSignal) => Promise<SchemaAnswer>

/** Requests in flight, to all registries; others wait their turn. */
const AT_ONCE = 16
/** Requests waiting for their turn: above this the answer is at once that there are too many. */
const MOST_WAITING = 500
/** Answers that workers hold, and the size of their texts: above either, the least recently used are dropped. */
const MOST_ANSWERS = 500
const MOST_CHARACTERS = 64 << 20
/** How long a failure is valid if the answer does not say: it is not requested again in that time. */
export const FAILURE_MS = 30_000
const BUSY_MS = 1_000
/** A fallback above the limits of the registry's client. */
const LIMIT_MS = 60_000

interface Answered {
  connection: string
  key: string
  size: number
  until: number
  kept: { readonly ref: number; release(): void }
}

/**
 * Requests schemas on behalf of the workers: once for all of them, however many lack it, and the answer is given to all of them
 * to keep.
 */
export class Asks {
  readonly #resolve: ResolveSchema
  readonly #keep: (kept: Kept) => Answered['kept']
  readonly #onAnswer: (connection: string) => void
  /** By key, the most recently used one at the end. */
  readonly #answered = new Map<string, Answered>()
  readonly #byRef = new Map<number, Answered>()
  readonly #underWay = new Map<string, { ask: SchemaAsk; over: AbortController }>()
  #waiting: SchemaAsk[] = []
  #characters = 0

  constructor(
    resolve: ResolveSchema,
    keep: (kept: Kept) => Answered['kept'],
    onAnswer: (connection: string) => void = () => undefined,
  ) {
    this.#resolve = resolve
    this.#keep = keep
    this.#onAnswer = onAnswer
  }

  ask(ask: SchemaAsk): void {
    const key = keyOf(ask)
    const known = this.#answered.get(key)
    // The worker asked before it got the answer.
    if (known !== undefined && known.until > performance.now()) return
    if (this.#underWay.has(key) || this.#waiting.some((one) => keyOf(one) === key)) return
    if (this.#underWay.size < AT_ONCE) void this.#run(ask)
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(ask)
    else this.#answer(ask, { reason: 'too many schemas are asked for at once', holdsMs: BUSY_MS })
  }

  /** Workers report which they used. */
  used(refs: readonly number[]): void {
    for (const ref of refs) {
      const one = this.#byRef.get(ref)
      if (one === undefined) continue
      this.#answered.delete(one.key)
      this.#answered.set(one.key, one)
    }
  }

  /** The connection is closed, or has another registry: workers ask again for what they lack. */
  forget(connection: string): void {
    const isIts = (ask: SchemaAsk): boolean => ask.connection === connection
    const unanswered = this.#waiting.filter(isIts)
    this.#waiting = this.#waiting.filter((ask) => !isIts(ask))
    for (const [key, { ask, over }] of this.#underWay) {
      if (!isIts(ask)) continue
      over.abort()
      this.#underWay.delete(key)
      unanswered.push(ask)
    }
    const answer = { reason: 'it is asked for no more', holdsMs: 0 }
    for (const ask of unanswered) this.#keep({ kind: 'schema', ...ask, answer }).release()
    for (const one of this.#answered.values()) if (one.connection === connection) this.#release(one)
  }

  async #run(ask: SchemaAsk): Promise<void> {
    const key = keyOf(ask)
    const over = new AbortController()
    this.#underWay.set(key, { ask, over })
    const limit = AbortSignal.timeout(LIMIT_MS)
    const answer = await this.#resolve(ask.connection, ask.id, AbortSignal.any([over.signal, limit])).catch(
      (error: unknown): SchemaAnswer => ({ reason: toErrorValue(error).message, holdsMs: FAILURE_MS }),
    )
    if (!over.signal.aborted) {
      this.#underWay.delete(key)
      this.#answer(ask, answer)
    }
    const next = this.#waiting.shift()
    if (next !== undefined) void this.#run(next)
  }

  #answer(ask: SchemaAsk, answer: SchemaAnswer): void {
    const key = keyOf(ask)
    const before = this.#answered.get(key)
    if (before !== undefined) this.#release(before)
    const until = performance.now() + (answer.holdsMs ?? Number.POSITIVE_INFINITY)
    const size = 'reason' in answer ? answer.reason.length : sizeOf(answer)
    const kept = this.#keep({ kind: 'schema', ...ask, answer })
    const one = { connection: ask.connection, key, size, until, kept }
    this.#answered.set(key, one)
    this.#byRef.set(kept.ref, one)
    this.#characters += size
    this.#onAnswer(ask.connection)
    for (const oldest of this.#answered.values()) {
      if (oldest === one || (this.#answered.size <= MOST_ANSWERS && this.#characters <= MOST_CHARACTERS)) break
      this.#release(oldest)
    }
  }

  #release(one: Answered): void {
    this.#answered.delete(one.key)
    this.#byRef.delete(one.kept.ref)
    this.#characters -= one.size
    one.kept.release()
  }
}

const keyOf = ({ connection, id }: SchemaAsk): string => `${connection}\0${schemaKey(id)}`

function sizeOf({ schema }: Extract<SchemaAnswer, { schema: unknown }>): number {
  return schema.references.reduce((sum, { text }) => sum + text.length, schema.text.length)
}
